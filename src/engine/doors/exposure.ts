import type { Door, DoorBackend, DoorExplanation, DoorExposure, WorkloadExposure } from '../../model/door';
import type { Packet, Party } from '../../model/verdict';
import { agreedVerdict } from '../../model/verdict';
import type { Address, AddressRange } from '../../util/ip';
import { type Cluster, evaluate } from '../evaluate';
import { explain } from '../query/explain';
import { backendKey, controllerLegs } from './controller-legs';
import { cutRanges, doorStarts, familiesOf, outsideRanges, policyStarts } from './cuts';
import { type Asked, explainDirect, openOnly } from './explain-door';
import { explainEntry, type RelayJudge, relayFlow, throughFront, withoutFront } from './explain-entry';
import { portSamples } from './port-samples';
import { exposedRanges, internetOf, whichPort } from './ranges';
import type { DoorSession } from './session';
import { STAND_IN, transport } from './tuple';
import { endpointOf } from './ways';

/*
 * Who gets through each door of each workload, as ranges of client addresses. Backends that nothing tells apart are asked once; of the addresses one for
 * each part that the places on the way may tell apart. Every answer is that of the definition (`explain-door`, `explain-entry`).
 */

/** Which part of the exposure; what is left out is not worked out. */
export interface ExposureOptions {
  /** Indices of workloads; absent: all. */
  readonly workloads?: readonly number[];
  /** Only these doors, for whoever does not care for others; absent: all. */
  readonly isWanted?: (door: Door) => boolean;
}

/** What a group of backends gets from one door (and front). */
interface Answer {
  readonly ranges: DoorExposure['ranges'];
  readonly assumptions: readonly string[];
}

/** The doors of workloads, in the order of workloads and doors; workloads without one are left out. */
export function exposuresIn(session: DoorSession, { workloads, isWanted = () => true }: ExposureOptions): readonly WorkloadExposure[] {
  const { world, doors } = session;
  const wanted = workloads && new Set(workloads);
  const found = new Map<number, DoorExposure[]>();
  const asker = exposureAsker(session);
  for (const door of wanted ? doorsOfWorkloads(session, wanted) : doors.all) {
    if (door.kind === 'clusterIP' || !isWanted(door)) continue;
    for (const { workload, backends } of byWorkload(session, door, wanted)) {
      const exposures = exposuresOfDoor(session, asker, door, backends);
      const own = found.get(workload);
      if (own) own.push(...exposures);
      else found.set(workload, [...exposures]);
    }
  }
  return Array.from({ length: world.workloadCount }, (_, workload) => ({ workload, doors: found.get(workload) ?? [] })).filter(
    (exposure) => exposure.doors.length > 0,
  );
}

/** Only the doors that lead to these workloads, in the order of all doors. */
function doorsOfWorkloads({ world, doors }: DoorSession, workloads: ReadonlySet<number>): readonly Door[] {
  const found = new Set([...workloads].flatMap((workload) => world.workload(workload).endpoints.flatMap(doors.to)));
  return [...found].sort((a, b) => doors.placeOf(a) - doors.placeOf(b));
}

/** Backends of a door by workload, in the order of the first of each; nodes and addresses outside belong to none. */
function byWorkload({ world }: DoorSession, door: Door, wanted: ReadonlySet<number> | undefined) {
  const groups = new Map<number, DoorBackend[]>();
  for (const backend of door.backends) {
    if (backend.endpoint === undefined) continue;
    const { workload } = world.endpoint(backend.endpoint);
    if (workload < 0 || (wanted && !wanted.has(workload))) continue;
    const group = groups.get(workload);
    if (group) group.push(backend);
    else groups.set(workload, [backend]);
  }
  return [...groups].map(([workload, backends]) => ({ workload, backends }));
}

/** One exposure for each group of alike backends and each front, since both may differ in who gets through. */
function exposuresOfDoor(
  session: DoorSession,
  asker: ExposureAsker,
  door: Door,
  backends: readonly DoorBackend[],
): readonly DoorExposure[] {
  const { doors, world } = session;
  const fronts = door.controller?.kind === 'pods' ? door.controller.fronts.flatMap((id) => doors.byId(id) ?? []) : [];
  return [...alikeBackends(session, backends).values()].flatMap((alike) =>
    (fronts.length > 0 ? fronts : [undefined]).map((front): DoorExposure => {
      const { ranges, assumptions } = asker(door, front, alike[0]!);
      return {
        door,
        ...(front && { front }),
        endpoints: [...new Set(alike.map(({ endpoint }) => endpoint!))],
        portOutside: front?.port ?? door.port,
        portInside: alike[0]!.port,
        ranges,
        internet: internetOf(world.facts, ranges),
        assumptions,
      };
    }),
  );
}

/** Backends that one answer holds for, with the key of that answer. */
function alikeBackends(session: DoorSession, backends: readonly DoorBackend[]): ReadonlyMap<string, readonly DoorBackend[]> {
  const groups = new Map<string, DoorBackend[]>();
  for (const backend of backends) {
    const key = backendKey(session, backend);
    const group = groups.get(key);
    if (group) group.push(backend);
    else groups.set(key, [backend]);
  }
  return groups;
}

/** Answers what a door (by a front) lets through to a backend; answers are kept, since many workloads share them. */
export type ExposureAsker = (door: Door, front: Door | undefined, backend: DoorBackend, packet?: Packet) => Answer;

/** The same for the same session, so that everybody shares its answers. */
export function exposureAsker(session: DoorSession): ExposureAsker {
  let asker = askers.get(session);
  if (!asker) {
    asker = makeAsker(session);
    askers.set(session, asker);
  }
  return asker;
}

const askers = new WeakMap<DoorSession, ExposureAsker>();

function makeAsker(session: DoorSession): ExposureAsker {
  const known = new Map<string, Answer>();
  const judge = relayJudgeIn(session);
  return (door, front, backend, packet) => {
    const key = `${door.id} ${front?.id ?? ''} ${backendKey(session, backend)} ${packet ? JSON.stringify(packet) : ''}`;
    let answer = known.get(key);
    if (!answer) {
      answer = door.controller
        ? entryAnswer(session, door, front, backend, judge(door))
        : directAnswer(session, door, backend, packet ? { packet } : {});
      known.set(key, answer);
    }
    return answer;
  };
}

/**
 * @param asked without a packet: to the backend's port, be it one or every one
 * @param clients absent: every address that no fact gives to the cluster
 */
export function directAnswer(
  session: DoorSession,
  door: Door,
  backend: DoorBackend,
  { packet, ...asked }: Asked,
  clients?: readonly AddressRange[],
): Answer {
  const endpoint = endpointOf(session.context, backend);
  const samples = typeof backend.port === 'number' ? [backend.port] : portSamples(session, endpoint, door.protocol);
  const packets = packet ? [packet] : samples.map((port) => transport(door.protocol, port));
  const parts = familiesOf(door, endpoint).flatMap((family) =>
    cutRanges(clients?.filter((range) => range.family === family) ?? outsideRanges(session, family), [
      ...doorStarts(session, door, family),
      ...packets.flatMap((own) => policyStarts(session, endpoint, own, family)),
    ]),
  );
  return exposedRanges(parts, (client) =>
    joinPorts(packets.map((own) => explainDirect(session.context, door, backend, client, { ...asked, packet: own }))),
  );
}

/** Where the door leads to every port, what all of those that stand for them share. */
function joinPorts(explained: readonly DoorExplanation[]): DoorExplanation {
  const first = explained[0]!;
  if (explained.length === 1) return first;
  const verdict = agreedVerdict(explained.map((one) => one.verdict));
  const differs = new Set(explained.map((one) => one.verdict)).size > 1;
  const shown = explained.find((one) => one.verdict === verdict) ?? first;
  return { ...shown, verdict, dependsOn: openOnly(verdict, [...explained.flatMap((one) => one.dependsOn), ...whichPort(differs)]) };
}

/** Cut where the front, the entry's own ranges or the policies of the controller's pods may change their mind; the backend never sees the client. */
function entryAnswer(session: DoorSession, door: Door, front: Door | undefined, backend: DoorBackend, judge: RelayJudge): Answer {
  const { context, world } = session;
  if (!front) {
    const parts = familiesOf(door, undefined).flatMap((family) =>
      cutRanges(outsideRanges(session, family), doorStarts(session, door, family)),
    );
    const few = controllerLegs(session).withFewPods(door);
    return exposedRanges(parts, (client) => withoutFront(context, few, backend, client, judge));
  }
  const taken = controllerLegs(session).front(door, front);
  const ends = taken.backends.map((pod) => world.endpoint(pod.endpoint!));
  const families = ([4, 6] as const).filter((family) => ends.some((end) => familiesOf(front, end).includes(family)));
  const parts = families.flatMap((family) =>
    cutRanges(outsideRanges(session, family), [
      ...doorStarts(session, front, family),
      ...doorStarts(session, door, family),
      ...taken.backends.flatMap((pod, index) => {
        const port = pod.port === 'any' ? door.port : pod.port;
        return policyStarts(session, ends[index], transport(door.protocol, typeof port === 'number' ? port : undefined), family);
      }),
    ]),
  );
  return exposedRanges(parts, (client) => throughFront(context, door, taken, backend, client, judge));
}

/** Judges what controllers open to backends, by the policies of both ends alone; each pair once. */
function relayJudgeIn({ analysis, world, context }: DoorSession): (door: Door) => RelayJudge {
  const known = new Map<string, ReturnType<RelayJudge>>();
  const { facts, hostEndpoints, nodeNetwork } = world;
  return (door) => (party: Party, backend) => {
    const source = party.kind === 'endpoint' ? party.endpoint.id : STAND_IN;
    const key = `${source} ${source === STAND_IN ? JSON.stringify(party) : ''} ${backend.endpoint ?? backend.address} ${backend.port} ${door.protocol}`;
    let judged = known.get(key);
    if (!judged) {
      const flow = relayFlow(context, door, party, backend);
      const cluster: Cluster = {
        ...context.orderFor(endpointOf(context, backend), flow.packet),
        facts,
        hostEndpoints,
        nodeNetwork,
        policing: context.policing,
      };
      judged =
        source === STAND_IN
          ? evaluate(cluster, flow)
          : explain(analysis, { source, destination: backend.endpoint ?? backend.address ?? '', packet: flow.packet });
      known.set(key, judged);
    }
    return judged;
  };
}

/** The definition of a layer-7 door, with few of the controller's pods. */
export function explainEntryIn(session: DoorSession, door: Door, backend: DoorBackend, client: Address): DoorExplanation {
  const { context, doors } = session;
  const legs = controllerLegs(session);
  const fronts = {
    byId: (id: string) => {
      const front = doors.byId(id);
      return front && legs.front(door, front);
    },
  };
  const hasFront = door.controller?.kind === 'pods' && door.controller.fronts.length > 0;
  return explainEntry(context, fronts, hasFront ? door : legs.withFewPods(door), backend, client, relayJudgeIn(session)(door));
}
