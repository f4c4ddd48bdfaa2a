import { gzipSync } from 'node:zlib';
import { analyze } from '../../src/engine/analyze';
import { compile } from '../../src/engine/compile/compile';
import { decodeAnalysis, encodeDirectory, encodeModel, explain, type IndexedFlow, summaryOf, verdictOf } from '../../src/engine/index';
import { solve } from '../../src/engine/solve/solve';
import type { Snapshot } from '../../src/model/snapshot';
import { randomFrom } from '../support/random';
import { type BenchSize, benchCluster } from './bench-cluster';

/** Times in milliseconds unless the name says otherwise, sizes in bytes. */
export interface Measures {
  readonly classes: number;
  readonly results: number;
  readonly json: number;
  readonly parse: number;
  readonly compile: number;
  readonly solve: number;
  /** Compile and solve once more, with code and heap warm. */
  readonly again: number;
  readonly peakRss: number;
  readonly parsedRss: number;
  readonly queryNs: number;
  readonly hotQueryNs: number;
  readonly explainColdUs: number;
  readonly explainWarmUs: number;
  readonly summary: number;
  readonly model: number;
  readonly modelGzip: number;
  readonly directory: number;
  readonly directoryGzip: number;
  readonly load: number;
}

const FLOWS = 200_000;
const EXPLAINED = 400;

/** Everything about one cluster, in a process of its own: first runs are cold, and the peak of memory is its alone. */
export function measure(size: BenchSize): Measures {
  let text = JSON.stringify(benchCluster(size));
  const json = text.length;
  collectGarbage();
  const [snapshot, parse] = timed(() => JSON.parse(text) as Snapshot);
  text = '';
  collectGarbage();
  const parsedRss = process.memoryUsage.rss();
  const [cluster, compileTime] = timed(() => compile(snapshot));
  const [model, solveTime] = timed(() => solve(cluster, snapshot));
  const peakRss = process.resourceUsage().maxRSS * 1024;
  const [analysis, again] = timed(() => analyze(snapshot));
  const flows = randomFlows(snapshot);
  const explained = flows.slice(0, EXPLAINED);
  const [, explainCold] = timed(() => explained.map((flow) => explain(analysis, flow)));
  const explainWarm = best(() => explained.map((flow) => explain(analysis, flow)));
  const ask = (asked: readonly IndexedFlow[]) => {
    let allowed = 0;
    for (let at = 0; at < FLOWS; at++) if (verdictOf(analysis, asked[at % asked.length]!) === 'allowed') allowed++;
    return allowed;
  };
  const query = best(() => ask(flows));
  const hotQuery = best(() => ask(explained));
  const [, summary] = timed(() => summaryOf(analysis));
  const modelBytes = encodeModel(analysis);
  const directoryBytes = encodeDirectory(analysis);
  const [, load] = timed(() => decodeAnalysis(modelBytes, directoryBytes));
  return {
    classes: model.classes.flags.length,
    results: model.results.starts.length - 1,
    json,
    parse,
    compile: compileTime,
    solve: solveTime,
    again,
    peakRss,
    parsedRss,
    queryNs: (query * 1e6) / FLOWS,
    hotQueryNs: (hotQuery * 1e6) / FLOWS,
    explainColdUs: (explainCold * 1e3) / EXPLAINED,
    explainWarmUs: (explainWarm * 1e3) / EXPLAINED,
    summary,
    model: modelBytes.length,
    modelGzip: gzipSync(modelBytes).length,
    directory: directoryBytes.length,
    directoryGzip: gzipSync(directoryBytes).length,
    load,
  };
}

function randomFlows({ endpoints }: Snapshot): readonly IndexedFlow[] {
  const random = randomFrom(7);
  const ports = [22, 53, 80, 443, 5432, 6379, 8080, 9090];
  return Array.from({ length: 50_000 }, () => ({
    source: random.below(endpoints.length),
    destination: random.below(endpoints.length),
    packet: { protocol: random.chance(0.9) ? 'TCP' : 'UDP', port: random.pick(ports) } as const,
  }));
}

function timed<T>(run: () => T): readonly [T, number] {
  const start = performance.now();
  const value = run();
  return [value, performance.now() - start];
}

/** The shortest of several runs: what the machine does to the others is not ours. */
function best(run: () => unknown): number {
  return Math.min(...Array.from({ length: 7 }, () => timed(run)[1]));
}

function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}
