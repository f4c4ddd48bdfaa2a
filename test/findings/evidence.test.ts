import {
  abbreviated,
  commandIn,
  counted,
  decidingStep,
  dependenciesOf,
  describeStep,
  isOwnStep,
  limited,
  nameOfEnd,
  nearestCandidates,
  openingStep,
  shellWord,
  witnessOf,
} from '../../src/findings/evidence';
import { PROFILES_TIER, profilesSelector } from '../../src/model/profiles';
import type { PolicyHit } from '../../src/model/verdict';
import { AT_RUN_TIME, allow, deny, log, pods, to } from '../support/cluster';
import { scene, selecting, surveyFor } from './support/scene';

function step(parts: Partial<PolicyHit>): PolicyHit {
  return { direction: 'egress', trigger: 'rule', action: 'Allow', certainty: 'yes', unknowns: [], ...parts };
}

describe('a witness', () => {
  const snapshot = scene(['shop'], (builder) =>
    builder
      .pod('shop/web', { app: 'web' })
      .pod('shop/db', { app: 'db' })
      .policy(
        'shop/db',
        selecting(
          'shop',
          { app: 'db' },
          { ingress: [log(), deny([pods({ app: 'bad' })]), allow([pods({ app: 'web' })], to('TCP', 5432))] },
        ),
      )
      .policy('shop/late', selecting('shop', { app: 'web' }, { egress: [allow('any', 'any', AT_RUN_TIME)] })),
  );
  const survey = surveyFor(snapshot);
  const id = (name: string) => snapshot.endpoints.findIndex((endpoint) => endpoint.name === name);

  it('names both ends and keeps the steps of its direction only', () => {
    const { flow, trace } = witnessOf(survey, id('web'), id('db'), { protocol: 'TCP', port: 5432 }, 'ingress');
    expect(flow).toEqual({ from: 'shop/web[Pod]', to: 'shop/db[Pod]', protocol: 'TCP', port: 5432 });
    expect(trace.map(({ direction, action }) => [direction, action])).toEqual([
      ['ingress', 'Log'],
      ['ingress', 'Allow'],
    ]);
    expect(decidingStep(trace)).toMatchObject({ action: 'Allow', rule: 2 });
  });

  it('tells what it depends on, each thing once', () => {
    const { trace } = witnessOf(survey, id('web'), '203.0.113.7', { protocol: 'TCP', port: 443 }, 'egress');
    expect(dependenciesOf([...trace, ...trace])).toEqual([AT_RUN_TIME.text]);
  });

  it('names what has no workload as well', () => {
    expect(nameOfEnd(snapshot, id('new pod'))).toBe('any new pod in shop');
    expect(
      nameOfEnd(
        scene([], (builder) => builder.node('n1')),
        0,
      ),
    ).toBe('n1[Node]');
    expect(nameOfEnd(snapshot, '2001:db8::1')).toBe('2001:db8::1');
  });
});

describe('the step that a remedy starts from', () => {
  const own = step({ trigger: 'not-selected' });
  const atHost = step({ host: { name: 'eth0', node: 'n1', hook: 'normal', way: 'out' } });
  const unknown = step({ trigger: 'host-unknown', action: 'Deny', certainty: 'maybe' });

  it('is at the pod itself, and on the network of the node at a host endpoint', () => {
    const onTheNode = (['host-action', 'tunnel-packet'] as const).map((trigger) => step({ trigger }));
    expect([own, atHost, unknown, ...onTheNode].map(isOwnStep)).toEqual([true, false, false, false, false]);
    expect(openingStep([own, atHost], 'pod')).toBe(own);
    expect(openingStep([own, atHost], 'host')).toBe(atHost);
    expect(openingStep([own, unknown], 'host')).toBe(unknown);
  });

  it('is what there is where nothing else is', () => {
    expect(openingStep([atHost], 'pod')).toBe(atHost);
    expect(openingStep([own], 'host')).toBe(own);
    expect(openingStep([], 'host')).toBeUndefined();
  });
});

describe('the deciding step', () => {
  it('is the last certain one that is no Log, else the last', () => {
    const certain = step({ rule: 1 });
    expect(decidingStep([certain, step({ certainty: 'maybe' }), step({ action: 'Log' })])).toBe(certain);
    const unclear = step({ certainty: 'maybe' });
    expect(decidingStep([unclear])).toBe(unclear);
    expect(decidingStep([])).toBeUndefined();
  });

  it('is put in words with its place', () => {
    const policy = { apiVersion: 'v1', kind: 'NetworkPolicy', namespace: 'a', name: 'p', source: { file: 'f', document: 1, line: 1 } };
    const ends = { from: 'a/b[Pod]', to: '203.0.113.7' };
    expect(describeStep(step({ policy, rule: 3, source: { file: 'f', document: 1, line: 9 } }), ends)).toBe(
      'egress rule 4 of `a/p[NetworkPolicy]` allows it (f:9)',
    );
    expect(describeStep(step({ trigger: 'not-selected' }), ends)).toBe('no policy decides about egress of `a/b[Pod]`, so it is allowed');
  });
});

describe('the nearest candidates', () => {
  it('are the policies that nearly isolate the group', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/web', { app: 'web' })
        .pod('shop/db', { app: 'db' })
        .policy('shop/db', selecting('shop', { app: 'db' }, { ingress: [] }))
        .policy('shop/hook', selecting('shop', {}, { hook: 'preDNAT', ingress: [] }))
        .policy('shop/out', selecting('shop', {}, { egress: [] })),
    );
    const own = surveyFor(snapshot).namespaces[0]!;
    const web = own.groups.find(({ representative }) => representative.name === 'web')!;
    expect(nearestCandidates(own, web, 'ingress')).toEqual([
      'policy `shop/hook[NetworkPolicy]` selects it, but acts at the hook preDNAT only',
      'policy `shop/out[NetworkPolicy]` selects it, but only for egress',
      'policy `shop/db[NetworkPolicy]` isolates ingress, but selects only 1 of the 2 pods of the namespace',
    ]);
  });

  it('are no profiles', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/web', {}, { profiles: ['base'] })
        .pod('shop/db', {}, { profiles: ['other'] })
        .tier(PROFILES_TIER, Number.POSITIVE_INFINITY, 'Deny')
        .policy('base', { tier: PROFILES_TIER, appliesTo: profilesSelector([['base']]), egress: [] })
        .policy('other', { tier: PROFILES_TIER, appliesTo: profilesSelector([['other']]), ingress: [] }),
    );
    const own = surveyFor(snapshot).namespaces[0]!;
    const web = own.groups.find(({ representative }) => representative.name === 'web')!;
    expect(nearestCandidates(own, web, 'ingress')).toEqual([]);
  });
});

describe('a command to verify with', () => {
  const workload = (kind: string, name: string) => ({
    ref: { apiVersion: 'v1', kind, namespace: 'shop', name, source: { file: 'f', document: 1, line: 1 } },
    endpoints: [],
    images: [],
  });

  it('goes into a pod of the workload where kubectl can', () => {
    expect(commandIn(workload('Deployment', 'web'), 'nc -z x 80')).toBe('kubectl --namespace shop exec deployment/web -- nc -z x 80');
    expect(commandIn(workload('CronJob', 'web'), 'nc -z x 80')).toBeUndefined();
    expect(commandIn(workload('constructor', 'web'), 'nc -z x 80')).toBeUndefined();
  });

  it('never lets a name be read by the shell', () => {
    expect(commandIn(workload('Pod', '$(reboot)'), 'true')).toBe("kubectl --namespace shop exec 'pod/$(reboot)' -- true");
    expect(shellWord("a'; rm -rf /")).toBe("'a'\\''; rm -rf /'");
    expect(shellWord('')).toBe("''");
  });
});

describe('lists', () => {
  it('end after ten, with the number of the rest', () => {
    const texts = Array.from({ length: 12 }, (_, index) => `t${index}`);
    expect(limited(texts)).toHaveLength(11);
    expect(limited(texts).at(-1)).toBe('and 2 more');
    expect(abbreviated(['a', 'b'])).toBe('a, b');
  });

  it('count in singular and plural', () => {
    expect([0, 1, 2].map((count) => counted(count, 'pod'))).toEqual(['0 pods', '1 pod', '2 pods']);
  });
});
