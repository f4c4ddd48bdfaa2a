import type { Origin, PodDraft } from '../draft';
import { isAbsent, isMapping, type Mapping, mappingIn, type Reading, textIn } from '../reading';
import { canonicalAddresses, statusAddresses } from './addresses';
import { type Annotations, annotationsOf } from './annotations';
import { readOwner } from './owner';
import { readPodShape, type ShapePool } from './pod-shape';

const OWN_ADDRESS = 'cni.projectcalico.org/podIP';

/**
 * Where network plugins write the addresses of a pod that its status does not hold yet, the fullest first
 * (libcalico-go/lib/backend/k8s/conversion/conversion.go, getPodIPs).
 */
const ADDRESS_ANNOTATIONS = ['cni.projectcalico.org/podIPs', OWN_ADDRESS, 'vpc.amazonaws.com/pod-ips'];

/** Reads a Pod. A hostNetwork pod has the addresses of its node. */
export function readPod(reading: Reading, origin: Origin, shapes: ShapePool): PodDraft {
  const { object } = reading.document;
  const status = mappingIn(reading, object, 'status', '');
  const shape = readPodShape(reading, object, '', shapes);
  const metadata = isMapping(object.metadata) ? object.metadata : undefined;
  const node = isMapping(object.spec) ? textIn(reading, object.spec, 'nodeName', 'spec') : undefined;
  const owner = readOwner(reading, metadata, 'Pod');
  const annotation = annotationsOf(reading);
  const ended = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  const finished = ended ? 'ended' : !shape.hostNetwork && isTornDown(metadata, annotation) ? 'torn down' : false;
  // The address of a finished pod may be another pod's by now.
  let addresses = finished ? [] : statusAddresses(reading, status, 'podIP', 'podIPs');
  if (!finished && !shape.hostNetwork && addresses.length === 0) addresses = annotatedAddresses(reading, annotation);
  if (shape.hostNetwork && addresses.length === 0) addresses = statusAddresses(reading, status, 'hostIP', 'hostIPs');
  return {
    kind: 'pod',
    origin,
    shape,
    node: node === '' ? undefined : node,
    addresses,
    finished,
    owner,
  };
}

/**
 * Calico empties the annotation of a pod's address once the network of a pod that is being deleted is gone, and takes such a pod for a finished one
 * (libcalico-go/lib/backend/k8s/conversion/conversion.go, IsFinished). The annotation alone tells that, whatever is known of the plugin.
 */
function isTornDown(metadata: Mapping | undefined, annotation: Annotations): boolean {
  return !isAbsent(metadata?.deletionTimestamp) && annotation(OWN_ADDRESS) === '';
}

/** A list with commas, each an address or the CIDR of one. */
function annotatedAddresses(reading: Reading, annotation: Annotations): readonly string[] {
  for (const name of ADDRESS_ANNOTATIONS) {
    const texts = (annotation(name) ?? '').split(',').map((text) => text.trim().replace(/\/(32|128)$/, ''));
    const told = texts.filter((text) => text !== '');
    if (told.length > 0) return canonicalAddresses(reading, told, `metadata.annotations.${name}`, reading.document.object.metadata);
  }
  return [];
}
