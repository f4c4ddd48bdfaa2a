import type { Hook } from '../../src/model/host-endpoint';
import { NO_PROFILE, PROFILES_TIER } from '../../src/model/profiles';
import { isSilence, sourceOfStep, stepText } from '../../src/model/trace-text';
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

function sentenceOf(hit: PolicyHit): string {
  return stepText(hit, { from: 'shop/a', to: 'shop/b' });
}

describe('a rule', () => {
  const hit = { direction: 'egress', trigger: 'rule', policy, rule: 2, ...certain } as const;

  it('is counted from 1', () => {
    expect(sentenceOf({ ...hit, direction: 'ingress', action: 'Allow', tier: 'default', rule: 0 })).toBe(
      'ingress rule 1 of `shop/web[NetworkPolicy]` allows it',
    );
  });

  it('names its tier where it is not that of NetworkPolicies', () => {
    expect(sentenceOf({ ...hit, action: 'Deny', tier: 'admin' })).toBe(
      'egress rule 3 of `shop/web[NetworkPolicy]` in tier `admin` denies it',
    );
    expect(sentenceOf({ ...hit, action: 'Pass', tier: 'admin' })).toContain('passes it on to the next tier');
    expect(sentenceOf({ ...hit, action: 'Log', tier: 'default' })).toContain('logs it');
  });

  it('may be only possible', () => {
    const unknowns = [{ kind: 'fact', text: 'the fact `x`' }] as const;
    expect(sentenceOf({ ...hit, action: 'Allow', certainty: 'maybe', unknowns })).toContain('may allow it');
  });

  it('is none where a policy leaves open what it means for a protocol', () => {
    const unknowns = [{ kind: 'protocol', text: 'how the plugin treats it' }] as const;
    const silence: PolicyHit = { ...hit, direction: 'ingress', action: 'Allow', certainty: 'maybe', unknowns };
    expect(isSilence(silence)).toBe(true);
    expect(isSilence({ ...silence, certainty: 'yes' })).toBe(false);
    expect(sentenceOf(silence)).toBe(
      '`shop/web[NetworkPolicy]` isolates `shop/b` for ingress, and its kind of policy does not say what that means for this protocol',
    );
  });
});

describe('the end of a tier', () => {
  const end = { direction: 'ingress', trigger: 'end-of-tier', action: 'Deny', tier: 'default', ...certain } as const;

  it('names the policies that isolate', () => {
    expect(sentenceOf({ ...end, isolatedBy: [policy, other] })).toBe(
      '`shop/web[NetworkPolicy]`, `shop/all[NetworkPolicy]` isolate `shop/b` for ingress, and no ingress rule of them lets this through',
    );
  });

  it('names the first of many', () => {
    const many = Array.from({ length: 13 }, (_, index) => ({ ...policy, name: `p${index}` }));
    expect(sentenceOf({ ...end, isolatedBy: many })).toMatch(/`shop\/p9\[NetworkPolicy\]` and 3 more isolate `shop\/b`/);
    expect(sentenceOf({ ...end, isolatedBy: many.slice(0, 10) })).not.toContain('more');
  });

  it('is told of tiers other than that of NetworkPolicies', () => {
    expect(sentenceOf({ ...end, tier: 'security', isolatedBy: [policy] })).toBe(
      '`shop/web[NetworkPolicy]` isolates `shop/b` for ingress, and no ingress rule of it lets this through; tier `security` denies the rest',
    );
    expect(sentenceOf({ ...end, direction: 'egress', action: 'Pass', tier: 'admin', isolatedBy: [policy] })).toBe(
      'no egress rule of `shop/web[NetworkPolicy]` decides, and tier `admin` passes it on',
    );
  });
});

describe('profiles', () => {
  const profile = { apiVersion: 'projectcalico.org/v3', kind: 'Profile', name: 'base', source: other.source };
  const tier = PROFILES_TIER;
  const end = { direction: 'ingress', trigger: 'end-of-tier', action: 'Deny', ...certain, tier } as const;
  const host = { name: 'n1-eth0', node: 'n1', hook: 'normal', way: 'out' } as const;

  it('decide where no policy does', () => {
    const rule = { direction: 'egress', trigger: 'rule', action: 'Allow', ...certain, tier, policy: profile, rule: 0 } as const;
    expect(sentenceOf(rule)).toBe('where no policy decides, egress rule 1 of `base[Profile]` allows it');
    expect(sentenceOf({ ...rule, action: 'Pass' })).toBe(
      'where no policy decides, egress rule 1 of `base[Profile]` passes it on to the next profile',
    );
    expect(sentenceOf({ ...rule, host })).toContain('`base[Profile]` allows it at host endpoint `n1-eth0` of node `n1`');
  });

  it('let nothing through but by their rules', () => {
    expect(sentenceOf({ ...end, isolatedBy: [profile] })).toBe(
      'no policy decides about ingress of `shop/b`, and no ingress rule of its profile `base[Profile]` lets this through',
    );
    expect(sentenceOf({ ...end, isolatedBy: [profile, { ...profile, name: 'web' }], host })).toBe(
      "no policy decides at host endpoint `n1-eth0` of node `n1`, on the node's own traffic, and no egress rule of its profiles `base[Profile]`, `web[Profile]` lets this through",
    );
  });

  it('have no name, and no place, where there is none with rules', () => {
    const none: PolicyHit = { ...end, isolatedBy: [{ ...profile, name: NO_PROFILE }] };
    expect(sentenceOf(none)).toBe('no policy decides about ingress of `shop/b`, and without a profile that has rules it is denied');
    expect(sourceOfStep(none)).toBeUndefined();
  });
});

it.each([
  ['not-selected', 'no policy decides about ingress of `shop/b`, so it is allowed'],
  ['host-network', "`shop/b` is on its node's network, where policies for pods do not apply"],
  ['external', '`shop/b` is no endpoint of the cluster, so no policy applies at that end'],
  ['same-endpoint', 'nothing can forbid `shop/b` to reach itself'],
  ['local-node', '`shop/a` and `shop/b` are on one node, and no policy acts on ingress between a node and its own pods'],
  ['tunnel-packet', 'nodes take packets that carry others from each other alone, and drop this one'],
  ['tunnel-source', 'packets from `shop/a` are wrapped on their way to the node of `shop/b`, and come from the address of the tunnel'],
] as const)('`%s` is put in words', (trigger, sentence) => {
  expect(sentenceOf({ direction: 'ingress', trigger, action: 'Allow', ...certain })).toBe(sentence);
});

describe('at a host endpoint', () => {
  const at = (hook: Hook, way: 'in' | 'out' = 'in') => ({ name: 'eth0', node: 'n1', hook, way });
  const end = { direction: 'egress', trigger: 'end-of-tier', ...certain, tier: 'default', isolatedBy: [policy] } as const;

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
  ] as const)('the hook is told (%s), and the rules that count (%s)', (hook, way, sentence) => {
    const rule = { trigger: 'rule', action: 'Deny', tier: 'default', policy, rule: 1, ...certain } as const;
    expect(sentenceOf({ direction: 'egress', ...rule, host: at(hook, way) })).toBe(sentence);
    expect(sentenceOf({ direction: 'ingress', ...rule, host: at(hook, way) })).toBe(sentence);
  });

  it('a tier ends as it does there', () => {
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
  ] as const)('`%s` (%s) is put in words', (trigger, action, hook, sentence) => {
    expect(sentenceOf({ direction: 'ingress', trigger, action, ...certain, host: at(hook) })).toBe(sentence);
  });
});

it('nodes, and host endpoints nobody knows which, are told of', () => {
  const step = { direction: 'ingress', trigger: 'host-action', action: 'Deny' } as const;
  const perhaps = { certainty: 'maybe', unknowns: [] } as const;
  expect(sentenceOf({ ...step, ...certain })).toBe('a node drops what its own pods send to it (fact `endpointToHostAction`)');
  expect(sentenceOf({ ...step, ...perhaps })).toBe(
    'if `shop/a` and `shop/b` are on one node: a node drops what its own pods send to it (fact `endpointToHostAction`)',
  );
  const sent = { ...step, direction: 'egress', trigger: 'tunnel-packet' } as const;
  expect(sentenceOf({ ...sent, ...certain })).toBe(
    'nodes drop what carries other packets where one of their pods sends it (fact `tunnelPacketsOfPods`)',
  );
  expect(sentenceOf({ ...sent, ...perhaps })).toMatch(/^if it carries other packets: nodes drop /);
  expect(sentenceOf({ ...step, trigger: 'tunnel-packet', ...perhaps })).toMatch(/and may drop this one$/);
  expect(sentenceOf({ ...step, trigger: 'tunnel-source', ...perhaps })).toMatch(/^perhaps packets from `shop\/a` are wrapped /);
  expect(sentenceOf({ ...step, trigger: 'host-unknown', ...perhaps })).toBe(
    'host endpoints may deny it: which of them are on the way is not known',
  );
});

test('the place of a step is that of its rule, else of its policy, else of the first that isolates', () => {
  const step: PolicyHit = { direction: 'ingress', trigger: 'rule', action: 'Deny', ...certain };
  const source = { file: 'web.yaml', document: 1, line: 12 };
  expect(sourceOfStep({ ...step, source, policy })).toBe(source);
  expect(sourceOfStep({ ...step, policy, isolatedBy: [other] })).toBe(policy.source);
  expect(sourceOfStep({ ...step, isolatedBy: [other, policy] })).toBe(other.source);
  expect(sourceOfStep(step)).toBeUndefined();
});
