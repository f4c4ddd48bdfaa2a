import fc from 'fast-check';
import { AXIS_END, ICMP_AT, ICMPV6_AT, type VisibleIcmp, visibleSpans } from '../../../src/engine/packet-axis';
import { ALL_PACKETS, NO_PACKETS, PacketSets } from '../../../src/engine/query/packet-sets';
import { SEED } from '../../support/seed';

fc.configureGlobal({ seed: SEED });

/** Positions around the ends of protocols and of port ranges; sets are cut at some of them. */
const CUTS = [0, 1, 2, 80, 81, 65_535, 65_536, 65_537, 65_589, 131_071, 131_072, 131_073, 196_607, 196_608, 196_609, 196_610, AXIS_END];
const POSITIONS = CUTS.slice(0, -1);

/** Sets as lists of positions of `POSITIONS`: each stands for the stretch up to the next cut. */
const sets = fc.subarray(POSITIONS);

function spansOf(members: readonly number[]): Int32Array {
  const spans: number[] = [];
  for (const start of members) {
    if (spans.at(-1) === start) spans.pop();
    else spans.push(start);
    spans.push(CUTS[CUTS.indexOf(start) + 1]!);
  }
  return Int32Array.from(spans);
}

function isVisible(position: number, icmp: VisibleIcmp): boolean {
  return visibleSpans(icmp).some(([start, end]) => start <= position && position < end);
}

describe.each(['none', 'v4', 'both'] as const)('sets of packets that show of ICMP: %s', (icmp) => {
  const packets = new PacketSets(icmp);
  const visible = (members: readonly number[]) => {
    const spans = spansOf(members);
    return packets.visible(spans, spans.length);
  };
  const shown = (members: readonly number[]) => members.filter((position) => isVisible(position, icmp));

  it('of one version of IP are all but the ICMP of the other', () => {
    const without = (position: number) => visible(POSITIONS.filter((start) => start !== position));
    expect([packets.ofV4, packets.ofV6]).toEqual([without(ICMPV6_AT), without(ICMP_AT)]);
    expect(packets.union(packets.ofV4, packets.ofV6)).toBe(ALL_PACKETS);
  });

  it('hold what can be shown of what they were made of', () => {
    fc.assert(
      fc.property(sets, (members) => {
        expect(visible(members)).toBe(visible(shown(members)));
        expect(visible(members) === NO_PACKETS).toBe(shown(members).length === 0);
      }),
    );
  });

  it('have equal ids exactly if what they show is equal', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        expect(visible(a) === visible(b)).toBe(`${shown(a)}` === `${shown(b)}`);
      }),
    );
  });

  it('are combined as sets are', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const [x, y] = [visible(a), visible(b)];
        expect(packets.intersection(x, y)).toBe(visible(a.filter((position) => b.includes(position))));
        expect(packets.union(x, y)).toBe(visible(POSITIONS.filter((position) => a.includes(position) || b.includes(position))));
        expect(packets.difference(x, y)).toBe(visible(a.filter((position) => !b.includes(position))));
      }),
    );
  });

  it('keep the laws of sets, whichever operand comes first and however often', () => {
    fc.assert(
      fc.property(sets, sets, sets, (a, b, c) => {
        const [x, y, z] = [visible(a), visible(b), visible(c)];
        expect(packets.union(y, x)).toBe(packets.union(x, y));
        expect(packets.intersection(y, x)).toBe(packets.intersection(x, y));
        expect(packets.union(packets.difference(x, y), packets.intersection(x, y))).toBe(x);
        expect(packets.intersection(x, packets.union(y, z))).toBe(packets.union(packets.intersection(x, y), packets.intersection(x, z)));
        expect(packets.difference(x, x)).toBe(NO_PACKETS);
        expect(packets.difference(packets.difference(x, y), x)).toBe(NO_PACKETS);
      }),
    );
  });

  it('know none and all by their ids', () => {
    expect(visible([])).toBe(NO_PACKETS);
    expect(visible(POSITIONS)).toBe(ALL_PACKETS);
    fc.assert(
      fc.property(sets, (members) => {
        const set = visible(members);
        expect([packets.union(set, ALL_PACKETS), packets.intersection(ALL_PACKETS, set)]).toEqual([ALL_PACKETS, set]);
        expect([packets.union(NO_PACKETS, set), packets.intersection(set, NO_PACKETS)]).toEqual([set, NO_PACKETS]);
        expect([packets.difference(set, NO_PACKETS), packets.difference(NO_PACKETS, set)]).toEqual([set, NO_PACKETS]);
      }),
    );
  });
});

describe('the connection set of a set of packets', () => {
  const packets = new PacketSets('both');

  it('shows ports as intervals, and ICMP', () => {
    const spans = Int32Array.of(0, 81, 65_536 + 53, 65_536 + 54, 196_608, 196_610);
    expect(packets.connectionSet(packets.visible(spans, spans.length))).toEqual({ TCP: [[1, 80]], UDP: [[53, 53]], icmp: true });
    expect(packets.connectionSet(NO_PACKETS)).toEqual({});
  });

  it('is made once', () => {
    expect(packets.connectionSet(ALL_PACKETS)).toBe(packets.connectionSet(ALL_PACKETS));
  });

  it('reads only as many spans as it is told to', () => {
    const spans = Int32Array.of(1, 2, 5, 6);
    expect(packets.connectionSet(packets.visible(spans, 2))).toEqual({ TCP: [[1, 1]] });
    expect(packets.visible(spans, 0)).toBe(NO_PACKETS);
  });
});
