import type { ConnectionSet } from '../../../src/engine/analysis';
import { analyze } from '../../../src/engine/analyze';
import { icmpOf } from '../../../src/engine/model';
import { visibleSpans } from '../../../src/engine/packet-axis';
import { ClassConnections } from '../../../src/engine/query/class-connections';
import { GroupConnections } from '../../../src/engine/query/group-connections';
import { NO_PACKETS, PacketSets } from '../../../src/engine/query/packet-sets';
import { PairJoin } from '../../../src/engine/query/pair-join';
import { Membership, type PeerGroup, Shapes } from '../../../src/engine/query/peer-groups';
import { Reach } from '../../../src/engine/query/reach';
import type { Snapshot } from '../../../src/model/snapshot';
import { allow, chosen, cluster, deny, type EndpointOptions, labels, to } from '../../support/cluster';
import { generateCluster } from '../../support/generate-cluster';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';
import { isEmptySet, setsByDefinition } from './brute-force';

type Key = PeerGroup['key'];

interface Sets {
  readonly allowed: ConnectionSet;
  readonly conditional: ConnectionSet;
}

/** Connections from some groups to others; both lists stand for what a question asked for. */
function laidOut(snapshot: Snapshot, from: readonly Key[], target: readonly Key[]) {
  const { model } = analyze(snapshot);
  const [membership, shapes, sets] = [Membership.of(model), new Shapes(model), new PacketSets(icmpOf(model))];
  const groupOf = (key: Key): PeerGroup => {
    const endpoints = membership.endpointsOf(key);
    return { key, endpoints, shape: shapes.shapeOf(endpoints) };
  };
  const [sources, destinations] = [from.map(groupOf), target.map(groupOf)];
  const counted = Int32Array.from(visibleSpans(icmpOf(model)).flat());
  const reach = new Reach(model, new PairJoin(model, 'upper', counted));
  const groups = new GroupConnections(model, sets, new ClassConnections(model, sets), shapes, reach, membership, destinations);
  const setsAt = (place: number): Sets => {
    groups.between(place);
    const { lower, upper } = groups;
    return { allowed: sets.connectionSet(lower), conditional: sets.connectionSet(sets.difference(upper, lower)) };
  };
  return { sources, destinations, groups, setsAt };
}

function endpointsIn({ endpoints }: Snapshot, key: Key): readonly number[] {
  if (key.kind === 'endpoint') return [key.index];
  return endpoints.filter((endpoint) => endpoint.workload >= 0 && endpoint[key.kind] === key.index).map(({ id }) => id);
}

const NOTHING: Sets = { allowed: {}, conditional: {} };

/** What the definition says of all pairs of different endpoints. A pod or a workload has nothing to say about itself. */
function byDefinition(snapshot: Snapshot, from: Key, target: Key): Sets {
  if (from.kind !== 'namespace' && from.kind === target.kind && from.index === target.index) return NOTHING;
  const targets = endpointsIn(snapshot, target);
  const pairs = endpointsIn(snapshot, from).flatMap((a) => targets.filter((b) => a !== b).map((b) => [a, b] as const));
  return setsByDefinition(snapshot, pairs) ?? NOTHING;
}

function allKeys({ endpoints, workloads, namespaces }: Snapshot): readonly Key[] {
  return [
    ...endpoints.map(({ id }): Key => ({ kind: 'endpoint', index: id })),
    ...workloads.map((_, index): Key => ({ kind: 'workload', index })),
    ...namespaces.map((_, index): Key => ({ kind: 'namespace', index })),
  ];
}

const ALL_PORTS = [[1, 65_535]] as const;
const EVERYTHING: ConnectionSet = { TCP: ALL_PORTS, UDP: ALL_PORTS, SCTP: ALL_PORTS };

/** Two workloads of two pods each, the second of them closed but for what `policies` say. */
function twoWorkloads(web: readonly EndpointOptions[], db: readonly EndpointOptions[], open: 'nothing' | 'one' | 'all'): Snapshot {
  const builder = cluster();
  for (const [index, options] of web.entries())
    builder.pod(`shop/web-${index}`, { app: 'web', web: `${index}` }, { workload: 'web', ...options });
  for (const [index, options] of db.entries())
    builder.pod(`shop/db-${index}`, { app: 'db', db: `${index}` }, { workload: 'db', ...options });
  const peer = open === 'one' ? labels({ web: '0' }) : labels({ app: 'web' });
  const rules = open === 'nothing' ? [] : [allow([chosen(peer)], to('TCP', 5432))];
  return builder.policy('closed', { appliesTo: labels({ app: 'db' }), ingress: rules }).snapshot();
}

function webToDb(snapshot: Snapshot): Sets {
  const workload = (name: string): Key => ({ kind: 'workload', index: snapshot.workloads.findIndex(({ ref }) => ref.name === name) });
  const { groups, sources, setsAt } = laidOut(snapshot, [workload('web')], [workload('db')]);
  groups.turnTo(sources[0]!);
  return setsAt(0);
}

const PLAIN = [{}, {}];
const ON_HOST: EndpointOptions = { network: 'host', node: 'n1' };
const POSTGRES: ConnectionSet = { TCP: [[5432, 5432]] };

describe('what one group may open to another', () => {
  it.each<[string, Snapshot, Sets]>([
    ['certain if it is on every pair', twoWorkloads(PLAIN, PLAIN, 'all'), { allowed: POSTGRES, conditional: {} }],
    ['conditional if it is on some pairs only', twoWorkloads(PLAIN, PLAIN, 'one'), { allowed: {}, conditional: POSTGRES }],
    ['nothing if it is on no pair', twoWorkloads(PLAIN, PLAIN, 'nothing'), NOTHING],
    [
      'everything where all are on one node and the others are hosts',
      twoWorkloads([{ node: 'n1' }, { node: 'n1' }], [ON_HOST, ON_HOST], 'nothing'),
      { allowed: EVERYTHING, conditional: {} },
    ],
    [
      'conditional where only some are on the node of a host',
      twoWorkloads([{ node: 'n1' }, { node: 'n2' }], [ON_HOST], 'nothing'),
      { allowed: {}, conditional: EVERYTHING },
    ],
    [
      'policy for the pairs that share no node',
      twoWorkloads([{ node: 'n1' }, { node: 'n2' }], [ON_HOST], 'all'),
      {
        allowed: POSTGRES,
        conditional: {
          ...EVERYTHING,
          TCP: [
            [1, 5431],
            [5433, 65_535],
          ],
        },
      },
    ],
    [
      'policy for the pairs that share no node, also where the last one does',
      twoWorkloads([{ node: 'n2' }, { node: 'n1' }], [ON_HOST], 'all'),
      {
        allowed: POSTGRES,
        conditional: {
          ...EVERYTHING,
          TCP: [
            [1, 5431],
            [5433, 65_535],
          ],
        },
      },
    ],
    ['conditional where nobody knows the node', twoWorkloads([{}], [ON_HOST], 'nothing'), { allowed: {}, conditional: EVERYTHING }],
    [
      'policy where the nodes are known to differ',
      twoWorkloads([{ node: 'n2' }], [ON_HOST], 'all'),
      { allowed: POSTGRES, conditional: {} },
    ],
  ])('is %s', (_name, snapshot, expected) => {
    expect(webToDb(snapshot)).toEqual(expected);
    const [db, web] = ['db', 'web'].map(
      (name): Key => ({ kind: 'workload', index: snapshot.workloads.findIndex(({ ref }) => ref.name === name) }),
    );
    expect(byDefinition(snapshot, web!, db!)).toEqual(expected);
  });

  it('is nothing between a pod or a workload and itself, but something between the pods of a namespace', () => {
    const snapshot = twoWorkloads(PLAIN, [], 'nothing');
    const keys = allKeys(snapshot);
    const { groups, sources, setsAt } = laidOut(snapshot, keys, keys);
    const self = keys.map((key, place) => {
      groups.turnTo(sources[place]!);
      return [key.kind, setsAt(place)];
    });
    expect(self).toEqual([
      ['endpoint', NOTHING],
      ['endpoint', NOTHING],
      ['workload', NOTHING],
      ['namespace', { allowed: EVERYTHING, conditional: {} }],
    ]);
  });

  it('is nothing between a pod and a namespace of which it is the only one', () => {
    const snapshot = cluster().pod('shop/web').snapshot();
    const { groups, sources, setsAt } = laidOut(snapshot, [{ kind: 'endpoint', index: 0 }], [{ kind: 'namespace', index: 0 }]);
    expect(groups.countFrom(sources[0]!)).toBe(0);
    groups.turnTo(sources[0]!);
    expect(setsAt(0)).toEqual(NOTHING);
  });

  it('is what the definition says of the pairs, between groups of all kinds, in any order of the questions', () => {
    for (let seed = 0; seed < 6; seed++) {
      const random = randomFrom(seedOf(SEED, 100 + seed));
      const snapshot = generateCluster(random, seed % 2 ? 'everything' : 'networkPolicyLike', {
        namespaces: 2,
        endpoints: 5,
        policies: 5,
        rules: 2,
      });
      const keys = allKeys(snapshot);
      const { groups, sources, destinations, setsAt } = laidOut(snapshot, keys, keys);
      for (let turn = 0; turn < 10; turn++) {
        const from = random.pick(sources);
        groups.turnTo(from);
        for (const [place, target] of destinations.entries())
          expect([seed, from.key, target.key, setsAt(place)]).toEqual([
            seed,
            from.key,
            target.key,
            byDefinition(snapshot, from.key, target.key),
          ]);
      }
    }
  });
});

describe('the candidates of a source', () => {
  it('are all destinations to which something is possible, each once and in order; they are as many as are counted', () => {
    let rows = 0;
    for (let seed = 0; seed < 30; seed++) {
      const random = randomFrom(seedOf(SEED, 200 + seed));
      const snapshot = generateCluster(random, seed % 2 ? 'everything' : 'networkPolicyLike');
      const keys = allKeys(snapshot);
      // Some destinations are missing, some are asked for twice.
      const targets = [...random.some(keys, 12), ...random.some(keys, 4)];
      const { groups, sources, destinations } = laidOut(snapshot, keys, targets);
      for (const from of sources) {
        const counted = random.chance(0.5) ? groups.countFrom(from) : -1;
        groups.turnTo(from);
        const candidates = [...groups.candidates.subarray(0, groups.candidateCount)];
        expect(candidates).toEqual([...new Set(candidates)].sort((a, b) => a - b));
        const possible = destinations.flatMap((_, place) => {
          groups.between(place);
          return groups.upper === NO_PACKETS ? [] : [place];
        });
        expect(candidates).toEqual(expect.arrayContaining(possible));
        expect(groups.countFrom(from)).toBe(possible.length);
        if (counted >= 0) expect(counted).toBe(possible.length);
        rows += possible.length;
      }
    }
    expect(rows).toBeGreaterThan(1000);
  });

  it('are none where nothing is possible', () => {
    const snapshot = cluster().pod('shop/a').pod('shop/b').policy('shop/none', { egress: [] }).snapshot();
    const { groups, sources } = laidOut(snapshot, [{ kind: 'endpoint', index: 0 }], [{ kind: 'endpoint', index: 1 }]);
    groups.turnTo(sources[0]!);
    expect([groups.candidateCount, groups.countFrom(sources[0]!)]).toEqual([0, 0]);
  });

  it('are found among more destinations than a word has bits', () => {
    const builder = cluster();
    for (let index = 0; index < 200; index++) builder.pod(`shop/p${index}`, { app: `a${index % 3}` });
    const snapshot = builder.policy('shop/a1', { appliesTo: labels({ app: 'a1' }), ingress: [] }).snapshot();
    const keys = snapshot.endpoints.map(({ id }): Key => ({ kind: 'endpoint', index: id }));
    const { groups, sources } = laidOut(snapshot, keys, keys);
    const open = snapshot.endpoints.filter(({ labels: { values } }) => values.app !== 'a1').map(({ id }) => id);
    for (const from of [0, 100, 199]) {
      groups.turnTo(sources[from]!);
      const possible = [...groups.candidates.subarray(0, groups.candidateCount)].filter((place) => {
        groups.between(place);
        return groups.upper !== NO_PACKETS;
      });
      expect(possible).toEqual(open.filter((id) => id !== from));
    }
  });

  it('have nothing empty among them that is said to be something', () => {
    const snapshot = generateCluster(randomFrom(seedOf(SEED, 1)), 'everything');
    const keys = allKeys(snapshot);
    const { groups, sources, setsAt } = laidOut(snapshot, keys, keys);
    for (const from of sources) {
      groups.turnTo(from);
      for (const place of groups.candidates.slice(0, groups.candidateCount)) {
        const { allowed, conditional } = setsAt(place);
        expect(groups.upper === NO_PACKETS).toBe(isEmptySet(allowed) && isEmptySet(conditional));
      }
    }
  });
});

describe('a pod whose egress is guarded towards its own node', () => {
  /** Web may open no UDP, by a tier that guards; hosts are closed, which does not matter on one node. */
  const guarded = (web: readonly EndpointOptions[], hosts: readonly EndpointOptions[]): Snapshot => {
    const builder = cluster().tier('guard', 1, 'Pass', { guardsOwnNode: true });
    for (const [index, options] of web.entries()) builder.pod(`shop/web-${index}`, { app: 'web' }, { workload: 'web', ...options });
    for (const [index, options] of hosts.entries())
      builder.pod(`shop/db-${index}`, { app: 'db' }, { workload: 'db', network: 'host', ...options });
    return builder
      .policy('guard', { tier: 'guard', appliesTo: labels({ app: 'web' }), egress: [deny('any', to('UDP'))] })
      .policy('closed', { appliesTo: labels({ app: 'db' }), ingress: [allow('any', to('SCTP'))] })
      .snapshot();
  };
  const NOT_UDP = { TCP: ALL_PORTS, SCTP: ALL_PORTS };
  const SCTP = { SCTP: ALL_PORTS };
  const TCP = { TCP: ALL_PORTS };
  const [n1, n2] = [{ node: 'n1' }, { node: 'n2' }];

  it.each<[string, Snapshot, Sets]>([
    ['opens to it what egress lets through', guarded([n1, n1], [n1]), { allowed: NOT_UDP, conditional: {} }],
    ['opens to some of it what egress lets through', guarded([n1, n2], [n1]), { allowed: SCTP, conditional: TCP }],
    ['opens to other nodes what both ends let through', guarded([n1, n1], [n2]), { allowed: SCTP, conditional: {} }],
    ['may open that much if nobody knows its node', guarded([{}, {}], [n1]), { allowed: SCTP, conditional: TCP }],
    ['may open that much if only one of its nodes is known', guarded([n1, {}], [n1]), { allowed: SCTP, conditional: TCP }],
  ])('%s', (_name, snapshot, expected) => {
    const [web, db] = ['web', 'db'].map((name) => ({
      kind: 'workload' as const,
      index: snapshot.workloads.findIndex(({ ref }) => ref.name === name),
    }));

    expect(webToDb(snapshot)).toEqual(expected);
    expect(byDefinition(snapshot, web!, db!)).toEqual(expected);
  });

  it('is reached by its node as any other', () => {
    const snapshot = guarded([n1], [n1]);
    const keys = allKeys(snapshot);
    const { groups, sources, destinations, setsAt } = laidOut(snapshot, keys, keys);
    for (const from of sources) {
      groups.turnTo(from);
      for (const [place, { key }] of destinations.entries()) expect(setsAt(place)).toEqual(byDefinition(snapshot, from.key, key));
    }
  });
});
