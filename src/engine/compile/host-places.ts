import type { Policy } from '../../model/policy';
import { actsAt, type HostKinds, NOBODY, type NodeHosts } from './host-kinds';

/*
 * Where something runs, as far as host endpoints make a difference: a *place* stands for all nodes at which flows meet host endpoints of the same kinds.
 * Most of the time that is all that matters of a node. Only where two ends on one node are treated differently from the same ends on two nodes alike,
 * a place is that one node: which happens where a node has host endpoints of single interfaces beside that of all others.
 */
export interface HostPlace extends NodeHosts {
  /** It stands for one node alone. */
  readonly isOne: boolean;
}

/** What runs at a node without host endpoints, or nobody knows where. */
export const ANYWHERE = 0;

export class HostPlaces {
  readonly places: HostPlace[] = [UNPOLICED];
  private readonly numbers = new Map<string, number>();
  private readonly pods = new Map<string, number>();
  private readonly processes = new Map<string, number>();

  constructor(kinds: HostKinds, policies: readonly Policy[]) {
    const isEarly = (policy: Policy) => actsAt(policy, 'untracked') || actsAt(policy, 'preDNAT');
    const early = new Set(kinds.policies.flatMap((policy, index) => (isEarly(policies[policy]!) ? [index] : [])));
    const hasEarly = (kind: number) => kind !== NOBODY && kinds.kinds[kind]!.entries.some((entry) => early.has(entry >>> 1));
    for (const [node, hosts] of kinds.passing) {
      const { inner, tunnel, outward } = hosts;
      this.pods.set(node, this.place({ ...hosts, loopback: NOBODY }, isJust(tunnel, inner) && isJust(outward, inner) ? undefined : node));
    }
    for (const [node, hosts] of kinds.own) {
      const { loopback, outward } = hosts;
      const isAlike = isJust(outward, loopback) && !hasEarly(loopback);
      this.processes.set(node, this.place({ ...hosts, inner: NOBODY }, isAlike ? undefined : node));
    }
  }

  placeOf(network: 'pod' | 'host', node: string | undefined): number {
    if (node === undefined) return ANYWHERE;
    return (network === 'pod' ? this.pods : this.processes).get(node) ?? ANYWHERE;
  }

  private place(hosts: NodeHosts, node: string | undefined): number {
    const key = JSON.stringify([hosts.inner, hosts.loopback, hosts.tunnel, hosts.outward, node]);
    if (key === JSON.stringify([NOBODY, NOBODY, [NOBODY], [NOBODY], undefined])) return ANYWHERE;
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.places.push({ ...hosts, isOne: node !== undefined }) - 1;
      this.numbers.set(key, number);
    }
    return number;
  }
}

const UNPOLICED: HostPlace = { inner: NOBODY, loopback: NOBODY, tunnel: [NOBODY], outward: [NOBODY], isOne: false };

function isJust(kinds: readonly number[], kind: number): boolean {
  return kinds.length === 1 && kinds[0] === kind;
}
