import type { Diagnostic } from '../model/diagnostic';
import type { FactOrigins, Facts } from '../model/facts';

/** In the order in which a scan takes them; the last two are alternatives and final. A scan that broke off stays RUNNING and is run again. */
export type ScanStatus = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED';

/** What was asked for: enough to run the scan again from its upload. */
export interface ScanRequest {
  readonly uploadId: string;
  readonly cluster: string;
  /** Fact name → text, as given. */
  readonly facts: Readonly<Record<string, string>>;
  readonly stage: 'lab' | 'poc' | 'beta' | 'production';
}

/** Counts of a succeeded scan. Endpoints are those of workloads, pairs are ordered ones of different endpoints (`ConnectivitySummary` of the engine). */
export interface ScanSummary {
  readonly mode: 'snapshot' | 'bundle';
  readonly namespaces: number;
  readonly workloads: number;
  readonly endpoints: number;
  readonly policies: number;
  readonly pairs: number;
  readonly allowedPairs: number;
  readonly possiblePairs: number;
  readonly isolatedIngress: number;
  readonly isolatedEgress: number;
  readonly findings: Readonly<Record<'critical' | 'high' | 'medium' | 'low' | 'info' | 'open', number>>;
  readonly diagnostics: Readonly<Record<'fatal' | 'severe' | 'warning' | 'notice', number>>;
}

/** One run over one bundle. Write-once but for `status` and what a finished scan adds. Times are RFC 3339 in UTC. */
export interface Scan {
  readonly id: string;
  readonly tenant: string;
  readonly request: ScanRequest;
  readonly status: ScanStatus;
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** Hex SHA-256 over the redacted documents; equal input has equal digest. Only of a succeeded scan. */
  readonly digest?: string;
  readonly summary?: ScanSummary;
  readonly facts?: Facts;
  readonly factOrigins?: FactOrigins;
  /** At most the first 1,000, the worst first; `summary.diagnostics` counts them all. */
  readonly diagnostics?: readonly Diagnostic[];
  /** Why it failed, for the user to read. Only of a failed scan. */
  readonly failure?: string;
}
