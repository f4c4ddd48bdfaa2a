import type { PeerExpression } from '../../../src/model/policy';
import { ingestText, networkPolicy, policyOf, problemsOf } from '../../support/ingest-text';

async function peersOf(peers: string, facts: Readonly<Record<string, string>> = {}) {
  const ingested = await ingestText(networkPolicy('ingress:', `  - {from: ${peers}}`), facts);
  return { peer: policyOf(ingested.snapshot).ingress![0]!.peer, problems: problemsOf(ingested) };
}

const OWN = { kind: 'inNamespace', names: ['shop'] };
const POD = { kind: 'network', network: 'pod' };
const label = (owner: string, key: string, value: string) => ({ kind: 'label', owner, key, test: { operator: 'in', values: [value] } });

describe('what peers mean', () => {
  test.each<[string, string, unknown]>([
    ['absent peers are any', 'null', 'any'],
    ['the empty list is any', '[]', 'any'],
    [
      'podSelector alone: pods of the own namespace',
      '[{podSelector: {matchLabels: {app: db}}}]',
      { kind: 'and', of: [OWN, POD, label('endpoint', 'app', 'db')] },
    ],
    ['the empty podSelector: every pod of the own namespace', '[{podSelector: {}}]', { kind: 'and', of: [OWN, POD] }],
    ['the empty namespaceSelector: every pod', '[{namespaceSelector: {}}]', POD],
    [
      'namespaceSelector alone: all pods of those',
      '[{namespaceSelector: {matchLabels: {team: a}}}]',
      { kind: 'and', of: [label('namespace', 'team', 'a'), POD] },
    ],
    [
      'both in one entry must hold',
      '[{namespaceSelector: {matchLabels: {team: a}}, podSelector: {matchLabels: {app: db}}}]',
      { kind: 'and', of: [label('namespace', 'team', 'a'), POD, label('endpoint', 'app', 'db')] },
    ],
    ['a null selector beside another is absent', '[{namespaceSelector: {}, podSelector: null}]', POD],
  ])('%s', async (_case, peers, selector) => {
    const { peer, problems } = await peersOf(peers);

    expect(peer).toEqual(selector === 'any' ? 'any' : [{ selector, netsSeePods: 'unknown' }]);
    expect(problems).toEqual([]);
  });

  test('the entries of a list are alternatives', async () => {
    const { peer } = await peersOf('[{podSelector: {}}, {ipBlock: {cidr: 10.0.0.0/8}}]');

    expect(peer).toHaveLength(2);
  });
});

describe('ipBlock', () => {
  test.each<[string, string, PeerExpression, readonly string[]]>([
    ['a block', '{cidr: 10.0.0.0/8}', [{ nets: ['10.0.0.0/8'], netsSeePods: 'unknown' }], []],
    ['a block of IPv6, in canonical form', '{cidr: "2001:DB8:0::/32"}', [{ nets: ['2001:db8::/32'], netsSeePods: 'unknown' }], []],
    [
      'exceptions',
      '{cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.2.0.0/16]}',
      [{ nets: ['10.0.0.0/8'], notNets: ['10.1.0.0/16', '10.2.0.0/16'], netsSeePods: 'unknown' }],
      [],
    ],
    ['no exceptions', '{cidr: 10.0.0.0/8, except: []}', [{ nets: ['10.0.0.0/8'], netsSeePods: 'unknown' }], []],
    ['host bits are masked, and told', '{cidr: 192.168.1.5/24}', [{ nets: ['192.168.1.0/24'], netsSeePods: 'unknown' }], ['host-bits:6']],
    ['leading zeros are decimal', '{cidr: 010.0.0.0/08}', [{ nets: ['10.0.0.0/8'], netsSeePods: 'unknown' }], []],
    ['an exception outside', '{cidr: 10.0.0.0/8, except: [192.168.0.0/16]}', [], ['invalid-policy:6']],
    ['an exception as large as the block', '{cidr: 10.0.0.0/8, except: [10.0.0.0/8]}', [], ['invalid-policy:6']],
    ['an exception of the other family', '{cidr: 10.0.0.0/8, except: ["2001:db8::/32"]}', [], ['invalid-policy:6']],
    ['an exception that is no CIDR', '{cidr: 10.0.0.0/8, except: [10.1.2.3]}', [], ['invalid-policy:6']],
    ['exceptions that are no list', '{cidr: 10.0.0.0/8, except: 10.1.0.0/16}', [], ['invalid-policy:6']],
    ['an address is no CIDR', '{cidr: 10.0.0.1}', [], ['invalid-policy:6']],
    ['a prefix beyond the family', '{cidr: 10.0.0.0/33}', [], ['invalid-policy:6']],
    ['no cidr', '{except: [10.1.0.0/16]}', [], ['invalid-policy:6']],
    [
      'an unknown field',
      '{cidr: 10.0.0.0/8, expect: [10.1.0.0/16]}',
      [{ nets: ['10.0.0.0/8'], netsSeePods: 'unknown' }],
      ['unknown-field:6'],
    ],
    ['no mapping', '10.0.0.0/8', [], ['invalid-policy:6']],
  ])('%s', async (_case, block, expected, problems) => {
    expect(await peersOf(`[{ipBlock: ${block}}]`)).toEqual({ peer: expected, problems });
  });

  test.each(['yes', 'no', 'unknown'] as const)('whether it sees pods is the fact: %s', async (fact) => {
    const { peer } = await peersOf('[{ipBlock: {cidr: 10.0.0.0/8}}]', { ipBlockMatchesPods: fact });

    expect(peer).toEqual([{ nets: ['10.0.0.0/8'], netsSeePods: fact }]);
  });

  test('Calico is known to see pods, Cilium not to', async () => {
    const blocks = await Promise.all(['calico', 'cilium'].map((cni) => peersOf('[{ipBlock: {cidr: 10.0.0.0/8}}]', { cni })));

    expect(blocks.map(({ peer }) => peer)).toEqual([
      [{ nets: ['10.0.0.0/8'], netsSeePods: 'yes' }],
      [{ nets: ['10.0.0.0/8'], netsSeePods: 'no' }],
    ]);
  });
});

describe('entries that the API server refuses match nothing', () => {
  test.each([
    ['the empty entry', '{}'],
    ['a null entry', 'null'],
    ['an entry with only null selectors', '{podSelector: null}'],
    ['text', 'everyone'],
    ['ipBlock beside a selector', '{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}'],
  ])('%s', async (_case, entry) => {
    expect(await peersOf(`[${entry}]`)).toEqual({ peer: [], problems: ['invalid-policy:6'] });
  });

  test('they do not spoil the entries beside them', async () => {
    const { peer, problems } = await peersOf('[{}, {namespaceSelector: {}}]');

    expect(peer).toEqual([{ selector: POD, netsSeePods: 'unknown' }]);
    expect(problems).toEqual(['invalid-policy:6']);
  });

  test('peers that are no list allow nobody', async () => {
    expect(await peersOf('{podSelector: {}}')).toEqual({ peer: [], problems: ['invalid-policy:6'] });
  });

  test('an unknown selector leaves its entry without a peer', async () => {
    expect(await peersOf('[{podselector: {}}]')).toEqual({ peer: [], problems: ['invalid-policy:6', 'unknown-field:6'] });
  });

  test('an invalid selector matches nothing', async () => {
    const { peer, problems } = await peersOf('[{podSelector: {matchLabels: {live: true}}}]');

    expect(peer).toEqual([{ selector: { kind: 'none' }, netsSeePods: 'unknown' }]);
    expect(problems).toEqual(['invalid-selector:6']);
  });
});
