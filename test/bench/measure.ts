import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { type Analysis, analyze } from '../../src/engine/analyze';
import { compile } from '../../src/engine/compile/compile';
import {
  connectivity,
  decodeAnalysis,
  encodeDirectory,
  encodeModel,
  explain,
  hypotheticalVerdict,
  type IndexedFlow,
  summaryOf,
  verdictOf,
} from '../../src/engine/index';
import type { Model } from '../../src/engine/model';
import { solve } from '../../src/engine/solve/solve';
import type { Snapshot } from '../../src/model/snapshot';
import { randomFrom } from '../support/random';
import { type BenchSize, benchCluster } from './bench-cluster';

/** Times in milliseconds unless the name says otherwise, sizes in bytes. */
export interface Measures {
  readonly classes: number;
  /** Policies that select either end of a flow, on average. */
  readonly listed: number;
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
  /** One question about a pod that nobody has deployed, at destinations picked at random. */
  readonly anyPod: number;
  /** All rows between workloads, up to a million. */
  readonly workloads: number;
  readonly model: number;
  readonly modelGzip: number;
  readonly directory: number;
  readonly directoryGzip: number;
  readonly load: number;
  readonly encode: number;
}

const FLOWS = 200_000;
const EXPLAINED = 400;
const ANY_POD_ASKED = 100;

/** Everything about one cluster, in a process of its own: first runs are cold, and the peak of memory is its alone. */
export function measure(size: BenchSize): Measures {
  let text = JSON.stringify(benchCluster(size));
  const json = text.length;
  collectGarbage();
  const [snapshot, parse] = timed(() => JSON.parse(text) as Snapshot);
  text = '';
  collectGarbage();
  const parsedRss = process.memoryUsage.rss();
  forgetPeak();
  const [cluster, compileTime] = timed(() => compile(snapshot));
  const [model, solveTime] = timed(() => solve(cluster, snapshot));
  const peakRss = readPeak();
  const [analysis, again] = timed(() => analyze(snapshot));
  const flows = randomFlows(snapshot);
  const explained = flows.slice(0, EXPLAINED);
  const [, explainCold] = timed(() => explained.map((flow) => explain(analysis, flow)));
  const explainWarm = best(() => explained.map((flow) => explain(analysis, flow)), 60);
  const ask = (asked: readonly IndexedFlow[]) => {
    let allowed = 0;
    for (let at = 0; at < FLOWS; at++) if (verdictOf(analysis, asked[at % asked.length]!) === 'allowed') allowed++;
    return allowed;
  };
  const query = best(() => ask(flows));
  const hotQuery = best(() => ask(explained));
  const [, summary] = timed(() => summaryOf(analysis));
  const [, anyPod] = timed(() => explained.slice(0, ANY_POD_ASKED).map((flow) => askAnyPod(analysis, flow)));
  const [, workloads] = timed(() => countRows(connectivity(analysis, { by: 'workload', external: false })));
  const modelBytes = encodeModel(analysis);
  const [directoryBytes, encode] = timed(() => encodeDirectory(analysis));
  const [, load] = timed(() => decodeAnalysis(modelBytes, directoryBytes));
  return {
    classes: model.classes.flags.length,
    listed: averageList(model),
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
    anyPod: anyPod / ANY_POD_ASKED,
    workloads,
    model: modelBytes.length,
    modelGzip: gzipSync(modelBytes).length,
    directory: directoryBytes.length,
    directoryGzip: gzipSync(directoryBytes).length,
    load,
    encode,
  };
}

function askAnyPod(analysis: Analysis, { destination, packet }: IndexedFlow) {
  return hypotheticalVerdict(analysis, { pod: { name: 'any-pod' }, direction: 'egress', other: destination, packet });
}

function averageList({ endpoints, classes, lists }: Model): number {
  const lengthOf = (list: number) => {
    let length = 0;
    for (let at = lists.starts[list]!; at < lists.starts[list + 1]!; at++)
      for (let state = lists.states[at]!; state >= 0; state = lists.parents[state]!) length++;
    return length;
  };
  const lengths = classes.flags.map((_, owner) => lengthOf(classes.egressList[owner]!) + lengthOf(classes.ingressList[owner]!));
  return endpoints.classOf.reduce((sum, owner) => sum + lengths[owner]!, 0) / endpoints.classOf.length;
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

function countRows(rows: Iterable<unknown>): number {
  let count = 0;
  for (const _ of rows) if (++count === 1_000_000) break;
  return count;
}

function timed<T>(run: () => T): readonly [T, number] {
  const start = performance.now();
  const value = run();
  return [value, performance.now() - start];
}

/** The shortest of several runs: what the machine does to the others is not ours. */
function best(run: () => unknown, runs = 7): number {
  return Math.min(...Array.from({ length: runs }, () => timed(run)[1]));
}

/** Linux can forget the peak of a process (proc(5), `clear_refs`); elsewhere the peak is that of the whole run. */
function forgetPeak(): void {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
}

function readPeak(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024;
}

function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}
