import { dropsTowards, positionsOf, withoutDropped } from '../../../src/engine/query/hypothetical-drops';
import type { NodeDrop, NodeNetwork } from '../../../src/model/host-endpoint';
import type { Party } from '../../../src/model/verdict';
import { cluster } from '../../support/cluster';

const SSH: NodeDrop = { packets: { protocol: 'TCP', ports: [[22, 23]] }, family: 4, exempt: [] };
const [[FIRST, LAST]] = positionsOf(SSH.packets, {}) as readonly [readonly [number, number]];

const { endpoints, nodeNetwork } = cluster()
  .template('shop/any', {}, { addressRanges: ['10.0.0.0/8', 'fd00::/8'] })
  .node('n', { addresses: ['192.168.0.1', 'fd10::1'] })
  .snapshot();
const partyAt = (index: number): Party => ({ kind: 'endpoint', endpoint: endpoints[index]! });
const [PROCESS, PODS] = [partyAt(0), partyAt(1)];

function dropsOf(network: Partial<NodeNetwork>, onItsNode: boolean, families: readonly (4 | 6)[] = [4], number?: number) {
  const details = number === undefined ? {} : { number };
  return dropsTowards({ ...nodeNetwork, ...network }, [PODS, PROCESS], { onItsNode, families, details });
}
const pools = (natOutgoing: boolean) => [{ net: '10.0.0.0/8', encapsulation: 'always', natOutgoing } as const];

test('where nodes drop nothing nothing is dropped', () => {
  expect(dropsOf({}, true)).toEqual({ sure: [], perhaps: [], unknowns: [] });
  expect(dropsOf({ droppedAtNodes: [SSH] }, true, [])).toEqual({ sure: [], perhaps: [], unknowns: [] });
});

test('on their own node pods are seen as they are, on another one perhaps by its address', () => {
  const droppedAtNodes = [SSH];
  const all = { sure: [[FIRST, LAST]], perhaps: [], unknowns: [] };
  expect(dropsOf({ droppedAtNodes, pools: pools(true) }, true)).toEqual(all);
  expect(dropsOf({ droppedAtNodes, pools: pools(true) }, false)).toEqual({ sure: [], perhaps: [], unknowns: [] });
  expect(dropsOf({ droppedAtNodes, pools: pools(false) }, false)).toEqual(all);
  const open = dropsOf({ droppedAtNodes }, false);
  expect(open).toMatchObject({ sure: [], perhaps: [[FIRST, LAST]], unknowns: [{ kind: 'address' }] });
});

test('who has the choice between families uses the one in which it gets through', () => {
  const six: NodeDrop = { ...SSH, family: 6, packets: { protocol: 'TCP', ports: [[23, 24]] } };
  expect(dropsOf({ droppedAtNodes: [SSH] }, true, [4, 6]).sure).toEqual([]);
  expect(dropsOf({ droppedAtNodes: [SSH, six] }, true, [4, 6]).sure).toEqual([[LAST, LAST]]);
});

test('a protocol of which the number is not told is left to the definition', () => {
  const droppedAtNodes: readonly NodeDrop[] = [{ packets: { protocol: 'other', numbers: [[4, 4]] }, family: 4, exempt: [] }];
  expect([undefined, 4, 5].map((number) => dropsOf({ droppedAtNodes }, true, [4], number).sure.length)).toEqual([0, 1, 0]);
});

test('what is found is handed on without what is dropped, and apart what perhaps is', () => {
  const unknowns = [{ kind: 'address', text: 'which address' }] as const;
  const found = { packets: [[1, 9]], unknowns: [], name: 'x' } as const;
  expect(withoutDropped(found, { sure: [[2, 3]], perhaps: [[3, 5]], unknowns })).toEqual([
    {
      packets: [
        [1, 1],
        [6, 9],
      ],
      unknowns: [],
      name: 'x',
    },
    { packets: [[4, 5]], unknowns, name: 'x' },
  ]);
  expect(withoutDropped(found, { sure: [[1, 9]], perhaps: [], unknowns: [] })).toEqual([]);
});
