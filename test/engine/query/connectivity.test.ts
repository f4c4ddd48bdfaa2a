import type { ConnectivityOptions, ConnectivityRow, PeerKey } from '../../../src/engine/analysis';
import { analyze } from '../../../src/engine/analyze';
import { connectivity } from '../../../src/engine/query/connectivity';
import type { Snapshot } from '../../../src/model/snapshot';
import { formatAddress, parseAddress } from '../../../src/util/ip';
import { allow, block, cluster, pods, to } from '../../support/cluster';
import { generateCluster } from '../../support/generate-cluster';
import { boundariesOf } from '../../support/generate-flow';
import { randomFrom, seedOf } from '../../support/random';
import { isEmptySet, setsByDefinition } from './brute-force';

const NOTHING_SMALL = { namespaces: 3, endpoints: 7, policies: 6, rules: 3 };

function rowsOf(snapshot: Snapshot, options: ConnectivityOptions): readonly ConnectivityRow[] {
  return [...connectivity(analyze(snapshot), options)];
}

function textOf(key: PeerKey): string {
  return key.kind === 'block' ? `${key.low}-${key.high}` : `${key.kind} ${key.index}`;
}

/** Endpoints that a key stands for, without nodes and new pods unless the key is one of them. */
function endpointsOf({ endpoints }: Snapshot, key: PeerKey): readonly number[] {
  if (key.kind === 'block') return [];
  if (key.kind === 'endpoint') return [key.index];
  return endpoints.filter((endpoint) => endpoint.workload >= 0 && endpoint[key.kind] === key.index).map(({ id }) => id);
}

function keysOf({ endpoints, workloads, namespaces }: Snapshot, by: ConnectivityOptions['by']): readonly PeerKey[] {
  if (by === 'endpoint') return endpoints.filter(({ workload }) => workload >= 0).map(({ id }) => ({ kind: 'endpoint', index: id }));
  return (by === 'workload' ? workloads : namespaces).map((_, index) => ({ kind: by, index }));
}

/** Rows between groups, found flow by flow. */
function rowsByDefinition(snapshot: Snapshot, from: readonly PeerKey[], to: readonly PeerKey[]): readonly ConnectivityRow[] {
  return from.flatMap((source) =>
    to.flatMap((destination) => {
      if (source.kind !== 'namespace' && textOf(source) === textOf(destination)) return [];
      const pairs = endpointsOf(snapshot, source).flatMap((a) =>
        endpointsOf(snapshot, destination)
          .filter((b) => a !== b)
          .map((b) => [a, b] as const),
      );
      const sets = setsByDefinition(snapshot, pairs);
      return sets && !(isEmptySet(sets.allowed) && isEmptySet(sets.conditional)) ? [{ from: source, to: destination, ...sets }] : [];
    }),
  );
}

const SHOP = cluster()
  .namespace('shop')
  .pod('shop/web-1', { app: 'web' }, { workload: 'web' })
  .pod('shop/web-2', { app: 'web' }, { workload: 'web' })
  .pod('shop/db', { app: 'db' })
  .policy('shop/db', {
    appliesTo: { kind: 'label', owner: 'endpoint', key: 'app', test: { operator: 'in', values: ['db'] } },
    ingress: [allow([pods({ app: 'web' })], to('TCP', 5432)), allow([block('10.0.0.0/8', ['10.1.0.0/16'])], to('UDP', 53))],
    egress: [],
  })
  .snapshot();

describe('connectivity', () => {
  it('lists pods and workloads in order, without a row of a peer with itself', () => {
    const all = { TCP: [[1, 65535]], UDP: [[1, 65535]], SCTP: [[1, 65535]] };
    const pg = { TCP: [[5432, 5432]] };
    const rows = rowsOf(SHOP, { by: 'endpoint', external: false });
    expect(rows.map((row) => [textOf(row.from), textOf(row.to), row.allowed, row.conditional])).toEqual([
      ['endpoint 1', 'endpoint 0', pg, { UDP: [[53, 53]] }],
      ['endpoint 1', 'endpoint 2', all, {}],
      ['endpoint 2', 'endpoint 0', pg, { UDP: [[53, 53]] }],
      ['endpoint 2', 'endpoint 1', all, {}],
    ]);
    expect(rowsOf(SHOP, { by: 'workload', external: false }).map((row) => [row.from, row.to, row.allowed])).toEqual([
      [{ kind: 'workload', index: 1 }, { kind: 'workload', index: 0 }, pg],
    ]);
  });

  it('joins adjacent blocks of which the same is true, and cuts them to what was asked', () => {
    const into = rowsOf(SHOP, { by: 'workload', from: [{ kind: 'block', low: '10.0.0.0', high: '10.255.255.255' }] });
    expect(into.map((row) => [textOf(row.from), textOf(row.to)])).toEqual([
      ['10.0.0.0-10.0.255.255', 'workload 0'],
      ['10.2.0.0-10.255.255.255', 'workload 0'],
      ['10.0.0.0-10.255.255.255', 'workload 1'],
    ]);
    const out = rowsOf(SHOP, { by: 'workload', from: [{ kind: 'workload', index: 1 }], to: [{ kind: 'block', low: '::', high: '::ff' }] });
    expect(out.map((row) => textOf(row.to))).toEqual(['::-::ff']);
  });

  it('lists nodes and new pods only when they are asked for', () => {
    const snapshot = cluster().pod('shop/web').newPod('shop').node('n1').snapshot();
    const [node, web, fresh] = [0, 1, 2];
    expect(snapshot.endpoints.map(({ kind }) => kind)).toEqual(['node', 'pod', 'newPod']);
    expect(rowsOf(snapshot, { by: 'endpoint', external: false })).toEqual([]);
    const keys = [node, fresh].map((index): PeerKey => ({ kind: 'endpoint', index }));
    expect(rowsOf(snapshot, { by: 'workload', from: keys, external: false }).map((row) => textOf(row.from))).toEqual([
      `endpoint ${node}`,
      `endpoint ${fresh}`,
    ]);
    expect(rowsOf(snapshot, { by: 'endpoint', to: keys, external: false }).map((row) => textOf(row.from))).toEqual([
      `endpoint ${web}`,
      `endpoint ${web}`,
    ]);
  });

  it('says of an empty cluster that nothing may flow', () => {
    for (const by of ['endpoint', 'workload', 'namespace'] as const) expect(rowsOf(cluster().snapshot(), { by })).toEqual([]);
  });

  it.each(['endpoint', 'workload', 'namespace'] as const)('by %s is what the definition says of every pair', (by) => {
    for (let seed = 0; seed < 12; seed++) {
      const random = randomFrom(seedOf(4711, seed));
      const snapshot = generateCluster(random, seed % 2 ? 'everything' : 'networkPolicyLike', NOTHING_SMALL);
      const keys = keysOf(snapshot, by);
      expect(rowsOf(snapshot, { by, external: false })).toEqual(rowsByDefinition(snapshot, keys, keys));
    }
  });

  it('between peers of different kinds, with nodes and new pods, is what the definition says', () => {
    for (let seed = 0; seed < 8; seed++) {
      const snapshot = generateCluster(randomFrom(seedOf(815, seed)), 'everything', NOTHING_SMALL);
      const all = snapshot.endpoints.map(({ id }): PeerKey => ({ kind: 'endpoint', index: id }));
      const groups = [...keysOf(snapshot, 'workload'), ...keysOf(snapshot, 'namespace')];
      expect(rowsOf(snapshot, { by: 'workload', from: all, to: groups, external: false })).toEqual(rowsByDefinition(snapshot, all, groups));
      expect(rowsOf(snapshot, { by: 'workload', from: groups, to: all, external: false })).toEqual(rowsByDefinition(snapshot, groups, all));
    }
  });

  it('with external ranges is what the definition says of every boundary address', () => {
    for (let seed = 0; seed < 10; seed++) {
      const snapshot = generateCluster(randomFrom(seedOf(99, seed)), seed % 2 ? 'everything' : 'networkPolicyLike', NOTHING_SMALL);
      const rows = rowsOf(snapshot, { by: 'endpoint' }).filter(({ from, to }) => from.kind === 'block' || to.kind === 'block');
      for (const key of keysOf(snapshot, 'endpoint')) {
        const index = endpointsOf(snapshot, key)[0]!;
        for (const address of boundariesOf(snapshot).addresses) {
          for (const direction of ['egress', 'ingress'] as const) {
            const pair = direction === 'egress' ? ([index, address] as const) : ([address, index] as const);
            const own = rows.filter(
              ({ from, to }) =>
                textOf(direction === 'egress' ? from : to) === textOf(key) && holds(direction === 'egress' ? to : from, address),
            );
            expect(own.length).toBeLessThan(2);
            expect(own.map(({ allowed, conditional }) => ({ allowed, conditional }))[0] ?? { allowed: {}, conditional: {} }).toEqual(
              setsByDefinition(snapshot, [pair]),
            );
          }
        }
      }
    }
  });

  it('skips exactly as many rows as it is told to', () => {
    for (let seed = 0; seed < 6; seed++) {
      const snapshot = generateCluster(randomFrom(seedOf(31, seed)), 'everything', NOTHING_SMALL);
      for (const by of ['endpoint', 'workload', 'namespace'] as const) {
        const all = rowsOf(snapshot, { by });
        for (let offset = 0; offset <= all.length + 1; offset++) expect(rowsOf(snapshot, { by, offset })).toEqual(all.slice(offset));
      }
    }
  });
});

function holds(key: PeerKey, text: string): boolean {
  if (key.kind !== 'block') return false;
  const [low, high, address] = [parseAddress(key.low)!, parseAddress(key.high)!, parseAddress(text)!];
  expect(formatAddress(low)).toBe(key.low);
  return low.family === address.family && low.value <= address.value && address.value <= high.value;
}
