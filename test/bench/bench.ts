import { execFileSync } from 'node:child_process';
import type { BenchSize, Shape } from './bench-cluster';
import { type Measures, measure } from './measure';

/*
 * npm run bench                              the usual sizes, about two minutes
 * npm run bench -- --size 10k/1k             one size; several times for several sizes
 * npm run bench -- --size 5k/1k/unique       of another shape: ordinary, unique, ranges, hard, same, calico, hosts, interfaces
 * npm run bench -- --all                     every size
 */

const USUAL = [
  '1k/100',
  '10k/100',
  '10k/1k',
  '10k/10k',
  '50k/10k',
  '150k/1k',
  '150k/10k',
  '5k/1k/unique',
  '5k/1k/ranges',
  '10k/1k/hard',
  '1k/10k/same',
  '150k/10k/calico',
  '150k/10k/hosts',
];
const ALL = [
  ...USUAL,
  '1k/1k',
  '1k/10k',
  '50k/100',
  '50k/1k',
  '150k/100',
  '20k/2k/unique',
  '50k/5k/unique',
  '10k/1k/calico',
  '10k/1k/hosts',
  '10k/1k/interfaces',
];
const SHAPES: readonly Shape[] = ['ordinary', 'unique', 'ranges', 'hard', 'same', 'calico', 'hosts', 'interfaces'];

function main(args: readonly string[]): void {
  const one = args.indexOf('--measure');
  if (one >= 0) {
    process.stdout.write(JSON.stringify(measure(readSize(args[one + 1]!))));
    return;
  }
  const chosen = args.flatMap((arg, index) => (arg === '--size' ? [args[index + 1]!] : []));
  const sizes = chosen.length > 0 ? chosen : args.includes('--all') ? ALL : USUAL;
  const measured = sizes.map((size) => {
    const measures = measureApart(size);
    process.stdout.write(`${rowOf(size, measures, sizes[0] === size)}\n`);
    return [size, measures] as const;
  });
  process.stdout.write(`\n${goals(new Map(measured)).join('\n')}\n`);
}

function readSize(text: string): BenchSize {
  const [pods, policies, shape = 'ordinary'] = text.split('/');
  const known = SHAPES.find((name) => name === shape);
  if (!known || !policies) throw new Error(`no size: ${text}; write one as 10k/1k or 10k/1k/hard`);
  return { pods: readCount(pods!), policies: readCount(policies), shape: known };
}

function readCount(text: string): number {
  return text.endsWith('k') ? Number(text.slice(0, -1)) * 1000 : Number(text);
}

/** In a process of its own, so that each size starts cold and has its own peak of memory. */
function measureApart(size: string): Measures {
  const output = execFileSync(process.execPath, ['--expose-gc', '--max-old-space-size=8192', __filename, '--measure', size], {
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(output.toString()) as Measures;
}

type Column = readonly [title: string, value: (measures: Measures) => string];

const MB = 2 ** 20;
const COLUMNS: readonly Column[] = [
  ['classes', ({ classes }) => String(classes)],
  ['results', ({ results }) => String(results)],
  ['list', ({ listed }) => listed.toFixed(0)],
  ['JSON MB', ({ json }) => (json / MB).toFixed(1)],
  ['parse ms', ({ parse }) => parse.toFixed(0)],
  ['compile ms (x)', ({ compile, parse }) => withRatio(compile, parse)],
  ['solve ms (x)', ({ solve, parse }) => withRatio(solve, parse)],
  ['again ms (x)', ({ again, parse }) => withRatio(again, parse)],
  ['RSS MB (x)', ({ peakRss, parsedRss }) => `${(peakRss / MB).toFixed(0)} (${(peakRss / parsedRss).toFixed(1)})`],
  ['query ns', ({ queryNs, hotQueryNs }) => `${queryNs.toFixed(0)} / ${hotQueryNs.toFixed(0)}`],
  ['explain us', ({ explainColdUs, explainWarmUs }) => `${explainColdUs.toFixed(1)} / ${explainWarmUs.toFixed(1)}`],
  ['all pairs ms (x)', ({ summary, parse }) => withRatio(summary, parse)],
  ['any pod ms (x all pairs)', ({ anyPod, summary }) => `${anyPod.toFixed(1)} (${(anyPod / summary).toFixed(2)})`],
  ['workload rows ms', ({ workloads }) => workloads.toFixed(0)],
  ['model MB raw/gz', ({ model, modelGzip }) => `${(model / MB).toFixed(2)} / ${(modelGzip / MB).toFixed(2)}`],
  ['names MB raw/gz', ({ directory, directoryGzip }) => `${(directory / MB).toFixed(2)} / ${(directoryGzip / MB).toFixed(2)}`],
  ['store ms', ({ encode }) => encode.toFixed(0)],
  ['load ms (x)', ({ load, parse }) => withRatio(load, parse)],
];

function withRatio(time: number, parse: number): string {
  return `${time.toFixed(0)} (${(time / parse).toFixed(2)})`;
}

function rowOf(size: string, measures: Measures, first: boolean): string {
  const cells = COLUMNS.map(([title, value]) => value(measures).padStart(title.length + 2));
  const header = ['pods/policies'.padEnd(15), ...COLUMNS.map(([title]) => title.padStart(title.length + 2))].join(' ');
  return `${first ? `${header}\n` : ''}${size.padEnd(15)} ${cells.join(' ')}`;
}

/** Policies about one flow, on average, where the time of an explanation is that of the flow and not of the policies. */
const ORDINARY_LIST = 10;

/** The goals that the figures at hand can speak to. */
function goals(measured: ReadonlyMap<string, Measures>): readonly string[] {
  const lines: string[] = [];
  const goal = (text: string, value: number | undefined, limit: number, unit: string) => {
    if (value !== undefined) lines.push(`${value <= limit ? 'ok  ' : 'OVER'} ${text}: ${value.toFixed(2)} ${unit} (goal ${limit})`);
  };
  for (const shape of ['', '/calico', '/hosts']) {
    const one = measured.get(`150k/10k${shape}`);
    goal(`compile + solve at 150k/10k${shape}`, one && (one.compile + one.solve) / one.parse, 4, 'x JSON.parse');
  }
  for (const policies of ['1k', '10k']) {
    const [small, large] = [measured.get(`10k/${policies}`), measured.get(`150k/${policies}`)];
    goal(`growth of solve from 10k to 150k pods at ${policies} policies`, small && large && large.solve / small.solve, 15, 'x');
  }
  const tenThousand = measured.get('10k/1k');
  goal('one question about any pod at 10k/1k', tenThousand && tenThousand.anyPod / tenThousand.summary, 1, 'x all pairs');
  const all = [...measured.values()];
  goal('point query, slowest size', Math.max(...all.map(({ queryNs }) => queryNs)), 100, 'ns');
  const ordinary = all.filter(({ listed }) => listed <= ORDINARY_LIST);
  if (ordinary.length > 0)
    goal('explain, warm, slowest size with ordinary lists', Math.max(...ordinary.map(({ explainWarmUs }) => explainWarmUs)), 10, 'us');
  return lines;
}

main(process.argv.slice(2));
