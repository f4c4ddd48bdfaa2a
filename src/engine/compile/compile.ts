import type { Snapshot } from '../../model/snapshot';
import { RowPool } from '../kernel/row-pool';
import { type AddressBlocks, compileAddressBlocks } from './address-blocks';
import { compileEndpointClasses, type EndpointClasses } from './endpoint-classes';
import { NamedMembers } from './named-members';
import { PacketSpecs } from './packet-specs';
import { PeerRows } from './peer-rows';
import { readPolicies } from './policies';
import { type CompiledRules, compileRules } from './rules';
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
}

export function compile(snapshot: Snapshot): CompiledCluster {
  const vocabulary = new Vocabulary();
  const specs = new PacketSpecs();
  const policies = readPolicies(snapshot, vocabulary, specs);
  const blocks = compileAddressBlocks(vocabulary.netTerms);
  const classes = compileEndpointClasses(snapshot, vocabulary, specs, blocks);
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
  };
}
