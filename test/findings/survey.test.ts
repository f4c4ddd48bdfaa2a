import { endpointCount, groupedBy, nameOfNamespace, workloadsIn } from '../../src/findings/survey';
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
