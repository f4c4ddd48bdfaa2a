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

  shapeOf(endpoints: Int32Array): number {
    const { classOf } = this.model.endpoints;
    if (this.buffer.length < endpoints.length) this.buffer = new Int32Array(endpoints.length);
    for (let i = 0; i < endpoints.length; i++) this.buffer[i] = classOf[endpoints[i]!]!;
    const classes = this.buffer.subarray(0, endpoints.length).sort();
    let length = 0;
    for (let i = 0; i < classes.length; i++) if (i === 0 || classes[i] !== classes[length - 1]) classes[length++] = classes[i]!;
    return this.table.intern(classes, length);
  }

  classesOf(shape: number): Int32Array {
    return this.table.tuple(shape);
  }
}

/** Endpoints of each workload and of each namespace, without nodes and new pods; flat, by `starts`. */
export class Membership {
  private readonly model: Model;
  private readonly byWorkload: Buckets;
  private readonly byNamespace: Buckets;

  constructor(model: Model) {
    this.model = model;
    const { endpoints, classes, counts } = model;
    const listed = endpoints.classOf.map((owner) => (isOfWorkload(classes.flags[owner]!) ? 1 : 0));
    this.byWorkload = bucketsBy(counts.workloads, endpoints.workloadOf.length, (id) => (listed[id] === 1 ? endpoints.workloadOf[id]! : -1));
    this.byNamespace = bucketsBy(counts.namespaces, endpoints.classOf.length, (id) =>
      listed[id] === 1 ? classes.namespaces[endpoints.classOf[id]!]! : -1,
    );
  }

  endpointsOf(key: PeerGroup['key']): Int32Array {
    switch (key.kind) {
      case 'endpoint':
        return Int32Array.of(key.index);
      case 'workload':
        return bucket(this.byWorkload, key.index);
      case 'namespace':
        return bucket(this.byNamespace, key.index);
    }
  }

  /** Keys of all groups of a kind, in order. */
  keysOf(by: ConnectivityOptions['by']): readonly PeerGroup['key'][] {
    if (by !== 'endpoint')
      return Array.from({ length: by === 'workload' ? this.model.counts.workloads : this.model.counts.namespaces }, (_, index) => ({
        kind: by,
        index,
      }));
    const keys: PeerGroup['key'][] = [];
    const { classOf } = this.model.endpoints;
    for (let index = 0; index < classOf.length; index++)
      if (isOfWorkload(this.model.classes.flags[classOf[index]!]!)) keys.push({ kind: 'endpoint', index });
    return keys;
  }
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

/** May endpoints of the two classes be on one node, with nothing between them that policy could forbid? 0 no, 1 some may be, 2 nobody knows. */
export function nearness(fromFlags: number, toFlags: number): 0 | 1 | 2 {
  if (((fromFlags ^ toFlags) & ON_HOST) === 0) return 0;
  return (fromFlags & toFlags & PLACED) !== 0 ? 1 : 2;
}
