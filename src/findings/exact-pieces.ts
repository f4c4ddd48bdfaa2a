import { verdictOf } from '../engine/index';
import type { TransportProtocol } from '../model/endpoint';
import { type Direction, HIGHEST_PORT, type Rule, TRANSPORT_PROTOCOLS } from '../model/policy';
import { compareBig } from '../util/address-set';
import { type Interval, type IntervalSet, intervalSet } from '../util/interval-set';
import { formatAddress, parseCidr } from '../util/ip';
import { connectionsWithout, unionOfConnections } from './connection-text';
import { actingAtNode, rulesAtHosts } from './host-policies';
import type { Piece } from './internet-reach';
import type { Group } from './selection';
import type { Survey } from './survey';

/*
 * Lists of flows are exact, but where untracked policies act on what processes of a node send and receive: there a list holds bounds. What it calls certain
 * is, what it leaves out is denied, and what lies between is asked here once more, packet by packet: one of each part that no rule, failsafe port or name of
 * a port on the way can tell apart.
 */

/** Questions for one group, and for all of a cluster (about two seconds): above it bounds are left as they are, since uploads can make them as many as they like. */
const MOST_QUESTIONS = 2_000;
const MOST_QUESTIONS_OF_ALL = 30_000;

/** Ranges × cuts of addresses × cuts of ports above which nobody counts the questions. */
const MOST_PARTS = 100_000;

/** Does a list say no more than bounds about this group and the outside? */
export function isBounded(survey: Survey, { network, meetsHosts, representative }: Group): boolean {
  // Of a process that may run anywhere nothing is certain but what its own policies deny, and that the list knows.
  if (!meetsHosts || network !== 'host' || representative.node === undefined) return false;
  return actingAtNode(survey, representative.node).policies.some(({ policy }) => policy.hook === 'untracked');
}

/** The same pieces, cut into parts of which the definition says one thing; as they are where that would take too long. */
export function exactPieces(survey: Survey, group: Group, direction: Direction, pieces: readonly Piece[]): readonly Piece[] {
  const asked = survey.recall('questions about bounds', '', () => ({ count: 0 }));
  if (asked.count > MOST_QUESTIONS_OF_ALL) return pieces;
  const { ports, addresses } = cutsOf(survey, group);
  if (pieces.length * (addresses[4].length + addresses[6].length + 1) * (ports.length + 1) > MOST_PARTS) return pieces;
  const parts = pieces.flatMap((piece) => {
    const { family, low, high } = piece.range;
    return cutAt(addresses[family], low, high).map((part): Piece => ({ ...piece, range: { family, low: part[0], high: part[1] } }));
  });
  const questions = parts.map((part) => ({ part, packets: packetsBetween(part, ports) }));
  const count = questions.reduce((sum, { packets }) => sum + packets.length, 0);
  if (count > MOST_QUESTIONS) return pieces;
  asked.count += count;
  const end = group.representative.id;
  return questions.map(({ part, packets }): Piece => {
    const { family, low } = part.range;
    const address = formatAddress({ family, value: low });
    const ends = direction === 'egress' ? { source: end, destination: address } : { source: address, destination: end };
    const answers = packets.map(({ protocol, range }) => {
      return { protocol, range, verdict: verdictOf(survey.analysis, { ...ends, packet: { protocol, port: range[0] } }) };
    });
    const answered = (wanted: 'allowed' | 'indeterminate'): Partial<Record<TransportProtocol, IntervalSet>> => {
      const chosen = answers.filter(({ verdict }) => verdict === wanted);
      const portsOf = (protocol: TransportProtocol) =>
        intervalSet(chosen.filter((one) => one.protocol === protocol).map(({ range }) => range));
      return Object.fromEntries(TRANSPORT_PROTOCOLS.map((protocol) => [protocol, portsOf(protocol)]));
    };
    const allowed = unionOfConnections(part.allowed, answered('allowed'));
    return { range: part.range, allowed, possible: unionOfConnections(allowed, answered('indeterminate')) };
  });
}

interface Packets {
  readonly protocol: TransportProtocol;
  /** Ports that nothing tells apart. */
  readonly range: Interval;
}

/** What is between the bounds. */
function packetsBetween({ allowed, possible }: Piece, cuts: readonly bigint[]): readonly Packets[] {
  const between = connectionsWithout(possible, allowed);
  return TRANSPORT_PROTOCOLS.flatMap((protocol) =>
    (between[protocol] ?? []).flatMap(([low, high]) =>
      cutAt(cuts, BigInt(low), BigInt(high)).map((part): Packets => ({ protocol, range: [Number(part[0]), Number(part[1])] })),
    ),
  );
}

/** Where parts start, ascending. */
interface Cuts {
  readonly ports: readonly bigint[];
  readonly addresses: Readonly<Record<4 | 6, readonly bigint[]>>;
}

function cutsOf(survey: Survey, { representative, selecting }: Group): Cuts {
  const { failsafeInbound, failsafeOutbound } = survey.snapshot.nodeNetwork;
  const acting = actingAtNode(survey, representative.node!);
  const failsafes = [...failsafeInbound, ...failsafeOutbound];
  const own = selecting.flatMap(({ policy: { ingress = [], egress = [] } }): readonly Rule[] => [...ingress, ...egress]);
  const rules = [...rulesAtHosts(acting), ...own];

  const ports = new Set<number>();
  const addPorts = ([low, high]: Interval) => {
    ports.add(low);
    if (high < HIGHEST_PORT) ports.add(high + 1);
  };
  // The answer to an untracked packet is judged with its ports exchanged, so that those of the source cut as well.
  for (const { ports: into, notPorts, sourcePorts, notSourcePorts } of rules.flatMap(({ packets }) => (packets === 'any' ? [] : packets)))
    for (const part of [into, notPorts, sourcePorts, notSourcePorts]) part?.forEach(addPorts);
  for (const { port } of failsafes) addPorts(port);
  for (const { port } of [representative, ...acting.hosts].flatMap((named) => named.ports)) addPorts([port, port]);

  const addresses = { 4: new Set<bigint>(), 6: new Set<bigint>() };
  const terms = rules.flatMap(({ peer, subject = 'any' }) => [peer, subject].flatMap((each) => (each === 'any' ? [] : each)));
  const nets = [
    ...terms.flatMap(({ nets: into = [], notNets = [] }) => [...into, ...notNets]),
    ...failsafes.flatMap(({ net }) => net ?? []),
  ];
  for (const net of new Set(nets)) {
    const { family, low, high } = parseCidr(net)!;
    addresses[family].add(low).add(high + 1n);
  }
  return {
    ports: [...ports].map(BigInt).sort(compareBig),
    addresses: { 4: [...addresses[4]].sort(compareBig), 6: [...addresses[6]].sort(compareBig) },
  };
}

/** `low … high` in parts, each of which starts at a cut between them. */
function cutAt(cuts: readonly bigint[], low: bigint, high: bigint): readonly (readonly [low: bigint, high: bigint])[] {
  const starts = [low, ...cuts.filter((cut) => cut > low && cut <= high)];
  return starts.map((start, index) => [start, index + 1 < starts.length ? starts[index + 1]! - 1n : high]);
}
