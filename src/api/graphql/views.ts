import type { ConnectionSet, PolicySummary, WorkloadSummary } from '../../engine/index';
import { CHECKS } from '../../findings/catalog';
import type { Finding } from '../../findings/finding';
import type { FactName } from '../../model/facts';
import { TRANSPORT_PROTOCOLS } from '../../model/policy';
import type { Scan } from '../../store/scan';
import type { Answer } from '../ask';
import { evidenceSteps } from '../evidence-steps';
import { severityOf } from '../finding-query';
import type { FlowEndpoint, FlowRow } from '../flows';
import type { TraceStep } from '../trace-step';
import type { ToldWitness } from '../witness-text';
import { encodeId } from './relay';

/*
 * Values of the house in the shape of the schema's types. Fields that already fit are passed through; the schema's default resolvers read the rest.
 */

/** `Workload`. */
export function workloadView(scanId: string, workload: WorkloadSummary) {
  const { index, id, namespace, name, kind, file, line, endpoints } = workload;
  return {
    __typename: 'Workload',
    id: encodeId('Workload', scanId, String(index)),
    ref: id,
    namespace,
    name,
    kind,
    source: { file, line },
    endpointCount: endpoints.length,
  };
}

/** `Policy`. */
export function policyView(scanId: string, policy: PolicySummary) {
  const { index, id, file, line, selected, ...rest } = policy;
  return {
    ...rest,
    __typename: 'Policy',
    id: encodeId('Policy', scanId, String(index)),
    ref: id,
    selectedCount: selected,
    source: { file, line },
  };
}

/** `Finding`. */
export function findingView(scanId: string, finding: Finding) {
  return {
    ...finding,
    __typename: 'Finding',
    id: encodeId('Finding', scanId, finding.fingerprint),
    checkCode: finding.check,
    check: checkView(finding.check),
    severity: severityOf(finding),
    evidence: { ...finding.evidence, trace: evidenceSteps(finding).map(stepView) },
  };
}

/** `Check`. Undefined for a check that this version knows no longer. */
export function checkView(id: string) {
  const check = CHECKS.find((candidate) => candidate.id === id);
  return check && { ...check, code: check.id };
}

/** `TraceStep`. */
export function stepView(step: TraceStep) {
  return { ...step, certain: step.certainty === 'yes' };
}

/** `Reach`. */
export function reachView({ trace, blockers, path, witness, ...answer }: Answer) {
  const steps = path?.steps.map((step) => ({ ...step, trace: step.trace.map(stepView) }));
  const pod = witness && witnessView(witness);
  return { ...answer, trace: trace.map(stepView), blockers: blockers.map(stepView), path: path && { ...path, steps }, witness: pod };
}

/** `HypotheticalPod`. */
export function witnessView(witness: ToldWitness) {
  const labelsOf = (labels: Readonly<Record<string, string>>) => Object.entries(labels).map(([key, value]) => ({ key, value }));
  const { labels, namespaceLabels, serviceAccountLabels, ...pod } = witness;
  return {
    ...pod,
    labels: labelsOf(labels),
    namespaceLabels: labelsOf(namespaceLabels),
    serviceAccountLabels: labelsOf(serviceAccountLabels),
  };
}

/** `Flow`. */
export function flowView({ from, to, ports, conditional }: FlowRow) {
  const allowed = portsView(ports);
  return { from, to, ports: allowed, allowed, conditional: conditional ? portsView(conditional) : [] };
}

/** `FlowEndpoint`. */
export function flowEndpointView({ id, kind, pods }: FlowEndpoint) {
  return { key: id, kind, pods };
}

/** `ProtocolPorts`. */
export function portsView(ports: ConnectionSet) {
  const views = TRANSPORT_PROTOCOLS.flatMap((protocol) => {
    const ranges = ports[protocol] ?? [];
    return ranges.length > 0 ? [{ protocol: protocol as string, ranges: ranges.map(([low, high]) => ({ low, high })) }] : [];
  });
  return ports.icmp ? [...views, { protocol: 'ICMP', ranges: [] }] : views;
}

/** `Fact`s. Undefined before the scan has succeeded. */
export function factViews({ facts, factOrigins }: Scan) {
  if (!facts || !factOrigins) return undefined;
  return (Object.keys(facts) as FactName[]).map((name) => ({ name, values: [facts[name]].flat(), origin: factOrigins[name] }));
}
