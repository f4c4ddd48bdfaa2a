import { ApiError } from '../../../src/api/errors';
import { findingView, scanListView, scanView, verdictView } from '../../../src/api/rest/views';
import { DEFAULT_FACTS, settleFacts } from '../../../src/model/facts';
import type { Scan } from '../../../src/store/scan';

const { facts, origins } = settleFacts(new Map([['cni', 'calico']]));
const SCAN: Scan = {
  id: 's1',
  tenant: 'acme',
  request: { uploadId: 'u1', cluster: 'c', facts: { cni: 'calico' }, stage: 'beta' },
  status: 'SUCCEEDED',
  createdAt: '2026-01-31T12:00:00.000Z',
  facts,
  factOrigins: origins,
  diagnostics: [],
};

test('a scan is told without its tenant and upload', () => {
  expect(JSON.parse(JSON.stringify(scanView(SCAN)))).toEqual({
    id: 's1',
    cluster: 'c',
    stage: 'beta',
    status: 'SUCCEEDED',
    createdAt: '2026-01-31T12:00:00.000Z',
    facts,
    factOrigins: origins,
    assumptions: Object.keys(DEFAULT_FACTS).filter((name) => name !== 'cni' && name !== 'ipBlockMatchesPods'),
    diagnostics: [],
  });
});

test('a list of scans leaves out what is long', () => {
  expect(Object.keys(JSON.parse(JSON.stringify(scanListView(SCAN))) as object)).toEqual(['id', 'cluster', 'stage', 'status', 'createdAt']);
});

test('a question without answer has its problem', () => {
  expect(verdictView({ error: new ApiError('INVALID_REQUEST', 'no such peer') })).toEqual({
    error: expect.objectContaining({ code: 'INVALID_REQUEST', detail: 'no such peer' }),
  });
});

test('the trace of a finding is told in words', () => {
  const view = findingView({
    fingerprint: 'f',
    state: 's',
    check: 'LT-COV-001',
    title: 't',
    certainty: 'open',
    gate: 'lab',
    subject: 'n[Namespace]',
    sentence: 'x',
    evidence: {
      trace: [{ direction: 'ingress', trigger: 'not-selected', action: 'Allow', certainty: 'yes', unknowns: [] }],
      nearestCandidates: [],
      assumptions: [],
      details: [],
    },
    remediation: { summary: 'y', wouldCut: [] },
    references: [],
  });

  expect(view.evidence.trace).toEqual([expect.objectContaining({ sentence: expect.stringContaining('n[Namespace]'), dependsOn: [] })]);
});
