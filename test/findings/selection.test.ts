import { analyze, isolationOf } from '../../src/engine/index';
import { decidingPolicies, groupEndpoints, isolationMatch, outsideKey, policyKey } from '../../src/findings/selection';
import { allow } from '../support/cluster';
import { generateCluster } from '../support/generate-cluster';
import { randomFrom, seedOf } from '../support/random';
import { scene, selecting } from './support/scene';

describe('groups of endpoints', () => {
  const snapshot = scene(['shop', 'other'], (builder) =>
    builder
      .pod('shop/web-1', { app: 'web', hash: '1' }, { workload: 'web' })
      .pod('shop/web-2', { app: 'web', hash: '2' }, { workload: 'web' })
      .pod('shop/db-0', { app: 'db' }, { workload: 'db' })
      .pod('shop/agent', { app: 'web' }, { network: 'host' })
      .pod('other/web', { app: 'web' })
      .policy('shop/web', selecting('shop', { app: 'web' }, { ingress: [allow()] })),
  );
  const names = groupEndpoints(snapshot).map(({ endpoints }) => endpoints.map((id) => snapshot.endpoints[id]!.name));

  it('hold what no policy of the namespace can tell apart, and never a new pod beside others', () => {
    expect(names.sort()).toEqual([['agent'], ['db-0'], ['new pod'], ['new pod'], ['web'], ['web-1', 'web-2']].sort());
  });

  it('know the policies that select them', () => {
    const selected = groupEndpoints(snapshot)
      .filter((group) => decidingPolicies(group, 'ingress').length > 0)
      .map(({ representative }) => representative.name);
    expect(selected).toEqual(['web-1']);
  });

  it('tell staged policies and those of the other direction from deciding ones', () => {
    const staged = scene(['a'], (builder) =>
      builder
        .pod('a/p', {})
        .policy('a/staged', { staged: true, ingress: [] })
        .policy('a/egress', { egress: [] })
        .policy('a/hook', { hook: 'preDNAT', ingress: [] }),
    );
    const group = groupEndpoints(staged)[0]!;
    expect(group.selecting).toHaveLength(3);
    expect(decidingPolicies(group, 'ingress')).toEqual([]);
    expect(decidingPolicies(group, 'egress').map(({ policy }) => policy.ref.name)).toEqual(['egress']);
  });

  it('are isolated by tiers that deny the rest, not by those that pass it on', () => {
    const tiered = scene(['a'], (builder) =>
      builder
        .tier('early', 1, 'Pass')
        .pod('a/p', {})
        .policy('early', { tier: 'early', appliesTo: { kind: 'all' }, ingress: [], egress: [] })
        .policy('a/late', { egress: [] }),
    );
    const group = groupEndpoints(tiered)[0]!;
    expect([isolationMatch(group, 'ingress').truth, isolationMatch(group, 'egress').truth]).toEqual(['no', 'yes']);
    expect(decidingPolicies(group, 'ingress')).toHaveLength(1);
  });

  it('have one key as long as the same policies decide, in whatever namespace', () => {
    const everywhere = scene(['a', 'b'], (builder) =>
      builder
        .pod('a/p', {})
        .pod('b/p', {})
        .pod('b/q', { x: '1' })
        .policy('all', { appliesTo: { kind: 'all' }, egress: [] })
        .policy('b/x', selecting('b', { x: '1' }, { egress: [] })),
    );
    const keys = new Map(
      groupEndpoints(everywhere).map((group) => [group.representative.name + group.namespace, policyKey(group, 'egress')]),
    );
    expect(keys.get('p0')).toBe(keys.get('p1'));
    expect(keys.get('q1')).not.toBe(keys.get('p1'));
  });

  it('share the key for the outside likewise, but those that meet host endpoints', () => {
    const [one, other] = groupEndpoints(scene(['a', 'b'], (builder) => builder.pod('a/p', {}).pod('b/p', {}))).filter(
      ({ representative }) => representative.kind === 'pod',
    );
    expect(outsideKey(one!, 'egress')).toBe(outsideKey(other!, 'egress'));
    expect(outsideKey({ ...one!, meetsHosts: true }, 'egress')).not.toBe(outsideKey({ ...other!, meetsHosts: true }, 'egress'));
    expect(outsideKey({ ...one!, network: 'host' }, 'egress')).not.toBe(outsideKey(one!, 'egress'));
  });

  it('split what labels of unknown value may split', () => {
    const unknown = scene(['a'], (builder) =>
      builder.template('a/t', {}, { unknownKeys: ['hash'] }).policy('a/hash', selecting('a', { hash: 'x' }, { ingress: [] })),
    );
    const group = groupEndpoints(unknown).find(({ representative }) => representative.kind === 'template')!;
    expect(isolationMatch(group, 'ingress').truth).toBe('maybe');
    expect(isolationMatch(group, 'ingress').unknowns).toHaveLength(1);
  });

  it('tell service accounts apart exactly when a policy looks at them', () => {
    const build = (owner: 'endpoint' | 'automatic') => {
      const snapshot = scene(['a'], (builder) =>
        builder
          .pod('a/p', {})
          .pod('a/q', {})
          .policy('a/x', {
            appliesTo: { kind: 'label', owner, key: 'projectcalico.org/serviceaccount', test: { operator: 'in', values: ['p'] } },
            ingress: [],
          }),
      );
      return { ...snapshot, endpoints: snapshot.endpoints.map((endpoint) => ({ ...endpoint, serviceAccount: endpoint.name })) };
    };
    const groups = groupEndpoints(build('automatic')).filter(({ representative }) => representative.kind === 'pod');
    expect(groups.map((group) => [group.representative.name, isolationMatch(group, 'ingress').truth])).toEqual([
      ['p', 'yes'],
      ['q', 'no'],
    ]);
    expect(groupEndpoints(build('endpoint')).filter(({ representative }) => representative.kind === 'pod')).toHaveLength(1);
  });

  it('agree with the engine about isolation, endpoint by endpoint, on generated clusters', () => {
    let compared = 0;
    for (let round = 0; round < 60; round++) {
      const generated = generateCluster(randomFrom(seedOf(7, round)), 'everything');
      const analysis = analyze(generated);
      for (const group of groupEndpoints(generated)) {
        for (const direction of ['ingress', 'egress'] as const) {
          const { truth } = isolationMatch(group, direction);
          for (const id of group.endpoints) {
            expect({ round, id, direction, truth: isolationOf(analysis, id, direction) }).toEqual({ round, id, direction, truth });
            compared++;
          }
        }
      }
    }
    expect(compared).toBeGreaterThan(500);
  });
});
