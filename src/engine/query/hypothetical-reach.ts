import type { Direction } from '../../model/policy';
import { differenceOf, type IntervalSet, intersectionOf, intervalSet, unionOf } from '../../util/interval-set';
import type { ConnectionSet, FlowEnd } from '../analysis';
import type { Analysis } from '../analyze';
import { icmpOf } from '../model';
import { connectionSetOf, visibleSpans } from '../packet-axis';
import { boundsOf, EVERYWHERE, rangesBy } from './external-ranges';
import { type HypotheticalPod, HypotheticalSearch, knownEnd } from './hypothetical-search';

/** What is open between the best of the pods and something else. */
export interface HypotheticalConnections {
  /** For each packet there is a pod that gets through with it. */
  readonly allowed: ConnectionSet;
  /** Perhaps, and not in `allowed`. */
  readonly conditional: ConnectionSet;
}

/** A range of addresses outside the cluster of which one thing is true. */
export interface HypotheticalRange extends HypotheticalConnections {
  /** Inclusive, canonical. */
  readonly low: string;
  readonly high: string;
}

/** Packets as positions on the packet axis. */
interface Open {
  readonly allowed: IntervalSet;
  readonly possible: IntervalSet;
}

const NOTHING: Open = { allowed: [], possible: [] };

/**
 * What pods that nobody has deployed may open to many ends, or be opened from them, on all ports. Ends that no policy tells apart are asked about once.
 * Host endpoints on the way make what they may police conditional.
 */
export class HypotheticalReach {
  private readonly analysis: Analysis;
  private readonly direction: Direction;
  private readonly search: HypotheticalSearch;
  private readonly packets: IntervalSet;
  private readonly byClass = new Map<number, Open>();
  private readonly byBlock = new Map<number, Open>();

  /** @param direction of the pods: they open connections (`egress`), or are opened connections to */
  constructor(analysis: Analysis, pod: HypotheticalPod, direction: Direction) {
    this.analysis = analysis;
    this.direction = direction;
    this.search = new HypotheticalSearch(analysis, pod, direction);
    this.packets = intervalSet(visibleSpans(icmpOf(analysis.model)).map(([start, end]) => [start, end - 1] as const));
  }

  /** Certain is what is open with each of the endpoints, for each with a pod of its own. */
  with(endpoints: Iterable<number>): HypotheticalConnections {
    const { classOf } = this.analysis.model.endpoints;
    const representatives = new Map<number, number>();
    for (const endpoint of endpoints) if (!representatives.has(classOf[endpoint]!)) representatives.set(classOf[endpoint]!, endpoint);
    const opens = [...representatives].map(([owner, endpoint]) => {
      let open = this.byClass.get(owner);
      if (!open) {
        open = this.openWith(endpoint);
        this.byClass.set(owner, open);
      }
      return open;
    });
    const [first = NOTHING, ...others] = opens;
    const allowed = others.reduce((set, open) => intersectionOf(set, open.allowed), first.allowed);
    const possible = others.reduce((set, open) => unionOf(set, open.possible), first.possible);
    return connectionsOf({ allowed, possible });
  }

  /** Addresses outside the cluster, in order, neighbours with which the same is open together; those with which nothing is are left out. */
  ranges(blocks: readonly { readonly low: string; readonly high: string }[] | undefined): readonly HypotheticalRange[] {
    const bounds = blocks ? blocks.map((block) => boundsOf({ kind: 'block', ...block })) : EVERYWHERE;
    const ranges = rangesBy(this.analysis.model, bounds, {
      readBlock: (block, address) => this.openWithBlock(block, address),
      isSame,
      isNothing: ({ possible }) => possible.length === 0,
    });
    return ranges.map(({ key: { low, high }, value }) => ({ low, high, ...connectionsOf(value) }));
  }

  private openWithBlock(block: number, address: () => string): Open {
    let open = this.byBlock.get(block);
    if (!open) {
      open = this.openWith(address());
      this.byBlock.set(block, open);
    }
    return open;
  }

  private openWith(end: FlowEnd): Open {
    let left = this.packets;
    let allowed: IntervalSet = [];
    let possible: IntervalSet = [];
    const isComplete = this.search.find(
      knownEnd(this.analysis, end, this.direction),
      (isCertain) => (isCertain ? left : differenceOf(left, possible)),
      ({ packets, unknowns }) => {
        possible = unionOf(possible, packets);
        if (unknowns.length === 0) {
          allowed = unionOf(allowed, packets);
          left = differenceOf(left, packets);
        }
        return true;
      },
    );
    return { allowed, possible: isComplete ? possible : this.packets };
  }
}

function isSame(a: Open, b: Open): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function connectionsOf({ allowed, possible }: Open): HypotheticalConnections {
  return { allowed: connectionSet(allowed), conditional: connectionSet(differenceOf(possible, allowed)) };
}

function connectionSet(positions: IntervalSet): ConnectionSet {
  return connectionSetOf(Int32Array.from(positions.flatMap(([low, high]) => [low, high + 1])));
}
