import type { Finding } from '../../src/findings/finding';

/** A finding of which a test says only what matters to it. */
export function findingOf(parts: Partial<Finding> = {}): Finding {
  return {
    fingerprint: 'f'.repeat(64),
    state: 'e'.repeat(64),
    check: 'LT-EGR-001',
    title: 'Workload may open any port to the internet',
    certainty: 'proven',
    gate: 'beta',
    subject: 'shop/web[Deployment]',
    namespace: 'shop',
    sentence: '`shop/web[Deployment]` may open every port to the internet',
    evidence: { trace: [], nearestCandidates: [], assumptions: [], details: [] },
    remediation: { summary: 'allow only what is needed', wouldCut: [] },
    source: { file: 'shop.yaml', document: 1, line: 2 },
    references: [],
    ...parts,
  };
}
