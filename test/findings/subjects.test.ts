import type { Group } from '../../src/findings/selection';
import { egressSubjects, groupsByWorkload } from '../../src/findings/subjects';
import type { Truth } from '../../src/model/match';
import { scene, selecting, surveyFor } from './support/scene';

function subjectsOf(snapshot: ReturnType<typeof scene>, truthOf: (group: Group) => Truth = () => 'yes') {
  const survey = surveyFor(snapshot);
  return egressSubjects(survey, survey.namespaces[0]!, truthOf);
}

describe('the subjects of a finding about egress', () => {
  it('are the namespace where nothing but the default decides', () => {
    const [subject, ...others] = subjectsOf(
      scene(['shop'], (builder) => builder.pod('shop/web', { app: 'web' }).pod('shop/db', { app: 'db' })),
    );
    expect(others).toEqual([]);
    expect(subject).toMatchObject({
      kind: 'namespace',
      name: 'shop[Namespace]',
      phrase: 'the 2 workloads of namespace `shop`',
      truth: 'yes',
    });
  });

  it('are the workloads where a policy decides about one of them', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/web', { app: 'web' })
        .pod('shop/db', { app: 'db' })
        .policy('shop/db', selecting('shop', { app: 'db' }, { egress: [] })),
    );
    expect(subjectsOf(snapshot).map(({ phrase }) => phrase)).toEqual(['`shop/db[Pod]`', '`shop/web[Pod]`']);
    expect(subjectsOf(snapshot, ({ representative }) => (representative.name === 'db' ? 'no' : 'yes')).map(({ name }) => name)).toEqual([
      'shop/web[Pod]',
    ]);
  });

  it('are certain as soon as some pods of a workload are', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/web-1', { v: '1' }, { workload: 'web' })
        .pod('shop/web-2', { v: '2' }, { workload: 'web' })
        .policy('shop/v1', selecting('shop', { v: '1' }, { egress: [] })),
    );
    const [subject] = subjectsOf(snapshot, ({ representative }) => (representative.name === 'web-1' ? 'maybe' : 'yes'));
    expect(subject!.truth).toBe('yes');
    expect(subject!.groups.map(({ representative }) => representative.name)).toEqual(['web-2']);
    expect(subjectsOf(snapshot, () => 'maybe')[0]!.truth).toBe('maybe');
  });

  it('tell pods on the network of their node apart', () => {
    const subjects = subjectsOf(scene(['shop'], (builder) => builder.pod('shop/web', {}).pod('shop/agent', {}, { network: 'host' })));
    expect(subjects.map(({ kind, phrase }) => [kind, phrase])).toEqual([
      ['namespace', 'the only workload of namespace `shop`'],
      ['host-network', 'the only host-network workload of namespace `shop`'],
    ]);
  });

  it('are none where nothing holds, and none in an empty namespace', () => {
    expect(
      subjectsOf(
        scene(['shop'], (builder) => builder.pod('shop/web', {})),
        () => 'no',
      ),
    ).toEqual([]);
    expect(subjectsOf(scene(['empty'], (builder) => builder))).toEqual([]);
  });
});

describe('subjects under host endpoints', () => {
  const snapshot = scene(['shop'], (builder) =>
    builder
      .pod('shop/web-1', {}, { node: 'n1', workload: 'web' })
      .pod('shop/web-2', {}, { node: 'n2', workload: 'web' })
      .pod('shop/db', {}, { node: 'n1' })
      .host('n1/a', {})
      .policy('hosts', { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, forward: true, egress: [] }),
  );
  const onNode = (name: string) => subjectsOf(snapshot, ({ representative }) => (representative.node === name ? 'yes' : 'no'));

  it('say of how many workloads and pods a finding is true', () => {
    expect(onNode('n2').map(({ phrase }) => phrase)).toEqual(['1 of the 2 workloads of namespace `shop` (1 of its 2 pods)']);
    expect(onNode('n1').map(({ phrase }) => phrase)).toEqual(['the 2 workloads of namespace `shop` (2 of their 3 pods)']);
    expect(subjectsOf(snapshot).map(({ phrase }) => phrase)).toEqual(['the 2 workloads of namespace `shop`']);
  });

  it('are told of all their groups, since each may reach something else', () => {
    expect(subjectsOf(snapshot)[0]!.told).toHaveLength(2);
    const plain = scene(['shop'], (builder) => builder.pod('shop/web', {}).pod('shop/db', {}, { addresses: ['fd00::1'] }));
    const [subject] = subjectsOf(plain);
    expect([subject!.groups.length, subject!.told.length]).toEqual([2, 1]);
  });
});

describe('groups by workload', () => {
  it('hold each group of a workload once', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/web-1', { v: '1' }, { workload: 'web' })
        .pod('shop/web-2', { v: '1' }, { workload: 'web' })
        .pod('shop/web-3', { v: '2' }, { workload: 'web' })
        .policy('shop/v1', selecting('shop', { v: '1' }, { egress: [] })),
    );
    const grouped = groupsByWorkload(snapshot, surveyFor(snapshot).namespaces[0]!.groups);
    expect([...grouped.values()].map((groups) => groups.map(({ endpoints }) => endpoints.length))).toEqual([[2, 1]]);
  });
});
