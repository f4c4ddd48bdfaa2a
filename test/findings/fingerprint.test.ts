import { decidingTexts, exposureFlow, exposureState, type FlowIdentity } from '../../src/findings/fingerprint';
import type { PolicyHit } from '../../src/model/verdict';
import { allow, deny, pods, policyOf } from '../support/cluster';

const IDENTITY: FlowIdentity = {
  check: 'LT-EGR-001',
  subject: 'shop/web[Deployment]',
  object: 'internet',
  direction: 'egress',
  ports: 'beyond-web',
  family: 'any',
};

function ruleHit(policy: PolicyHit['policy'], rule: number): PolicyHit {
  return { direction: 'ingress', trigger: 'rule', action: 'Allow', certainty: 'yes', unknowns: [], rule, ...(policy && { policy }) };
}

describe('exposureFlow/v1', () => {
  it('is a SHA-256 in hex that never changes for equal flows', () => {
    expect(exposureFlow(IDENTITY)).toBe('f12ed1c95f44318e5c9722e21f86bef4f9206f18e516f7fa9046b25452623649');
  });

  it.each(['check', 'subject', 'object', 'direction', 'ports', 'family'] as const)('differs by %s', (part) => {
    expect(exposureFlow({ ...IDENTITY, [part]: 'other' })).not.toBe(exposureFlow(IDENTITY));
  });

  it('does not run one part into the next', () => {
    expect(exposureFlow({ ...IDENTITY, subject: 'a', object: 'bc' })).not.toBe(exposureFlow({ ...IDENTITY, subject: 'ab', object: 'c' }));
  });
});

describe('exposureState/v1', () => {
  it('does not depend on order or repetition', () => {
    expect(exposureState(['a', 'b'], ['x', 'y'])).toBe(exposureState(['b', 'a', 'a'], ['y', 'x']));
    expect(exposureState(['a'], [])).not.toBe(exposureState([], ['a']));
  });

  it('stays when the deciding policy is renamed or moved, and changes with the content of its rule', () => {
    const open = policyOf('shop/open', { ingress: [allow()] });
    const renamed = policyOf('shop/renamed', { ingress: [allow()] });
    const narrowed = policyOf('shop/open', { ingress: [allow([pods({ app: 'web' })])] });
    const reversed = policyOf('shop/open', { ingress: [deny()] });
    const stateBy = (policy: typeof open) =>
      exposureState(
        ['flow'],
        decidingTexts([ruleHit(policy.ref, 0)], () => policy),
      );
    expect(stateBy(renamed)).toBe(stateBy(open));
    expect(stateBy(narrowed)).not.toBe(stateBy(open));
    expect(stateBy(reversed)).not.toBe(stateBy(open));
  });

  it('reads at a host endpoint the rules of the way of the packet, on whatever side of the flow', () => {
    const policy = policyOf('hosts', { ingress: [allow()], egress: [deny()] });
    const hit = (way: 'in' | 'out') => ({ ...ruleHit(policy.ref, 0), host: { name: 'eth0', node: 'n1', hook: 'forward', way } }) as const;
    const textsOf = (way: 'in' | 'out') => decidingTexts([hit(way)], () => policy);

    expect(textsOf('in')).toEqual(['["ingress","rule","Allow","yes",[["Allow","any","any",null]],"forward","in"]']);
    expect(textsOf('out')).toEqual(['["ingress","rule","Allow","yes",[["Deny","any","any",null]],"forward","out"]']);
  });

  it('knows steps that no rule took', () => {
    const hit: PolicyHit = { direction: 'ingress', trigger: 'not-selected', action: 'Allow', certainty: 'yes', unknowns: [] };
    expect(decidingTexts([hit], () => undefined)).toEqual(['["ingress","not-selected","Allow","yes",[]]']);
  });
});
