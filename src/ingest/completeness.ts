import type { Snapshot } from '../model/snapshot';
import { diagnose } from './codes';
import type { Report } from './document';

/** What was seen of a bundle while it was read. */
export interface Census {
  /** Files that held a document. */
  readonly files: ReadonlySet<string>;
  /** Whether it held an object that can allow or deny traffic, understood or not. */
  readonly hasPolicies: boolean;
  readonly hasNamespaces: boolean;
}

/**
 * Tells what an input without policies means. `kubectl cluster-info dump` writes pods and nodes but never a policy, so its silence about isolation says
 * nothing; any other input is taken at its word.
 */
export function reportCompleteness(snapshot: Snapshot, census: Census, report: Report): void {
  if (snapshot.workloads.length === 0 && snapshot.policies.length === 0 && !census.hasPolicies) {
    report(diagnose('nothing-found', 'the input holds no workload and no policy'));
    return;
  }
  if (census.hasPolicies) return;
  const dump = census.hasNamespaces ? undefined : clusterInfoDump(census.files);
  if (dump === undefined) {
    // Host endpoints deny by themselves what no policy allows.
    if (snapshot.hostEndpoints.length > 0) return;
    report(diagnose('no-policies', 'the input has no policy: nothing is isolated'));
    return;
  }
  const message =
    '`kubectl cluster-info dump` leaves out policies and namespaces: whether pods are isolated is unknown, and everything looks allowed';
  report(diagnose('policies-unknown', message, { file: dump, document: 1, line: 1 }));
}

/** `nodes.json` beside folders with a `pods.json`: the layout of `kubectl cluster-info dump --output-directory`; answers its `nodes.json`. */
function clusterInfoDump(files: ReadonlySet<string>): string | undefined {
  for (const file of [...files].sort()) {
    const parts = /^(.*\/)?[^/]+\/pods\.(json|yaml)$/.exec(file);
    const nodes = parts && `${parts[1] ?? ''}nodes.${parts[2]}`;
    if (nodes && files.has(nodes)) return nodes;
  }
  return undefined;
}
