import { analyze } from '../../../src/engine/index';
import { runChecks } from '../../../src/findings/catalog';
import type { Check, Judgement } from '../../../src/findings/check';
import type { Finding } from '../../../src/findings/finding';
import { type Survey, surveyOf } from '../../../src/findings/survey';
import type { FactName, Facts } from '../../../src/model/facts';
import type { Selector } from '../../../src/model/selector';
import { type LoadBalancer, PLAIN_SERVICE, type Service } from '../../../src/model/service';
import type { Snapshot } from '../../../src/model/snapshot';
import { type ClusterBuilder, cluster, labels, type PolicyOptions } from '../../support/cluster';

/** What a test of the checks adds to a cluster: images and Services, which policy does not see. */
export interface SceneExtras {
  readonly images?: Readonly<Record<string, readonly string[]>>;
  readonly services?: readonly Service[];
  /** Facts that somebody gave. */
  readonly given?: Partial<Facts>;
}

/** The snapshot of a cluster with a new pod in every namespace, as ingest makes them. `build` names the namespaces. */
export function scene(
  namespaces: readonly string[],
  build: (builder: ClusterBuilder) => ClusterBuilder,
  extras: SceneExtras = {},
): Snapshot {
  const { images = {}, services = [], given = {} } = extras;
  const started = namespaces.reduce((builder, name) => builder.namespace(name, {}).newPod(name), cluster(given));
  const snapshot = build(started).snapshot();
  return {
    ...snapshot,
    services,
    workloads: snapshot.workloads.map((workload) => ({
      ...workload,
      images: images[`${workload.ref.namespace}/${workload.ref.name}`] ?? [],
    })),
    origins: { ...snapshot.origins, ...Object.fromEntries(Object.keys(given).map((name) => [name as FactName, 'given'])) },
  };
}

export function surveyFor(snapshot: Snapshot): Survey {
  return surveyOf(snapshot, analyze(snapshot));
}

export function judge(check: Check, snapshot: Snapshot): readonly Judgement[] {
  return check.judge(surveyFor(snapshot));
}

export function findingsOf(snapshot: Snapshot): readonly Finding[] {
  return runChecks({ snapshot, analysis: analyze(snapshot), stage: 'production' });
}

/** One line for each judgement, to compare whole results at a glance. */
export function summaries(judgements: readonly Judgement[]): readonly string[] {
  return judgements.map(({ subject, object, direction, family, certainty, severity }) =>
    [
      subject,
      direction ?? '-',
      object,
      ...(family === '6' ? ['IPv6'] : []),
      certainty === 'open' ? 'open' : `${certainty} ${severity}`,
    ].join(' '),
  );
}

/** A policy for pods of its namespace with these labels. */
export function selecting(namespace: string, wanted: Readonly<Record<string, string>>, options: PolicyOptions = {}): PolicyOptions {
  return { ...options, appliesTo: podsWith(namespace, Object.keys(wanted).length === 0 ? undefined : labels(wanted)) };
}

export function podsWith(namespace: string, selector: Selector | undefined): Selector {
  const parts: readonly Selector[] = [
    { kind: 'inNamespace', names: [namespace] },
    { kind: 'network', network: 'pod' },
  ];
  return { kind: 'and', of: [...parts, ...(selector === undefined ? [] : selector.kind === 'and' ? selector.of : [selector])] };
}

/** A Service with one port. */
export function service(
  id: string,
  type: Service['type'],
  selector: Readonly<Record<string, string>>,
  targetPort: number | string,
): Service {
  const [namespace, name] = id.split('/') as [string, string];
  return {
    ref: { apiVersion: 'v1', kind: 'Service', namespace, name, source: { file: `${id}.yaml`, document: 1, line: 1 } },
    type,
    headless: false,
    selector,
    ports: [{ name: '', protocol: 'TCP', port: 80, targetPort }],
    endpointAddresses: [],
    ...PLAIN_SERVICE,
    ...(type === 'LoadBalancer' && { loadBalancer: PLAIN_LOAD_BALANCER }),
  };
}

/** Of which the input tells nothing. */
const PLAIN_LOAD_BALANCER: LoadBalancer = { addresses: [], hostnames: [], allocatesNodePorts: true, scope: 'unknown' };
