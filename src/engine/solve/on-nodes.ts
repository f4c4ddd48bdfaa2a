import type { PacketExpression } from '../../model/policy';
import type { Snapshot } from '../../model/snapshot';
import { ON_HOST, PLACED } from '../classes';
import type { CompiledCluster } from '../compile/compile';
import { EMPTY } from '../kernel/rows';
import { SELF_POLICED } from '../packet-axis';
import { facesWhere } from './face-rows';
import { type HostSides, solveHostSides } from './host-sides';
import { NodeDrops } from './node-drops';
import { ResultAlgebra } from './result-algebra';
import type { ResultTable } from './result-table';

/**
 * What nodes add to what policies say of their own pods and processes: host endpoints, what they drop of all that pods send and of what comes to themselves,
 * and what becomes of what pods send to their own node.
 */
export class OnNodes {
  /** Nodes drop what their own pods send them, where they let it out at all. */
  readonly drops: boolean;
  private readonly cluster: CompiledCluster;
  private readonly passes: readonly boolean[];
  private readonly dropped: PacketExpression;
  private readonly results: ResultTable;

  constructor(cluster: CompiledCluster, { facts, nodeNetwork }: Snapshot, passes: readonly boolean[], results: ResultTable) {
    this.cluster = cluster;
    this.results = results;
    this.drops = facts.cni === 'calico' && facts.endpointToHostAction === 'drop';
    this.passes = passes;
    this.dropped = nodeNetwork.droppedFromPods ?? [];
  }

  complete(own: HostSides): HostSides {
    const { hosts, drops, specs, pool } = this.cluster;
    if (!hosts && !drops && !this.drops && this.dropped.length === 0) return own;
    const algebra = new ResultAlgebra(this.results, pool);
    const policed = hosts ? this.policed(own, solveHostSides(this.cluster, hosts, this.passes, this.results, algebra), algebra) : own;
    if (hosts?.kinds.policesOwn) specs.looksAt |= SELF_POLICED;
    const arriving = drops ? new NodeDrops(this.cluster, drops, algebra).without(policed) : policed;
    const left = this.dropped.length > 0 ? this.withoutDropped(arriving, algebra) : arriving;
    return this.drops ? { ...left, egress: this.perhapsDropped(left.egress, algebra) } : left;
  }

  /** What of all that pods send their nodes do not drop, wherever it goes: one result for all pods. */
  private withoutDropped({ egress, ingress, near }: HostSides, algebra: ResultAlgebra): HostSides {
    const { classes, specs } = this.cluster;
    const parts = specs.parts(this.dropped).map(({ spec, open }) => algebra.allBut(specs.spans[spec]!, open));
    const kept = parts.reduce((all, part) => algebra.both(all, part));
    const ofPods = (result: number, owner: number) => ((classes.flags[owner]! & ON_HOST) === 0 ? algebra.both(result, kept) : result);
    return { egress: egress.map(ofPods), ingress, near: near.map(ofPods) };
  }

  private policed(own: HostSides, hosts: HostSides, algebra: ResultAlgebra): HostSides {
    const both = (side: keyof HostSides) => own[side].map((result, owner) => algebra.both(result, hosts[side][owner]!));
    return { egress: both('egress'), ingress: both('ingress'), near: both('near') };
  }

  /** Where nobody knows whether a pod and a process share a node, nobody knows whether the node drops it. */
  private perhapsDropped(egress: Int32Array, algebra: ResultAlgebra): Int32Array {
    const { flags, faceClass } = this.cluster.classes;
    const all = facesWhere(this.cluster, (face) => (flags[faceClass[face]!]! & ON_HOST) !== 0);
    const unplaced = facesWhere(this.cluster, (face) => (flags[faceClass[face]!]! & (ON_HOST | PLACED)) === ON_HOST);
    return egress.map((result, owner) => {
      const own = flags[owner]!;
      return algebra.unsure(result, (own & ON_HOST) !== 0 ? EMPTY : (own & PLACED) !== 0 ? unplaced : all);
    });
  }
}
