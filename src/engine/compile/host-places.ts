import type { Policy } from '../../model/policy';
import { actsAt, type HostKinds, NOBODY, type NodeHosts } from './host-kinds';
import { type SubnetIds, type Subnets, UNTOLD_SUBNETS } from './subnets';
import { NO_TUNNELS, type TunnelLooks } from './tunnel-looks';

/*
 * Where something runs, as far as host endpoints and what lies between nodes make a difference: a *place* stands for all nodes at which flows meet host
 * endpoints of the same kinds, that are in the same subnet, and whose tunnels look the same, each only where it matters. Most of the time that is all
 * that matters of a node. Only where two ends on one node are treated differently from the same ends on two nodes alike, a place is that one node: which
 * happens where a node has host endpoints of single interfaces beside that of all others.
 */
export interface HostPlace extends NodeHosts {
  /** It stands for one node alone. */
  readonly isOne: boolean;
  readonly subnets: SubnetIds;
  /** Id of a look (see `TunnelLooks`), for processes. */
  readonly look: number;
}

/** What runs at a node of which nothing matters, or nobody knows where. */
export const ANYWHERE = 0;

/** What lies between nodes, each absent where it makes no difference. */
export interface BetweenNodes {
  readonly subnets?: Subnets;
  readonly tunnels?: TunnelLooks;
}

export class HostPlaces {
  readonly places: HostPlace[] = [UNPOLICED];
  private readonly numbers = new Map<string, number>([[keyOf(UNPOLICED, undefined), ANYWHERE]]);
  /** Places that were asked for, by node. */
  private readonly known = { pod: new Map<string, number>(), host: new Map<string, number>() };
  private readonly pods = new Map<string, Met>();
  private readonly processes = new Map<string, Met>();
  private readonly between: BetweenNodes;

  constructor(kinds: HostKinds | undefined, policies: readonly Policy[], between: BetweenNodes = {}) {
    this.between = between;
    if (!kinds) return;
    const isEarly = (policy: Policy) => actsAt(policy, 'untracked') || actsAt(policy, 'preDNAT');
    const early = new Set(kinds.policies.flatMap((policy, index) => (isEarly(policies[policy]!) ? [index] : [])));
    const hasEarly = (kind: number) => kind !== NOBODY && kinds.kinds[kind]!.entries.some((entry) => early.has(entry >>> 1));
    for (const [node, hosts] of kinds.passing) {
      const { inner, tunnel, outward } = hosts;
      const isAlike = isJust(tunnel, inner) && isJust(outward, inner);
      this.pods.set(node, { hosts: { ...hosts, loopback: NOBODY }, isOne: !isAlike });
    }
    for (const [node, hosts] of kinds.own) {
      const { loopback, outward } = hosts;
      const isAlike = isJust(outward, loopback) && !hasEarly(loopback);
      this.processes.set(node, { hosts: { ...hosts, inner: NOBODY }, isOne: !isAlike });
    }
  }

  placeOf(network: 'pod' | 'host', node: string | undefined): number {
    if (node === undefined) return ANYWHERE;
    const known = this.known[network];
    let place = known.get(node);
    if (place === undefined) {
      place = this.place(network, node);
      known.set(node, place);
    }
    return place;
  }

  private place(network: 'pod' | 'host', node: string): number {
    const { hosts, isOne } = (network === 'pod' ? this.pods : this.processes).get(node) ?? NOTHING_MET;
    const { subnets, tunnels } = this.between;
    const place: HostPlace = {
      ...hosts,
      // A node without any host endpoint is like all others.
      isOne: isOne && !isUnpoliced(hosts),
      subnets: subnets ? subnets.idsOf(node) : UNTOLD_SUBNETS,
      look: network === 'host' && tunnels ? tunnels.lookOf(node) : NO_TUNNELS,
    };
    const key = keyOf(place, place.isOne ? node : undefined);
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.places.push(place) - 1;
      this.numbers.set(key, number);
    }
    return number;
  }
}

/** The host endpoints of a node, as one sort of ends meets them. */
interface Met {
  readonly hosts: NodeHosts;
  /** It matters whether two ends are on it both. */
  readonly isOne: boolean;
}

const NO_HOSTS: NodeHosts = { inner: NOBODY, loopback: NOBODY, tunnel: [NOBODY], outward: [NOBODY] };
const NOTHING_MET: Met = { hosts: NO_HOSTS, isOne: false };
const UNPOLICED: HostPlace = { ...NO_HOSTS, isOne: false, subnets: UNTOLD_SUBNETS, look: NO_TUNNELS };

function isUnpoliced({ inner, loopback, tunnel, outward }: NodeHosts): boolean {
  return inner === NOBODY && loopback === NOBODY && isJust(tunnel, NOBODY) && isJust(outward, NOBODY);
}

function keyOf({ inner, loopback, tunnel, outward, subnets, look }: HostPlace, node: string | undefined): string {
  return JSON.stringify([inner, loopback, tunnel, outward, subnets, look, node]);
}

function isJust(kinds: readonly number[], kind: number): boolean {
  return kinds.length === 1 && kinds[0] === kind;
}
