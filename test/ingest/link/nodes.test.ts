import type { NodeDraft } from '../../../src/ingest/draft';
import { mergedNodes, nodeFinder } from '../../../src/ingest/link/nodes';
import type { Selector } from '../../../src/model/selector';

function node(name: string, zone: string, addresses: readonly string[]): NodeDraft {
  const origin = { name } as NodeDraft['origin'];
  return { kind: 'node', origin, labels: { values: { zone }, unknownKeys: [], complete: true }, addresses, internalAddresses: addresses };
}

const find = nodeFinder([
  node('n1', 'a', ['192.168.0.1', 'fd00::1']),
  node('n2', 'b', ['192.168.0.2']),
  node('n3', 'a', []),
  node('n4', 'a', ['192.168.0.1']),
]);

const inZone = (...values: readonly string[]): Selector => ({
  kind: 'label',
  owner: 'endpoint',
  key: 'zone',
  test: { operator: 'in', values },
});

test('nodes are found by their labels, each address once', () => {
  expect(find(inZone('a'))).toEqual({ count: 3, nets: ['192.168.0.1/32', 'fd00::1/128'] });
  expect(find(inZone('b', 'c'))).toEqual({ count: 1, nets: ['192.168.0.2/32'] });
  expect(find({ kind: 'all' }).count).toBe(4);
  expect(find(inZone('c'))).toEqual({ count: 0, nets: [] });
});

test('equal selectors have one answer', () => {
  expect(find(inZone('a'))).toBe(find(inZone('a')));
});

describe('nodes of Kubernetes and of Calico', () => {
  const of = (group: string, name: string, addresses: readonly string[], calico?: NodeDraft['calico']): NodeDraft => {
    const plain = node(name, group === '' ? 'core' : 'calico', addresses);
    return { ...plain, origin: { ...plain.origin, group }, ...(calico && { calico }) };
  };
  const CALICO = 'projectcalico.org';
  const said = { own: ['10.0.0.1'], tunnel: ['192.168.0.1'], subnets: ['10.0.0.0/24'] };

  test('of one name are one, with the labels of the former and what Calico knows', () => {
    const merged = mergedNodes([of(CALICO, 'n1', ['10.0.0.1', '10.0.0.7'], said), of('', 'n1', ['10.9.0.1'])]);

    expect(merged).toEqual([{ ...of('', 'n1', ['10.9.0.1', '10.0.0.1']), internalAddresses: ['10.9.0.1'], calico: said }]);
  });

  test('that say different things of Calico go by what Kubernetes has', () => {
    const own = { own: ['10.0.0.2'], tunnel: [], subnets: [] };
    expect(mergedNodes([of('', 'n1', ['10.0.0.2'], own), of(CALICO, 'n1', ['10.0.0.1'], said)])).toMatchObject([
      { addresses: ['10.0.0.2'], calico: own },
    ]);
  });

  test('have the addresses that Calico knows where Kubernetes tells none', () => {
    expect(mergedNodes([of('', 'n1', []), of(CALICO, 'n1', ['10.0.0.1', '10.0.0.7'])])[0]!.addresses).toEqual(['10.0.0.1', '10.0.0.7']);
  });

  test('of different names are all there', () => {
    const merged = mergedNodes([of(CALICO, 'n1', []), of('', 'n2', []), of('', 'n3', [])]);
    expect(merged.map(({ origin }) => origin.name)).toEqual(['n2', 'n3', 'n1']);
  });
});
