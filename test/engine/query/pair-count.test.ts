import { analyze } from '../../../src/engine/analyze';
import { countPairs, MOST_MATRIX_NAMESPACES, weightsOf } from '../../../src/engine/query/pair-count';
import { PairJoin } from '../../../src/engine/query/pair-join';
import { verdictOf } from '../../../src/engine/query/verdict';
import type { Snapshot } from '../../../src/model/snapshot';
import type { Packet } from '../../../src/model/verdict';
import { allow, cluster, deny, labels, pods, to } from '../../support/cluster';
import { generateCluster } from '../../support/generate-cluster';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';
import { homeless } from '../homeless';
import { stretchesOf, verdictByDefinition, WITHOUT_PORTS } from './brute-force';

type Judge = (source: number, destination: number, packet: Packet) => string;

const TINY = { namespaces: 3, endpoints: 8, policies: 6, rules: 3 };

function generated(seed: number): Snapshot {
  const snapshot = generateCluster(randomFrom(seedOf(SEED, 800 + seed)), seed % 2 ? 'everything' : 'networkPolicyLike', TINY);
  return seed % 3 ? snapshot : homeless(snapshot);
}

function counted(snapshot: Snapshot, bound: 'lower' | 'upper') {
  const { model } = analyze(snapshot);
  const { pairs, matrix } = countPairs(model, new PairJoin(model, bound), weightsOf(model), bound === 'lower');
  return { pairs, matrix: [...matrix] };
}

/** Pairs of different pods and templates with a packet that gets one of the verdicts, one by one. */
function countedOneByOne(snapshot: Snapshot, judge: Judge, verdicts: readonly string[]) {
  const packets = [...stretchesOf(snapshot).map(({ packet }) => packet), ...WITHOUT_PORTS];
  const listed = snapshot.endpoints.filter(({ workload }) => workload >= 0);
  const count = snapshot.namespaces.length;
  const matrix = new Array<number>(count * count).fill(0);
  for (const from of listed)
    for (const target of listed) {
      if (from === target || !packets.some((packet) => verdicts.includes(judge(from.id, target.id, packet)))) continue;
      matrix[from.namespace * count + target.namespace]!++;
    }
  return { pairs: matrix.reduce((sum, one) => sum + one, 0), matrix };
}

describe('weights', () => {
  it('are the pods and templates of each class, without nodes and new pods', () => {
    for (let seed = 0; seed < 20; seed++) {
      const snapshot = generated(seed);
      const { model } = analyze(snapshot);
      const expected = new Array<number>(model.classes.flags.length).fill(0);
      for (const { id, workload } of snapshot.endpoints) if (workload >= 0) expected[model.endpoints.classOf[id]!]!++;
      expect([...weightsOf(model)]).toEqual(expected);
    }
  });
});

describe('counted pairs', () => {
  it.each([
    ['certain', 'lower', ['allowed']],
    ['possible', 'upper', ['allowed', 'indeterminate']],
  ] as const)('are as many as the definition finds one by one, in all and by namespace: %s', (_name, bound, verdicts) => {
    for (let seed = 0; seed < 15; seed++) {
      const snapshot = generated(seed);
      const judge: Judge = (source, destination, packet) => verdictByDefinition(snapshot, source, destination, packet);
      expect([seed, counted(snapshot, bound)]).toEqual([seed, countedOneByOne(snapshot, judge, verdicts)]);
    }
  });

  it.each([
    ['certain', 'lower', ['allowed']],
    ['possible', 'upper', ['allowed', 'indeterminate']],
  ] as const)('are as many as there are single verdicts: %s', (_name, bound, verdicts) => {
    for (let seed = 40; seed < 80; seed++) {
      const snapshot = generated(seed);
      const analysis = analyze(snapshot);
      const judge: Judge = (source, destination, packet) => verdictOf(analysis, { source, destination, packet });
      expect([seed, counted(snapshot, bound)]).toEqual([seed, countedOneByOne(snapshot, judge, verdicts)]);
    }
  });

  it('are counted from the source to the destination, each pod of a class for itself, and none with itself', () => {
    const builder = cluster();
    for (let index = 0; index < 70; index++) builder.pod(`a/client-${index}`, { app: 'client' });
    for (let index = 0; index < 40; index++) builder.pod(`b/server-${index}`, { app: 'server' });
    const snapshot = builder
      .policy('a/clients', { ingress: [] })
      .policy('b/servers', { ingress: [allow([pods({ app: 'client' })], to('TCP', 443))] })
      .snapshot();
    // Clients reach no client; servers reach neither.
    expect(counted(snapshot, 'lower')).toEqual({ pairs: 70 * 40, matrix: [0, 70 * 40, 0, 0] });
    const open = { ...snapshot, policies: [] };
    expect(counted(open, 'lower')).toEqual({ pairs: 110 * 109, matrix: [70 * 69, 70 * 40, 40 * 70, 40 * 39] });
  });

  it('do not count a pod that reaches only itself', () => {
    const snapshot = cluster()
      .pod('a/one', { app: 'one' })
      .pod('a/two', { app: 'two' })
      .policy('a/one', {
        appliesTo: labels({ app: 'one' }),
        ingress: [allow([pods({ app: 'one' })])],
        egress: [allow([pods({ app: 'one' })])],
      })
      .policy('a/two', { appliesTo: labels({ app: 'two' }), ingress: [], egress: [] })
      .snapshot();
    expect(counted(snapshot, 'lower').pairs).toBe(0);
  });

  it('have the pairs of a pod and a host on its node whatever policies say, certain where the node is known', () => {
    const closed = (pod: object, host: object) =>
      cluster()
        .pod('a/pod', {}, pod)
        .pod('b/agent', {}, { network: 'host', ...host })
        .policy('all', { appliesTo: { kind: 'all' }, ingress: [], egress: [] })
        .snapshot();
    const both = { pairs: 2, matrix: [0, 1, 1, 0] };
    const none = { pairs: 0, matrix: [0, 0, 0, 0] };
    const cases = [
      [closed({ node: 'n1' }, { node: 'n1' }), both, both],
      [closed({ node: 'n1' }, { node: 'n2' }), none, none],
      [closed({}, { node: 'n1' }), none, both],
      [closed({ node: 'n1' }, {}), none, both],
      [closed({}, {}), none, both],
    ] as const;
    for (const [snapshot, certain, possible] of cases)
      expect([counted(snapshot, 'lower'), counted(snapshot, 'upper')]).toEqual([certain, possible]);
  });

  it('have the pair of a guarded pod and a host by what its egress says on its own node, and by both sides elsewhere', () => {
    const guarded = (port: number | undefined, host: object) =>
      cluster()
        .tier('admin', 1, 'Pass', { guardsOwnNode: true })
        .pod('a/pod', { app: 'pod' }, { node: 'n1' })
        .pod('b/agent', { app: 'agent' }, { network: 'host', ...host })
        .policy('admin', {
          tier: 'admin',
          appliesTo: labels({ app: 'pod' }),
          egress: [...(port === undefined ? [] : [allow('any', to('TCP', port))]), deny()],
        })
        .policy('closed', { appliesTo: { kind: 'all' }, ingress: [allow('any', to('TCP', 1))] })
        .snapshot();
    expect(counted(guarded(2, { node: 'n1' }), 'lower').matrix).toEqual([0, 1, 1, 0]);
    expect(counted(guarded(undefined, { node: 'n1' }), 'upper').matrix).toEqual([0, 0, 1, 0]);
    expect(counted(guarded(2, { node: 'n2' }), 'upper').matrix).toEqual([0, 0, 1, 0]);
    expect(counted(guarded(2, {}), 'lower').matrix).toEqual([0, 0, 1, 0]);
    expect(counted(guarded(2, {}), 'upper').matrix).toEqual([0, 1, 1, 0]);
    expect(counted(guarded(1, { node: 'n2' }), 'lower').matrix).toEqual([0, 1, 1, 0]);
  });

  it('count a pair once that both policies and a shared node allow', () => {
    const snapshot = cluster().pod('a/pod', {}, { node: 'n1' }).pod('b/agent', {}, { network: 'host', node: 'n1' }).snapshot();
    expect(counted(snapshot, 'lower')).toEqual({ pairs: 2, matrix: [0, 1, 1, 0] });
    expect(counted(snapshot, 'upper')).toEqual({ pairs: 2, matrix: [0, 1, 1, 0] });
  });

  it('have no matrix where there are too many namespaces to read one, but are counted', () => {
    const builder = cluster();
    for (let index = 0; index <= MOST_MATRIX_NAMESPACES; index++) builder.namespace(`n${index}`);
    const snapshot = builder.pod('n1/a').pod('n2/b').policy('n1/a', { ingress: [] }).snapshot();
    expect(counted(snapshot, 'lower')).toEqual({ pairs: 1, matrix: [] });
  });

  it('are none in an empty cluster', () => {
    expect(counted(cluster().snapshot(), 'upper')).toEqual({ pairs: 0, matrix: [] });
  });
});
