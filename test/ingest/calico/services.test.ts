import { readService } from '../../../src/ingest/calico/services';
import { complaintsIn } from '../../support/calico';

function read(
  entity: Readonly<Record<string, unknown>>,
  side: 'source' | 'destination' = 'destination',
  direction: 'ingress' | 'egress' = 'egress',
  namespace?: string,
) {
  const { complaints, problems } = complaintsIn('served');
  return { service: readService(complaints, entity, side, direction, 'r.destination', namespace), problems };
}

const SVC = { services: { name: 'web', namespace: 'shop' } };

test('a Service has a name and a namespace', () => {
  expect(read(SVC)).toEqual({ service: { name: 'web', namespace: 'shop' }, problems: [] });
  expect(read(SVC, 'source', 'ingress').problems).toEqual([]);
  expect(read({})).toEqual({ service: undefined, problems: [] });
});

test.each([
  ['destination', 'ingress'],
  ['source', 'egress'],
] as const)('a Service in the %s of an %s rule is on the wrong side', (side, direction) => {
  expect(read(SVC, side, direction).problems).toEqual([
    expect.stringContaining('calico-refused `r.destination.services` stands on the wrong side'),
  ]);
});

test.each([['selector'], ['notSelector'], ['namespaceSelector'], ['serviceAccounts'], ['nets'], ['notNets'], ['ports'], ['notPorts']])(
  'a Service does not go with %s',
  (field) => {
    const value = field.toLowerCase().endsWith('selector') ? 'all()' : field === 'serviceAccounts' ? {} : ['x'];
    expect(read({ ...SVC, [field]: value }).problems).toEqual([expect.stringContaining(`stands beside \`${field}\``)]);
  },
);

test('a Service at the source goes with ports, and anything empty goes with a Service', () => {
  expect(read({ ...SVC, ports: [80], notPorts: [81] }, 'source', 'ingress').problems).toEqual([]);
  expect(read({ ...SVC, selector: '', nets: [], ports: [], notSelector: null }).problems).toEqual([]);
});

test('a Service needs a name', () => {
  expect(read({ services: { namespace: 'shop' } })).toEqual({ service: undefined, problems: [expect.stringContaining('has no `name`')] });
});

test('a global policy must name the namespace, and in another what its absence means is not certain', () => {
  expect(read({ services: { name: 'web' } })).toEqual({ service: { name: 'web' }, problems: [expect.stringContaining('calico-refused')] });
  expect(read({ services: { name: 'web' } }, 'destination', 'egress', 'shop')).toEqual({
    service: { name: 'web' },
    problems: [expect.stringContaining('service-without-namespace')],
  });
});
