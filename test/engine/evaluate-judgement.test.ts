import { allMustAllow, unknownsOf, verdictOfOutcomes } from '../../src/engine/evaluate-judgement';
import type { PolicyHit, Verdict } from '../../src/model/verdict';

test('what is possible makes the verdict', () => {
  expect(verdictOfOutcomes({ allow: true, deny: false })).toBe('allowed');
  expect(verdictOfOutcomes({ allow: false, deny: true })).toBe('denied');
  expect(verdictOfOutcomes({ allow: true, deny: true })).toBe('indeterminate');
});

test.each<[readonly Verdict[], Verdict]>([
  [[], 'allowed'],
  [['allowed', 'allowed'], 'allowed'],
  [['allowed', 'indeterminate'], 'indeterminate'],
  [['indeterminate', 'denied', 'allowed'], 'denied'],
])('places that say %j together say %s', (verdicts, verdict) => {
  expect(allMustAllow(verdicts)).toBe(verdict);
});

test('each unknown is told once, and those of Log rules not at all', () => {
  const step = (action: PolicyHit['action'], ...texts: readonly string[]): PolicyHit => ({
    direction: 'egress',
    trigger: 'rule',
    action,
    certainty: 'maybe',
    unknowns: texts.map((text) => ({ kind: 'fact', text })),
  });

  expect(unknownsOf([step('Allow', 'a', 'b'), step('Deny', 'b'), step('Log', 'c')]).map(({ text }) => text)).toEqual(['a', 'b']);
});
