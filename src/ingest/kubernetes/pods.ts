import type { Origin, PodDraft } from '../draft';
import { isMapping, mappingIn, type Reading, textIn } from '../reading';
import { canonicalAddresses, statusAddresses } from './addresses';
import { type Annotations, annotationsOf } from './annotations';
import { readOwner } from './owner';
import { readPodShape, type ShapePool } from './pod-shape';

/**
 * Where network plugins write the addresses of a pod that its status does not hold yet, the fullest first
 * (libcalico-go/lib/backend/k8s/conversion/conversion.go, getPodIPs).
 */
const ADDRESS_ANNOTATIONS = ['cni.projectcalico.org/podIPs', 'cni.projectcalico.org/podIP', 'vpc.amazonaws.com/pod-ips'];

/** Reads a Pod. A hostNetwork pod has the addresses of its node. */
export function readPod(reading: Reading, origin: Origin, shapes: ShapePool): PodDraft {
  const { object } = reading.document;
  const status = mappingIn(reading, object, 'status', '');
  const shape = readPodShape(reading, object, '', shapes);
  const metadata = isMapping(object.metadata) ? object.metadata : undefined;
  const node = isMapping(object.spec) ? textIn(reading, object.spec, 'nodeName', 'spec') : undefined;
  const owner = readOwner(reading, metadata, 'Pod');
  const finished = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  // The address of a finished pod may be another pod's by now.
  let addresses = finished ? [] : statusAddresses(reading, status, 'podIP', 'podIPs');
  if (!finished && !shape.hostNetwork && addresses.length === 0) addresses = annotatedAddresses(reading, annotationsOf(reading));
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

/** A list with commas, each an address or the CIDR of one. */
function annotatedAddresses(reading: Reading, annotation: Annotations): readonly string[] {
  for (const name of ADDRESS_ANNOTATIONS) {
    const texts = (annotation(name) ?? '').split(',').map((text) => text.trim().replace(/\/(32|128)$/, ''));
    const told = texts.filter((text) => text !== '');
    if (told.length > 0) return canonicalAddresses(reading, told, `metadata.annotations.${name}`, reading.document.object.metadata);
  }
  return [];
}
