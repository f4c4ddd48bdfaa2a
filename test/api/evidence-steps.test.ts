import { evidenceSteps } from '../../src/api/evidence-steps';
import type { Finding } from '../../src/findings/finding';
import type { PolicyHit } from '../../src/model/verdict';

const HIT: PolicyHit = { direction: 'egress', trigger: 'not-selected', action: 'Allow', certainty: 'yes', unknowns: [] };

function finding(evidence: Partial<Finding['evidence']>): Finding {
  return {
    fingerprint: 'f',
    state: 's',
    check: 'LT-EGR-001',
    title: 't',
    certainty: 'proven',
    severity: 'high',
    gate: 'production',
    subject: 'shop/web[Deployment]',
    sentence: 'x',
    evidence: { trace: [HIT], nearestCandidates: [], assumptions: [], details: [], ...evidence },
    remediation: { summary: 'y', wouldCut: [] },
    references: [],
  };
}

test('the steps name the ends of the flow that shows the finding', () => {
  const [step] = evidenceSteps(finding({ flow: { from: 'shop/cart[Deployment]', to: '203.0.113.7', protocol: 'TCP', port: 443 } }));

  expect(step).toMatchObject({
    direction: 'egress',
    trigger: 'not-selected',
    sentence: expect.stringContaining('`shop/cart[Deployment]`'),
  });
});

test('without a flow the steps are about the subject', () => {
  expect(evidenceSteps(finding({}))[0]!.sentence).toContain('`shop/web[Deployment]`');
});

test('a finding without trace has no steps', () => {
  expect(evidenceSteps(finding({ trace: [] }))).toEqual([]);
});
