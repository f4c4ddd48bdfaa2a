import type { Check } from '../check';
import { judgeCoverage } from '../coverage';

/** LT-COV-002 */
export const newPodOpenForEgress: Check = {
  id: 'LT-COV-002',
  slug: 'new-pod-open-for-egress',
  title: 'New pod in the namespace would be open for egress',
  rationale:
    'A pod that no policy selects for egress may open connections to every pod and every address: once it is taken over, it is the way further in and the way out. The check asks for the pod without labels that somebody may create tomorrow, and separately for the label sets of today, whatever kind of policy isolates them. Host endpoints may hold some connections back on their way, but isolate no pod.',
  references: [
    'CIS Kubernetes Benchmark 5.3.2',
    'NSA/CISA Kubernetes Hardening Guidance: network policies',
    'OWASP Kubernetes Top Ten K05:2025',
    'Microsoft Threat Matrix for Kubernetes MS-M9014',
  ],
  gate: 'beta',
  ruleVersion: 1,
  judge: (survey) => judgeCoverage(survey, 'egress'),
};
