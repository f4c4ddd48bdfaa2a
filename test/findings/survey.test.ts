import type { Group } from '../../src/findings/selection';
import { endpointCount, groupedBy, nameOfNamespace, workloadsIn } from '../../src/findings/survey';
import { labels, type PolicyOptions } from '../support/cluster';
import { scene, surveyFor } from './support/scene';

const SNAPSHOT = scene(['kube-system', 'shop'], (builder) =>
  builder
    .pod('shop/web-1', { app: 'web' }, { workload: 'web' })
    .pod('shop/web-2', { app: 'web' }, { workload: 'web' })
    .pod('shop/agent', {}, { network: 'host' })
    .pod('unseen/db', {})
    .node('n1'),
);

describe('the survey', () => {
  const survey = surveyFor(SNAPSHOT);

  it('puts each endpoint of a namespace where the checks look for it', () => {
    const shop = survey.namespaces.find(({ namespace }) => namespace.name === 'shop')!;
    expect(shop.groups.map(({ endpoints }) => endpoints.map((id) => SNAPSHOT.endpoints[id]!.name))).toEqual([['web-1', 'web-2']]);
    expect(shop.hostGroups.map(({ representative }) => representative.name)).toEqual(['agent']);
    expect(shop.newPod!.representative.kind).toBe('newPod');
    expect(shop.workloads.map((index) => SNAPSHOT.workloads[index]!.ref.name).sort()).toEqual(['agent', 'web']);
  });

  it('knows the namespaces of the distribution, and where to look first', () => {
    expect(survey.namespaces.map(({ namespace, isSystem, source }) => [namespace.name, isSystem, source?.file])).toEqual([
      ['kube-system', true, 'kube-system.yaml'],
      ['shop', false, 'shop.yaml'],
      ['unseen', false, 'unseen/db.yaml'],
    ]);
  });

  it('tells the group of an endpoint; nodes have none', () => {
    for (const { id, kind } of SNAPSHOT.endpoints)
      expect(survey.groupOf(id)?.endpoints.includes(id)).toBe(kind === 'node' ? undefined : true);
  });

  it('computes an answer once for each question and key', () => {
    let computed = 0;
    const ask = (question: string, key: string) => survey.recall(question, key, () => ++computed);
    expect([ask('a', 'x'), ask('a', 'x'), ask('a', 'y'), ask('b', 'x')]).toEqual([1, 1, 2, 3]);
    expect(survey.recall('nothing', '', () => undefined)).toBeUndefined();
  });

  it('counts endpoints and names workloads of groups in the order of the snapshot', () => {
    const groups = survey.namespaces.flatMap((own) => [...own.hostGroups, ...own.groups, ...(own.newPod ? [own.newPod] : [])]);
    expect(endpointCount(groups)).toBe(6);
    expect(workloadsIn(SNAPSHOT, groups).map(({ ref }) => ref.name)).toEqual(['agent', 'web', 'db']);
  });
});

describe('groups under host endpoints', () => {
  const build = (policy: PolicyOptions) => {
    const survey = surveyFor(
      scene(['shop'], (builder) =>
        builder
          .pod('shop/web-1', {}, { node: 'n1', workload: 'web' })
          .pod('shop/web-2', {}, { node: 'n2', workload: 'web' })
          .pod('shop/web-3', {}, { node: 'n3', workload: 'web' })
          .pod('shop/agent-1', {}, { node: 'n1', network: 'host', workload: 'agent' })
          .pod('shop/agent-2', {}, { node: 'n2', network: 'host', workload: 'agent' })
          .host('n1/a', { labels: { role: 'edge' }, profileAction: 'Allow' })
          .policy('hosts', { appliesTo: { kind: 'none' }, appliesToHosts: labels({ role: 'edge' }), ...policy }),
      ),
    );
    const [own] = survey.namespaces;
    const names = (groups: readonly Group[]) => groups.map(({ endpoints }) => endpoints.map((id) => survey.snapshot.endpoints[id]!.name));
    return { pods: names(own!.groups), agents: names(own!.hostGroups), groupOf: survey.groupOf };
  };

  it('are apart by node where policies act on what nodes pass on', () => {
    const { pods, agents } = build({ forward: true, egress: [] });
    expect(pods).toEqual([['web-1'], ['web-2', 'web-3']]);
    expect(agents).toEqual([['agent-1'], ['agent-2']]);
  });

  it('are apart on the network of the node alone where policies act on its own traffic only', () => {
    const { pods, agents } = build({ egress: [] });
    expect(pods).toEqual([['web-1', 'web-2', 'web-3']]);
    expect(agents).toEqual([['agent-1'], ['agent-2']]);
  });

  it('stay together where no policy acts at a host endpoint', () => {
    const { pods, agents } = build({ appliesToHosts: labels({ role: 'inner' }), egress: [] });
    expect([pods, agents]).toEqual([[['web-1', 'web-2', 'web-3']], [['agent-1', 'agent-2']]]);
  });
});

describe('namespaces as subjects', () => {
  it('are named like other resources', () => {
    expect(nameOfNamespace('shop')).toBe('shop[Namespace]');
  });
});

describe('values by key', () => {
  it('keep their order, and take any key', () => {
    expect([...groupedBy([3, 1, 4, 1, 5], (value) => (value % 2 === 0 ? 'even' : '__proto__'))]).toEqual([
      ['__proto__', [3, 1, 1, 5]],
      ['even', [4]],
    ]);
  });
});
