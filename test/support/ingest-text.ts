import { type IngestResult, ingest } from '../../src/ingest/index';
import type { Diagnostic } from '../../src/model/diagnostic';
import type { Endpoint, Workload } from '../../src/model/endpoint';
import type { Policy } from '../../src/model/policy';
import type { Snapshot } from '../../src/model/snapshot';
import { formatRef } from '../../src/model/source';

/** Ingests YAML texts by file name; a single text is the file `all.yaml`. */
export function ingestText(
  texts: string | Readonly<Record<string, string>>,
  facts: Readonly<Record<string, string>> = {},
): Promise<IngestResult> {
  const files = typeof texts === 'string' ? { 'all.yaml': texts } : texts;
  return ingest(
    Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) })),
    { facts: new Map(Object.entries(facts)) },
  );
}

/** `code` and line of each diagnostic, without those that only say what a small input lacks. */
export function problemsOf({ diagnostics }: Pick<IngestResult, 'diagnostics'>): readonly string[] {
  const usual = ['namespace-assumed', 'no-policies', 'nothing-found', 'enforcement-assumed'];
  return diagnostics.filter(({ code }) => !usual.includes(code)).map(({ code, source }) => `${code}${source ? `:${source.line}` : ''}`);
}

/** The only diagnostic with this code. */
export function diagnosticOf({ diagnostics }: Pick<IngestResult, 'diagnostics'>, code: string): Diagnostic {
  const found = diagnostics.filter((diagnostic) => diagnostic.code === code);
  if (found.length !== 1)
    throw new Error(`${found.length} diagnostics \`${code}\` among ${diagnostics.map((diagnostic) => diagnostic.code)}`);
  return found[0]!;
}

/** Name of an endpoint as `namespace/name`, and its kind unless it is a pod. */
export function endpointName(snapshot: Snapshot, { namespace, name, kind }: Endpoint): string {
  const place = namespace < 0 ? '' : `${snapshot.namespaces[namespace]!.name}/`;
  return `${place}${name}${kind === 'pod' ? '' : ` (${kind})`}`;
}

/** Endpoints of workloads and nodes by name, without the hypothetical ones. */
export function endpointNames(snapshot: Snapshot): readonly string[] {
  return snapshot.endpoints.filter(({ kind }) => kind !== 'newPod').map((endpoint) => endpointName(snapshot, endpoint));
}

export function endpointOf(snapshot: Snapshot, name: string): Endpoint {
  const found = snapshot.endpoints.find((endpoint) => endpointName(snapshot, endpoint) === name);
  if (!found) throw new Error(`no endpoint \`${name}\` among ${snapshot.endpoints.map((endpoint) => endpointName(snapshot, endpoint))}`);
  return found;
}

export function workloadOf(snapshot: Snapshot, name: string): Workload {
  const found = snapshot.workloads.find(({ ref }) => formatRef(ref) === name);
  if (!found) throw new Error(`no workload \`${name}\` among ${snapshot.workloads.map(({ ref }) => formatRef(ref))}`);
  return found;
}

/** The only policy. */
export function policyOf(snapshot: Snapshot): Policy {
  if (snapshot.policies.length !== 1) throw new Error(`${snapshot.policies.length} policies`);
  return snapshot.policies[0]!;
}

/** A Deployment with the labels and containers given as YAML in braces. */
export function deployment(name: string, labels = '{}', spec = '{containers: [{name: main, image: main:1}]}', replicas = 1): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec: {replicas: ${replicas}, template: {metadata: {labels: ${labels}}, spec: ${spec}}}
---`;
}

/** A NetworkPolicy \`shop/web\` with the rest of its spec as YAML lines; the spec begins in line 4. */
export function networkPolicy(...spec: readonly string[]): string {
  return [
    'apiVersion: networking.k8s.io/v1',
    'kind: NetworkPolicy',
    'metadata: {name: web, namespace: shop}',
    'spec:',
    ...spec.map((line) => `  ${line}`),
    '',
  ].join('\n');
}

/** A cluster-wide policy `p` with its spec as YAML lines; the spec begins in line 4. */
function clusterWide(version: string, kind: string, spec: readonly string[]): string {
  return [
    `apiVersion: policy.networking.k8s.io/${version}`,
    `kind: ${kind}`,
    `metadata: {name: ${kind.startsWith('Baseline') ? 'default' : 'p'}}`,
    'spec:',
    ...spec.map((line) => `  ${line}`),
    '',
  ].join('\n');
}

const EVERY_POD = 'subject: {namespaces: {}}';

/** An AdminNetworkPolicy `p` of priority 5 for every pod; the given lines of its spec begin in line 7. */
export function adminNetworkPolicy(...spec: readonly string[]): string {
  return clusterWide('v1alpha1', 'AdminNetworkPolicy', ['priority: 5', EVERY_POD, ...spec]);
}

/** The BaselineAdminNetworkPolicy for every pod; the given lines of its spec begin in line 6. */
export function baselineAdminNetworkPolicy(...spec: readonly string[]): string {
  return clusterWide('v1alpha1', 'BaselineAdminNetworkPolicy', [EVERY_POD, ...spec]);
}

/** A ClusterNetworkPolicy `p` of the Admin tier and priority 5 for every pod; the given lines of its spec begin in line 8. */
export function clusterNetworkPolicy(...spec: readonly string[]): string {
  return clusterWide('v1alpha2', 'ClusterNetworkPolicy', ['tier: Admin', 'priority: 5', EVERY_POD, ...spec]);
}
