import { droppedPeer, type NodeNetwork, type WrappedPackets } from '../../model/host-endpoint';
import type { Snapshot } from '../../model/snapshot';
import { RowPool } from '../kernel/row-pool';
import { type AddressBlocks, compileAddressBlocks } from './address-blocks';
import { compilePoolCodes, type PoolCodes } from './address-pools';
import { compileEndpointClasses, type EndpointClasses } from './endpoint-classes';
import { findHostKinds, type HostKinds, type NodeHosts } from './host-kinds';
import { type HostPlace, HostPlaces } from './host-places';
import { everyHostRule, type HostRuleTable, readHostRules } from './host-rules';
import { NamedMembers } from './named-members';
import { PacketSpecs } from './packet-specs';
import { PeerRows } from './peer-rows';
import { type PolicyTable, readPolicies } from './policies';
import { type CompiledRules, compileRules, type RuleWorks } from './rules';
import { type Bounds, SelectorRows } from './selector-rows';
import { Subnets } from './subnets';
import { facesThroughTunnels, TunnelLooks, tellsTunnelsApart } from './tunnel-looks';
import { ANY_PEER, Vocabulary } from './vocabulary';

/** The snapshot as bits: what endpoints and addresses there are to tell apart, and what each policy says about them. */
export interface CompiledCluster {
  readonly pool: RowPool;
  readonly classes: EndpointClasses;
  readonly blocks: AddressBlocks;
  readonly specs: PacketSpecs;
  /** What each policy selects. */
  readonly subjects: readonly Bounds[];
  readonly egress: CompiledRules;
  readonly ingress: CompiledRules;
  /** Policies of each tier, in order. */
  readonly tiers: readonly (readonly number[])[];
  /** What rules were compiled with, for what is only known of them when they are solved. */
  readonly works: RuleWorks;
  /** Undefined where there are no host endpoints. */
  readonly hosts: CompiledHosts | undefined;
  /** What nodes drop of what comes to their processes; undefined where they drop nothing. */
  readonly drops: CompiledDrops | undefined;
  /** What lies between nodes; undefined where it makes no difference. */
  readonly crossings: CompiledCrossings | undefined;
  /** The same cluster for what comes through tunnels, where some rule tells that apart: processes of nodes have the addresses of these. */
  readonly throughTunnels?: CompiledCluster;
}

export interface CompiledCrossings {
  readonly places: readonly HostPlace[];
  readonly pools: PoolCodes;
  /** Undefined where it makes no difference in which subnets nodes are. */
  readonly subnets: Subnets | undefined;
}

export interface CompiledDrops {
  /** What is dropped, and the peer of whom. */
  readonly drops: readonly { readonly packets: WrappedPackets; readonly peer: number }[];
  /** By which address processes see pods; undefined where their own nodes drop such packets of all pods, so that none ever come to a process. */
  readonly pools: PoolCodes | undefined;
}

/** What is known of host endpoints. */
export interface CompiledHosts {
  readonly kinds: HostKinds;
  readonly places: readonly HostPlace[];
  readonly rules: HostRuleTable;
  readonly pools: PoolCodes;
}

/** Reads all rules before any endpoint: they tell which labels, ports and addresses have to be told apart at all. */
export function compile(snapshot: Snapshot): CompiledCluster {
  const vocabulary = new Vocabulary();
  const specs = new PacketSpecs();
  const policies = readPolicies(snapshot, vocabulary, specs);
  const kinds = findHostKinds(snapshot);
  const hostRules = kinds && readHostRules(snapshot, kinds, vocabulary, specs);
  const { pools, links = [], droppedAtNodes = [] } = snapshot.nodeNetwork;
  const netsOfPools = () => pools.map(({ net }) => vocabulary.net(net));
  const dropsOfPods = passFromPods(snapshot.nodeNetwork);
  const drops = droppedAtNodes.map((drop) => ({
    packets: drop.packets,
    peer: vocabulary.peer([droppedPeer(drop, dropsOfPods ? 'yes' : 'no')]),
  }));
  let poolNets = kinds || dropsOfPods ? netsOfPools() : [];
  let blocks = compileAddressBlocks(vocabulary.netTerms);
  const seesTunnels = tellsTunnelsApart(snapshot, vocabulary, sourceNets(policies, hostRules, vocabulary), blocks);
  if (seesTunnels && poolNets.length === 0) {
    poolNets = netsOfPools();
    blocks = compileAddressBlocks(vocabulary.netTerms);
  }
  const crosses = kinds !== undefined || seesTunnels;
  const isAcross = pools.some(({ encapsulation }) => encapsulation === 'acrossSubnets');
  const subnets = isAcross && (seesTunnels || (kinds && tunnelsDiffer(kinds))) ? new Subnets(links) : undefined;
  const tunnels = seesTunnels ? new TunnelLooks(snapshot.nodeNetwork, blocks) : undefined;
  const places = crosses
    ? new HostPlaces(kinds, snapshot.policies, { ...(subnets && { subnets }), ...(tunnels && { tunnels }) })
    : undefined;
  const demands = {
    needsFaces: crosses || policies.askSubjects,
    ...(places && { places, mayMask: kinds?.policesOwn === true }),
  };
  const classes = compileEndpointClasses(snapshot, vocabulary, specs, blocks, demands);
  const pool = new RowPool(classes.faceCount + blocks.count);
  const selectors = new SelectorRows(pool, classes, vocabulary, snapshot);
  const seenFaces = tunnels && facesThroughTunnels(classes, places!.places, tunnels);
  const peers = new PeerRows(pool, classes, blocks, vocabulary, selectors);
  const works = { pool, peers, specs, named: new NamedMembers(pool, classes), portMaps: classes.portMaps };
  const poolCodes = crosses || dropsOfPods ? compilePoolCodes(pools, poolNets, classes, blocks) : undefined;
  const plain: CompiledCluster = {
    pool,
    classes,
    blocks,
    specs,
    subjects: Array.from(policies.subjects, (selector) => selectors.rowsOf(selector)),
    egress: compileRules(policies.egress, 'egress', works),
    ingress: compileRules(policies.ingress, 'ingress', works),
    tiers: policies.tiers,
    works,
    hosts: hostRules && { kinds: kinds!, places: places!.places, rules: hostRules, pools: poolCodes! },
    drops: drops.length > 0 ? { drops, pools: dropsOfPods ? poolCodes : undefined } : undefined,
    crossings: poolCodes && places && { places: places.places, pools: poolCodes, subnets },
  };
  if (!seenFaces) return plain;
  const seenPeers = new PeerRows(pool, { ...classes, faceAddresses: seenFaces }, blocks, vocabulary, selectors);
  const seenWorks = { ...works, peers: seenPeers };
  const seen = compileRules(policies.ingress, 'ingress', seenWorks);
  // What leaves nothing for later policies must do so whoever comes.
  const final = plain.ingress.final.map((isFinal, policy) => isFinal & seen.final[policy]!);
  const ingress = { ...plain.ingress, final };
  return { ...plain, ingress, throughTunnels: { ...plain, ingress: { ...seen, final }, works: seenWorks } };
}

/** Do pods get something out that processes of other nodes may not get from them? */
function passFromPods({ droppedFromPods = [], droppedAtNodes = [] }: NodeNetwork): boolean {
  const dropped = new Set(droppedFromPods.map((packets) => JSON.stringify(packets)));
  return droppedAtNodes.some(({ packets }) => !dropped.has(JSON.stringify(packets)));
}

/** Net terms by which rules look at the source of what comes to pods, or passes host endpoints. */
function sourceNets({ ingress }: PolicyTable, hostRules: HostRuleTable | undefined, { peers, terms }: Vocabulary): ReadonlySet<number> {
  const atHosts = hostRules ? everyHostRule(hostRules) : [];
  const asked = new Set([
    ...ingress.peers.values.subarray(0, ingress.peers.length),
    ...atHosts.flatMap(({ peer, subject }) => [peer, subject]),
  ]);
  asked.delete(ANY_PEER);
  const nets = new Set<number>();
  for (const peer of asked) {
    for (const term of peers.tuple(peer)) {
      const net = terms.tuple(term)[2]!;
      if (net >= 0) nets.add(net);
    }
  }
  return nets;
}

/** Does some node have another host endpoint at its tunnel than at its outward interface? */
function tunnelsDiffer({ passing, own }: HostKinds): boolean {
  const differ = ({ tunnel, outward }: NodeHosts) => tunnel.length !== 1 || outward.length !== 1 || tunnel[0] !== outward[0];
  return [...passing.values(), ...own.values()].some(differ);
}
