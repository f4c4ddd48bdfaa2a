import type { Origin, WorkloadEndpointDraft } from '../draft';
import { listIn, mappingIn, type Reading, textIn } from '../reading';

/**
 * Reads a WorkloadEndpoint (libcalico-go/lib/apis/v3/workloadendpoint.go). In a Kubernetes cluster Calico derives them from pods, and lists them on
 * request; one that belongs to no pod is an endpoint that nothing else tells of.
 */
export function readWorkloadEndpoint(reading: Reading, origin: Origin): WorkloadEndpointDraft {
  const spec = mappingIn(reading, reading.document.object, 'spec', '');
  const pod = textIn(reading, spec, 'pod', 'spec');
  const profiles = (listIn(reading, spec, 'profiles', 'spec') ?? []).filter((profile) => typeof profile === 'string');
  return { kind: 'workloadEndpoint', origin, pod: pod === '' ? undefined : pod, profiles };
}
