import { type Analysis, analyze, connectivity } from '../../../src/engine/index';
import { runChecks } from '../../../src/findings/catalog';
import { formatConnections, isEmpty, unionOfConnections } from '../../../src/findings/connection-text';
import type { Finding } from '../../../src/findings/finding';
import { ingest } from '../../../src/ingest/index';
import type { Snapshot } from '../../../src/model/snapshot';
import { formatRef } from '../../../src/model/source';

export interface Scanned {
  readonly snapshot: Snapshot;
  readonly analysis: Analysis;
  readonly findings: readonly Finding[];
}

/** Manifests through the whole way: ingest, engine, checks. A diagnostic worse than a notice fails the test. */
export async function scanned(manifests: readonly string[], facts: Readonly<Record<string, string>> = {}): Promise<Scanned> {
  const files = manifests.map((text, index) => ({ path: `manifests/${index}.yaml`, bytes: new TextEncoder().encode(text) }));
  const { snapshot, diagnostics } = await ingest(files, { facts: new Map(Object.entries(facts)) });
  expect(diagnostics.filter(({ severity }) => severity !== 'notice')).toEqual([]);
  const analysis = analyze(snapshot);
  return { snapshot, analysis, findings: runChecks({ snapshot, analysis, stage: 'production' }) };
}

/** What workloads may open to each other for certain, and what they possibly may, as texts by pair. */
export function openPairs({ snapshot, analysis }: Omit<Scanned, 'findings'>): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const { from, to, allowed, conditional } of connectivity(analysis, { by: 'workload', external: false })) {
    if (from.kind === 'block' || to.kind === 'block' || isEmpty(unionOfConnections(allowed, conditional))) continue;
    const pair = [from, to].map(({ index }) => formatRef(snapshot.workloads[index]!.ref)).join(' → ');
    pairs.set(pair, `${formatConnections(allowed)}, possibly ${formatConnections(conditional)}`);
  }
  return pairs;
}

export function namespace(name: string): string {
  return `{apiVersion: v1, kind: Namespace, metadata: {name: ${name}}}`;
}

export function deployment(id: string, labels: Readonly<Record<string, string>>, spec: object = {}): string {
  const [space, name] = id.split('/');
  const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'app' }], ...spec } };
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: space, name },
    spec: { selector: { matchLabels: labels }, template },
  });
}

export function networkPolicy(id: string, spec: object): string {
  const [space, name] = id.split('/');
  return JSON.stringify({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { namespace: space, name }, spec });
}
