import type { NodeLink } from '../../model/host-endpoint';
import { type AddressRange, parseCidr } from '../../util/ip';

/** Nobody tells in which subnet a node is. */
export const UNTOLD_SUBNET = 0;
/** No other node is in its subnet for certain: one such node is in another subnet than any other node. */
export const LONE_SUBNET = 1;

/** Subnets of a node in either family, IPv4 first. */
export type SubnetIds = readonly [v4: number, v6: number];

/** The subnets of a node of which nothing is told. */
export const UNTOLD_SUBNETS: SubnetIds = [UNTOLD_SUBNET, UNTOLD_SUBNET];

/**
 * Subnets of nodes as numbers: different numbers are different subnets, except those that are `near` each other, of which nobody can tell. Nodes that
 * are alone in theirs share a number, so that a cluster of nodes with a network each has one subnet, and not thousands.
 */
export class Subnets {
  private readonly byNode = new Map<string, SubnetIds>();
  private readonly families: readonly [FamilySubnets, FamilySubnets];

  constructor(links: readonly NodeLink[]) {
    const netsOf = (v6: boolean) => links.map(({ subnets }) => subnets.find((net) => net.includes(':') === v6));
    const [v4, v6] = [numberSubnets(netsOf(false)), numberSubnets(netsOf(true))];
    this.families = [v4, v6];
    const known = new Map<string, SubnetIds>();
    for (const [index, { node }] of links.entries()) {
      const ids: SubnetIds = [v4.ids[index]!, v6.ids[index]!];
      const key = ids.join();
      // One object for all nodes with the same numbers.
      if (!known.has(key)) known.set(key, ids);
      this.byNode.set(node, known.get(key)!);
    }
  }

  idsOf(node: string | undefined): SubnetIds {
    return (node === undefined ? undefined : this.byNode.get(node)) ?? UNTOLD_SUBNETS;
  }

  /** Subnets within or around one, of family 0 (IPv4) or 1. */
  near(family: 0 | 1, id: number): readonly number[] {
    return this.families[family].near.get(id) ?? NONE;
  }
}

const NONE: readonly number[] = Object.freeze([]);

interface FamilySubnets {
  /** In the order of the nets. */
  readonly ids: readonly number[];
  readonly near: ReadonlyMap<number, readonly number[]>;
}

function numberSubnets(nets: readonly (string | undefined)[]): FamilySubnets {
  const members = new Map<string, number>();
  for (const net of nets) if (net !== undefined) members.set(net, (members.get(net) ?? 0) + 1);
  const nested = nestedPairs([...members.keys()]);
  const numbers = new Map<string, number>();
  let next = LONE_SUBNET + 1;
  for (const [net, count] of members) numbers.set(net, count === 1 && !nested.has(net) ? LONE_SUBNET : next++);
  return {
    ids: nets.map((net) => (net === undefined ? UNTOLD_SUBNET : numbers.get(net)!)),
    near: new Map([...nested].map(([net, others]) => [numbers.get(net)!, others.map((other) => numbers.get(other)!)])),
  };
}

/** For each net that lies in another or around one: those others. CIDRs never overlap in any other way. */
function nestedPairs(nets: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const ranges = nets.map((net): readonly [string, AddressRange] => [net, parseCidr(net)!]);
  ranges.sort(([, a], [, b]) => (a.low < b.low ? -1 : a.low > b.low ? 1 : a.high > b.high ? -1 : 1));
  const pairs = new Map<string, string[]>();
  const add = (net: string, other: string) => {
    const others = pairs.get(net);
    if (others) others.push(other);
    else pairs.set(net, [other]);
  };
  const around: (readonly [string, AddressRange])[] = [];
  for (const [net, range] of ranges) {
    while (around.length > 0 && around.at(-1)![1].high < range.low) around.pop();
    for (const [outer] of around) {
      add(net, outer);
      add(outer, net);
    }
    around.push([net, range]);
  }
  return pairs;
}
