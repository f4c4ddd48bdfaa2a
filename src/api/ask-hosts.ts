import type { Analysis } from '../engine/index';
import type { DoorBackend } from '../model/door';
import { type AddressChoice, familyOfChoice } from '../model/endpoint';
import type { Unknown } from '../model/match';
import type { Packet } from '../model/verdict';
import { agreedVerdict } from '../model/verdict';
import type { Answer } from './ask';
import { askDialled, type DialledDoor, doorsDialledAt } from './ask-one-door';
import type { AnswerTo } from './ask-service';
import { formatPacket } from './packet';
import type { Peer } from './peers';

/*
 * Questions about ports of hosts: those that lead on to pods are asked about as such (see `ask-one-door`), all others are about what listens at the host.
 */

/** A question with both ends resolved. `to` may hold any endpoints; only ports of hosts lead on. */
export interface HostQuestion {
  readonly from: Peer;
  readonly to: Peer;
  readonly packet: Packet;
  /** About the ends and the packet; asked for only where a port leads on. */
  readonly notes: () => readonly string[];
}

/**
 * Undefined where no port of the hosts leads on.
 * @param answerTo answers about what listens there
 */
export function askHosts(analysis: Analysis, question: HostQuestion, answerTo: AnswerTo): Answer | undefined {
  const { from, to, packet } = question;
  if (to.kind !== 'endpoints') return undefined;
  const address = typeof to.at === 'string' ? to.at : undefined;
  const dialled = doorsDialledAt(analysis, to.endpoints, packet, address);
  if (dialled.length === 0) return undefined;
  if (from.kind === 'hypothetical') return askHypothetical(question, to, dialled, answerTo);
  const answer = askDialled(analysis, { from, to: to.id, packet, dialled, address });
  if (!answer) return undefined;
  const through = { ...answer, notes: [...question.notes(), ...answer.notes] };
  const certain = new Set(dialled.flatMap(({ endpoint, certainty }) => (certainty === 'yes' ? [endpoint] : [])));
  const endpoints = to.endpoints.filter((endpoint) => !certain.has(endpoint));
  if (endpoints.length === 0) return through;
  const isEither = endpoints.some((endpoint) => dialled.some((one) => one.endpoint === endpoint));
  return joinHosts(through, answerTo({ ...to, endpoints }, packet), isEither);
}

/** @param isEither of a host that may lead on to pods and may not, either may be the case; else the answers are about different hosts */
function joinHosts(through: Answer, atHost: Answer, isEither: boolean): Answer {
  const both = [through, atHost];
  const verdict = agreedVerdict(both.map((answer) => answer.verdict));
  const isMixed = through.verdict !== atHost.verdict;
  const shown = both.find((answer) => answer.verdict === verdict) ?? both.find((answer) => answer.verdict === 'denied') ?? through;
  const which: Unknown = isEither
    ? { kind: 'placement', text: `whether pods with that host port run there: if so ${through.verdict}, if not ${atHost.verdict}` }
    : { kind: 'condition', text: `which host: ${through.verdict} where the port leads on to pods, ${atHost.verdict} at the others` };
  return {
    ...shown,
    verdict,
    dependsOn: [...(isMixed ? [which] : []), ...shown.dependsOn],
    blockers: verdict === 'denied' ? shown.blockers : [],
    remedies: verdict === 'denied' ? shown.remedies : [],
    notes: [...new Set(both.flatMap((answer) => answer.notes))],
    parts: isMixed ? both.flatMap((answer) => answer.parts) : shown.parts,
  };
}

/**
 * A pod that nobody has deployed. It may be on that node, where its policies see the pods behind the port, or on another one, where they see the node; no
 * search is made for both at once.
 */
function askHypothetical(
  { packet }: HostQuestion,
  to: Extract<Peer, { readonly kind: 'endpoints' }>,
  dialled: readonly DialledDoor[],
  answerTo: AnswerTo,
): Answer {
  const atHost = answerTo(to, packet);
  // One node port is a door of every node, and leads to the same pods at each.
  const doors = [...new Set(dialled.map(({ door }) => door))];
  const isDenied = ({ endpoint, port }: DoorBackend) => {
    if (endpoint === undefined || typeof port !== 'number') return false;
    const behind: Peer = { kind: 'endpoints', id: to.id, endpoints: [endpoint], ...familyOf(to.at), notes: [] };
    return answerTo(behind, { ...packet, port }).verdict === 'denied';
  };
  const names = [...new Set(doors.map(({ id }) => `\`${id}\``))].join(', ');
  const told = `${formatPacket(packet)} of \`${to.id}\` leads on to pods by ${names}: this is what policies of such a pod say of the node`;
  const notes = [...atHost.notes, told];
  if (atHost.verdict === 'denied' && doors.every(({ backends }) => backends.every(isDenied))) return { ...atHost, notes };
  const { witness: _, ...answer } = atHost;
  const text = `on which node such a pod runs: on \`${to.id}\` its policies see the pods behind the port, on others the node`;
  return { ...answer, verdict: 'indeterminate', dependsOn: [{ kind: 'placement', text }], blockers: [], remedies: [], notes };
}

/** Translation keeps the family of what was dialled. */
function familyOf(at: AddressChoice | undefined): { readonly at?: 4 | 6 } {
  return at === undefined ? {} : { at: familyOfChoice(at) };
}
