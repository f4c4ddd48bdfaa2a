import type { Check } from '../check';
import { judgeCoverage } from '../coverage';

/** LT-COV-001 */
export const newPodOpenForIngress: Check = {
  id: 'LT-COV-001',
  slug: 'new-pod-open-for-ingress',
  title: 'New pod in the namespace would be open for ingress',
  rationale:
    'A pod that no policy selects for ingress accepts connections from every pod and every address that can be routed to it. The check asks for the pod without labels that somebody may create tomorrow, and separately for the label sets of today, whatever kind of policy isolates them. Host endpoints may hold some connections back on their way, but isolate no pod.',
  references: [
    'CIS Kubernetes Benchmark 5.3.2',
    'NSA/CISA Kubernetes Hardening Guidance: network policies',
    'OWASP Kubernetes Top Ten K05:2025',
    'Microsoft Threat Matrix for Kubernetes MS-M9014',
  ],
  gate: 'poc',
  ruleVersion: 1,
  judge: (survey) => judgeCoverage(survey, 'ingress'),
};
