import { FELIX_TIER, isWritten, PROTOCOLS, rulesOf, TRANSPORT_PROTOCOLS } from '../../src/model/policy';
import { allow, deny, policyOf } from '../support/cluster';

test('a direction that is absent has no rules, which is not the same as an empty list of them', () => {
  const policy = policyOf('shop/web', { ingress: [] });

  expect(rulesOf(policy, 'ingress')).toEqual([]);
  expect(rulesOf(policy, 'egress')).toBeUndefined();
});

test('each direction has its own rules', () => {
  const policy = policyOf('shop/web', { ingress: [allow()], egress: [deny()] });

  expect(rulesOf(policy, 'ingress')!.map(({ action }) => action)).toEqual(['Allow']);
  expect(rulesOf(policy, 'egress')!.map(({ action }) => action)).toEqual(['Deny']);
});

test('protocols with ports are the first of all protocols', () => {
  expect(PROTOCOLS.slice(0, TRANSPORT_PROTOCOLS.length)).toEqual(TRANSPORT_PROTOCOLS);
});

test.each([
  ['default', true],
  ['sec', true],
  [FELIX_TIER, false],
  ['(profiles)', false],
])('a policy of tier `%s` is one that somebody wrote: %s', (tier, written) => {
  expect(isWritten({ tier })).toBe(written);
});
