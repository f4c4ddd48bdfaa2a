import { judgeTiers, type Place, stepOf, UNDECIDED } from '../../src/engine/evaluate-tiers';
import { maybe, NO, YES } from '../../src/model/match';
import { AT_RUN_TIME, allow, cluster, deny, type PolicyOptions, pass } from '../support/cluster';
import { endOf, flowOf, packetOf } from '../support/flow';

const EVERYWHERE: Place = { at: { direction: 'ingress' }, direction: 'ingress', selects: () => YES };

function judge(policies: readonly PolicyOptions[], place: Partial<Place> = {}) {
  const builder = policies.reduce(
    (before, options, index) => before.policy(`p${index}`, { order: index, ...options }),
    cluster().tier('first', 100, 'Deny').pod('shop/a').pod('shop/b'),
  );
  const snapshot = builder.snapshot();
  const flow = flowOf(snapshot, { source: endOf(snapshot, 'shop/a'), destination: endOf(snapshot, 'shop/b'), packet: packetOf('TCP:80') });
  const { trace, ...outcomes } = judgeTiers(snapshot, { ...EVERYWHERE, ...place }, flow, 4);
  return { ...outcomes, steps: trace.map(({ trigger, action, certainty }) => `${trigger} ${action}${certainty === 'maybe' ? '?' : ''}`) };
}

test('a place where no policy acts is undecided', () => {
  expect(judge([])).toEqual({ allow: false, deny: false, undecided: true, steps: [] });
  expect(judge([{ ingress: [deny()] }], { selects: () => NO })).toEqual({ allow: false, deny: false, undecided: true, steps: [] });
  expect(judge([{ egress: [deny()] }])).toMatchObject({ undecided: true });
  expect(judge([{ ingress: [deny()], staged: true }])).toMatchObject({ undecided: true });
  expect(UNDECIDED).toMatchObject({ allow: false, deny: false, undecided: true });
});

test('the first rule that matches decides, of the direction of the place', () => {
  expect(judge([{ ingress: [allow(), deny()] }])).toEqual({ allow: true, deny: false, undecided: false, steps: ['rule Allow'] });
  expect(judge([{ ingress: [allow()], egress: [deny()] }], { direction: 'egress' })).toMatchObject({ allow: false, deny: true });
});

test('a tier ends with its default action, or with Pass where every tier does', () => {
  expect(judge([{ ingress: [], tier: 'first' }])).toEqual({ allow: false, deny: true, undecided: false, steps: ['end-of-tier Deny'] });
  expect(judge([{ ingress: [], tier: 'first' }], { tiersPass: true })).toEqual({
    allow: false,
    deny: false,
    undecided: true,
    steps: ['end-of-tier Pass'],
  });
  expect(judge([{ ingress: [], tier: 'first' }, { ingress: [allow()] }], { tiersPass: true })).toMatchObject({
    allow: true,
    undecided: false,
  });
});

test('the end of a tier that nobody made is a step where it denies alone', () => {
  const made = (defaultAction: 'Deny' | 'Pass') => {
    const snapshot = cluster().tier('(made)', 1, defaultAction).policy('p', { tier: '(made)', ingress: [] }).pod('shop/a').snapshot();
    const end = endOf(snapshot, 'shop/a');
    const { trace, ...outcomes } = judgeTiers(
      snapshot,
      EVERYWHERE,
      flowOf(snapshot, { source: end, destination: end, packet: packetOf('TCP:80') }),
      4,
    );
    return { ...outcomes, steps: trace.map(({ trigger, action }) => `${trigger} ${action}`) };
  };
  expect(made('Pass')).toEqual({ allow: false, deny: false, undecided: true, steps: [] });
  expect(made('Deny')).toEqual({ allow: false, deny: true, undecided: false, steps: ['end-of-tier Deny'] });
});

test('Pass leaves the tier, from the last tier undecided', () => {
  expect(judge([{ ingress: [pass(), deny()], tier: 'first' }, { ingress: [allow()] }])).toMatchObject({ allow: true, deny: false });
  expect(judge([{ ingress: [pass()] }])).toMatchObject({ allow: false, deny: false, undecided: true });
});

test('a rule that may match is followed both ways', () => {
  expect(judge([{ ingress: [allow('any', 'any', AT_RUN_TIME), deny()] }])).toEqual({
    allow: true,
    deny: true,
    undecided: false,
    steps: ['rule Allow?', 'rule Deny'],
  });
});

test('a policy that may select leaves the place perhaps undecided', () => {
  const perhaps = { selects: () => maybe({ kind: 'pod-labels', text: 'x' }) };

  expect(judge([{ ingress: [deny()] }], perhaps)).toEqual({ allow: false, deny: true, undecided: true, steps: ['rule Deny?'] });
});

test('steps are as certain as what must hold beside', () => {
  const given = maybe({ kind: 'address', text: 'x' });

  expect(judge([{ ingress: [allow()] }], { given })).toEqual({ allow: true, deny: false, undecided: false, steps: ['rule Allow?'] });
  expect(judge([{ ingress: [] }], { given }).steps).toEqual(['end-of-tier Deny?']);
});

test('a step is certain unless its match is not', () => {
  const unknown = { kind: 'fact', text: 'x' } as const;

  expect(stepOf({ direction: 'egress' }, 'external', 'Allow')).toEqual({
    direction: 'egress',
    trigger: 'external',
    action: 'Allow',
    certainty: 'yes',
    unknowns: [],
  });
  expect(stepOf({ direction: 'egress' }, 'external', 'Allow', maybe(unknown))).toMatchObject({
    certainty: 'maybe',
    unknowns: [unknown],
  });
});
