import type { Snapshot } from '../../model/snapshot';
import { RowPool } from '../kernel/row-pool';
import { type AddressBlocks, compileAddressBlocks } from './address-blocks';
import { compilePoolCodes, type PoolCodes } from './address-pools';
import { compileEndpointClasses, type EndpointClasses } from './endpoint-classes';
import { findHostKinds, type HostKinds } from './host-kinds';
import { type HostPlace, HostPlaces } from './host-places';
import { type HostRuleTable, readHostRules } from './host-rules';
import { NamedMembers } from './named-members';
import { PacketSpecs } from './packet-specs';
import { PeerRows } from './peer-rows';
import { readPolicies } from './policies';
import { type CompiledRules, compileRules, type RuleWorks } from './rules';
import { type Bounds, SelectorRows } from './selector-rows';
import { Vocabulary } from './vocabulary';

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
}

/** What is known of host endpoints. */
export interface CompiledHosts {
  readonly kinds: HostKinds;
  readonly places: readonly HostPlace[];
  readonly rules: HostRuleTable;
  readonly pools: PoolCodes;
}

export function compile(snapshot: Snapshot): CompiledCluster {
  const vocabulary = new Vocabulary();
  const specs = new PacketSpecs();
  const policies = readPolicies(snapshot, vocabulary, specs);
  const kinds = findHostKinds(snapshot);
  const hostRules = kinds && readHostRules(snapshot, kinds, vocabulary, specs);
  const pools = kinds ? snapshot.nodeNetwork.pools : [];
  const poolNets = pools.map(({ net }) => vocabulary.net(net));
  const places = kinds && new HostPlaces(kinds, snapshot.policies);
  const blocks = compileAddressBlocks(vocabulary.netTerms);
  const demands = {
    needsFaces: kinds !== undefined || policies.askSubjects,
    ...(places && { places, mayMask: kinds.policesOwn }),
  };
  const classes = compileEndpointClasses(snapshot, vocabulary, specs, blocks, demands);
  const pool = new RowPool(classes.faceCount + blocks.count);
  const selectors = new SelectorRows(pool, classes, vocabulary, snapshot);
  const peers = new PeerRows(pool, classes, blocks, vocabulary, selectors);
  const works = { pool, peers, specs, named: new NamedMembers(pool, classes), portMaps: classes.portMaps };
  return {
    pool,
    classes,
    blocks,
    specs,
    subjects: Array.from(policies.subjects, (selector) => selectors.rowsOf(selector)),
    egress: compileRules(policies.egress, 'egress', works),
    ingress: compileRules(policies.ingress, 'ingress', works),
    tiers: policies.tiers,
    works,
    hosts: hostRules && {
      kinds,
      places: places!.places,
      rules: hostRules,
      pools: compilePoolCodes(pools, poolNets, classes, blocks),
    },
  };
}
