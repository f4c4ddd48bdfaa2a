import { queryFindings } from '../../src/api/finding-query';
import type { Finding } from '../../src/findings/finding';

function finding(fingerprint: string, part: Partial<Finding>): Finding {
  const { severity, ...rest } = part;
  return {
    fingerprint,
    state: 's',
    check: 'LT-COV-001',
    title: 't',
    ...(severity && { severity }),
    certainty: severity ? 'proven' : 'open',
    gate: 'production',
    subject: 'shop/web[Deployment]',
    sentence: 'x',
    evidence: { trace: [], nearestCandidates: [], assumptions: [], details: [] },
    remediation: { summary: 'y', wouldCut: [] },
    references: [],
    ...rest,
  };
}

const FINDINGS = [
  finding('a', { severity: 'low', namespace: 'shop', subject: 'shop/web[Deployment]' }),
  finding('b', { check: 'LT-EGR-001', namespace: 'pay', subject: 'pay/db[StatefulSet]' }),
  finding('c', { severity: 'critical', check: 'LT-MET-001', namespace: 'shop', subject: 'shop/cart[Deployment]' }),
  finding('d', { severity: 'critical', check: 'LT-MET-001', subject: 'node-1[Node]' }),
];
const names = (findings: readonly Finding[]) => findings.map((f) => f.fingerprint).join('');

test.each([
  [{ orderBy: 'severity' }, 'dcab'],
  [{ orderBy: 'check' }, 'abdc'],
  [{ orderBy: 'subject' }, 'dbca'],
  [{ orderBy: 'severity', severity: ['critical'] }, 'dc'],
  [{ orderBy: 'severity', severity: ['low', 'open'] }, 'ab'],
  [{ orderBy: 'severity', check: ['LT-EGR-001'] }, 'b'],
  [{ orderBy: 'severity', namespace: ['shop'] }, 'ca'],
  [{ orderBy: 'severity', namespace: ['shop'], severity: ['critical'] }, 'c'],
  [{ orderBy: 'severity', namespace: ['undefined'] }, ''],
  [{ orderBy: 'severity', severity: [] }, ''],
] as const)('%j gives %s', (query, expected) => {
  expect(names(queryFindings(FINDINGS, query))).toBe(expected);
});

test('the order does not depend on the order of the input', () => {
  for (const orderBy of ['severity', 'check', 'subject'] as const) {
    expect(queryFindings([...FINDINGS].reverse(), { orderBy })).toEqual(queryFindings(FINDINGS, { orderBy }));
  }
});
