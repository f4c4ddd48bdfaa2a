import { encodeDirectory, encodeModel, summaryOf } from '../engine/index';
import type { Finding } from '../findings/finding';
import type { BundleFile, Limits } from '../ingest/index';
import type { Diagnostic, DiagnosticSeverity } from '../model/diagnostic';
import type { Scan, ScanSummary } from '../store/scan';
import type { ScanRepository } from '../store/scan-repository';
import { type AnalyzedBundle, analyzeBundle, holdsNothing } from './analyze-bundle';
import type { Log } from './errors';
import { severityOf } from './finding-query';
import type { ScanMessage } from './operations';

/** What a worker is made of. */
export interface WorkerDeps {
  readonly repository: ScanRepository;
  readonly clock: () => Date;
  readonly newId: () => string;
  readonly log: Log;
  readonly limits?: Partial<Limits>;
}

/** What became of a delivery. `none`: the scan is finished already, or deleted. */
export type ScanOutcome = 'succeeded' | 'failed' | 'none';

/** Name of an upload's one file in diagnostics and sources; what it is, is seen from its bytes, and members of an archive go by their own names. */
const BUNDLE_FILE = 'bundle';
/** Diagnostics that a record keeps. */
const MOST_DIAGNOSTICS = 1_000;
/** A delivery beyond this many says that the scan brings down whoever runs it. */
const MOST_ATTEMPTS = 3;

/** What is left of a bundle behind one of these is unknown, so that every verdict could be wrong. */
const CUT_OFF: ReadonlySet<string> = new Set([
  'bundle-too-large',
  'unpacked-too-large',
  'packed-too-densely',
  'too-many-files',
  'too-many-documents',
  'archive-broken',
]);

/**
 * Runs one stored scan: reads its upload, analyses it, stores the results, and says so last. It may be delivered again at any time, also while it runs:
 * a finished scan stays as it is, one that broke off anywhere is run again, and equal input gives equal results.
 * @param attempt which delivery this is, from 1, where the queue tells
 * @throws whatever the store throws: the queue delivers again
 */
export async function runScan(deps: WorkerDeps, { tenant, scanId }: ScanMessage, attempt = 1): Promise<ScanOutcome> {
  const { repository, clock, log } = deps;
  const scan = await repository.transition(tenant, scanId, (current) =>
    current.status === 'QUEUED' ? { ...current, status: 'RUNNING', startedAt: clock().toISOString() } : undefined,
  );
  if (!scan) return 'none';
  if (isFinished(scan)) {
    await repository.deleteUpload(tenant, scan.request.uploadId);
    return 'none';
  }
  if (attempt > MOST_ATTEMPTS) return fail(deps, scan, `the scan broke off ${MOST_ATTEMPTS} times; it may be too large`);
  const upload = await repository.getUpload(tenant, scan.request.uploadId);
  if (!upload) return fail(deps, scan, 'the upload is not there: nothing was put, or it has expired or was scanned before');
  const guarded = guardedStream(upload);
  let bundle: AnalyzedBundle;
  try {
    const options = {
      facts: new Map(Object.entries(scan.request.facts)),
      stage: scan.request.stage,
      ...(deps.limits && { limits: deps.limits }),
    };
    bundle = await analyzeBundle([{ path: BUNDLE_FILE, bytes: guarded.bytes } satisfies BundleFile], options);
  } catch (error) {
    guarded.rethrow();
    const correlationId = deps.newId();
    log.error('scan failed unexpectedly', {
      correlationId,
      tenant,
      scanId,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return fail(deps, scan, `unexpected error; quote \`${correlationId}\` when you report it`);
  }
  guarded.rethrow();
  const refusal = refusalOf(bundle);
  if (refusal !== undefined) return fail(deps, scan, refusal, bundle.diagnostics);
  const { analysis, findings, diagnostics, digest, snapshot } = bundle;
  await repository.saveResults(
    tenant,
    scanId,
    { model: encodeModel(analysis), directory: encodeDirectory(analysis), findings },
    scan.createdAt,
  );
  return finish(deps, scan, {
    status: 'SUCCEEDED',
    digest,
    summary: summaryFor(bundle),
    facts: snapshot.facts,
    factOrigins: snapshot.origins,
    diagnostics: worstFirst(diagnostics),
  });
}

function isFinished({ status }: Scan): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED';
}

/** Why this bundle gives no result that could be relied on; undefined when it does. */
function refusalOf(bundle: AnalyzedBundle): string | undefined {
  const { diagnostics } = bundle;
  // In an archive a document that is too large ends one file; here it ends the bundle.
  const cut = diagnostics.find(({ code, source }) => CUT_OFF.has(code) || (code === 'document-too-large' && source?.file === BUNDLE_FILE));
  if (cut) return `the bundle was not read to its end: ${cut.message}`;
  if (!holdsNothing(bundle)) return undefined;
  const [worst] = worstFirst(diagnostics);
  return `the bundle holds no Kubernetes object that has a part in reachability${worst ? `: ${worst.message}` : ''}`;
}

function fail(deps: WorkerDeps, scan: Scan, failure: string, diagnostics: readonly Diagnostic[] = []): Promise<ScanOutcome> {
  return finish(deps, scan, { status: 'FAILED', failure, diagnostics: worstFirst(diagnostics) });
}

/** The last word about a scan. Whoever says it first is right; only then the upload may go. */
async function finish(
  { repository, clock, log }: WorkerDeps,
  { tenant, id, createdAt, request }: Scan,
  last: Partial<Scan>,
): Promise<ScanOutcome> {
  const finishedAt = clock().toISOString();
  let isMine = false;
  const scan = await repository.transition(tenant, id, (current) => {
    // After a deletion an idempotency key gives the id to a new scan, which is none of ours.
    isMine = current.createdAt === createdAt && !isFinished(current);
    return isMine ? { ...current, ...last, finishedAt } : undefined;
  });
  if (!scan || !isMine) return 'none';
  await repository.deleteUpload(tenant, request.uploadId);
  log.info('scan finished', { tenant, scanId: id, status: scan.status });
  return scan.status === 'SUCCEEDED' ? 'succeeded' : 'failed';
}

/**
 * A stream that remembers what broke it. Ingest takes a stream that breaks for a broken file, which is right for files on a disk; here it is the store
 * that failed, and the scan must be tried again.
 */
function guardedStream(source: AsyncIterable<Uint8Array>): { readonly bytes: AsyncIterable<Uint8Array>; rethrow(): void } {
  let failure: { readonly error: unknown } | undefined;
  async function* bytes() {
    try {
      yield* source;
    } catch (error) {
      failure = { error };
      throw error;
    }
  }
  return {
    bytes: bytes(),
    rethrow() {
      if (failure) throw failure.error;
    },
  };
}

function summaryFor({ analysis, snapshot, findings, diagnostics }: AnalyzedBundle): ScanSummary {
  const { workloads, endpoints, policies, pairs, allowedPairs, possiblePairs, isolated } = summaryOf(analysis);
  return {
    mode: snapshot.mode,
    namespaces: snapshot.namespaces.length,
    workloads,
    endpoints,
    policies,
    pairs,
    allowedPairs,
    possiblePairs,
    isolatedIngress: isolated.ingress,
    isolatedEgress: isolated.egress,
    findings: countFindings(findings),
    diagnostics: countDiagnostics(diagnostics),
  };
}

function countFindings(findings: readonly Finding[]): ScanSummary['findings'] {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0, open: 0 };
  for (const finding of findings) counts[severityOf(finding)]++;
  return counts;
}

function countDiagnostics(diagnostics: readonly Diagnostic[]): ScanSummary['diagnostics'] {
  const counts = { fatal: 0, severe: 0, warning: 0, notice: 0 };
  for (const { severity } of diagnostics) counts[severity]++;
  return counts;
}

const SEVERITIES: readonly DiagnosticSeverity[] = ['fatal', 'severe', 'warning', 'notice'];

function worstFirst(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return SEVERITIES.flatMap((severity) => diagnostics.filter((diagnostic) => diagnostic.severity === severity)).slice(0, MOST_DIAGNOSTICS);
}
