import { type AnalyzedBundle, analyzeBundle, type CompiledBundle, compileBundle } from '../api/analyze-bundle';
import type { Stage } from '../findings/finding';
import type { BundleFile, IngestOptions } from '../ingest/index';
import { settleFacts } from '../model/facts';
import type { BundleRequest } from './commands';
import { readPaths } from './input';
import { progressOn } from './progress';
import { type Terminal, UsageError } from './terminal';

/** Reads and compiles the manifests of a request. @throws UsageError for unreadable paths and wrong facts */
export function compilePaths(terminal: Terminal, request: BundleRequest): Promise<CompiledBundle> {
  return readWith(terminal, request, compileBundle);
}

/** The same, and runs the checks of a stage. */
export function analyzePaths(terminal: Terminal, request: BundleRequest, stage: Stage): Promise<AnalyzedBundle> {
  return readWith(terminal, request, (files, options) => analyzeBundle(files, { ...options, stage }));
}

/** Facts of the command line. @throws UsageError for what is no fact */
export function readFacts(texts: readonly string[]): ReadonlyMap<string, string> {
  const facts = new Map<string, string>();
  for (const text of texts) {
    const equals = text.indexOf('=');
    if (equals <= 0) throw new UsageError(`\`${text}\` is no fact; write \`key=value\``);
    facts.set(text.slice(0, equals), text.slice(equals + 1));
  }
  const [problem] = settleFacts(facts).problems;
  if (problem !== undefined) throw new UsageError(problem);
  return facts;
}

type Reader<Bundle> = (files: AsyncIterable<BundleFile>, options: IngestOptions) => Promise<Bundle>;

/** Everything around reading that commands share: facts, paths, progress, and the case that there is nothing at all. */
async function readWith<Bundle extends CompiledBundle>(
  terminal: Terminal,
  { paths, facts }: BundleRequest,
  read: Reader<Bundle>,
): Promise<Bundle> {
  const given = readFacts(facts);
  const input = readPaths(paths, terminal.folder, terminal.input);
  const counter = { files: 0 };
  const progress = progressOn(terminal);
  try {
    const bundle = await read(countFiles(input.files, counter), { facts: given, onProgress: progress.onProgress });
    if (counter.files === 0) throw new UsageError(`there are no manifests in ${paths.map((path) => `\`${path}\``).join(', ')}`);
    return { ...bundle, diagnostics: [...input.diagnostics, ...bundle.diagnostics] };
  } finally {
    progress.done();
  }
}

async function* countFiles(files: AsyncIterable<BundleFile>, counter: { files: number }): AsyncGenerator<BundleFile> {
  for await (const file of files) {
    counter.files++;
    yield file;
  }
}
