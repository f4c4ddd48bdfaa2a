import { shapeIn } from '../../../src/engine/query/pod-shape';
import { matchOther, type SplitContext, splitRule, splitSubject, type WalkState } from '../../../src/engine/query/shape-split';
import type { Rule } from '../../../src/model/policy';
import type { Party } from '../../../src/model/verdict';
import { AT_RUN_TIME, allow, block, chosen, labels, pods, policyOf, type RuleParts, to } from '../../support/cluster';

const STATE: WalkState = { shape: shapeIn({ index: undefined }, {}, []), packets: [[1, 65_535]], unknowns: [] };

function party(name: string, own: Readonly<Record<string, string>>, addressRanges: readonly string[]): Party {
  return {
    kind: 'endpoint',
    endpoint: {
      id: name.length,
      kind: 'pod',
      name,
      namespace: -1,
      workload: -1,
      labels: { values: own, unknownKeys: [], complete: true },
      network: 'pod',
      addresses: [],
      addressRanges,
      ports: [{ name: 'sql', protocol: 'TCP', port: 5432 }],
      source: { file: '', document: 1, line: 1 },
    },
  };
}

/** Pods are the source, and the other end, which is `app=db`, is judged. */
const CONTEXT: SplitContext = {
  direction: 'ingress',
  podsAreJudged: false,
  other: party('db', { app: 'db' }, ['10.0.0.0/8']),
  prototype: party('any-pod', {}, ['10.0.0.0/8']),
  family: 4,
  details: {},
  peerMatches: new Map(),
};

function split(rule: RuleParts, context: SplitContext = CONTEXT) {
  const { yes, no } = splitRule(context, { ...rule, source: { file: '', document: 1, line: 1 } } as Rule, STATE);
  const told = ({ packets, shape, unknowns }: WalkState) => ({ packets, labels: [...shape.labels.keys()], open: unknowns.length });
  return { yes: yes.map(told), no: no().map(told) };
}

const whole = (packets: WalkState['packets'], own: readonly string[] = [], open = 0) => ({ packets, labels: own, open });

describe('what a rule makes of a state', () => {
  it('is all of it, or nothing', () => {
    expect(split(allow())).toEqual({ yes: [whole(STATE.packets)], no: [] });
    expect(split(allow([]))).toEqual({ yes: [], no: [whole(STATE.packets)] });
  });

  it('is a part of the packets, by numbers and by the names of the other end’s ports', () => {
    expect(split(allow('any', to('TCP', 80)))).toEqual({
      yes: [whole([[80, 80]])],
      no: [
        whole([
          [1, 79],
          [81, 65_535],
        ]),
      ],
    });
    expect(split(allow('any', to('TCP', 'sql'))).yes).toEqual([whole([[5432, 5432]])]);
    expect(split(allow('any', [{ protocol: 'TCP', notPorts: [[1, 65_000]], notPortNames: ['sql'] }])).yes).toEqual([
      whole([[65_001, 65_535]]),
    ]);
    expect(split(allow('any', to('UDP')))).toEqual({ yes: [], no: [whole(STATE.packets)] });
  });

  it('is a part of the pods: the parts are disjoint and together all', () => {
    expect(split(allow([pods({ app: 'web', tier: 'x' })]))).toEqual({
      yes: [whole(STATE.packets, ['app', 'tier'])],
      no: [whole(STATE.packets, ['app']), whole(STATE.packets, ['app', 'tier'])],
    });
    expect(split(allow([pods({ app: 'a' }), pods({ app: 'b' })])).yes).toHaveLength(2);
    const { yes } = split(allow([{ ...chosen(labels({ app: 'a' })), notSelector: labels({ tier: 'x' }) }]));
    expect(yes).toEqual([whole(STATE.packets, ['app', 'tier'])]);
  });

  it('is both ways where the input does not tell', () => {
    expect(split(allow('any', 'any', AT_RUN_TIME))).toEqual({ yes: [whole(STATE.packets, [], 1)], no: [whole(STATE.packets, [], 1)] });
    expect(split(allow([block('10.1.0.0/16')]))).toEqual({ yes: [whole(STATE.packets, [], 1)], no: [whole(STATE.packets, [], 1)] });
    expect(split(allow([block('10.0.0.0/8')]))).toEqual({ yes: [whole(STATE.packets)], no: [] });
    expect(split(allow('any', [{ protocol: 'TCP', sourcePorts: [[1, 1024]] }])).yes).toEqual([whole(STATE.packets, [], 1)]);
  });

  it('looks at what the packet tells', () => {
    const lowSource = allow('any', [{ protocol: 'TCP', sourcePorts: [[1, 1024]] }]);
    expect(split(lowSource, { ...CONTEXT, details: { sourcePort: 53 } }).no).toEqual([]);
    expect(split(lowSource, { ...CONTEXT, details: { sourcePort: 5353 } }).yes).toEqual([]);
  });

  it('looks at the subject too', () => {
    expect(split({ ...allow(), subject: [pods({ app: 'db' })] }).no).toEqual([]);
    expect(split({ ...allow(), subject: [pods({ app: 'web' })] }).yes).toEqual([]);
  });
});

it('splitSubject is what the policy selects of the pods, or whether it selects the other end', () => {
  const policy = policyOf('p', { appliesTo: labels({ app: 'db' }), ingress: [] });
  const certain = { policy, isCertain: false };
  expect(splitSubject(CONTEXT, certain, STATE)).toMatchObject({ yes: [STATE] });
  expect(splitSubject(CONTEXT, certain, STATE).no()).toEqual([]);
  const ofPods = splitSubject({ ...CONTEXT, podsAreJudged: true }, certain, STATE);
  expect([ofPods.yes.length, ofPods.no().length]).toEqual([1, 1]);
});

it('matchOther asks once for each peer', () => {
  const context = { ...CONTEXT, peerMatches: new Map() };
  const peer = [pods({ app: 'db' })];
  expect(matchOther(context, peer)).toBe(matchOther(context, peer));
  expect(matchOther(context, peer).truth).toBe('yes');
  expect(matchOther(context, 'any').truth).toBe('yes');
  expect(context.peerMatches.size).toBe(1);
});
