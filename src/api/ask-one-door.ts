import {
  type Analysis,
  alikeGroups,
  catalogueOf,
  doorsAtNode,
  doorsOf,
  type NodeDoor,
  reachByDoor,
  reachFromInside,
} from '../engine/index';
import type { Door, DoorExplanation } from '../model/door';
import { type AddressChoice, familyOfChoice } from '../model/endpoint';
import type { Unknown } from '../model/match';
import { distinctUnknowns } from '../model/match';
import { formatRef } from '../model/source';
import type { Packet, Verdict } from '../model/verdict';
import { agreedVerdict } from '../model/verdict';
import { rangesWithout } from '../util/address-set';
import { type AddressRange, formatAddress, parseAddress } from '../util/ip';
import { type AnswerPath, answerPath } from './answer-path';
import type { Answer } from './ask';
import { blockersOf, doorAssumptions, policyVerdict, remedyOf } from './ask-doors';
import { formatPacket } from './packet';
import { internetFor, ownersByAddress, type Peer, rangesFor } from './peers';
import { nameRanges } from './range-names';

/*
 * Questions about an address and port that lead on to pods: a node port, a host port, an external address, a load balancer. The destination is translated on
 * the way, so that policies at the node see what was dialled and what it became, and those of the pods the latter alone. Which of the backends it is nobody
 * chooses: all of them have to agree.
 */

/** A door that a question dials; `certainty` as `NodeDoor` has it. */
export type DialledDoor = Pick<NodeDoor, 'door' | 'certainty'> & { readonly node?: string; readonly endpoint?: number };

/**
 * The doors that a port of hosts leads to; hosts without one are left out.
 * @param address of the host, where it is asked about by one of several
 */
export function doorsDialledAt(analysis: Analysis, hosts: readonly number[], packet: Packet, address?: string): readonly DialledDoor[] {
  return hosts.flatMap((endpoint) => doorsAtNode(analysis, endpoint, packet, address).map((found) => ({ ...found, endpoint })));
}

/** The doors of Services that clients outside dial at an address: external addresses, and those of load balancers. */
export function doorsDialledBy(analysis: Analysis, text: string, { protocol, port }: Packet): readonly DialledDoor[] {
  const parsed = parseAddress(text.trim());
  if (!parsed) return [];
  const address = formatAddress(parsed);
  const doors = doorsOf(analysis).filter(
    ({ kind, addresses, protocol: own, port: at }) =>
      (kind === 'externalIP' || kind === 'loadBalancer') && addresses.includes(address) && own === protocol && at === port,
  );
  return doors.map((door) => ({ door, certainty: 'yes' }));
}

/** A question about doors that are found already, each of which is asked about every client. */
export interface DialledQuestion {
  readonly from: Peer;
  /** Name of the destination, as resolved. */
  readonly to: string;
  readonly packet: Packet;
  readonly dialled: readonly DialledDoor[];
  /** The address that is dialled, where the question names it; absent: whichever gets through. */
  readonly address?: string | undefined;
}

/** What some clients get from one door. */
interface Outcome {
  readonly dialled: DialledDoor;
  readonly verdict: Verdict;
  readonly flows: number;
  readonly clients: readonly string[];
  readonly explanations: readonly DoorExplanation[];
  readonly dependsOn: readonly Unknown[];
  readonly assumptions: readonly string[];
}

/** Answers by the doors; undefined where a question has no client that could dial one. */
export function askDialled(analysis: Analysis, question: DialledQuestion): Answer | undefined {
  const { from, to, packet, dialled } = question;
  const outcomes = dialled.flatMap((one) => outcomesOf(analysis, question, one));
  if (outcomes.length === 0) return undefined;
  const verdict = agreedVerdict(outcomes.map((outcome) => outcome.verdict));
  const explanation = shownOf(outcomes, verdict);
  const path = explanation && answerPath(explanation);
  const trace = path ? path.steps.flatMap((step) => step.trace) : [];
  const parts = partsOf(question, outcomes);
  const isDenied = verdict === 'denied';
  const open = outcomes.filter((outcome) => outcome.verdict === 'indeterminate').flatMap((outcome) => outcome.dependsOn);
  const sides = path ? sidesOf(path) : ({ egress: 'allowed', ingress: 'denied' } as const);
  return {
    from: from.id,
    to,
    protocol: packet.protocol,
    ...(packet.port !== undefined && { port: packet.port }),
    verdict,
    ...sides,
    trace,
    dependsOn: distinctUnknowns([...(parts.length > 1 ? [differenceOf(from, parts)] : []), ...open]),
    assumptions: doorAssumptions(catalogueOf(analysis), isDenied ? [] : outcomes.flatMap((outcome) => outcome.assumptions), verdict),
    blockers: isDenied ? blockersOf(trace) : [],
    remedies: isDenied ? [remedy(question, outcomes[0]!.dialled.door, path)] : [],
    notes: [...new Set(dialled.flatMap((one) => notesOf(one, to, verdict, path)))],
    parts,
    ...(path && { path }),
  };
}

/** Every client by what it gets: addresses outside, and endpoints. */
function outcomesOf(analysis: Analysis, question: DialledQuestion, dialled: DialledDoor): readonly Outcome[] {
  const { from } = question;
  if (from.kind === 'hypothetical') return [];
  const inside = (endpoints: readonly number[], at?: AddressChoice) => outcomesInside(analysis, question, dialled, endpoints, at);
  if (from.kind === 'endpoints') return inside(from.endpoints, from.at);
  const owners = from.kind === 'addresses' ? from.owners : [];
  return [
    ...outcomesOutside(analysis, question, from, dialled),
    ...ownersByAddress(catalogueOf(analysis), owners).flatMap(([at, own]) => inside(own, at)),
  ];
}

function outcomesOutside(
  analysis: Analysis,
  { address, packet: { sourcePort } }: DialledQuestion,
  from: Extract<Peer, { readonly kind: 'addresses' | 'internet' }>,
  dialled: DialledDoor,
): readonly Outcome[] {
  const { door, node } = dialled;
  const clients = clientsOf(analysis, from, dialled, address);
  if (clients.length === 0) return [];
  if (door.backends.length === 0) return [nobodyBehind(dialled, [from.id], clients.length)];
  // An address that somebody names is asked about as the source of a packet that gets there; of the internet nobody knows whether it does.
  const asked = { door: door.id, ...placeDialled(node, address, sourcePort), presumesReach: from.kind === 'addresses' };
  const { parts, doors, dependsOn, assumptions } = reachByDoor(analysis, clients, asked);
  const verdicts = [...new Set(parts.map((part) => part.verdict))];
  return verdicts.map((verdict) => {
    const ranges = parts.filter((part) => part.verdict === verdict).map(({ range }) => range);
    const explanations = doors.map(({ explanation }) => explanation);
    const names = nameRanges(ranges, catalogueOf(analysis).facts);
    return { dialled, verdict, flows: ranges.length, clients: names, explanations, dependsOn, assumptions };
  });
}

/** What of a question goes on to the engine beside door and client. */
function placeDialled(node: string | undefined, address: string | undefined, sourcePort: number | undefined) {
  return {
    ...(node !== undefined && { node }),
    ...(address !== undefined && { address }),
    ...(sourcePort !== undefined && { sourcePort }),
  };
}

/** Clients outside, of the families that what is dialled has. */
function clientsOf(
  analysis: Analysis,
  from: Extract<Peer, { readonly kind: 'addresses' | 'internet' }>,
  { door, endpoint }: DialledDoor,
  address: string | undefined,
): readonly AddressRange[] {
  const known = address === undefined ? door.addresses.map(familyOfChoice) : [familyOfChoice(address)];
  const ofDoor = (ranges: readonly AddressRange[]) =>
    endpoint === undefined ? ranges.filter(({ family }) => known.includes(family)) : ranges;
  if (from.kind === 'internet') return ofDoor(internetFor(analysis, endpoint, address));
  const named = from.isNamed ? ofDoor(rangesFor(analysis, endpoint, from.ranges, address)) : from.ranges;
  return rangesWithout(
    named,
    from.owners.map(({ address: { family, value } }) => ({ family, low: value, high: value })),
  );
}

function outcomesInside(
  analysis: Analysis,
  { address, packet: { sourcePort } }: DialledQuestion,
  dialled: DialledDoor,
  endpoints: readonly number[],
  at: AddressChoice | undefined,
): readonly Outcome[] {
  const { door, node } = dialled;
  const catalogue = catalogueOf(analysis);
  const idOf = (endpoint: number) => catalogue.endpoint(endpoint).id;
  if (endpoints.length > 0 && door.backends.length === 0) return [nobodyBehind(dialled, endpoints.map(idOf), endpoints.length)];
  // What is behind the door may reach itself, which says nothing about others of its kind.
  const behind = new Set(door.backends.map(({ endpoint }) => endpoint));
  const groups = [
    ...alikeGroups(
      analysis,
      endpoints.filter((endpoint) => !behind.has(endpoint)),
      true,
    ),
    ...endpoints.filter((endpoint) => behind.has(endpoint)).map((endpoint) => [endpoint]),
  ];
  return groups.map((group) => {
    const client = { from: group[0]!, ...(at !== undefined && { fromAt: at }) };
    const reach = reachFromInside(analysis, { door: door.id, ...client, ...placeDialled(node, address, sourcePort) });
    return { dialled, flows: group.length, clients: group.map(idOf), ...reach };
  });
}

function nobodyBehind(dialled: DialledDoor, clients: readonly string[], flows: number): Outcome {
  return { dialled, verdict: 'denied', flows, clients, explanations: [], dependsOn: [], assumptions: [] };
}

/** An explanation that shows the verdict; of an open answer one that is open itself, else one that denies. */
function shownOf(outcomes: readonly Outcome[], verdict: Verdict): DoorExplanation | undefined {
  const all = outcomes.flatMap(({ explanations }) => explanations);
  const of = (wanted: Verdict) => {
    const fitting = all.filter((explanation) => explanation.verdict === wanted);
    return fitting.find(({ shown }) => shown.steps.at(-1)?.kind === 'point') ?? fitting[0];
  };
  return of(verdict) ?? of('denied') ?? all[0];
}

/** Where the client's own side denies, the other one was not asked. */
function sidesOf({ steps }: AnswerPath): Pick<Answer, 'egress' | 'ingress'> {
  const isOut = ({ trace }: AnswerPath['steps'][number]) => trace.some(({ direction }) => direction === 'egress');
  const egress = policyVerdict(steps.filter((step) => isOut(step)));
  return { egress, ingress: egress === 'denied' ? 'indeterminate' : policyVerdict(steps.filter((step) => !isOut(step))) };
}

function partsOf({ dialled }: DialledQuestion, outcomes: readonly Outcome[]): Answer['parts'] {
  const areManyNodes = new Set(dialled.map(({ node }) => node)).size > 1;
  return [...new Set(outcomes.map(({ verdict }) => verdict))].map((verdict) => {
    const own = outcomes.filter((outcome) => outcome.verdict === verdict);
    const examples = own.flatMap(({ clients, dialled: { node } }) =>
      clients.map((client) => (areManyNodes && node !== undefined ? `${client} → ${node}[Node]` : client)),
    );
    const flows = own.reduce((sum, outcome) => sum + outcome.flows, 0);
    return { verdict, flows, examples: [...new Set(examples)].slice(0, MOST_EXAMPLES) };
  });
}

const MOST_EXAMPLES = 5;

function differenceOf(from: Peer, parts: Answer['parts']): Unknown {
  const told = parts.map(({ verdict, examples }) => `${examples.map((example) => `\`${example}\``).join(', ')} ${verdict}`);
  return { kind: from.kind === 'endpoints' ? 'condition' : 'address', text: `which client: ${told.join('; ')}` };
}

function remedy({ from, to, packet }: DialledQuestion, door: Door, path: AnswerPath | undefined): string {
  if (!path) return `a pod behind \`${formatRef(door.object)}\``;
  const last = path.steps.at(-1);
  const pods = `a pod of \`${formatRef(door.object)}\``;
  if (last?.kind === 'door' && door.kind === 'clusterIP') return `${pods} on the node of the client, or internalTrafficPolicy Cluster`;
  // Source ranges hold whatever the policy says.
  if (last?.kind === 'door' && door.trafficPolicy === 'Local' && !door.sourceRanges)
    return `the address of a node that runs ${pods}, or externalTrafficPolicy Cluster`;
  return remedyOf({ from: from.id, to, packet }, path);
}

const DOOR_NAMES: Partial<Readonly<Record<Door['kind'], string>>> = {
  nodePort: 'node port',
  hostPort: 'host port',
  externalIP: 'external address',
  loadBalancer: 'load balancer',
};

/** What was dialled, and what says why where no policy was asked. */
function notesOf({ door, node, certainty }: DialledDoor, to: string, verdict: Verdict, path: AnswerPath | undefined): readonly string[] {
  const { protocol, port } = door;
  const packet = formatPacket({ protocol, ...(typeof port === 'number' && { port }) });
  const object = `\`${formatRef(door.object)}\``;
  const what = `${packet} of \`${node ?? to}\` ${certainty === 'yes' ? 'is' : 'may be'} the ${DOOR_NAMES[door.kind]} of ${object}`;
  const isNobodyThere = node !== undefined && verdict === 'denied' && door.trafficPolicy === 'Local' && path?.steps.at(-1)?.kind === 'door';
  return [
    `${what}, which sends connections on to pods`,
    ...(door.backends.length === 0 ? [`no pod of the input is behind ${object}: nobody answers`] : []),
    ...(isNobodyThere && door.backends.length > 0
      ? [`with externalTrafficPolicy Local \`${node}\` leads to pods of its own alone, and runs none of ${object}`]
      : []),
  ];
}
