import { traceStep } from '../../src/api/trace-step';
import { NO_PROFILE, PROFILES_TIER } from '../../src/model/profiles';

const policy = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  namespace: 'shop',
  name: 'web',
  source: { file: 'web.yaml', document: 1, line: 1 },
};
const other = { ...policy, name: 'all', source: { file: 'all.yaml', document: 2, line: 30 } };
const certain = { certainty: 'yes', unknowns: [] } as const;
const names = { from: 'shop/a', to: 'shop/b' };

describe('traceStep', () => {
  it('counts rules from 1 and points at the line of the rule', () => {
    const source = { file: 'web.yaml', document: 1, line: 12 };
    expect(
      traceStep({ direction: 'ingress', trigger: 'rule', action: 'Allow', ...certain, tier: 'default', policy, rule: 0, source }, names),
    ).toEqual({
      direction: 'ingress',
      trigger: 'rule',
      action: 'Allow',
      certainty: 'yes',
      tier: 'default',
      policy: 'shop/web[NetworkPolicy]',
      rule: 1,
      file: 'web.yaml',
      line: 12,
      sentence: 'ingress rule 1 of `shop/web[NetworkPolicy]` allows it',
      dependsOn: [],
    });
  });

  it('has what a step depends on', () => {
    const unknowns = [{ kind: 'fact', text: 'the fact `x`' }] as const;
    const hit = { direction: 'ingress', trigger: 'rule', action: 'Allow', certainty: 'maybe', unknowns, policy, rule: 0 } as const;
    expect(traceStep(hit, names).dependsOn).toEqual(unknowns);
  });

  it('tells what a policy leaves open without a number of a rule, for nobody wrote one', () => {
    const unknowns = [{ kind: 'protocol', text: 'how the plugin treats it' }] as const;
    const hit = { direction: 'ingress', trigger: 'rule', action: 'Allow', certainty: 'maybe', unknowns, policy, rule: 4 } as const;
    expect(traceStep(hit, names)).not.toHaveProperty('rule');
  });

  it('tells the policies that isolate, and points at the first', () => {
    const hit = { direction: 'ingress', trigger: 'end-of-tier', action: 'Deny', ...certain, isolatedBy: [policy, other] } as const;
    expect(traceStep(hit, names)).toMatchObject({
      file: 'web.yaml',
      line: 1,
      isolatedBy: ['shop/web[NetworkPolicy]', 'shop/all[NetworkPolicy]'],
    });
  });

  it('names no profile, and no place, where there is none with rules', () => {
    const isolatedBy = [{ apiVersion: 'projectcalico.org/v3', kind: 'Profile', name: NO_PROFILE, source: other.source }];
    const hit = { direction: 'ingress', trigger: 'end-of-tier', action: 'Deny', ...certain, tier: PROFILES_TIER, isolatedBy } as const;
    const step = traceStep(hit, names);
    expect(step.isolatedBy).toEqual([]);
    expect(step).not.toHaveProperty('file');
  });

  it('names the host endpoint at which it was judged, where it was', () => {
    const hit = { direction: 'egress', trigger: 'profile', action: 'Deny', ...certain } as const;
    const host = { name: 'eth0', node: 'n1', hook: 'normal', way: 'out' } as const;
    expect(traceStep({ ...hit, host }, names).host).toEqual(host);
    expect(traceStep(hit, names)).not.toHaveProperty('host');
  });
});
