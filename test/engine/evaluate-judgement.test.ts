import {
  allMustAllow,
  amongAlternatives,
  isSame,
  type Judgement,
  unknownsOf,
  verdictOfOutcomes,
} from '../../src/engine/evaluate-judgement';
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

describe('of several things that may be the case', () => {
  const which = { kind: 'interface', text: 'which' } as const;
  const said = (verdict: Verdict, text: string): Judgement => ({
    verdict,
    trace: [
      {
        direction: 'ingress',
        trigger: 'rule',
        action: verdict === 'denied' ? 'Deny' : 'Allow',
        certainty: 'yes',
        unknowns: [{ kind: 'fact', text }],
      },
    ],
  });

  test('the first one is told where all are decided alike, or say the same in every step', () => {
    const [a, b, open] = [said('allowed', 'a'), said('allowed', 'b'), said('indeterminate', 'a')];

    expect(amongAlternatives([a, b], [which])).toBe(a);
    expect(amongAlternatives([open, said('indeterminate', 'a')], [which])).toBe(open);
  });

  test('nothing is certain where they differ, and every step depends on which it is', () => {
    const { verdict, trace } = amongAlternatives([said('allowed', 'a'), said('denied', 'b')], [which]);

    expect(verdict).toBe('indeterminate');
    expect(trace.map(({ certainty, unknowns }) => [certainty, unknowns.map(({ text }) => text)])).toEqual([
      ['maybe', ['a', 'which']],
      ['maybe', ['b', 'which']],
    ]);
    expect(amongAlternatives([said('indeterminate', 'a'), said('indeterminate', 'b')], [which]).trace).toHaveLength(2);
  });

  test('one alone of which something is not known is told with that', () => {
    expect(amongAlternatives([said('indeterminate', 'a')], [which]).trace[0]!.unknowns).toContain(which);
  });

  test('two are the same by verdict and steps', () => {
    expect(isSame(said('allowed', 'a'), said('allowed', 'a'))).toBe(true);
    expect(isSame(said('allowed', 'a'), said('allowed', 'b'))).toBe(false);
    expect(isSame(said('allowed', 'a'), { ...said('allowed', 'a'), verdict: 'denied' })).toBe(false);
    expect(isSame(said('allowed', 'a'), { ...said('allowed', 'a'), trace: [] })).toBe(false);
    const [step] = said('allowed', 'a').trace;
    expect(isSame(said('allowed', 'a'), { verdict: 'allowed', trace: [{ ...step!, tier: 'early' }] })).toBe(false);
  });
});
