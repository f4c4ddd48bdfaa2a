import type { NodeDraft } from '../../../src/ingest/draft';
import { nodeFinder } from '../../../src/ingest/link/nodes';
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
