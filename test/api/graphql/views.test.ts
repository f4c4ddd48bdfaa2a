import type { Answer } from '../../../src/api/ask';
import { decodeId } from '../../../src/api/graphql/relay';
import {
  checkView,
  factViews,
  findingView,
  flowEndpointView,
  flowView,
  policyView,
  reachView,
  stepView,
  workloadView,
} from '../../../src/api/graphql/views';
import type { TraceStep } from '../../../src/api/trace-step';
import { CHECKS } from '../../../src/findings/catalog';
import type { Finding } from '../../../src/findings/finding';
import { settleFacts } from '../../../src/model/facts';
import type { Scan } from '../../../src/store/scan';

const STEP: TraceStep = {
  direction: 'ingress',
  trigger: 'not-selected',
  action: 'Allow',
  certainty: 'maybe',
  sentence: 'x',
  dependsOn: [],
};
const FINDING: Finding = {
  fingerprint: 'f',
  state: 's',
  check: CHECKS[0]!.id,
  title: 't',
  certainty: 'open',
  gate: 'lab',
  subject: 'n[Namespace]',
  sentence: 'x',
  evidence: { trace: [], nearestCandidates: [], assumptions: [], details: [] },
  remediation: { summary: 'y', wouldCut: [] },
  references: [],
};

test('workloads and policies have ids that name their scan and their place in it', () => {
  const workload = workloadView('s', {
    index: 3,
    id: 'a/b[Pod]',
    namespace: 'a',
    name: 'b',
    kind: 'Pod',
    file: 'f',
    line: 2,
    endpoints: [7, 8],
  });
  const policy = policyView('s', {
    index: 4,
    id: 'a/p[NetworkPolicy]',
    kind: 'NetworkPolicy',
    namespace: 'a',
    name: 'p',
    tier: 'default',
    order: 1000,
    file: 'f',
    line: 9,
    selected: 5,
    directions: ['ingress'],
  });

  expect(decodeId(workload.id)).toEqual({ type: 'Workload', key: ['s', '3'] });
  expect(workload).toMatchObject({ ref: 'a/b[Pod]', endpointCount: 2, source: { file: 'f', line: 2 } });
  expect(decodeId(policy.id)).toEqual({ type: 'Policy', key: ['s', '4'] });
  expect(policy).toMatchObject({ ref: 'a/p[NetworkPolicy]', selectedCount: 5, directions: ['ingress'], source: { file: 'f', line: 9 } });
});

test('a finding without severity is open, and has its check', () => {
  expect(findingView('s', FINDING)).toMatchObject({
    severity: 'open',
    checkCode: CHECKS[0]!.id,
    check: { code: CHECKS[0]!.id, title: CHECKS[0]!.title },
  });
  expect(findingView('s', { ...FINDING, severity: 'low' }).severity).toBe('low');
});

test('a finding of a check that is known no longer keeps its code', () => {
  expect(findingView('s', { ...FINDING, check: 'LT-OLD-001' })).toMatchObject({ checkCode: 'LT-OLD-001', check: undefined });
  expect(checkView('constructor')).toBeUndefined();
});

test('a step is certain or not', () => {
  expect(stepView(STEP)).toEqual({
    direction: 'ingress',
    trigger: 'not-selected',
    action: 'Allow',
    certainty: 'maybe',
    certain: false,
    sentence: 'x',
    dependsOn: [],
  });
  expect(stepView({ ...STEP, certainty: 'yes' }).certain).toBe(true);
});

test('an answer has its steps, in the trace and among the blockers', () => {
  const answer = { from: 'a', to: 'b', verdict: 'denied', trace: [STEP], blockers: [STEP] } as unknown as Answer;

  expect(reachView(answer)).toMatchObject({ from: 'a', verdict: 'denied', trace: [{ certain: false }], blockers: [{ certain: false }] });
});

test('ports are told by protocol, those without ports without ranges', () => {
  const ports = [
    {
      protocol: 'TCP',
      ranges: [
        { low: 80, high: 80 },
        { low: 443, high: 444 },
      ],
    },
    { protocol: 'ICMP', ranges: [] },
  ];
  expect(
    flowView({
      from: 'a',
      to: 'b',
      ports: {
        TCP: [
          [80, 80],
          [443, 444],
        ],
        UDP: [],
        icmp: true,
      },
      conditional: { SCTP: [[1, 65_535]] },
    }),
  ).toEqual({
    from: 'a',
    to: 'b',
    ports,
    allowed: ports,
    conditional: [{ protocol: 'SCTP', ranges: [{ low: 1, high: 65_535 }] }],
  });
  expect(flowView({ from: 'a', to: 'b', ports: {} })).toEqual({ from: 'a', to: 'b', ports: [], allowed: [], conditional: [] });
});

test('an end of a flow is named by its key, for ids are opaque', () => {
  expect(flowEndpointView({ id: 'a/b[Pod]', kind: 'Pod', pods: ['a/b'] })).toEqual({ key: 'a/b[Pod]', kind: 'Pod', pods: ['a/b'] });
});

test('facts have their origin, one value or many', () => {
  const { facts, origins } = settleFacts(new Map([['podRanges', '10.0.0.0/8,10.1.0.0/16']]));

  const views = factViews({ facts, factOrigins: origins } as Scan);

  expect(views).toContainEqual({ name: 'podRanges', values: ['10.0.0.0/8', '10.1.0.0/16'], origin: 'given' });
  expect(views).toContainEqual({ name: 'cni', values: ['unknown'], origin: 'assumed' });
  expect(factViews({} as Scan)).toBeUndefined();
});
