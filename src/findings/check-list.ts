import type { Check } from './check';
import { anyPortToInternet } from './checks/any-port-to-internet';
import { isolatedInNameOnly } from './checks/isolated-in-name-only';
import { metadataServiceReachable } from './checks/metadata-service-reachable';
import { newPodOpenForEgress } from './checks/new-pod-open-for-egress';
import { newPodOpenForIngress } from './checks/new-pod-open-for-ingress';
import { policySelectsNothing } from './checks/policy-selects-nothing';

/** All checks in the order of the catalogue: what is not isolated at all, what that opens, then the policies themselves. */
export const CHECKS: readonly Check[] = Object.freeze([
  newPodOpenForIngress,
  newPodOpenForEgress,
  isolatedInNameOnly,
  anyPortToInternet,
  metadataServiceReachable,
  policySelectsNothing,
]);
