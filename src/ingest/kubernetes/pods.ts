import type { Origin, PodDraft } from '../draft';
import { isMapping, mappingIn, type Reading, textIn } from '../reading';
import { statusAddresses } from './addresses';
import { readOwner } from './owner';
import { readPodShape, type ShapePool } from './pod-shape';

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
