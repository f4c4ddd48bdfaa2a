import { type Analysis, analyze } from '../engine/index';
import { runChecks } from '../findings/catalog';
import type { Finding, Stage } from '../findings/finding';
import { type BundleFile, type IngestOptions, type IngestResult, ingest } from '../ingest/index';

/** Files in any order: equal files give equal results. */
export type BundleFiles = AsyncIterable<BundleFile> | Iterable<BundleFile>;

/** A bundle that was read and compiled once, to be asked many times. */
export interface CompiledBundle extends IngestResult {
  readonly analysis: Analysis;
}

/** A compiled bundle and what the checks say of it. */
export interface AnalyzedBundle extends CompiledBundle {
  readonly findings: readonly Finding[];
}

/** What reading needs, and the stage that checks judge for. */
export interface AnalyzeOptions extends IngestOptions {
  readonly stage: Stage;
}

/** Nothing in it has a part in reachability, so that whatever is said of it is no answer: most likely it is not what was meant. */
export function holdsNothing({ snapshot }: IngestResult): boolean {
  const { endpoints, workloads, policies } = snapshot;
  return endpoints.length + workloads.length + policies.length === 0;
}

/** Reads and compiles a bundle: all that flows and single questions need. */
export async function compileBundle(files: BundleFiles, options: IngestOptions = {}): Promise<CompiledBundle> {
  const ingested = await ingest(files, options);
  return { ...ingested, analysis: analyze(ingested.snapshot) };
}

/** The one operation under the command line and the scan worker: bytes in, analysis and findings out. */
export async function analyzeBundle(files: BundleFiles, { stage, ...options }: AnalyzeOptions): Promise<AnalyzedBundle> {
  const compiled = await compileBundle(files, options);
  return { ...compiled, findings: runChecks({ snapshot: compiled.snapshot, analysis: compiled.analysis, stage }) };
}
