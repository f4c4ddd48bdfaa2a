import { readIpPool } from '../../../src/ingest/calico/ip-pools';
import { originOf, readingOfObject } from '../../support/calico';

function read(spec: unknown, apiVersion?: string) {
  const { reading, problems } = readingOfObject({ spec });
  const { pool } = readIpPool(reading, originOf('IPPool', 'pool', undefined, apiVersion));
  return { pool, codes: problems.map((problem) => problem.split(' ')[0]) };
}

const PLAIN = { net: '10.0.0.0/16', encapsulation: 'never', natOutgoing: false };

test.each([
  [{}, {}],
  [{ natOutgoing: true, ipipMode: 'Never', vxlanMode: 'Never' }, { natOutgoing: true }],
  [{ ipipMode: 'Always' }, { encapsulation: 'always' }],
  [{ vxlanMode: 'Always', ipipMode: '' }, { encapsulation: 'always' }],
  [{ ipipMode: 'CrossSubnet' }, { encapsulation: 'acrossSubnets' }],
  [{ vxlanMode: 'CrossSubnet' }, { encapsulation: 'acrossSubnets' }],
  // It gives out no more addresses, and those that it gave are still its.
  [{ disabled: true, natOutgoing: true }, { natOutgoing: true }],
  [{ allowedUses: ['Workload', 'Tunnel'] }, {}],
  [{ allowedUses: ['Tunnel'] }, {}],
  [{ allowedUses: [] }, {}],
])('a pool with %j is one with %j', (spec, parts) => {
  expect(read({ cidr: '10.0.0.0/16', ...spec })).toEqual({ pool: { ...PLAIN, ...parts }, codes: [] });
});

test.each([
  [{}, []],
  [{ ipipMode: 'Always' }, ['ipip']],
  [{ vxlanMode: 'CrossSubnet' }, ['vxlan']],
  [{ allowedUses: ['LoadBalancer'], ipipMode: 'Always' }, []],
])('packets of a pool with %j are wrapped by %j', (spec, wraps) => {
  const { reading } = readingOfObject({ spec: { cidr: '10.0.0.0/16', ...spec } });
  expect(readIpPool(reading, originOf('IPPool', 'pool')).wraps).toEqual(wraps);
});

test('a pool of addresses for Services is none of pods', () => {
  expect(read({ cidr: '10.0.0.0/16', allowedUses: ['LoadBalancer'] })).toEqual({ pool: undefined, codes: [] });
});

test.each([[{}], [{ cidr: '10.0.0.0' }], [{ cidr: '10.0.0.0/16', ipipMode: 'always' }], [{ cidr: '10.0.0.0/16', natOutgoing: 'yes' }]])(
  '%j is refused',
  (spec) => {
    expect(read(spec)).toEqual({ pool: undefined, codes: ['calico-refused'] });
  },
);

test.each([[{ cidr: '10.0.0.1/16' }], [{ cidr: '10.0.0.0/16', ipipMode: 'CrossSubnet', vxlanMode: 'CrossSubnet' }]])(
  'what only the API checks is used as it is stored: %j',
  (spec) => {
    expect(read(spec)).toEqual({ pool: undefined, codes: ['calico-refused'] });
    expect(read(spec, 'crd.projectcalico.org/v1')).toMatchObject({ pool: { net: '10.0.0.0/16' }, codes: ['calico-unchecked'] });
  },
);
