import { readEntity } from '../../../src/ingest/calico/entities';
import { formatNets } from '../../../src/ingest/calico/nets';
import { selectorsFor } from '../../../src/ingest/calico/selectors';
import { complaintsIn } from '../../support/calico';

function read(
  source: unknown,
  options: { readonly api?: 'served' | 'stored'; readonly namespace?: string; readonly isStrict?: boolean } = {},
) {
  const { complaints, problems } = complaintsIn(options.api ?? 'served');
  const scope = { namespace: options.namespace, selectors: selectorsFor(options.isStrict ?? true) };
  const entity = readEntity(complaints, { source }, 'source', 'ingress', 'r', scope);
  return {
    ...entity,
    families: [...entity.families],
    problems: problems.map((problem) => problem.split(';')[0]),
    isLeftOut: complaints.isLeftOut(),
  };
}

test('a side that is not there says nothing', () => {
  for (const source of [undefined, null, {}]) {
    expect(read(source)).toEqual({ families: [4, 6], positive: '', negative: '', hasDomains: false, problems: [], isLeftOut: false });
  }
});

test('all that a side says is read', () => {
  const entity = read(
    {
      nets: ['10.0.0.0/8'],
      notNets: ['10.1.0.0/16'],
      selector: 'has(a)',
      notSelector: 'has(b)',
      namespaceSelector: 'all()',
      serviceAccounts: { names: ['x'] },
      ports: [80],
      notPorts: ['http'],
    },
    { namespace: 'shop' },
  );

  expect(entity).toMatchObject({
    families: [4],
    positive: '(has(projectcalico.org/namespace)) && ((projectcalico.org/serviceaccount in {"x"}) && (has(a)))',
    negative: 'has(b)',
    ports: { ranges: [[80, 80]] },
    notPorts: { names: ['http'] },
    problems: [],
  });
  expect([formatNets(entity.nets!), formatNets(entity.notNets!)]).toEqual([['10.0.0.0/8'], ['10.1.0.0/16']]);
});

test.each([
  [{ nets: ['10.0.0.0/8'] }, [4]],
  [{ notNets: ['fd00::/8'] }, [6]],
  [{ nets: ['10.0.0.0/8', 'fd00::/8'] }, [4, 6]],
  [{ nets: ['10.0.0.0/8', 'fd00::/8'], notNets: ['10.1.0.0/16'] }, [4]],
  [{ nets: ['10.0.0.0/8'], notNets: ['fd00::/8'] }, []],
  [{ nets: [] }, [4, 6]],
])('%j can match in families %j', (source, families) => {
  expect(read(source, { api: 'stored' }).families).toEqual(families);
});

test.each([
  ['10.0.0.1', 'an address without the length of its prefix'],
  ['1.2.3.4/16', 'whose address is not the first of its block'],
  ['nonsense', 'which is no CIDR'],
])('the API refuses the net %s, and the dataplane takes what it can', (net, problem) => {
  expect(read({ nets: [net] }).problems).toEqual([
    `calico-refused \`r.source.nets\` holds \`${net}\`, ${problem}${problem.startsWith('which is no') ? ' such as `10.0.0.0/8`' : ''}`,
  ]);
  expect(read({ nets: [net, '10.0.0.0/8'] }, { api: 'stored' })).toMatchObject({
    isLeftOut: false,
    problems: [expect.stringContaining('calico-unchecked')],
  });
});

test('a list of nothing but unreadable nets restricts nothing', () => {
  expect(read({ nets: ['nonsense'] }, { api: 'stored' })).not.toHaveProperty('nets');
});

test.each([
  [true, 1],
  [false, 0],
])('excluding every address is refused where CRDs validate: %s', (isStrict, count) => {
  expect(read({ notNets: ['0.0.0.0/0'] }, { isStrict }).problems).toHaveLength(count);
  expect(read({ notNets: ['0.0.0.0/1'] }, { isStrict }).problems).toEqual([]);
});

test.each([
  [{ selector: 'nonsense' }, 'calico-ignored', true],
  [{ notSelector: 'nonsense' }, 'calico-ignored', true],
  [{ namespaceSelector: 'nonsense' }, 'calico-unchecked', false],
  [{ serviceAccounts: { selector: 'nonsense' } }, 'calico-unchecked', false],
  [{ selector: 'global()' }, 'calico-unchecked', false],
  [{ namespaceSelector: 'global() || has(a)' }, 'calico-unchecked', false],
])('stored, %j is %s', (source, code, isLeftOut) => {
  expect(read(source, { api: 'stored' })).toMatchObject({ problems: [expect.stringContaining(code)], isLeftOut });
});

test('`global()` alone selects what is in no namespace, also with spaces', () => {
  expect(read({ namespaceSelector: ' global( ) ' }, { namespace: 'shop' })).toMatchObject({
    positive: '!has(projectcalico.org/namespace)',
    problems: [],
  });
});

test('selectors that make none together are ignored by the dataplane, which the API does not see', () => {
  expect(read({ selector: ' ' }, { namespace: 'shop' }).problems).toEqual([
    expect.stringContaining('calico-ignored the selectors of `r.source` together'),
  ]);
  expect(read({ selector: ' ' })).toMatchObject({ positive: ' ', problems: [] });
});

test('domains are told', () => {
  expect(read({ domains: ['example.com'] })).toMatchObject({ hasDomains: true, problems: [expect.stringContaining('partly-modelled')] });
});

test('a field that no side has is told', () => {
  expect(read({ podSelector: {} }).problems).toEqual([expect.stringContaining('unknown-field field `r.source.podSelector`')]);
});
