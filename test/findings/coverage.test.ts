import { coverageText, judgeCoverage, nounOf, openSeverity } from '../../src/findings/coverage';
import { PROFILES_TIER, profilesSelector } from '../../src/model/profiles';
import { allow, labels, type PolicyOptions } from '../support/cluster';
import { scene, selecting, surveyFor } from './support/scene';

describe('the coverage of a namespace', () => {
  it('is the share of its pods that are isolated, by direction', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/a', { app: 'a' })
        .pod('shop/b', { app: 'b' })
        .pod('shop/c', { app: 'c' })
        .pod('shop/host', {}, { network: 'host' })
        .policy('shop/a', selecting('shop', { app: 'a' }, { ingress: [] })),
    );
    const own = surveyFor(snapshot).namespaces[0]!;
    expect(coverageText(own, 'ingress', 'pod')).toBe('ingress: 1 of 3 pods isolated (33 %)');
    expect(coverageText(own, 'egress', 'pod')).toBe('egress: 0 of 3 pods isolated (0 %)');
  });

  it('counts pods that profiles isolate, in the directions in which they do', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/a', {}, { profiles: ['base'] })
        .pod('shop/b', {})
        .tier(PROFILES_TIER, Number.POSITIVE_INFINITY, 'Deny')
        .policy('base', { tier: PROFILES_TIER, appliesTo: profilesSelector([['base']]), ingress: [allow()] }),
    );
    const own = surveyFor(snapshot).namespaces[0]!;
    expect(coverageText(own, 'ingress', 'pod')).toBe('ingress: 1 of 2 pods isolated (50 %)');
    expect(coverageText(own, 'egress', 'pod')).toBe('egress: 0 of 2 pods isolated (0 %)');
  });

  it('tells what is unclear, and that there is nothing to isolate', () => {
    const snapshot = scene(['empty'], (builder) =>
      builder.pod('unseen/a', {}).policy('team', { appliesTo: labels({ team: 'x' }, 'namespace'), ingress: [] }),
    );
    const [empty, unseen] = surveyFor(snapshot).namespaces;
    expect(coverageText(empty!, 'ingress', 'pod')).toBe('ingress: no pod to isolate');
    expect(coverageText(unseen!, 'ingress', 'pod')).toBe('ingress: 0 of 1 pod isolated (0 %), 1 unclear');
  });

  it('speaks of workloads where the input has templates', () => {
    expect(nounOf(surveyFor(scene(['a'], (builder) => builder.template('a/t', {}))))).toBe('workload');
    expect(nounOf(surveyFor(scene(['a'], (builder) => builder.pod('a/p', {}))))).toBe('pod');
  });
});

describe('the severity of being open', () => {
  const snapshot = scene(
    ['empty', 'kube-system', 'plain', 'precious'],
    (builder) => builder.pod('kube-system/db', {}).pod('plain/web', {}).pod('precious/db', {}),
    {
      images: { 'precious/db': ['postgres'], 'kube-system/db': ['postgres'] },
    },
  );
  const survey = surveyFor(snapshot);

  it.each([
    ['empty', 'info', 'info'],
    ['kube-system', 'info', 'info'],
    ['plain', 'medium', 'low'],
    ['precious', 'high', 'medium'],
  ])('in namespace %s is %s for ingress and %s for egress', (name, ingress, egress) => {
    const own = survey.namespaces.find(({ namespace }) => namespace.name === name)!;
    expect([openSeverity(survey, own, 'ingress'), openSeverity(survey, own, 'egress')]).toEqual([ingress, egress]);
  });
});

describe('coverage under host endpoints', () => {
  const build = (interfaceName: string, policy: PolicyOptions) =>
    scene([], (builder) =>
      builder
        .pod('shop/web', {}, { node: 'n1' })
        .pod('shop/db', {}, { node: 'n1' })
        .pod('shop/agent', {}, { node: 'n1', network: 'host' })
        .host('n1/a', { interfaceName })
        .policy('hosts', { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, ...policy }),
    );

  it('speaks of what they let pass where they act on what nodes pass on', () => {
    const [judgement] = judgeCoverage(surveyFor(build('eth0', { forward: true, ingress: [allow()] })), 'ingress');
    expect(judgement!.sentence).toBe(
      '2 of 2 pods in namespace `shop` accept every connection that host endpoints let pass, although a new pod would not',
    );
    expect(judgement!.evidence.details.map(({ label }) => label)).not.toContain('held back on the way');
    const [egress] = judgeCoverage(surveyFor(build('eth0', { forward: true, ingress: [allow()] })), 'egress');
    expect(egress!.sentence).toContain('can open every connection that host endpoints let pass');
  });

  it('shows a neighbour where the outside is stopped', () => {
    const [judgement] = judgeCoverage(surveyFor(build('eth0', { forward: true, ingress: [] })), 'ingress');
    expect(judgement!.evidence.flow).toEqual({ from: 'shop/web[Pod]', to: 'shop/db[Pod]', protocol: 'TCP', port: 8080 });
    expect(judgement!.evidence.trace.map(({ trigger, host }) => [trigger, host?.name])).toEqual([['not-selected', undefined]]);
  });

  it('tells what holds the example back where everybody is stopped', () => {
    const [judgement] = judgeCoverage(surveyFor(build('*', { forward: true, ingress: [], egress: [] })), 'ingress');
    expect(judgement!.evidence.flow!.from).toBe('203.0.113.7');
    expect(judgement!.evidence.details).toContainEqual({
      label: 'held back on the way',
      text: '`hosts[GlobalNetworkPolicy]` isolates host endpoint `a` of node `n1` for ingress, on what the node passes on, and no ingress rule of it lets this through (hosts.yaml:1)',
    });
  });

  it('is as without them where they act on the own traffic of nodes only', () => {
    const [judgement] = judgeCoverage(surveyFor(build('eth0', { ingress: [] })), 'ingress');
    expect(judgement!.sentence).toContain('accept connections from everywhere');
    expect(judgement!.evidence.details).toContainEqual({
      label: 'under host endpoints alone',
      text: '1 pod on the network of the node',
    });
  });
});

describe('judgements about coverage', () => {
  it('speak of today where the input makes no new pods', () => {
    const snapshot = scene([], (builder) => builder.pod('shop/web', {}));
    expect(judgeCoverage(surveyFor(snapshot), 'ingress').map(({ object }) => object)).toEqual(['existing-pods']);
  });

  it('stay open for pods of today whose labels are not told', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .template('shop/t', {}, { unknownKeys: ['hash'] })
        .policy('shop/new', { appliesTo: { kind: 'not', of: labels({ hash: 'x' }) }, ingress: [] }),
    );
    const [judgement] = judgeCoverage(surveyFor(snapshot), 'ingress');
    expect(judgement).toMatchObject({ object: 'existing-pods', certainty: 'open' });
    expect(judgement!.sentence).toBe(
      'whether a pod of today in namespace `shop` would accept connections from everywhere depends on the value of label `hash`, which a controller sets',
    );
  });
});
