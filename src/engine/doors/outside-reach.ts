import type { Door, DoorBackend, DoorExplanation, DoorExposure } from '../../model/door';
import type { Unknown } from '../../model/match';
import { distinctUnknowns } from '../../model/match';
import type { Packet, Verdict } from '../../model/verdict';
import { agreedVerdict } from '../../model/verdict';
import { compareBig, formatRange, rangesWithout } from '../../util/address-set';
import { invariant } from '../../util/invariant';
import { type Address, type AddressRange, parseCidr } from '../../util/ip';
import type { Analysis } from '../analyze';
import { cutRanges } from './cuts';
import { type Asked, explainDirect, published } from './explain-door';
import { directAnswer, type ExposureAsker, explainEntryIn, exposureAsker } from './exposure';
import { answeringBackends, whichBackend } from './one-door';
import { readRange } from './ranges';
import { type DoorSession, doorSession } from './session';
import { transport } from './tuple';
import { best } from './ways';

/** What clients outside may open to a port of an endpoint: by any door that leads there, as directly they cannot. */
export interface OutsideReach {
  /** What all of the clients have in common, else `indeterminate`. */
  readonly verdict: Verdict;
  /** The clients by verdict, in order; neighbours differ. */
  readonly parts: readonly OutsidePart[];
  /** Every door that leads to that port, with what it says of the clients. */
  readonly doors: readonly DoorAnswer[];
  /** What would settle what is open. */
  readonly dependsOn: readonly Unknown[];
  readonly assumptions: readonly string[];
}

/** Clients without a gap between them that get the same. */
export interface OutsidePart {
  readonly range: AddressRange;
  readonly verdict: Verdict;
}

/** What one door says of the clients, as if there were no other door. */
export interface DoorAnswer {
  readonly door: Door;
  /** Layer 7: the door that is dialled. */
  readonly front?: Door;
  /** What all of the clients have in common, else `indeterminate`. */
  readonly verdict: Verdict;
  /** Of the first client with the best verdict that any of them has. */
  readonly explanation: DoorExplanation;
}

/**
 * May clients with these addresses open this packet's connection to the endpoint? Allowed only if some door leads to that port of it and every point on
 * the way lets it through. Clients that a fact gives to the cluster are none outside and are left out.
 */
export function reachFromOutside(analysis: Analysis, clients: readonly AddressRange[], endpoint: number, packet: Packet): OutsideReach {
  const session = doorSession(analysis);
  const { podRanges, nodeRanges, serviceRanges } = session.world.facts;
  const outside = rangesWithout(
    clients,
    [...podRanges, ...nodeRanges, ...serviceRanges].map((text) => parseCidr(text)!),
  );
  const leading = leadingDoors(session, endpoint, packet);
  const asker = exposureAsker(session);
  const answers = leading.flatMap((lead) => answersOf(session, asker, lead));
  return joinAnswers(session, outside, answers, best);
}

/** One door, as clients dial it. */
export interface DoorDialled extends Pick<Asked, 'node' | 'address' | 'presumesReach'> {
  /** Id of a door that leads to its backends itself. */
  readonly door: string;
  readonly sourcePort?: number;
}

/**
 * May clients with these addresses open a connection to the door? Which of its backends they get nobody chooses, so that all of them have to agree. The
 * clients are taken to be outside, whatever facts say of their addresses.
 */
export function reachByDoor(
  analysis: Analysis,
  clients: readonly AddressRange[],
  { door: id, sourcePort, ...dialled }: DoorDialled,
): OutsideReach {
  const session = doorSession(analysis);
  const door = session.doors.byId(id);
  invariant(door && !door.controller, 'the door leads to its backends itself');
  const answers = answeringBackends(session, door, dialled.node).map((backend): RangesOfDoor => {
    const asked: Asked = { ...dialled, ...withPacket(door, backend, sourcePort) };
    return { door, backend, asked, front: undefined, ...directAnswer(session, door, backend, asked, clients) };
  });
  const reach = joinAnswers(session, clients, answers, agreedVerdict);
  const differ =
    reach.verdict === 'indeterminate'
      ? whichBackend(
          session,
          reach.doors.map(({ verdict, explanation: { backend } }) => ({ verdict, backend })),
        )
      : [];
  return { ...reach, dependsOn: distinctUnknowns([...differ, ...reach.dependsOn]) };
}

/** @param join what the answers say together of one client */
function joinAnswers(
  session: DoorSession,
  outside: readonly AddressRange[],
  answers: readonly RangesOfDoor[],
  join: (verdicts: readonly Verdict[]) => Verdict,
): OutsideReach {
  const parts = partsOf(outside, answers, join);
  const verdict = agreedVerdict(parts.map((part) => part.verdict));
  const doors = answers.flatMap((answer): readonly DoorAnswer[] => {
    const { door, front, ranges } = answer;
    const own = partsOf(outside, [{ ranges }], join);
    const verdicts = own.map((part) => part.verdict);
    const first = own.find((part) => part.verdict === best(verdicts));
    if (!first) return [];
    const explanation = explainOne(session, answer, { family: first.range.family, value: first.range.low });
    return [{ door, ...(front && { front }), verdict: agreedVerdict(verdicts), explanation }];
  });
  const isDecided = verdict !== 'indeterminate';
  const differByClient = !isDecided && parts.every((part) => part.verdict !== 'indeterminate');
  const open = isDecided ? [] : answers.flatMap(({ ranges }) => openOf(outside, ranges));
  return {
    verdict,
    parts,
    doors,
    dependsOn: distinctUnknowns([...open, ...(differByClient && open.length === 0 ? [whichClient(parts)] : [])]),
    assumptions: [...new Set(answers.flatMap(({ assumptions, ranges }) => (letsThrough(outside, ranges) ? assumptions : [])))],
  };
}

interface Leading {
  readonly door: Door;
  readonly backend: DoorBackend;
  /** The packet only where it tells more than a protocol and a port. */
  readonly asked: Asked;
}

/** Doors from outside whose backend is that port of the endpoint. What has no ports goes only to an address that is the endpoint's own. */
function leadingDoors({ doors }: DoorSession, endpoint: number, packet: Packet): readonly Leading[] {
  const { protocol, port, sourcePort } = packet;
  return doors.to(endpoint).flatMap((door) => {
    if (door.kind === 'clusterIP') return [];
    if (port === undefined) {
      const own =
        door.protocol === 'TCP' && door.port === 'any' ? door.backends.find((backend) => backend.endpoint === endpoint) : undefined;
      return own ? [{ door, backend: own, asked: { packet } }] : [];
    }
    if (door.protocol !== protocol) return [];
    return door.backends.flatMap((backend): readonly Leading[] => {
      if (backend.endpoint !== endpoint) return [];
      if (backend.port !== 'any' && backend.port !== port) return [];
      const own = { ...backend, port };
      return [{ door, backend: own, asked: withPacket(door, own, sourcePort) }];
    });
  });
}

/** The packet as the backend gets it, where the client's port is told. A controller opens connections of its own, from ports that nobody knows. */
function withPacket({ protocol, controller }: Door, { port }: DoorBackend, sourcePort: number | undefined): Pick<Asked, 'packet'> {
  if (sourcePort === undefined || controller) return {};
  return { packet: transport(protocol, typeof port === 'number' ? port : undefined, sourcePort) };
}

interface RangesOfDoor extends Leading {
  readonly front: Door | undefined;
  readonly ranges: DoorExposure['ranges'];
  readonly assumptions: readonly string[];
}

/** What the door lets through, front by front. */
function answersOf({ doors }: DoorSession, asker: ExposureAsker, lead: Leading): readonly RangesOfDoor[] {
  const { door, backend, asked } = lead;
  const fronts = door.controller?.kind === 'pods' ? door.controller.fronts.flatMap((id) => doors.byId(id) ?? []) : [];
  return (fronts.length > 0 ? fronts : [undefined]).map((front) => ({ ...lead, front, ...asker(door, front, backend, asked.packet) }));
}

/** The clients in parts, each with what the answers that speak of it say together; where none does, no door leads. */
function partsOf(
  clients: readonly AddressRange[],
  answers: readonly { readonly ranges: DoorExposure['ranges'] }[],
  join: (verdicts: readonly Verdict[]) => Verdict,
): readonly OutsidePart[] {
  const lists = answers.map(({ ranges }) => ranges.map((range) => ({ ...readRange(range), verdict: range.verdict })));
  const starts = lists.flat().flatMap(({ low, high }) => [low, high + 1n]);
  const parts: OutsidePart[] = [];
  const ordered = [...clients].sort((a, b) => a.family - b.family || compareBig(a.low, b.low));
  for (const range of cutRanges(ordered, starts)) {
    const verdicts = lists.flatMap(
      (list) => list.find((own) => own.family === range.family && own.low <= range.low && range.low <= own.high) ?? [],
    );
    const verdict = join(verdicts.map((own) => own.verdict));
    const last = parts.at(-1);
    if (last && last.verdict === verdict && last.range.family === range.family && last.range.high + 1n === range.low)
      parts[parts.length - 1] = { verdict, range: { ...last.range, high: range.high } };
    else parts.push({ range, verdict });
  }
  return parts;
}

/** The definition's words for one client, by the front that is meant. */
function explainOne(session: DoorSession, { door, front, backend, asked }: RangesOfDoor, client: Address): DoorExplanation {
  if (!door.controller) return published(explainDirect(session.context, door, backend, client, asked));
  const controller = door.controller.kind === 'pods' && front ? { ...door.controller, fronts: [front.id] } : door.controller;
  return published(explainEntryIn(session, { ...door, controller }, backend, client));
}

function overlaps(clients: readonly AddressRange[], range: AddressRange): boolean {
  return clients.some(({ family, low, high }) => family === range.family && low <= range.high && range.low <= high);
}

/** What the open ranges of the clients depend on. */
function openOf(clients: readonly AddressRange[], ranges: DoorExposure['ranges']): readonly Unknown[] {
  return ranges.flatMap((range) => (range.verdict === 'indeterminate' && overlaps(clients, readRange(range)) ? range.dependsOn : []));
}

function letsThrough(clients: readonly AddressRange[], ranges: DoorExposure['ranges']): boolean {
  return ranges.some((range) => range.verdict !== 'denied' && overlaps(clients, readRange(range)));
}

/** Where every client is decided and they differ, what it depends on is the client. */
function whichClient(parts: readonly OutsidePart[]): Unknown {
  const through = parts.filter(({ verdict }) => verdict === 'allowed').map(({ range }) => `\`${formatRange(range)}\``);
  const more = through.length > MOST_RANGES ? ` and ${through.length - MOST_RANGES} more ranges` : '';
  return { kind: 'address', text: `which client: ${through.slice(0, MOST_RANGES).join(', ')}${more} get through, the others do not` };
}

const MOST_RANGES = 3;
