import type { Door, DoorBackend, DoorExplanation, WorkloadExposure } from '../../model/door';
import { invariant } from '../../util/invariant';
import { parseAddress } from '../../util/ip';
import type { Analysis } from '../analyze';
import { clusterOf } from '../query/definition-input';
import { explainDirect, published } from './explain-door';
import { type ExposureOptions, explainEntryIn, exposuresIn } from './exposure';
import { explainInside } from './inside';
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

/** One client outside at one door, sent to one backend of it. */
export interface DoorQuestion {
  /** Id of the door. */
  readonly door: string;
  /** One of its backends. */
  readonly backend: DoorBackend;
  /** Canonical address of a client outside the cluster. */
  readonly client: string;
  /** Where the door leads to every port: which one. */
  readonly port?: number;
  /** Name of the one node whose address is dialled; absent: any. Only of doors that lead to their backends themselves. */
  readonly node?: string;
}

/** What one client gets from one door and one of its backends, with every step of the way that shows it. */
export function explainDoor(analysis: Analysis, { door: id, backend, client, port, node }: DoorQuestion): DoorExplanation {
  const session = doorSession(analysis);
  const door = session.doors.byId(id);
  const address = parseAddress(client);
  invariant(door && address, 'a question names a door and an address');
  const meant = port !== undefined && backend.port === 'any' ? { ...backend, port } : backend;
  invariant(node === undefined || (!door.controller && session.world.nodeNames.includes(node)), 'a question names a node of the cluster');
  if (!door.controller) return published(explainDirect(session.context, door, meant, address, node === undefined ? {} : { node }));
  return published(explainEntryIn(session, door, meant, address));
}

/** The same for a client inside. INVARIANT: the door leads to its backends itself, without a controller. */
export interface InsideQuestion extends Omit<DoorQuestion, 'client'> {
  /** Index of the pod, node or hostNetwork pod that dials. */
  readonly from: number;
}

/** What a client inside gets from a Service by one of its doors: its own address (`clusterIP`), a node port, its load balancer or an external address. */
export function explainDoorFromInside(analysis: Analysis, { door: id, backend, from, port, node }: InsideQuestion): DoorExplanation {
  const { doors, world, context } = doorSession(analysis);
  const door = doors.byId(id);
  invariant(door && !door.controller, 'a question from inside names a door of a Service');
  const dial = { door, backend, client: world.endpoint(from), ...(port !== undefined && { port }), ...(node !== undefined && { node }) };
  return published(explainInside(context, clusterOf(analysis), dial));
}

/** Who outside gets to each workload, door by door. */
export function exposureOf(analysis: Analysis, options: ExposureOptions = {}): readonly WorkloadExposure[] {
  return exposuresIn(doorSession(analysis), options);
}
