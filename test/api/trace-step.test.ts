import { traceStep } from '../../src/api/trace-step';
import type { Hook } from '../../src/model/host-endpoint';
import type { PolicyHit } from '../../src/model/verdict';

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

function sentenceOf(hit: PolicyHit): string {
  return traceStep(hit, names).sentence;
}

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

  it('names the tier where it is not that of NetworkPolicies', () => {
    const hit = { direction: 'egress', trigger: 'rule', policy, rule: 2, ...certain } as const;
    expect(sentenceOf({ ...hit, action: 'Deny', tier: 'admin' })).toBe(
      'egress rule 3 of `shop/web[NetworkPolicy]` in tier `admin` denies it',
    );
    expect(sentenceOf({ ...hit, action: 'Pass', tier: 'admin' })).toContain('passes it on to the next tier');
    expect(sentenceOf({ ...hit, action: 'Log', tier: 'default' })).toContain('logs it');
  });

  it('says what is only possible', () => {
    const unknowns = [{ kind: 'fact', text: 'the fact `x`' }] as const;
    const step = traceStep(
      { direction: 'ingress', trigger: 'rule', action: 'Allow', certainty: 'maybe', unknowns, policy, rule: 0 },
      names,
    );
    expect(step.sentence).toContain('may allow it');
    expect(step.dependsOn).toEqual(unknowns);
  });

  it('tells what a policy leaves open without a number of a rule, for nobody wrote one', () => {
    const unknowns = [{ kind: 'protocol', text: 'how the plugin treats it' }] as const;
    const step = traceStep(
      { direction: 'ingress', trigger: 'rule', action: 'Allow', certainty: 'maybe', unknowns, policy, rule: 4 },
      names,
    );
    expect(step.sentence).toBe(
      '`shop/web[NetworkPolicy]` isolates `shop/b` for ingress, and its kind of policy does not say what that means for this protocol',
    );
    expect(step).not.toHaveProperty('rule');
  });

  it('tells the policies that isolate, and points at the first', () => {
    const step = traceStep(
      { direction: 'ingress', trigger: 'end-of-tier', action: 'Deny', ...certain, tier: 'default', isolatedBy: [policy, other] },
      names,
    );
    expect(step.sentence).toBe(
      '`shop/web[NetworkPolicy]`, `shop/all[NetworkPolicy]` isolate `shop/b` for ingress, and no ingress rule of them lets this through',
    );
    expect(step).toMatchObject({ file: 'web.yaml', line: 1, isolatedBy: ['shop/web[NetworkPolicy]', 'shop/all[NetworkPolicy]'] });
    expect(
      sentenceOf({ direction: 'ingress', trigger: 'end-of-tier', action: 'Deny', ...certain, tier: 'security', isolatedBy: [policy] }),
    ).toBe(
      '`shop/web[NetworkPolicy]` isolates `shop/b` for ingress, and no ingress rule of it lets this through; tier `security` denies the rest',
    );
    expect(
      sentenceOf({ direction: 'egress', trigger: 'end-of-tier', action: 'Pass', ...certain, tier: 'admin', isolatedBy: [policy] }),
    ).toBe('no egress rule of `shop/web[NetworkPolicy]` decides, and tier `admin` passes it on');
  });

  it.each([
    ['not-selected', 'no policy decides about ingress of `shop/b`, so it is allowed'],
    ['host-network', "`shop/b` is on its node's network, where policies for pods do not apply"],
    ['external', '`shop/b` is no endpoint of the cluster, so no policy applies at that end'],
    ['same-endpoint', 'nothing can forbid `shop/b` to reach itself'],
    ['local-node', '`shop/a` and `shop/b` are on one node, and no policy acts on ingress between a node and its own pods'],
  ] as const)('puts `%s` in words', (trigger, sentence) => {
    expect(sentenceOf({ direction: 'ingress', trigger, action: 'Allow', ...certain })).toBe(sentence);
  });

  describe('at a host endpoint', () => {
    const at = (hook: Hook, way: 'in' | 'out' = 'in') => ({ name: 'eth0', node: 'n1', hook, way });
    const end = { direction: 'egress', trigger: 'end-of-tier', ...certain, tier: 'default', isolatedBy: [policy] } as const;

    it('names it, as the step has it', () => {
      const step = traceStep({ direction: 'egress', trigger: 'profile', action: 'Deny', ...certain, host: at('normal', 'out') }, names);
      expect(step.host).toEqual({ name: 'eth0', node: 'n1', hook: 'normal', way: 'out' });
      expect(traceStep({ direction: 'egress', trigger: 'profile', action: 'Deny', ...certain }, names)).not.toHaveProperty('host');
    });

    it.each([
      [
        'untracked',
        'in',
        'ingress rule 2 of `shop/web[NetworkPolicy]` denies it at host endpoint `eth0` of node `n1`, before connections are tracked',
      ],
      [
        'preDNAT',
        'in',
        'ingress rule 2 of `shop/web[NetworkPolicy]` denies it at host endpoint `eth0` of node `n1`, before its destination is translated',
      ],
      [
        'normal',
        'out',
        "egress rule 2 of `shop/web[NetworkPolicy]` denies it at host endpoint `eth0` of node `n1`, on the node's own traffic",
      ],
      [
        'forward',
        'out',
        'egress rule 2 of `shop/web[NetworkPolicy]` denies it at host endpoint `eth0` of node `n1`, on what the node passes on',
      ],
    ] as const)('tells in which hook (%s) and whose rules count (%s)', (hook, way, sentence) => {
      const rule = { trigger: 'rule', action: 'Deny', tier: 'default', policy, rule: 1, ...certain } as const;
      expect(sentenceOf({ direction: 'egress', ...rule, host: at(hook, way) })).toBe(sentence);
      expect(sentenceOf({ direction: 'ingress', ...rule, host: at(hook, way) })).toBe(sentence);
    });

    it('tells how a tier ends', () => {
      expect(sentenceOf({ ...end, action: 'Deny', host: at('forward') })).toBe(
        '`shop/web[NetworkPolicy]` isolates host endpoint `eth0` of node `n1` for ingress, on what the node passes on, and no ingress rule of it lets this through',
      );
      expect(sentenceOf({ ...end, action: 'Pass', host: at('normal') })).toBe(
        "no ingress rule of `shop/web[NetworkPolicy]` decides at host endpoint `eth0` of node `n1`, on the node's own traffic, and tier `default` passes it on",
      );
      expect(sentenceOf({ ...end, action: 'Pass', host: at('preDNAT') })).toBe(
        'no ingress rule of `shop/web[NetworkPolicy]` decides at host endpoint `eth0` of node `n1`, before its destination is translated, and it goes on',
      );
    });

    it.each([
      [
        'not-selected',
        'Allow',
        'forward',
        'no policy decides at host endpoint `eth0` of node `n1`, on what the node passes on, so it is allowed',
      ],
      [
        'failsafe',
        'Allow',
        'normal',
        "the port is one of the failsafe ports, which stay open at host endpoint `eth0` of node `n1`, on the node's own traffic",
      ],
      [
        'profile',
        'Allow',
        'normal',
        "no policy decides at host endpoint `eth0` of node `n1`, on the node's own traffic, and its profiles allow it",
      ],
      [
        'profile',
        'Deny',
        'normal',
        "no policy decides at host endpoint `eth0` of node `n1`, on the node's own traffic, and its profiles allow nothing",
      ],
      [
        'reply',
        'Deny',
        'untracked',
        'what is let in or out before connections are tracked needs a rule for its answer, and no untracked policy has one at host endpoint `eth0` of node `n1`, before connections are tracked',
      ],
      ['host-unknown', 'Deny', 'normal', 'host endpoint `eth0` of node `n1` may deny it: what it sees as the source is not known'],
    ] as const)('puts `%s` (%s) in words', (trigger, action, hook, sentence) => {
      expect(sentenceOf({ direction: 'ingress', trigger, action, ...certain, host: at(hook) })).toBe(sentence);
    });
  });

  it('tells of nodes and of host endpoints nobody knows which', () => {
    const step = { direction: 'ingress', trigger: 'host-action', action: 'Deny' } as const;
    expect(sentenceOf({ ...step, ...certain })).toBe('a node drops what its own pods send to it (fact `endpointToHostAction`)');
    expect(sentenceOf({ ...step, certainty: 'maybe', unknowns: [] })).toBe(
      'if `shop/a` and `shop/b` are on one node: a node drops what its own pods send to it (fact `endpointToHostAction`)',
    );
    expect(sentenceOf({ ...step, trigger: 'host-unknown', certainty: 'maybe', unknowns: [] })).toBe(
      'host endpoints may deny it: which of them are on the way is not known',
    );
  });
});
