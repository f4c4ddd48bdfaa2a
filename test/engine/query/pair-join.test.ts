import { analyze } from '../../../src/engine/analyze';
import { membersOf, rowHas } from '../../../src/engine/kernel/rows';
import { faceCountOf, type Model } from '../../../src/engine/model';
import { AXIS_END, protocolSpan } from '../../../src/engine/packet-axis';
import { PairJoin } from '../../../src/engine/query/pair-join';
import { verdictOf } from '../../../src/engine/query/verdict';
import type { Snapshot } from '../../../src/model/snapshot';
import type { Packet } from '../../../src/model/verdict';
import { allow, block, chosen, cluster, labels, to } from '../../support/cluster';
import { endOf } from '../../support/flow';
import { generateCluster } from '../../support/generate-cluster';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';
import { homeless } from '../homeless';
import { stretchesOf, verdictByDefinition, WITHOUT_PORTS } from './brute-force';
import { policyPairs } from './policy-pairs';

const TINY = { namespaces: 3, endpoints: 8, policies: 7, rules: 3 };
const BOUNDS = [
  ['certain', 'lower', ['allowed']],
  ['possible', 'upper', ['allowed', 'indeterminate']],
] as const;

function generated(seed: number): Snapshot {
  const snapshot = generateCluster(randomFrom(seedOf(SEED, 700 + seed)), seed % 2 ? 'everything' : 'networkPolicyLike', TINY);
  return seed % 3 ? snapshot : homeless(snapshot);
}

/** One packet of every kind that some rule may tell apart, also those whose port is not told. */
function packetsOf(snapshot: Snapshot): readonly Packet[] {
  const untold = (['TCP', 'UDP', 'SCTP'] as const).map((protocol): Packet => ({ protocol }));
  return [...stretchesOf(snapshot).map(({ packet }) => packet), ...untold, ...WITHOUT_PORTS];
}

function membersIn(join: PairJoin, row: number): readonly number[] {
  const target = new Int32Array(join.pool.size);
  return [...target.subarray(0, membersOf(join.pool, row, target))];
}

/** What an egress result lets through to a face, packet by packet: where runs begin. */
function columnOf({ results, rows }: Model, bound: 'lower' | 'upper', result: number, face: number): string {
  const runs: number[] = [];
  for (let run = results.starts[result]!; run < results.starts[result + 1]!; run++)
    if (rowHas(rows, results[bound][run]!, face)) runs.push(results.runs[run]!);
  return runs.join(' ');
}

describe.each(BOUNDS)('a join of what is %s', (_name, bound, verdicts) => {
  it('joins two classes exactly if the definition lets some packet through between their endpoints', () => {
    const seen = { joined: 0, apart: 0 };
    for (let seed = 0; seed < 18; seed++) {
      const snapshot = generated(seed);
      const { model } = analyze(snapshot);
      const join = new PairJoin(model, bound);
      const packets = packetsOf(snapshot);
      for (const [from, target] of policyPairs(snapshot)) {
        const expected = packets.some((packet) =>
          verdicts.some((verdict) => verdict === verdictByDefinition(snapshot, from, target, packet)),
        );
        const found = join.joins(model.endpoints.classOf[from]!, model.endpoints.classOf[target]!);
        expect([seed, from, target, found]).toEqual([seed, from, target, expected]);
        seen[found ? 'joined' : 'apart']++;
      }
    }
    expect(Math.min(seen.joined, seen.apart)).toBeGreaterThan(50);
  });

  it('agrees with the verdicts on single flows', () => {
    for (let seed = 30; seed < 50; seed++) {
      const snapshot = generated(seed);
      const analysis = analyze(snapshot);
      const join = new PairJoin(analysis.model, bound);
      const { classOf } = analysis.model.endpoints;
      for (const [source, destination] of policyPairs(snapshot)) {
        const found = packetsOf(snapshot).some((packet) =>
          verdicts.some((verdict) => verdict === verdictOf(analysis, { source, destination, packet })),
        );
        expect([source, destination, join.joins(classOf[source]!, classOf[destination]!)]).toEqual([source, destination, found]);
      }
    }
  });

  it('cuts the destinations of an egress result into cells of faces that it treats alike, and leaves out those it lets nothing to', () => {
    for (let seed = 0; seed < 24; seed++) {
      const { model } = analyze(generated(seed));
      const join = new PairJoin(model, bound);
      for (const result of new Set(model.classes.egress)) {
        const cells = join.cellsOf(result);
        expect(join.cellsOf(result)).toBe(cells);
        const cellOf = new Map<number, number>();
        for (const [index, { faces }] of cells.entries())
          for (const face of membersIn(join, faces)) {
            expect(cellOf.has(face)).toBe(false);
            cellOf.set(face, index);
          }
        const byColumn = new Map<string, Set<number | undefined>>();
        for (let face = 0; face < faceCountOf(model); face++) {
          const column = columnOf(model, bound, result, face);
          expect(cellOf.has(face)).toBe(column !== '');
          byColumn.set(column, (byColumn.get(column) ?? new Set()).add(cellOf.get(face)));
        }
        for (const cellsOfColumn of byColumn.values()) expect(cellsOfColumn.size).toBe(1);
        expect(Math.max(-1, ...cellOf.keys())).toBeLessThan(faceCountOf(model));
      }
    }
  });

  it('has as targets of an egress result just the classes that it joins, each with all of its sources', () => {
    for (let seed = 0; seed < 24; seed++) {
      const { model } = analyze(generated(seed));
      const join = new PairJoin(model, bound);
      const { egress, firstFace, flags } = model.classes;
      for (let from = 0; from < flags.length; from++) {
        const result = egress[from]!;
        const targets = [...join.cellsOf(result).flatMap((cell) => join.targetsOf(cell)), ...join.targetsOfSeveralFaces(result)];
        const reached = targets
          .filter(({ sources }) => rowHas(join.pool, sources, firstFace[from]!))
          .flatMap(({ classes }) => [...classes]);
        expect(new Set(reached).size).toBe(reached.length);
        const expected = Array.from(flags.keys()).filter((owner) => join.joins(from, owner));
        expect(reached.sort((a, b) => a - b)).toEqual(expected);
      }
    }
  });
});

describe('a join', () => {
  const snapshot = cluster()
    .pod('shop/a', { app: 'a' })
    .pod('shop/b', { app: 'b' })
    .policy('shop/a', { appliesTo: labels({ app: 'a' }), egress: [allow('any', to('TCP', 80)), allow('any', to('ICMP'))] })
    .policy('shop/b', { appliesTo: labels({ app: 'b' }), ingress: [allow('any', to('TCP', 81)), allow('any', to('ICMP'))] })
    .snapshot();
  const { model } = analyze(snapshot);
  const [a, b] = ['shop/a', 'shop/b'].map((name) => model.endpoints.classOf[endOf(snapshot, name) as number]!) as [number, number];

  it('knows that both sides can let something through and nothing be common to them', () => {
    const ports = new PairJoin(model, 'upper', Int32Array.of(0, protocolSpan('ICMP')[0]));
    expect([ports.joins(a, b), ports.joins(b, a)]).toEqual([false, true]);
  });

  it('counts only the packets that it is told to', () => {
    expect(new PairJoin(model, 'lower').joins(a, b)).toBe(true);
    expect(new PairJoin(model, 'lower', Int32Array.from(protocolSpan('ICMP'))).joins(a, b)).toBe(true);
    expect(new PairJoin(model, 'lower', Int32Array.from(protocolSpan('ICMPv6'))).joins(a, b)).toBe(false);
    expect(new PairJoin(model, 'lower', Int32Array.of(0, 5, ...protocolSpan('ICMP'))).joins(a, b)).toBe(true);
    expect(new PairJoin(model, 'lower', new Int32Array(0)).joins(b, a)).toBe(false);
  });

  it('tells targets apart that are reached on other packets, though the same destinations are', () => {
    const client = (port: number) => ({
      appliesTo: labels({ app: `c${port}` }),
      egress: [allow([chosen(labels({ app: 'server' }))], to('TCP', port))],
    });
    const servers = cluster()
      .pod('shop/c80', { app: 'c80' })
      .pod('shop/c81', { app: 'c81' })
      .pod('shop/server', { app: 'server' })
      .policy('shop/c80', client(80))
      .policy('shop/c81', client(81))
      .policy('shop/server', { appliesTo: labels({ app: 'server' }), ingress: [allow('any', to('TCP', 80))] })
      .snapshot();
    const own = analyze(servers).model;
    const join = new PairJoin(own, 'lower');
    const targets = ['shop/c80', 'shop/c81'].map((name) => {
      const result = own.classes.egress[own.endpoints.classOf[endOf(servers, name) as number]!]!;
      return join.cellsOf(result).flatMap((cell) => join.targetsOf(cell).flatMap(({ classes }) => [...classes]));
    });
    expect(targets).toEqual([[own.endpoints.classOf[endOf(servers, 'shop/server') as number]], []]);
  });

  it('takes what is not restricted as all packets to everybody', () => {
    const join = new PairJoin(model, 'lower', Int32Array.of(0, AXIS_END));
    const cells = join.cellsOf(model.classes.egress[b]!);
    expect(cells.length).toBe(1);
    expect(membersIn(join, cells[0]!.faces)).toEqual([0, 1]);
  });

  it('is no symmetric matter', () => {
    const oneWay = cluster()
      .pod('shop/a', { app: 'a' })
      .pod('shop/b')
      .policy('shop/a', { appliesTo: labels({ app: 'a' }), ingress: [] })
      .snapshot();
    const own = analyze(oneWay).model;
    const join = new PairJoin(own, 'lower');
    const [from, target] = [own.endpoints.classOf[0]!, own.endpoints.classOf[1]!];
    expect([join.joins(from, target), join.joins(target, from)]).toEqual([true, false]);
  });

  it.each([
    ['both families, one of which is let in', ['10.0.0.1', 'fd00::1'], ['10.0.0.2', 'fd00::2'], 'fd00::/8', true],
    ['both families, none of which is let in', ['10.0.0.1', 'fd00::1'], ['10.0.0.2', 'fd00::2'], 'fe00::/8', false],
    ['a shared family that is not let in', ['10.0.0.1', 'fd00::1'], ['10.0.0.2'], 'fd00::/8', false],
    ['a shared family that is let in', ['10.0.0.1', 'fd00::1'], ['fd00::2'], 'fd00::/8', true],
  ] as const)('is by the families that two pods share: %s', (_name, client, server, net, expected) => {
    const dual = cluster()
      .pod('shop/client', { app: 'client' }, { addresses: client })
      .pod('shop/server', { app: 'server' }, { addresses: server })
      .policy('shop/server', { appliesTo: labels({ app: 'server' }), ingress: [allow([block(net)])] })
      .snapshot();
    const own = analyze(dual).model;
    const [from, target] = ['shop/client', 'shop/server'].map((name) => own.endpoints.classOf[endOf(dual, name) as number]!);
    expect(new PairJoin(own, 'lower').joins(from!, target!)).toBe(expected);
  });
});
