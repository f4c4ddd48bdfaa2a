import { type ClientGroup, type Decider, type DoorFacts, type ExposedDoor, portsText } from '../api/exposed-door';
import type { ServiceDoor } from '../api/exposed-service';
import type { DeadEnd, ExposedWorkload, Openness, WayOut } from '../api/exposure';
import type { DoorKind } from '../model/door';
import { formatPorts } from '../model/port-sets';
import { counted } from './text';

/*
 * Exposure in words: for each workload a few lines "who → by what", each with its reasons. What is alike is one line.
 */

/** Who gets through where, and why. */
export interface ExposureLine {
  /** Such as `any address`, `perhaps the internet`, `nobody`. */
  readonly who: string;
  /** Such as `load balancer shop/front[Service], TCP 443 → 8443`. */
  readonly target: string;
  /** The target is the workload's own, and names no object. */
  readonly isOwn: boolean;
  readonly details: readonly string[];
  /** What it rests on and nobody told. */
  readonly assumptions: readonly string[];
}

/** The first column: how far a workload is open, in a word. */
export const OPENNESS_LABELS: Readonly<Record<Openness, string>> = {
  internet: 'internet',
  internetPerhaps: 'internet?',
  outside: 'outside',
  outsidePerhaps: 'outside?',
  cluster: 'any pod',
  pods: 'some pods',
  nobody: 'nobody',
};

/** The lines of one workload: doors from outside, then Services inside, or what reaches its pods without one. */
export function exposureLines({ id, doors, services, strangers, newPods }: ExposedWorkload): readonly ExposureLine[] {
  const outside = joined(doors.flatMap((door) => doorLines(door, id)));
  const inside = joined(services.map((door) => serviceLine(door, id)));
  // Pods are open by their own addresses on ports that no Service leads to as well.
  const isTold = inside.some(({ who }) => who !== NOBODY) || (inside.length > 0 && newPods === 'none');
  return [...outside, ...inside, ...(isTold || newPods === undefined ? [] : [ownAddressLine(newPods, strangers, inside.length > 0)])];
}

const NOBODY = 'nobody';

interface PortLine extends ExposureLine {
  /** Of one object by one kind of door. */
  readonly place: string;
  readonly ports: string;
}

/** Ports of one door that are open to the same clients for the same reasons share a line. */
function joined(lines: readonly PortLine[]): readonly ExposureLine[] {
  const groups = new Map<string, PortLine[]>();
  for (const line of lines) {
    const key = JSON.stringify([line.who, line.place, line.details, line.assumptions]);
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()].map((own) => {
    const { who, place, isOwn, details, assumptions } = own[0]!;
    const ports = [...new Set(own.map((line) => line.ports))];
    return { who, target: `${place}, ${ports.join(', ')}`, isOwn, details, assumptions };
  });
}

/** Denied clients go without saying, unless there are no others. */
function doorLines(door: ExposedDoor, id: string): readonly PortLine[] {
  const { clients, portOutside, portInside, assumptions, endpoints } = door;
  const place = placeOf(door);
  const isOwn = isOwnKind(door.kind);
  const ports = portsText(door.front?.protocol ?? door.protocol, portOutside, portInside);
  const open = clients.filter(({ verdict }) => verdict !== 'denied');
  const some = endpoints.length > 0 ? [`of its pods only ${listed(endpoints)}`] : [];
  if (open.length === 0) {
    const reasons = [...new Set(clients.flatMap((group) => group.decidedBy.map((decider) => deciderText(decider, id))))];
    return [{ who: NOBODY, target: '', isOwn, place, ports, details: [...some, ...shortened(reasons)], assumptions: [] }];
  }
  return open.map((group) => ({
    who: `${group.verdict === 'indeterminate' ? 'perhaps ' : ''}${listed(group.clients)}`,
    target: '',
    isOwn,
    place,
    ports,
    details: [...some, ...groupDetails(group, assumptions, id)],
    assumptions,
  }));
}

/** What decides, then what it depends on. What the door itself says is left out where that, or an assumption, says it already. */
function groupDetails({ decidedBy, dependsOn }: ClientGroup, assumptions: readonly string[], id: string): readonly string[] {
  const told = [...dependsOn.map(({ text }) => text), ...assumptions];
  const isTold = ({ kind, sentence }: Decider) => kind === 'door' && told.some((text) => text.includes(sentence));
  const reasons = new Set(decidedBy.filter((decider) => !isTold(decider)).map((decider) => deciderText(decider, id)));
  const noPolicy = decidedBy.every(({ kind }) => kind === 'door') ? ['no policy has a say'] : [];
  return [...shortened([...reasons]), ...noPolicy, ...shortened(dependsOn.map(({ text }) => `depends on ${text}`))];
}

function serviceLine(door: ServiceDoor, id: string): PortLine {
  const { newPods, example, workloads, decidedBy, dependsOn = [], endpoints, portInside, protocol, port, servicePort } = door;
  const { allowed, conditional, total, names } = workloads;
  const some = endpoints.length > 0 ? [`of its pods only ${listed(endpoints)}`] : [];
  const reasons = shortened([...new Set(decidedBy.map((decider) => deciderText(decider, id)))]);
  const others = conditional > 0 ? `, ${conditional} perhaps` : '';
  const counts = allowed === 0 && conditional > 0 ? `perhaps ${conditional} of the other` : `${allowed} of the other`;
  const held =
    newPods === 'any' && allowed < total ? [`${counts} ${counted(total, 'workload')} get there${allowed > 0 ? others : ''}`] : [];
  const named = newPods !== 'any' && names.length > 0 ? [listed(names, allowed + conditional)] : [];
  const maker =
    newPods === 'some'
      ? [`and whoever creates a pod such as ${example}`]
      : newPods === 'perhaps' && allowed + conditional > 0
        ? ['and perhaps pods yet to be created']
        : [];
  return {
    who: insideText(newPods, allowed, conditional, total),
    target: '',
    isOwn: false,
    place: `${door.addresses.length === 0 && port === 'any' ? 'headless ' : ''}${door.object}`,
    ports: portsText(protocol, servicePort ?? port, portInside === 'any' ? (servicePort ?? port) : portInside),
    details: [...some, ...held, ...named, ...maker, ...reasons, ...shortened(dependsOn.map(({ text }) => `depends on ${text}`))],
    assumptions: [],
  };
}

function insideText(newPods: ServiceDoor['newPods'], allowed: number, conditional: number, total: number): string {
  if (newPods === 'any') return 'any pod';
  const existing = allowed + conditional;
  if (existing > 0) return `${allowed === 0 ? 'perhaps ' : ''}${existing} of ${counted(total, 'workload')}`;
  return newPods === 'none' ? NOBODY : newPods === 'some' ? 'no workload yet' : 'perhaps pods yet to be created';
}

function ownAddressLine(
  newPods: NonNullable<ExposedWorkload['newPods']>,
  strangers: ExposedWorkload['strangers'] = {},
  hasServices = false,
): ExposureLine {
  const who = { any: 'any pod', some: 'some pods', perhaps: 'perhaps some pods', none: NOBODY }[newPods];
  const ports = newPods === 'any' ? `, ${formatPorts(strangers)}` : hasServices ? ', on other ports' : '';
  return { who, target: `its own addresses${ports}`, isOwn: true, details: [], assumptions: [] };
}

const DOORS: Readonly<Record<DoorKind, string>> = {
  loadBalancer: 'load balancer',
  nodePort: 'node port',
  externalIP: 'external address',
  hostPort: 'host port',
  hostNetwork: 'network of the node',
  clusterIP: 'cluster address',
  ingress: 'Ingress',
  route: 'Route',
  gateway: 'Gateway',
  podAddress: 'address of the pod',
};

/** The way in, from what clients dial to what leads to the workload. */
function placeOf(door: ExposedDoor): string {
  const { front, kind, object, controller, gateway, hosts = [] } = door;
  if (!controller) return `${isOwnKind(kind) ? DOORS[kind] : doorText(door)}${addressText(door)}`;
  const names = hosts.length > 0 ? ` for ${listed(hosts)}` : '';
  const on = gateway === undefined ? '' : ` on ${gateway}`;
  const by = front ? `${doorText(front)}${addressText(front)}` : `${controller.name}${controller.isInInput ? '' : ' (not in the input)'}`;
  return `${object}${on}${names} by ${by}${front ? '' : addressText(door)}`;
}

function doorText({ kind, object }: DoorFacts): string {
  return `${DOORS[kind]} ${object}`;
}

/** Doors of the workload itself, which the line is about anyway. */
function isOwnKind(kind: DoorKind): boolean {
  return kind === 'hostPort' || kind === 'hostNetwork' || kind === 'podAddress';
}

function addressText({ kind, addresses, hostnames }: DoorFacts): string {
  if (kind === 'nodePort' || kind === 'hostPort' || kind === 'hostNetwork') return '';
  const told = [...hostnames, ...addresses];
  return told.length === 0 ? '' : ` at ${listed(told)}`;
}

/** A decision in words, with its place. The workload that the line is about needs no name. */
export function deciderText({ sentence, step }: Decider, workload?: string): string {
  if (step?.trigger === 'not-selected' && !step.host) return 'no policy selects its pods';
  // What is but a name is who decides.
  if (!step && /^(fact |source ranges |`[^`]+`$)/.test(sentence)) return `by ${sentence}`;
  const told = workload === undefined ? sentence : sentence.replaceAll(`\`${workload}\``, 'its pods');
  return step?.file === undefined ? told : `${told} (${step.file}:${step.line})`;
}

/** The line of a door behind which there is nothing, or nothing of the cluster. */
export function deadEndLine(end: DeadEnd | WayOut): ExposureLine {
  const { object, kinds, protocol, port, file, line } = end;
  const out = 'leadsTo' in end ? end : undefined;
  const inside = kinds.every((kind) => kind === 'clusterIP');
  const doors = kinds.filter((kind) => kind !== 'clusterIP').map((kind) => DOORS[kind]);
  return {
    who: out ? 'out' : 'nowhere',
    target: `${object}, ${portsText(protocol, port, out?.portInside ?? port)}${inside ? '' : ` (${doors.join(', ')})`}`,
    isOwn: false,
    details: [`${out ? `leads out of the cluster, to ${listed(out.leadsTo)}` : 'no pod of the input is behind it'} (${file}:${line})`],
    assumptions: [],
  };
}

const MOST_LISTED = 4;
const MOST_REASONS = 4;

/** `a, b, c and 5 more`. */
function listed(names: readonly string[], total = names.length): string {
  const shown = names.length > MOST_LISTED + 1 || total > names.length ? names.slice(0, MOST_LISTED) : names;
  const rest = total - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}

function shortened(reasons: readonly string[]): readonly string[] {
  return reasons.length > MOST_REASONS + 1
    ? [...reasons.slice(0, MOST_REASONS), `and ${reasons.length - MOST_REASONS} more reasons`]
    : reasons;
}
