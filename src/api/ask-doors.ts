import {
  type Analysis,
  type Catalogue,
  catalogueOf,
  type DoorAnswer,
  doorsTo,
  exposureOf,
  type OutsideReach,
  reachFromOutside,
} from '../engine/index';
import type { Door } from '../model/door';
import type { Unknown } from '../model/match';
import { distinctUnknowns } from '../model/match';
import type { Packet, Verdict } from '../model/verdict';
import type { AddressRange } from '../util/ip';
import { type AnswerPath, answerPath } from './answer-path';
import type { Answer } from './ask';
import { portsText } from './exposed-door';
import { nodeRemedyOf } from './node-remedy';
import { formatPacket } from './packet';
import { nameRanges } from './range-names';
import type { TraceStep } from './trace-step';

/*
 * Questions about the whole way from outside the cluster: allowed only if some door leads to that port and every point on the way lets the client through.
 */

/** What clients outside may open to some endpoints. */
export interface OutsideQuestion {
  /** Names of the ends, as resolved. */
  readonly from: string;
  readonly to: string;
  readonly endpoints: readonly number[];
  readonly packet: Packet;
  /** The clients as an endpoint could meet them: those of its address families. */
  readonly clientsOf: (endpoint: number) => readonly AddressRange[];
}

/** The parts of an answer that the way from outside decides. */
export type OutsideAnswer = Pick<
  Answer,
  'verdict' | 'egress' | 'ingress' | 'trace' | 'dependsOn' | 'assumptions' | 'blockers' | 'remedies' | 'notes' | 'parts'
> & { readonly path?: AnswerPath };

/** Answers by the doors of the endpoints. */
export function askThroughDoors(analysis: Analysis, question: OutsideQuestion): OutsideAnswer {
  const { endpoints, packet, clientsOf } = question;
  const catalogue = catalogueOf(analysis);
  const groups = alikeByDoors(analysis, endpoints).map((members) => ({
    members,
    reach: reachFromOutside(analysis, clientsOf(members[0]!), members[0]!, packet),
  }));
  const parts = partsOf(catalogue, groups);
  const verdict = parts.length === 1 ? parts[0]!.verdict : 'indeterminate';
  const doors = groups.flatMap(({ reach }) => reach.doors);
  const shown = shownDoor(doors, verdict);
  const path = shown && answerPath(shown.explanation);
  const trace = path ? path.steps.flatMap((step) => step.trace) : [];
  const isDenied = verdict === 'denied';
  return {
    verdict,
    // A client outside has no policies; what is judged at it and at its node is none of the cluster's.
    egress: 'allowed',
    ingress: path ? policyVerdict(path.steps) : 'denied',
    trace,
    dependsOn: parts.length > 1 ? [differenceOf(parts)] : isDenied ? [] : distinctUnknowns(groups.flatMap(({ reach }) => reach.dependsOn)),
    assumptions: doorAssumptions(
      catalogue,
      groups.flatMap(({ reach }) => reach.assumptions),
      verdict,
    ),
    blockers: isDenied ? blockersOf(trace) : [],
    remedies: isDenied ? [remedyOf(question, path)] : [],
    notes: doors.length > 0 ? [doorsNote(doors)] : noDoorNotes(analysis, question),
    parts: parts.map(({ verdict, flows, clients, pods }) => ({
      verdict,
      flows,
      examples: pods.length > 0 ? [...clients, ...pods] : clients,
    })),
    ...(path && { path }),
  };
}

/** Packets from addresses outside to the address of a pod, of which policy is asked alone. */
export interface DirectQuestion extends Pick<OutsideQuestion, 'endpoints' | 'to' | 'packet'> {
  readonly clients: readonly AddressRange[];
}

/** How such packets get there: by doors, which may say something else than policy says of the packet as it is, or by none. */
export function directNotes(analysis: Analysis, { endpoints, to, packet, clients }: DirectQuestion): readonly string[] {
  const own = new Set(endpoints);
  const leads = doorsToAny(analysis, endpoints).some(
    ({ protocol, backends }) =>
      protocol === packet.protocol &&
      backends.some(({ endpoint, port }) => endpoint !== undefined && own.has(endpoint) && (port === packet.port || port === 'any')),
  );
  if (leads) {
    const doors = alikeByDoors(analysis, endpoints).flatMap((members) => reachFromOutside(analysis, clients, members[0]!, packet).doors);
    if (doors.length === 0) return [];
    return [`this is what policy says of a packet to an address of \`${to}\` itself; ${doorsNote(doors)}`];
  }
  return [
    `no door from outside leads to ${formatPacket(packet)} of \`${to}\`: this is what policy says of a packet that gets there all the same, by the address of the pod`,
  ];
}

/** Doors from outside that lead to some of the endpoints, each once. */
function doorsToAny(analysis: Analysis, endpoints: readonly number[]): readonly Door[] {
  const doors = new Set(endpoints.flatMap((endpoint) => doorsTo(analysis, endpoint)));
  return [...doors].filter(({ kind }) => kind !== 'clusterIP');
}

/** Endpoints behind the same doors with the same answers, by the engine's own grouping; one of each is asked. */
function alikeByDoors(analysis: Analysis, endpoints: readonly number[]): readonly (readonly number[])[] {
  if (endpoints.length === 1) return [endpoints];
  const catalogue = catalogueOf(analysis);
  const workloads = [...new Set(endpoints.map((index) => catalogue.endpoint(index).workload))].filter((index) => index >= 0);
  const signatures = new Map<number, number[]>();
  exposureOf(analysis, { workloads })
    .flatMap(({ doors }) => doors)
    .forEach((exposure, number) => {
      for (const endpoint of exposure.endpoints) {
        const own = signatures.get(endpoint);
        if (own) own.push(number);
        else signatures.set(endpoint, [number]);
      }
    });
  const groups = new Map<string, number[]>();
  for (const endpoint of endpoints) {
    // Nodes are in no workload, and each is asked for itself.
    const key = catalogue.endpoint(endpoint).workload < 0 ? `node ${endpoint}` : (signatures.get(endpoint) ?? []).join();
    const group = groups.get(key);
    if (group) group.push(endpoint);
    else groups.set(key, [endpoint]);
  }
  return [...groups.values()];
}

interface Group {
  readonly members: readonly number[];
  readonly reach: OutsideReach;
}

interface Part {
  readonly verdict: Verdict;
  readonly flows: number;
  /** Who they are, in words. */
  readonly clients: readonly string[];
  /** Where the pods have different verdicts, which have this one. */
  readonly pods: readonly string[];
}

const MOST_EXAMPLES = 5;

function partsOf(catalogue: Catalogue, groups: readonly Group[]): readonly Part[] {
  const found = new Map<Verdict, { flows: number; readonly ranges: AddressRange[]; readonly pods: Set<number> }>();
  for (const { members, reach } of groups) {
    for (const { range, verdict } of reach.parts) {
      let part = found.get(verdict);
      if (!part) {
        part = { flows: 0, ranges: [], pods: new Set() };
        found.set(verdict, part);
      }
      part.flows += members.length;
      part.ranges.push(range);
      for (const member of members) part.pods.add(member);
    }
  }
  const areMixed = groups.length > 1;
  return [...found].map(([verdict, { flows, ranges, pods }]) => ({
    verdict,
    flows,
    clients: nameRanges(ranges, catalogue.facts).slice(0, MOST_EXAMPLES),
    pods: areMixed ? [...pods].slice(0, MOST_EXAMPLES).map((index) => catalogue.endpoint(index).id) : [],
  }));
}

/** A door that shows the verdict: of those that deny one at which policy does so, for that is what one can change. */
function shownDoor(doors: readonly DoorAnswer[], verdict: Verdict): DoorAnswer | undefined {
  const fitting = doors.filter(({ explanation }) => explanation.verdict === verdict);
  const atPolicy = fitting.find(({ explanation }) => explanation.shown.steps.at(-1)?.kind === 'point');
  return atPolicy ?? fitting[0] ?? doors[0];
}

/** Of the points on the way alone. */
export function policyVerdict(steps: AnswerPath['steps']): Verdict {
  const verdicts = steps.flatMap(({ kind, verdict }) => (kind === 'point' && verdict ? [verdict] : []));
  if (verdicts.includes('denied')) return 'denied';
  return verdicts.includes('indeterminate') ? 'indeterminate' : 'allowed';
}

function differenceOf(parts: readonly Part[]): Unknown {
  const texts = parts.map(({ verdict, clients, pods }) => {
    const at = pods.length > 0 ? ` at \`${pods.join('`, `')}\`` : '';
    return `${clients.join(', ')}${at} ${verdict}`;
  });
  return { kind: 'address', text: `which client${parts.some(({ pods }) => pods.length > 0) ? ' and pod' : ''}: ${texts.join('; ')}` };
}

/** The last certain denial of a way, if any: there it ends. None where the door itself denies, which is no policy. */
export function blockersOf(trace: readonly TraceStep[]): readonly TraceStep[] {
  return trace.filter(({ action, certainty }) => action === 'Deny' && certainty === 'yes').slice(-1);
}

/**
 * Of a denial, what is missing: a door (no `path`: none leads there), a door that admits the client, or a rule where policy denies, about the packet as it is
 * there.
 */
export function remedyOf({ from, to, packet }: Pick<OutsideQuestion, 'from' | 'to' | 'packet'>, path: AnswerPath | undefined): string {
  if (!path) return `a door that leads to ${formatPacket(packet)} of \`${to}\`, such as a Service of type LoadBalancer or an Ingress`;
  const last = path.steps.at(-1);
  if (last?.kind !== 'point') return `a door that admits \`${from}\`: ${last?.sentence ?? path.way}`;
  const { source, destination, protocol, port } = last.tuple;
  const packetText = formatPacket({ protocol, ...(port !== undefined && { port }) });
  const ofNode = blockersOf(last.trace).map((step) => nodeRemedyOf(step, protocol))[0];
  if (ofNode !== undefined) return `${last.sentence}: ${ofNode}`;
  return `${last.sentence}: a rule that allows ${packetText} from \`${source}\` to \`${destination}\``;
}

function doorsNote(doors: readonly DoorAnswer[]): string {
  const told = doors.map(({ door, front, verdict }) => `\`${front?.id ?? door.id}\` ${verdict}`);
  const shown = [...new Set(told)];
  const more = shown.length > MOST_EXAMPLES ? ` and ${shown.length - MOST_EXAMPLES} more` : '';
  return `doors that lead there: ${shown.slice(0, MOST_EXAMPLES).join(', ')}${more}`;
}

/** Nothing leads to that port: what leads to others tells a wrong port from a missing door. */
function noDoorNotes(analysis: Analysis, { endpoints, to, packet }: OutsideQuestion): readonly string[] {
  const own = new Set(endpoints);
  const others = new Set(
    doorsToAny(analysis, endpoints).flatMap(({ id, protocol, backends }) =>
      backends.flatMap(({ endpoint, port }) =>
        endpoint !== undefined && own.has(endpoint) ? [`\`${id}\` to ${portsText(protocol, port, port)}`] : [],
      ),
    ),
  );
  const shown = [...others].slice(0, MOST_EXAMPLES);
  return [
    `no door from outside leads to ${formatPacket(packet)} of \`${to}\`: no load balancer, node port, host port, external address, Ingress, Route or Gateway of the input`,
    ...(shown.length > 0 ? [`doors lead to other ports of it: ${shown.join(', ')}`] : []),
  ];
}

/** @param ofWays what the engine's answers about ways through doors assume */
export function doorAssumptions({ mode, origins }: Catalogue, ofWays: readonly string[], verdict: Verdict): readonly string[] {
  return [
    ...new Set([
      ...ofWays,
      ...(verdict !== 'allowed' && origins.cni === 'assumed' ? ['the network plugin enforces these policies (fact `cni`)'] : []),
      ...(mode === 'bundle' ? ['the input holds every policy and every Service, Ingress and Route of the cluster'] : []),
    ]),
  ];
}
