import type { Question } from '../api/ask';
import type { FlowGrouping } from '../api/flows';
import type { Severity, Stage } from '../findings/finding';

/*
 * What the command line can ask for, as plain values. This file loads nothing, so that help and mistakes are answered at once;
 * the files that do the work are loaded when their command is chosen.
 */

/** What every command that reads manifests is told. */
export interface BundleRequest {
  readonly paths: readonly string[];
  /** `key=value` each. */
  readonly facts: readonly string[];
  /** Show every diagnostic. */
  readonly verbose: boolean;
}

/** How each command can print, in the order in which its help tells them; the first one is the usual one. */
export const SCAN_FORMATS = ['table', 'json', 'sarif', 'junit', 'markdown'] as const;
export const FLOWS_FORMATS = ['table', 'json', 'csv', 'dot', 'mermaid'] as const;
export const ASK_FORMATS = ['text', 'json'] as const;
export const EXPOSURE_FORMATS = ['table', 'json', 'csv', 'dot', 'mermaid'] as const;

/** `leasttrust scan` */
export interface ScanCommand extends BundleRequest {
  readonly format: (typeof SCAN_FORMATS)[number];
  readonly stage: Stage;
  /** `never`: findings do not change the exit status. Absent: what the stage asks for. */
  readonly failOn?: Severity | 'never';
  /** Show evidence and remediation. */
  readonly explain: boolean;
}

/** `leasttrust flows` */
export interface FlowsCommand extends BundleRequest {
  readonly format: (typeof FLOWS_FORMATS)[number];
  readonly by: FlowGrouping;
  /** Peers or namespaces that the flows begin and end at. */
  readonly from?: string;
  readonly to?: string;
  /** With addresses outside the cluster. */
  readonly external: boolean;
  /** With ICMP that is only possible. */
  readonly icmp: boolean;
}

/** `leasttrust exposure` */
export interface ExposureCommand extends BundleRequest {
  readonly format: (typeof EXPOSURE_FORMATS)[number];
  /** Only this workload, as peers are named. */
  readonly workload?: string;
  /** Only workloads of this namespace. */
  readonly namespace?: string;
  /** Only doors that let these clients through: `internet`, an address or a CIDR. */
  readonly from?: string;
  /** Exit with 1 when something is open to the internet, for certain or (`perhaps`) as far as the input tells. */
  readonly failOn?: (typeof EXPOSURE_FAILURES)[number];
}

/** What can fail a run. `perhaps` fails whatever `internet` fails, and doors of which it is open whether the internet gets through. */
export const EXPOSURE_FAILURES = ['internet', 'perhaps'] as const;

/** `leasttrust ask` */
export interface AskCommand extends BundleRequest {
  readonly format: (typeof ASK_FORMATS)[number];
  /** One question, or a file of many. */
  readonly asked: { readonly question: Question } | { readonly checksFile: string };
}

/** `leasttrust serve` */
export interface ServeCommand {
  /** 0 takes any port that is free. */
  readonly port: number;
  readonly host: string;
  /** Folder, relative to the working folder. */
  readonly data: string;
  /** Scan the example at start. */
  readonly example: boolean;
}
