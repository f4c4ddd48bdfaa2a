import { alikeGroups, analyze, verdictOf } from '../../../src/engine/index';
import { cluster } from '../../support/cluster';
import { generateCluster } from '../../support/generate-cluster';
import { boundariesOf, generateFlow } from '../../support/generate-flow';
import { randomFrom } from '../../support/random';

describe('alikeGroups', () => {
  it('puts each endpoint into one group, in the order of the list', () => {
    const snapshot = cluster()
      .namespace('shop')
      .pod('shop/a', { app: 'web' })
      .pod('shop/b', { app: 'db' })
      .pod('shop/c', { app: 'web' })
      .policy('shop/db', {
        appliesTo: { kind: 'label', owner: 'endpoint', key: 'app', test: { operator: 'in', values: ['db'] } },
        ingress: [],
      })
      .snapshot();
    const ids = snapshot.endpoints.filter(({ kind }) => kind === 'pod').map(({ id }) => id);
    const names = alikeGroups(analyze(snapshot), ids, false).map((group) => group.map((id) => snapshot.endpoints[id]!.name));
    expect(names).toEqual([['a', 'c'], ['b']]);
  });

  it('gathers what no verdict tells apart, apart from a pod and itself', () => {
    const random = randomFrom(20_261);
    let gathered = 0;
    for (let round = 0; round < 40; round++) {
      const snapshot = generateCluster(random, round % 2 ? 'everything' : 'networkPolicyLike', {
        namespaces: 2,
        endpoints: 14,
        policies: 4,
        rules: 3,
      });
      const analysis = analyze(snapshot);
      const boundaries = boundariesOf(snapshot);
      for (const group of alikeGroups(
        analysis,
        snapshot.endpoints.map(({ id }) => id),
        true,
      )) {
        gathered += group.length - 1;
        for (let i = 0; i < 30; i++) {
          const flow = generateFlow(random, snapshot, boundaries);
          if (group.includes(flow.destination as number)) continue;
          const verdicts = new Set(group.map((source) => verdictOf(analysis, { ...flow, source })));
          expect(verdicts.size).toBe(1);
        }
      }
    }
    expect(gathered).toBeGreaterThan(20);
  });

  it('tells the same kind of pods on different nodes apart only where the place counts', () => {
    const snapshot = cluster()
      .namespace('shop')
      .pod('shop/a', {}, { node: 'n1' })
      .pod('shop/b', {}, { node: 'n2' })
      .pod('shop/c', {}, { node: 'n1' })
      .snapshot();
    const analysis = analyze(snapshot);
    const ids = snapshot.endpoints.map(({ id }) => id);
    expect(alikeGroups(analysis, ids, false)).toEqual([[0, 1, 2]]);
    expect(alikeGroups(analysis, ids, true)).toEqual([[0, 2], [1]]);
  });
});
