import { DEFAULT_FACTS, settleFacts } from '../../src/model/facts';

function settle(given: Readonly<Record<string, string>>) {
  return settleFacts(new Map(Object.entries(given)));
}

test('without given facts all are assumed', () => {
  const { facts, origins, problems } = settle({});

  expect(facts).toEqual(DEFAULT_FACTS);
  expect(new Set(Object.values(origins))).toEqual(new Set(['assumed']));
  expect(Object.keys(origins).sort()).toEqual(Object.keys(DEFAULT_FACTS).sort());
  expect(problems).toEqual([]);
});

test('a given fact is taken and says so', () => {
  const { facts, origins } = settle({ defaultNamespace: 'shop', calicoVersion: '3.29' });

  expect(facts).toEqual({ ...DEFAULT_FACTS, defaultNamespace: 'shop', calicoVersion: '3.29' });
  expect(origins).toMatchObject({ defaultNamespace: 'given', calicoVersion: 'given', cni: 'assumed' });
});

test.each([
  ['calico', 'yes'],
  ['Calico', 'yes'],
  ['cilium', 'no'],
])('whether an ipBlock matches pods follows from the plugin %s: %s', (cni, ipBlockMatchesPods) => {
  const { facts, origins } = settle({ cni });

  expect(facts.ipBlockMatchesPods).toBe(ipBlockMatchesPods);
  expect(origins.ipBlockMatchesPods).toBe('derived');
});

test('an unknown plugin tells nothing of ipBlocks, and a given fact wins over the derived one', () => {
  expect(settle({ cni: 'other' }).facts.ipBlockMatchesPods).toBe('unknown');
  expect(settle({ cni: 'calico', ipBlockMatchesPods: 'no' })).toMatchObject({
    facts: { ipBlockMatchesPods: 'no' },
    origins: { ipBlockMatchesPods: 'given' },
  });
});

test('ranges are separated by commas, of either family', () => {
  expect(settle({ podRanges: '10.0.0.0/8, fd00::/8' }).facts.podRanges).toEqual(['10.0.0.0/8', 'fd00::/8']);
});

test.each([
  ['a name that is no fact', { colour: 'blue' }, /unknown fact `colour`; known are cni/],
  ['a name that plain objects trip over', { constructor: 'x' }, /unknown fact `constructor`/],
  ['a value that is none of the choices', { hostNetworkPods: 'sometimes' }, /`sometimes` is none of host, ordinary/],
  ['a range that is no CIDR', { podRanges: '10.0.0.0/8,10.0.0.1' }, /`10.0.0.1` is no CIDR/],
  ['a release that is none', { calicoVersion: 'latest' }, /`latest` is no release such as `3.32`/],
  ['an empty value', { cni: '' }, /fact `cni` is empty/],
])('%s is a problem and counts as not given', (_case, given, problem) => {
  const { facts, origins, problems } = settle(given as unknown as Readonly<Record<string, string>>);

  expect(problems).toEqual([expect.stringMatching(problem)]);
  expect(facts).toEqual(DEFAULT_FACTS);
  expect(new Set(Object.values(origins))).toEqual(new Set(['assumed']));
});
