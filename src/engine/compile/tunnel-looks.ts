import type { NodeNetwork } from '../../model/host-endpoint';
import type { Snapshot } from '../../model/snapshot';
import { FAMILY_SHIFT, ON_HOST } from '../classes';
import { type AddressBlocks, flagsIn } from './address-blocks';
import { EndpointAddresses, type Texts, V4, V6 } from './endpoint-addresses';
import type { EndpointClasses } from './endpoint-classes';
import type { HostPlace } from './host-places';
import { truthsOfSignatures } from './peer-rows';
import type { Vocabulary } from './vocabulary';

/*
 * What processes of nodes look like to rules when they come through a tunnel (see `evaluate-crossing`). All of this is only worked out where some rule tells
 * that from what they look like else.
 */

/** The tunnels of a node of which nothing is told. */
export const NO_TUNNELS = 0;

/** Tunnels of nodes as numbers: those of one number lie in the same blocks. */
export class TunnelLooks {
  private readonly looks = new Map<string, number>();
  /** Addresses of one node of each look. */
  private readonly examples: (readonly string[])[] = [[]];
  /** Nets of pools that wrap packets: the address of a tunnel that is not told is in one of them. */
  private readonly nets: readonly string[];

  constructor({ pools, links = [] }: NodeNetwork, blocks: AddressBlocks) {
    this.nets = pools.filter(({ encapsulation }) => encapsulation !== 'never').map(({ net }) => net);
    const addresses = new EndpointAddresses(blocks);
    const numbers = new Map<number, number>();
    for (const { node, tunnels } of links) {
      if (tunnels.length === 0) continue;
      const signature = addresses.signatureOf({ addresses: tunnels, addressRanges: [] }, V4 | V6);
      if (!numbers.has(signature)) numbers.set(signature, this.examples.push(tunnels) - 1);
      this.looks.set(node, numbers.get(signature)!);
    }
  }

  lookOf(node: string | undefined): number {
    return (node === undefined ? undefined : this.looks.get(node)) ?? NO_TUNNELS;
  }

  /** Where the address lies that is seen of a process with addresses of these families; undefined: it is seen by its own. */
  seenBy(look: number, families: number): Texts | undefined {
    // Who has no address of any family may have one of each.
    const wanted = families === 0 ? V4 | V6 : families;
    const texts = [false, true].flatMap((v6) => {
      if ((wanted & (v6 ? V6 : V4)) === 0) return [];
      const isOf = (text: string) => text.includes(':') === v6;
      const told = this.examples[look]!.filter(isOf);
      return told.length > 0 ? told : this.nets.filter(isOf);
    });
    return texts.length > 0 ? { addresses: [], addressRanges: texts } : undefined;
  }
}

/** Does one of the net terms match some process by its own addresses and not by those of its tunnel, or the other way round? */
export function tellsTunnelsApart(
  { endpoints, nodeNetwork }: Snapshot,
  { netTerms }: Vocabulary,
  asked: ReadonlySet<number>,
  blocks: AddressBlocks,
): boolean {
  if (asked.size === 0 || nodeNetwork.pools.every(({ encapsulation }) => encapsulation === 'never')) return false;
  const looks = new TunnelLooks(nodeNetwork, blocks);
  const addresses = new EndpointAddresses(blocks);
  const pairs = new Map<string, readonly [own: number, seen: number]>();
  for (const endpoint of endpoints) {
    if (endpoint.network !== 'host') continue;
    const families = addresses.familiesOf(endpoint);
    const look = looks.lookOf(endpoint.node);
    for (const family of families === 0 ? [0] : [V4, V6]) {
      if ((families & family) !== family) continue;
      const seen = looks.seenBy(look, family);
      const own = addresses.signatureOf(endpoint, family);
      if (seen) pairs.set(`${own} ${look} ${family}`, [own, addresses.signatureOf(seen, V4 | V6)]);
    }
  }
  const different = [...pairs.values()].filter(([own, seen]) => own !== seen);
  if (different.length === 0) return false;
  return [...asked].some((net) => {
    const truths = truthsOfSignatures(addresses, flagsIn(blocks, net), netTerms[net]!);
    return different.some(([own, seen]) => truths[own] !== truths[seen]);
  });
}

/**
 * The address signature of each face as it is seen through the tunnel of its node; of pods, and towards ends without any address (of whom no pool is known,
 * so that nothing to them is taken to be wrapped), its own.
 */
export function facesThroughTunnels(
  { faceAddresses, firstFace, flags, places, addresses }: EndpointClasses,
  allPlaces: readonly HostPlace[],
  looks: TunnelLooks,
): Int32Array {
  const seen = faceAddresses.slice();
  for (let owner = 0; owner < flags.length; owner++) {
    if ((flags[owner]! & ON_HOST) === 0) continue;
    const first = firstFace[owner]!;
    const count = firstFace[owner + 1]! - first;
    const families = (flags[owner]! >>> FAMILY_SHIFT) & (V4 | V6);
    const { look } = allPlaces[places[owner]!]!;
    for (const [index, family] of (count === 1 ? [families] : [V4, V6]).entries()) {
      const texts = looks.seenBy(look, family);
      if (texts) seen[first + index] = addresses.signatureOf(texts, V4 | V6);
    }
  }
  return seen;
}
