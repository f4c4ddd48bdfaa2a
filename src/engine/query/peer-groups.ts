import type { ConnectivityOptions, PeerKey } from '../analysis';
import { isOfWorkload, ON_HOST, PLACED } from '../classes';
import { TupleTable } from '../kernel/tuple-table';
import type { Model } from '../model';

/** Endpoints that a row of connectivity stands for. */
export interface PeerGroup {
  readonly key: Exclude<PeerKey, { kind: 'block' }>;
  readonly endpoints: Int32Array;
  /** Groups of the same shape have endpoints of the same classes, so that policies say the same of them. */
  readonly shape: number;
}

/** The distinct shapes of groups: lists of classes, ascending. */
export class Shapes {
  private readonly table = new TupleTable();
  private readonly model: Model;
  private buffer: Int32Array = new Int32Array(16);

  constructor(model: Model) {
    this.model = model;
  }

  get count(): number {
    return this.table.count;
  }

  /** Costs a sort of the classes of the endpoints, in any order. */
  shapeOf(endpoints: Int32Array): number {
    const { classOf } = this.model.endpoints;
    if (this.buffer.length < endpoints.length) this.buffer = new Int32Array(endpoints.length);
    for (let i = 0; i < endpoints.length; i++) this.buffer[i] = classOf[endpoints[i]!]!;
    const classes = this.buffer.subarray(0, endpoints.length).sort();
    let length = 0;
    for (let i = 0; i < classes.length; i++) if (i === 0 || classes[i] !== classes[length - 1]) classes[length++] = classes[i]!;
    return this.table.intern(classes, length);
  }

  /** A view, valid until the next `shapeOf`. */
  classesOf(shape: number): Int32Array {
    return this.table.tuple(shape);
  }
}

/** Who belongs where: endpoints of workloads and namespaces (without nodes and new pods), and of nodes. Each table is made when it is first needed. */
export class Membership {
  private readonly model: Model;
  private byWorkload: Buckets | undefined;
  private byNamespace: Buckets | undefined;
  /** By twice the node, plus 1 for those on the host network. */
  private byNode: Buckets | undefined;

  private constructor(model: Model) {
    this.model = model;
  }

  /** The one membership of a model. */
  static of(model: Model): Membership {
    let membership = memberships.get(model);
    if (!membership) {
      membership = new Membership(model);
      memberships.set(model, membership);
    }
    return membership;
  }

  /** Ascending; empty for a workload without endpoints. A view of the table, which nobody may change. */
  endpointsOf(key: PeerGroup['key']): Int32Array {
    const { endpoints, classes, counts } = this.model;
    switch (key.kind) {
      case 'endpoint':
        return Int32Array.of(key.index);
      case 'workload':
        this.byWorkload ??= bucketsBy(counts.workloads, endpoints.workloadOf.length, (id) =>
          this.isListed(id) ? endpoints.workloadOf[id]! : -1,
        );
        return bucket(this.byWorkload, key.index);
      case 'namespace':
        this.byNamespace ??= bucketsBy(counts.namespaces, endpoints.classOf.length, (id) =>
          this.isListed(id) ? classes.namespaces[endpoints.classOf[id]!]! : -1,
        );
        return bucket(this.byNamespace, key.index);
    }
  }

  /** Endpoints of a node that are on the host network, if something with these flags is not, and the other way round. */
  acrossNetwork(node: number, flags: number): Int32Array {
    const { endpoints, classes, counts } = this.model;
    this.byNode ??= bucketsBy(2 * counts.nodes, endpoints.classOf.length, (id) =>
      endpoints.nodeOf[id]! < 0 ? -1 : 2 * endpoints.nodeOf[id]! + onHost(classes.flags[endpoints.classOf[id]!]!),
    );
    return bucket(this.byNode, 2 * node + 1 - onHost(flags));
  }

  /** Keys of all groups of a kind, in order. */
  keysOf(by: ConnectivityOptions['by']): readonly PeerGroup['key'][] {
    const { endpoints, counts } = this.model;
    if (by !== 'endpoint')
      return Array.from({ length: by === 'workload' ? counts.workloads : counts.namespaces }, (_, index) => ({ kind: by, index }));
    const keys: PeerGroup['key'][] = [];
    for (let index = 0; index < endpoints.classOf.length; index++) if (this.isListed(index)) keys.push({ kind: 'endpoint', index });
    return keys;
  }

  private isListed(endpoint: number): boolean {
    return isOfWorkload(this.model.classes.flags[this.model.endpoints.classOf[endpoint]!]!);
  }
}

const memberships = new WeakMap<Model, Membership>();

function onHost(flags: number): number {
  return (flags & ON_HOST) !== 0 ? 1 : 0;
}

interface Buckets {
  readonly starts: Int32Array;
  readonly values: Int32Array;
}

function bucketsBy(count: number, size: number, bucketOf: (value: number) => number): Buckets {
  const starts = new Int32Array(count + 1);
  for (let value = 0; value < size; value++) {
    const index = bucketOf(value);
    if (index >= 0) starts[index + 1]!++;
  }
  for (let index = 0; index < count; index++) starts[index + 1]! += starts[index]!;
  const next = starts.slice();
  const values = new Int32Array(starts[count]!);
  for (let value = 0; value < size; value++) {
    const index = bucketOf(value);
    if (index >= 0) values[next[index]!++] = value;
  }
  return { starts, values };
}

function bucket({ starts, values }: Buckets, index: number): Int32Array {
  return values.subarray(starts[index]!, starts[index + 1]!);
}

/** May endpoints of the two classes be on one node, across its network, where `classes.near` has the say? 0 no, 1 some may be, 2 nobody knows. */
export function nearness(fromFlags: number, toFlags: number): 0 | 1 | 2 {
  if (((fromFlags ^ toFlags) & ON_HOST) === 0) return 0;
  return (fromFlags & toFlags & PLACED) !== 0 ? 1 : 2;
}
