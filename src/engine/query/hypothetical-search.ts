import { whereabouts } from '../../model/endpoint';
import { rangesOfFamily, rangesOfPods } from '../../model/internet';
import type { Unknown } from '../../model/match';
import { type Direction, type PacketTerm, rulesOf } from '../../model/policy';
import type { Packet, Party } from '../../model/verdict';
import { differenceOf, type IntervalSet, intersectionOf, intervalSet } from '../../util/interval-set';
import type { AskedEnd } from '../analysis';
import type { Analysis } from '../analyze';
import type { Directory } from '../directory';
import { crossingOf, sourcesOf } from '../evaluate-crossing';
import { type Family, familiesOf, matchSubject } from '../evaluate-match';
import { type Policing, policingOf } from '../evaluate-path';
import { AXIS_END } from '../packet-axis';
import { endpointIndexOf, partyOf } from './definition-input';
import { dropsTowards, positionsOf, withoutDropped } from './hypothetical-drops';
import { sortPlaces } from './place-sorts';
import { PodPolicies } from './pod-policies';
import { isUnsure, type Place, type PodShape, type PodTerms, podOf, shapeIn } from './pod-shape';
import type { ListedPolicy, WalkState } from './shape-split';
import { placesOfPeers, unselected, type WalkBudget, type WalkContext, type WalkTier, walk, walkTiers } from './shape-walk';

/*
 * The search for pods that get through. First the other end's policies are walked for all pods at once, in one namespace of each sort that they tell
 * apart, a new one before all others; what they let through is then walked through the policies that such pods have themselves, in each namespace of the
 * sort. Sorts and first walks are the same for all ends that have the same policies, so that many ends cost little more than one.
 */

/** A pod that nobody has deployed. */
export interface HypotheticalPod extends PodTerms {
  /** What answers call it. */
  readonly name: string;
  /** Index of the only namespace in which it may be; absent: any, or `newNamespace`. */
  readonly namespace?: number;
  /** The family of the addresses by which it meets the other end; absent: any that both have. */
  readonly family?: 4 | 6;
}

/** What was found. `unknowns` empty: such pods certainly get through with these packets. */
export interface Found {
  readonly shape: PodShape;
  readonly packets: IntervalSet;
  readonly unknowns: readonly Unknown[];
  /** It gets through on the node of the other end alone, which no policy guards. */
  readonly onItsNode: boolean;
  /** It would have to be of a service account that may not exist as it should; told among the unknowns too. */
  readonly isUnsure: boolean;
}

/** Steps of walks that one end may take, for first and later walks each; what then is not found counts as open. */
const MOST_STEPS = 20_000;
/** Shapes that a first walk may leave. */
const MOST_STATES = 1_000;

const IPV4: readonly Family[] = [4];

const ON_THE_WAY: Unknown = { kind: 'placement', text: 'which host endpoints such a pod meets on its way, and what they say' };
const TOGETHER: Unknown = { kind: 'account-labels', text: 'whether the service account of that name has such labels' };

/** The other end, with its own policies in the direction that is its own; an address has none. */
export interface OtherEnd {
  readonly party: Party;
  readonly policies?: OtherPolicies;
}

interface OtherPolicies {
  /** The same for ends with the same policies … */
  readonly key: number;
  /** … and for ends that no policy tells apart. */
  readonly owner: number;
  readonly listed: () => readonly ListedPolicy[];
}

/** What the policies of the other end let through, before anything is known of the pods' own. */
interface FirstWalk {
  readonly states: readonly WalkState[];
  readonly isComplete: boolean;
}

/** Looks for pods that get through, one place after the other. What it has not found within its steps counts as open, never as denied. */
export class HypotheticalSearch {
  private readonly analysis: Analysis;
  private readonly pod: HypotheticalPod;
  /** Of the pods: they open connections (`egress`), or are opened connections to. */
  private readonly direction: Direction;
  private readonly details: WalkContext['details'];
  private readonly places: readonly Place[];
  /** Names that a new namespace cannot have. */
  private readonly taken: readonly string[];
  private readonly own: PodPolicies;
  private readonly policing: Policing;
  private readonly prototype: Party;
  /** What nodes let out of all that pods send, on the packet axis. */
  private readonly sendable: IntervalSet;
  private readonly ownTiers = new Map<Place, readonly WalkTier[]>();
  private readonly lists = new Map<number, OtherList>();

  constructor(analysis: Analysis, pod: HypotheticalPod, direction: Direction, details: WalkContext['details'] = {}) {
    const { directory } = analysis;
    this.analysis = analysis;
    this.pod = pod;
    this.direction = direction;
    this.details = details;
    this.own = PodPolicies.of(directory, direction);
    this.taken = directory.namespaces.map(({ name }) => name);
    this.places = placesOf(directory, pod);
    this.policing = policingOf(directory);
    this.prototype = this.podOf(this.plainShape());
    const dropped = (directory.nodeNetwork.droppedFromPods ?? []).flatMap((packets) => positionsOf(packets, details));
    this.sendable = differenceOf([[0, AXIS_END - 1]], intervalSet(dropped));
  }

  /** The shape of all of the pods that are in the first place. */
  plainShape(): PodShape {
    return this.shapeIn(this.places[0]!);
  }

  /**
   * A pod of a shape, with as few labels as possible.
   * @param packet the one that the names of its port are about
   */
  podOf(shape: PodShape, packet?: Packet, node?: string): Extract<Party, { kind: 'endpoint' }> {
    const { podRanges } = this.analysis.directory.facts;
    const { protocol, port } = packet ?? {};
    const { name, family } = this.pod;
    const addressRanges = rangesOfPods({ podRanges });
    const hasPort = port !== undefined && (protocol === 'TCP' || protocol === 'UDP' || protocol === 'SCTP');
    const parts = podOf(shape, {
      name,
      addressRanges: family === undefined ? addressRanges : rangesOfFamily(addressRanges, family),
      ...(node !== undefined && { node }),
      ...(hasPort && { port: { protocol, port } }),
    });
    return { kind: 'endpoint', ...parts };
  }

  /**
   * Hands over pods that get through, until that answers not to go on.
   * @param wanted answers which packets are still worth a search for pods that certainly get through, or that only may
   * @returns whether the search was complete: what was not found is not there
   */
  find(end: OtherEnd, wanted: (isCertain: boolean) => IntervalSet, onFound: (found: Found) => boolean): boolean {
    const other = end.party;
    const isHost = other.kind === 'endpoint' && other.endpoint.network === 'host';
    const isOpenedByPod = this.direction === 'egress' || (other.kind === 'endpoint' && !isHost);
    const start = wanted(true);
    const left = (isCertain: boolean) => (isOpenedByPod ? intersectionOf(wanted(isCertain), this.sendable) : wanted(isCertain));
    const isPoliced = isHost ? this.policing.own || this.policing.forwarded : this.policing.forwarded;
    const onTheWay = isPoliced ? [ON_THE_WAY] : [];
    if (isHost && !this.findOnItsNode(other, left(true), onTheWay, onFound)) return false;
    const budget: WalkBudget = { steps: MOST_STEPS };
    let isComplete = true;
    for (const family of this.familiesWith(other)) {
      const handOver = this.withoutDropped(other, false, [family], onFound);
      const context = this.contextOf(this.asSeen(other, family), family, true);
      for (const [sort, places] of this.sortsFor(end).entries()) {
        if (left(true).length === 0) return true;
        const first = this.firstWalk(end, family, sort, places[0]!, start);
        isComplete &&= first.isComplete;
        for (const state of first.states) {
          for (const place of places) {
            const packets = intersectionOf(state.packets, left(state.unknowns.length + onTheWay.length === 0));
            if (packets.length === 0) break;
            let goesOn = true;
            const walked = walk(
              this.ownTiersIn(place),
              context,
              { ...state, shape: { ...state.shape, place }, packets },
              budget,
              (found) => {
                const unsure = isUnsure(found.shape);
                const more = unsure ? [...onTheWay, TOGETHER] : onTheWay;
                const unknowns = more.length > 0 ? [...found.unknowns, ...more] : found.unknowns;
                goesOn = handOver({ shape: found.shape, packets: found.packets, unknowns, onItsNode: false, isUnsure: unsure });
                return goesOn;
              },
            );
            if (!goesOn) return false;
            isComplete &&= walked === 'complete';
          }
        }
      }
    }
    return isComplete;
  }

  /**
   * Where the other end is a process of a node: pods on that node. The process always reaches them, and they reach it unless the node drops what they
   * send; only a tier that guards nodes holds them there, by what it and all other tiers say of their egress.
   */
  private findOnItsNode(other: Party, packets: IntervalSet, onTheWay: readonly Unknown[], onFound: (found: Found) => boolean): boolean {
    const { facts, tiers } = this.analysis.directory;
    const opens = this.direction === 'egress';
    if (packets.length === 0 || (opens && facts.cni === 'calico' && facts.endpointToHostAction === 'drop')) return true;
    const families = this.familiesWith(other);
    const handLeft = this.withoutDropped(other, true, families, onFound);
    const handOver = ({ shape, packets, unknowns }: WalkState) =>
      handLeft({ shape, packets, unknowns: [...unknowns, ...onTheWay], onItsNode: true, isUnsure: false });
    const guarding = new Set(tiers.filter(({ guardsOwnNode }) => guardsOwnNode).map(({ name }) => name));
    for (const place of this.places) {
      const state: WalkState = { shape: this.shapeIn(place), packets, unknowns: [] };
      const guards = opens ? this.own.at(place).filter(({ policy }) => guarding.has(policy.tier)) : [];
      if (guards.length === 0) return handOver(state);
      for (const family of families) {
        const context = this.contextOf(other, family, true);
        if (!unselected(guards, context, state).every(handOver)) return false;
        if (walk(this.ownTiersIn(place), context, state, { steps: MOST_STEPS }, handOver) === 'stopped') return false;
      }
    }
    return true;
  }

  /** Hands over what a process gets of what was found, whichever of the families is used. */
  private withoutDropped(
    other: Party,
    onItsNode: boolean,
    families: readonly Family[],
    onFound: (found: Found) => boolean,
  ): (found: Found) => boolean {
    const { nodeNetwork } = this.analysis.directory;
    const isMet = this.direction === 'egress' && other.kind === 'endpoint' && other.endpoint.network === 'host';
    if (!isMet || !nodeNetwork.droppedAtNodes) return onFound;
    const drops = dropsTowards(nodeNetwork, [this.prototype, other], { onItsNode, families, details: this.details });
    return (found) => withoutDropped(found, drops).every(onFound);
  }

  /** The namespaces in sorts that the other end's policies do not tell apart; each begins with the one that stands for all. */
  private sortsFor(end: OtherEnd): readonly (readonly Place[])[] {
    return end.policies ? this.listOf(end.policies).sorts : sortPlaces(this.places, []);
  }

  private listOf({ key, listed }: OtherPolicies): OtherList {
    let list = this.lists.get(key);
    if (!list) {
      const direction = opposite(this.direction);
      const policies = listed();
      const rules = policies.flatMap(({ policy }) => rulesOf(policy, direction) ?? []);
      const tiers = walkTiers(this.analysis.directory.tiers, policies, direction);
      list = {
        tiers,
        sorts: sortPlaces(
          placesOfPeers(tiers, this.places, this.taken),
          policies.map(({ policy }) => policy),
        ),
        firstWalks: new Map(),
        portNames: new Set(rules.flatMap(({ packets }) => (packets === 'any' ? [] : packets.flatMap(portNamesIn)))),
        looksAtMore: policies.some(({ isCertain }) => !isCertain) || rules.some(({ subject }) => subject !== undefined),
      };
      this.lists.set(key, list);
    }
    return list;
  }

  private firstWalk({ party, policies }: OtherEnd, family: Family, sort: number, place: Place, packets: IntervalSet): FirstWalk {
    const start: WalkState = { shape: this.shapeIn(place), packets, unknowns: [] };
    if (!policies || party.kind === 'address') return { states: [start], isComplete: true };
    const { tiers, firstWalks, portNames, looksAtMore } = this.listOf(policies);
    const ports = portNames.size === 0 ? '' : JSON.stringify(party.endpoint.ports.filter(({ name }) => portNames.has(name)));
    const key = `${sort} ${family} ${looksAtMore ? policies.owner : ''} ${ports}`;
    let first = firstWalks.get(key);
    if (!first) {
      const states: WalkState[] = [];
      const keep = (state: WalkState) => states.push(state) < MOST_STATES;
      const end = walk(tiers, this.contextOf(party, family, false), start, { steps: MOST_STEPS }, keep);
      first = { states, isComplete: end === 'complete' };
      firstWalks.set(key, first);
    }
    return first;
  }

  private ownTiersIn(place: Place): readonly WalkTier[] {
    let tiers = this.ownTiers.get(place);
    if (!tiers) {
      tiers = walkTiers(this.analysis.directory.tiers, this.own.at(place), this.direction);
      this.ownTiers.set(place, tiers);
    }
    return tiers;
  }

  /** As the definition has it; most pods and most other ends have IPv4 alone. */
  private familiesWith(other: Party): readonly Family[] {
    const [own, others] = [addressTexts(this.prototype), addressTexts(other)];
    const isSix = (text: string) => text.includes(':');
    if (own.length > 0 && others.length > 0 && !own.some(isSix) && !others.some(isSix)) return IPV4;
    const [source, destination] = this.direction === 'egress' ? [this.prototype, other] : [other, this.prototype];
    return familiesOf({ source, destination, packet: { protocol: 'TCP' } });
  }

  /** The other end as such pods see it: a process of another node perhaps by the address of its tunnel, and one of several where nobody knows which. */
  private asSeen(other: Party, family: Family): Party {
    if (this.direction === 'egress' || other.kind === 'address' || other.endpoint.network === 'pod') return other;
    const { sources } = sourcesOf(crossingOf(this.analysis.directory, other, this.prototype, family));
    if (sources.every((source) => source === other)) return other;
    return { ...other, endpoint: { ...other.endpoint, addresses: [], addressRanges: sources.flatMap(addressTexts) } };
  }

  private contextOf(other: Party, family: Family, podsAreJudged: boolean): WalkContext {
    const direction = podsAreJudged ? this.direction : opposite(this.direction);
    return {
      direction,
      podsAreJudged,
      other,
      prototype: this.prototype,
      family,
      details: this.details,
      peerMatches: new Map(),
      openRules: new Map(),
    };
  }

  private shapeIn(place: Place): PodShape {
    return shapeIn(place, this.pod, this.taken);
  }
}

/** The policies of the other end, and what follows from them alone. */
interface OtherList {
  readonly tiers: readonly WalkTier[];
  readonly sorts: readonly (readonly Place[])[];
  /** By the sort, and by what else of the end they look at. */
  readonly firstWalks: Map<string, FirstWalk>;
  /** They look at these names of its ports … */
  readonly portNames: ReadonlySet<string>;
  /** … or at more of it than that they select it. */
  readonly looksAtMore: boolean;
}

function portNamesIn(term: PacketTerm): readonly string[] {
  const { portNames, notPortNames, sourcePortNames, notSourcePortNames } = term;
  if (!portNames && !notPortNames && !sourcePortNames && !notSourcePortNames) return NO_NAMES;
  return [portNames, notPortNames, sourcePortNames, notSourcePortNames].flatMap((names) => names ?? []);
}

const NO_NAMES: readonly string[] = Object.freeze([]);

/** A new namespace first: nothing but policies over the whole cluster holds a pod there. */
function placesOf({ namespaces }: Directory, { namespace, newNamespace }: HypotheticalPod): readonly Place[] {
  if (newNamespace) return [{ index: undefined }];
  if (namespace !== undefined) return [{ index: namespace, namespace: namespaces[namespace]! }];
  return [{ index: undefined }, ...namespaces.map((own, index) => ({ index, namespace: own }))];
}

/** An endpoint or an address of the analysis as the other end. */
export function knownEnd(analysis: Analysis, end: AskedEnd, direction: Direction): OtherEnd {
  const party = partyOf(analysis, end);
  const index = endpointIndexOf(end);
  if (index === undefined) return { party };
  const { endpoints, classes } = analysis.model;
  const owner = endpoints.classOf[index]!;
  const key = (direction === 'egress' ? classes.ingressList : classes.egressList)[owner]!;
  return { party, policies: { key, owner, listed: () => listedPolicies(analysis, key) } };
}

/** One pod of which everything is given as the other end. */
export function givenEnd(analysis: Analysis, pod: HypotheticalPod, direction: Direction): OtherEnd {
  const search = new HypotheticalSearch(analysis, pod, opposite(direction));
  const shape = search.plainShape();
  const party = search.podOf(shape);
  const listed = () =>
    PodPolicies.of(analysis.directory, opposite(direction))
      .at(shape.place)
      .flatMap(({ policy }): readonly ListedPolicy[] => {
        const { truth } = matchSubject(policy, party);
        return truth === 'no' ? [] : [{ policy, isCertain: truth === 'yes' }];
      });
  return { party, policies: { key: -1, owner: -1, listed } };
}

function listedPolicies({ model, directory }: Analysis, list: number): readonly ListedPolicy[] {
  const { starts, states, parents, entries } = model.lists;
  const found: number[] = [];
  for (let at = starts[list]!; at < starts[list + 1]!; at++)
    for (let state = states[at]!; state >= 0; state = parents[state]!) found.push(entries[state]!);
  return found.sort((a, b) => a - b).map((entry) => ({ policy: directory.policies[entry >>> 1]!, isCertain: (entry & 1) === 0 }));
}

function addressTexts(party: Party): readonly string[] {
  if (party.kind === 'address') return [party.address];
  return whereabouts(party.endpoint);
}

function opposite(direction: Direction): Direction {
  return direction === 'egress' ? 'ingress' : 'egress';
}
