import { analyze } from '../../../src/engine/analyze';
import { faceCountOf, type Model } from '../../../src/engine/model';
import { connectivity } from '../../../src/engine/query/connectivity';
import { blockStarts, boundsOf, EVERYWHERE, type ExternalRange, externalRanges } from '../../../src/engine/query/external-ranges';
import { blockMember } from '../../../src/engine/query/verdict';
import { type Address, formatAddress, highestAddress, parseAddress } from '../../../src/util/ip';
import { allow, block, cluster, labels, to } from '../../support/cluster';
import { generateCluster } from '../../support/generate-cluster';
import { boundariesOf } from '../../support/generate-flow';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';

/** A model whose address space these blocks cut. */
function modelOf(...nets: readonly string[]): Model {
  const rules = nets.map((net) => allow([block(net)]));
  return analyze(cluster().pod('shop/web').policy('shop/web', { ingress: rules }).snapshot()).model;
}

/** Ranges as text; `pairs` has what `read` answers by the address of a block, everything else has nothing. */
function rangesOf(
  model: Model,
  bounds: readonly (readonly [string, string])[],
  pairs: Readonly<Record<string, readonly [number, number]>>,
) {
  const sets = new Map(Object.entries(pairs).map(([address, [lower, upper]]) => [blockMember(model, address), { lower, upper }]));
  const read = (member: number) => sets.get(member) ?? { lower: 0, upper: 0 };
  const keys = bounds.map(([low, high]) => boundsOf({ kind: 'block', low, high }));
  return externalRanges(model, keys, read).map(({ key, lower, upper }) => [`${key.low}-${key.high}`, lower, upper]);
}

const V4 = ['0.0.0.0', '255.255.255.255'] as const;
const V6 = ['::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'] as const;

describe('external ranges', () => {
  const model = modelOf('10.0.0.0/8', '10.1.0.0/16', 'fd00::/8');

  it('are cut where what is true of addresses changes', () => {
    expect(rangesOf(model, [V4], { '10.0.0.0': [5, 6], '10.1.0.0': [0, 7], '9.0.0.0': [0, 0] })).toEqual([
      ['10.0.0.0-10.0.255.255', 5, 6],
      ['10.1.0.0-10.1.255.255', 0, 7],
      ['10.2.0.0-10.255.255.255', 5, 6],
    ]);
  });

  it('are joined where the same is true of adjacent blocks', () => {
    const same = { '10.0.0.0': [5, 6], '10.1.0.0': [5, 6], '9.0.0.0': [5, 6] } as const;
    expect(rangesOf(model, [V4], same)).toEqual([['0.0.0.0-255.255.255.255', 5, 6]]);
  });

  it.each([
    ['certain', [4, 6]],
    ['possible', [5, 7]],
  ] as const)('are not joined where only what is %s differs', (_name, other) => {
    const ranges = rangesOf(model, [V4], { '10.0.0.0': [5, 6], '10.1.0.0': other, '9.0.0.0': [5, 6] });
    expect(ranges.map(([text]) => text)).toEqual(['0.0.0.0-10.0.255.255', '10.1.0.0-10.1.255.255', '10.2.0.0-255.255.255.255']);
  });

  it('are joined where the same packets are possible for different reasons', () => {
    const one = {
      appliesTo: labels({ pod: 'a' }),
      egress: [allow([block('0.0.0.0/0')], to('SCTP')), allow([block('10.0.0.0/8')], to('ICMP'))],
    };
    const other = { appliesTo: labels({ pod: 'b' }), egress: [allow([block('0.0.0.0/0', ['10.0.0.0/8'])], to('ICMP'))] };
    const snapshot = cluster()
      .pod('shop/a', { pod: 'a' }, { workload: 'web' })
      .pod('shop/b', { pod: 'b' }, { workload: 'web' })
      .policy('shop/a', one)
      .policy('shop/b', other)
      .snapshot();
    const from = [{ kind: 'workload', index: 0 }] as const;
    expect([...connectivity(analyze(snapshot), { by: 'workload', from })]).toEqual([
      {
        from: from[0],
        to: { kind: 'block', low: '0.0.0.0', high: '255.255.255.255' },
        allowed: {},
        conditional: { SCTP: [[1, 65_535]], icmp: true },
      },
    ]);
  });

  it('leave out where nothing is possible', () => {
    expect(rangesOf(model, [V4, V6], {})).toEqual([]);
    expect(rangesOf(model, [V4, V6], { 'fd00::': [0, 3] })).toEqual([['fd00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 0, 3]]);
  });

  it('are cut to the bounds that were asked for, inside a block or across several', () => {
    const sets = { '10.0.0.0': [5, 6], '10.1.0.0': [1, 2], '9.0.0.0': [3, 4] } as const;
    expect(rangesOf(model, [['10.0.0.7', '10.0.0.9']], sets)).toEqual([['10.0.0.7-10.0.0.9', 5, 6]]);
    expect(rangesOf(model, [['10.0.255.255', '10.1.0.0']], sets)).toEqual([
      ['10.0.255.255-10.0.255.255', 5, 6],
      ['10.1.0.0-10.1.0.0', 1, 2],
    ]);
    expect(rangesOf(model, [['9.255.255.255', '9.255.255.255']], sets)).toEqual([['9.255.255.255-9.255.255.255', 3, 4]]);
  });

  it('come in the order of the bounds, also of both families and of bounds that overlap', () => {
    const sets = { '10.0.0.0': [5, 6], 'fd00::': [1, 2] } as const;
    const bounds = [
      ['fd00::1', 'fd00::2'],
      ['10.0.0.1', '10.0.0.5'],
      ['10.0.0.3', '10.0.0.4'],
    ] as const;
    expect(rangesOf(model, bounds, sets).map(([text]) => text)).toEqual(['fd00::1-fd00::2', '10.0.0.1-10.0.0.5', '10.0.0.3-10.0.0.4']);
  });

  it('have the last address of a family in their last range', () => {
    const whole = modelOf('255.255.255.255/32', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128');
    const sets = { '255.255.255.255': [1, 1], [V6[1]]: [2, 2] } as const;
    expect(rangesOf(whole, [V4, V6], sets).map(([text]) => text)).toEqual(['255.255.255.255-255.255.255.255', `${V6[1]}-${V6[1]}`]);
  });

  it('read each block once, however many intervals it has', () => {
    const scattered = modelOf('10.0.0.0/8', '12.0.0.0/8', '14.0.0.0/8');
    const read: number[] = [];
    externalRanges(scattered, EVERYWHERE, (member) => {
      read.push(member);
      return { lower: 0, upper: 1 };
    });
    expect(new Set(read).size).toBe(read.length);
    expect(Math.min(...read)).toBe(faceCountOf(scattered));
  });

  it('are maximal, lie in order inside their bounds, and have of each boundary address what is true of its block', () => {
    for (let seed = 0; seed < 25; seed++) {
      const random = randomFrom(seedOf(SEED, seed));
      const snapshot = generateCluster(random, seed % 2 ? 'everything' : 'networkPolicyLike');
      const own = analyze(snapshot).model;
      // Few different sets, so that neighbours are often alike.
      const sets = random.times(own.rows.size, () => ({ lower: random.below(2), upper: random.below(3) }));
      const addresses = boundariesOf(snapshot).addresses.map((text) => parseAddress(text)!);
      for (const family of [4, 6] as const) {
        const inFamily = [
          ...addresses.filter((address) => address.family === family),
          { family, value: 0n },
          { family, value: highestAddress(family) },
        ];
        const [a, b] = [random.pick(inFamily).value, random.pick(inFamily).value];
        const [low, high] = a < b ? [a, b] : [b, a];
        const ranges = externalRanges(own, [{ family, low, high }], (member) => sets[member]!).map(valuesOf);
        for (const [index, range] of ranges.entries()) {
          const before = ranges[index - 1];
          expect(low <= range.low && range.low <= range.high && range.high <= high).toBe(true);
          expect(range.upper).not.toBe(0);
          if (!before) continue;
          expect(before.high < range.low).toBe(true);
          if (before.high + 1n === range.low) expect([before.lower, before.upper]).not.toEqual([range.lower, range.upper]);
        }
        for (const { value } of inFamily.filter((address) => low <= address.value && address.value <= high)) {
          const expected = sets[blockMember(own, formatAddress({ family, value }))]!;
          const found = ranges.find((range) => range.low <= value && value <= range.high);
          if (expected.upper === 0) expect(found).toBeUndefined();
          else expect(found).toMatchObject(expected);
        }
      }
    }
  });
});

function valuesOf({ key, lower, upper }: ExternalRange) {
  const [low, high]: readonly Address[] = [parseAddress(key.low)!, parseAddress(key.high)!];
  return { low: low!.value, high: high!.value, lower, upper };
}

describe('bounds', () => {
  it('are two addresses of one family', () => {
    expect(boundsOf({ kind: 'block', low: '10.0.0.0', high: '10.0.0.1' })).toEqual({ family: 4, low: 0x0a000000n, high: 0x0a000001n });
    expect(boundsOf({ kind: 'block', low: '::1', high: '::ff' })).toEqual({ family: 6, low: 1n, high: 255n });
  });

  it.each([
    ['10.0.0.0', '::1'],
    ['::1', '10.0.0.0'],
    ['10.0.0.0/8', '10.0.0.1'],
    ['', ''],
  ])('are nothing else: %s and %s', (low, high) => {
    expect(() => boundsOf({ kind: 'block', low, high })).toThrow('bug: a block is bounded by two addresses of one family');
  });

  it('everywhere are all addresses of both families', () => {
    expect(EVERYWHERE.map(({ family, low, high }) => [family, low, high])).toEqual([
      [4, 0n, highestAddress(4)],
      [6, 0n, highestAddress(6)],
    ]);
  });
});

it('blockStarts are where rules begin to say something else, inside the bounds', () => {
  const rules = ['10.0.0.0/8', '10.1.0.0/16'].map((net) => allow([block(net)]));
  const analysis = analyze(cluster().pod('shop/web').policy('shop/web', { ingress: rules }).snapshot());
  const [low, high] = ['10.0.0.0', '10.255.255.255'].map((text) => parseAddress(text)!.value) as [bigint, bigint];

  expect(blockStarts(analysis, { family: 4, low, high }).map((value) => formatAddress({ family: 4, value }))).toEqual([
    '10.1.0.0',
    '10.2.0.0',
  ]);
  expect(blockStarts(analysis, { family: 6, low: 0n, high: 1n << 100n })).toEqual([]);
});
