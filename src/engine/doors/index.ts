import type { Door, DoorBackend, DoorExplanation, WorkloadExposure } from '../../model/door';
import { invariant } from '../../util/invariant';
import { parseAddress } from '../../util/ip';
import type { Analysis } from '../analyze';
import { explainDirect, published } from './explain-door';
import { explainEntry } from './explain-entry';
import { type ExposureOptions, exposuresIn, relayJudgeIn } from './exposure';
import { doorSession } from './session';

/*
 * The door of the doors. A question about one client is answered by the definition (`explain-door`, `explain-entry`, `path`); who gets through at all is
 * the same definition, asked for one address of each part of the address space that something on the way may tell apart (`exposure`).
 */

/** Every door that the input tells of: of Services (`clusterIP` among them), of workloads, of nodes, of entries. */
export function doorsOf(analysis: Analysis): readonly Door[] {
  return doorSession(analysis).doors.all;
}

/** Doors that lead to an endpoint, those for clients inside among them. */
export function doorsTo(analysis: Analysis, endpoint: number): readonly Door[] {
  return doorSession(analysis).doors.to(endpoint);
}

export interface DoorQuestion {
  /** Id of the door. */
  readonly door: string;
  /** One of its backends. */
  readonly backend: DoorBackend;
  /** Canonical address of a client outside the cluster. */
  readonly client: string;
  /** Where the door leads to every port: which one. */
  readonly port?: number;
}

/** What one client gets from one door and one of its backends, with every step of the way that shows it. */
export function explainDoor(analysis: Analysis, { door: id, backend, client, port }: DoorQuestion): DoorExplanation {
  const session = doorSession(analysis);
  const door = session.doors.byId(id);
  const address = parseAddress(client);
  invariant(door && address, 'a question names a door and an address');
  const meant = port !== undefined && backend.port === 'any' ? { ...backend, port } : backend;
  if (!door.controller) return published(explainDirect(session.context, door, meant, address));
  return published(explainEntry(session.context, session.doors, door, meant, address, relayJudgeIn(session)(door)));
}

/** Who outside gets to each workload, door by door. */
export function exposureOf(analysis: Analysis, options: ExposureOptions = {}): readonly WorkloadExposure[] {
  return exposuresIn(doorSession(analysis), options);
}
