import { explain, type FlowEnd } from '../engine/index';
import type { Workload } from '../model/endpoint';
import { type Direction, isWritten, type Policy, rulesOf } from '../model/policy';
import type { Snapshot } from '../model/snapshot';
import { formatRef, formatSource } from '../model/source';
import { type FlowNames, sourceOfStep, stepText } from '../model/trace-text';
import type { Explanation, Packet, PolicyHit } from '../model/verdict';
import type { Evidence } from './finding';
import { decidingPolicies, type Group, type Selecting } from './selection';
import { endpointCount, type NamespaceSurvey, type Survey } from './survey';

/** How many things a list of an evidence block shows before it only counts. */
const LIST_LENGTH = 10;

/** One flow with the steps of one direction that decided about it, and what these steps depend on. */
export interface Witness {
  readonly flow: NonNullable<Evidence['flow']>;
  readonly trace: readonly PolicyHit[];
  readonly explanation: Explanation;
}

/** Puts one flow to the engine and keeps the steps of the direction that a finding is about: each side is judged alone. */
export function witnessOf(
  { analysis, snapshot }: Survey,
  source: FlowEnd,
  destination: FlowEnd,
  packet: Packet,
  direction: Direction,
): Witness {
  const explanation = explain(analysis, { source, destination, packet });
  const flow = {
    from: nameOfEnd(snapshot, source),
    to: nameOfEnd(snapshot, destination),
    protocol: packet.protocol,
    ...(packet.port !== undefined && { port: packet.port }),
  };
  return { flow, trace: explanation.trace.filter((hit) => hit.direction === direction), explanation };
}

/** What the steps of a witness depend on, as sentences. */
export function dependenciesOf(trace: readonly PolicyHit[]): readonly string[] {
  return [...new Set(trace.flatMap(({ unknowns }) => unknowns.map(({ text }) => text)))];
}

/** The last certain step of a trace: the one that decided. */
export function decidingStep(trace: readonly PolicyHit[]): PolicyHit | undefined {
  return trace.findLast(({ certainty, action }) => certainty === 'yes' && action !== 'Log') ?? trace.at(-1);
}

/** What nodes do besides policy. */
const ON_THE_NODE: readonly PolicyHit['trigger'][] = ['host-unknown', 'host-action', 'tunnel-packet'];

/** Judged by the policies of the end itself, and not at a host endpoint on the way. */
export function isOwnStep({ host, trigger }: PolicyHit): boolean {
  return host === undefined && !ON_THE_NODE.includes(trigger);
}

/**
 * The step that a remedy has to start from. Whatever host endpoints let pass, a pod is open by what its own policies say; on the network of the node only host
 * endpoints can say something.
 */
export function openingStep(trace: readonly PolicyHit[], network: 'pod' | 'host'): PolicyHit | undefined {
  const steps = trace.filter((step) => isOwnStep(step) === (network === 'pod'));
  return decidingStep(steps.length > 0 ? steps : trace);
}

/** One step in words, with its place. */
export function describeStep(step: PolicyHit, names: FlowNames): string {
  const source = sourceOfStep(step);
  return `${stepText(step, names)}${source ? ` (${formatSource(source)})` : ''}`;
}

/** How many policies that select other pods are worth a mention. */
const OTHER_POLICIES = 3;

/** The nearest things that could have isolated the group in this direction and do not: those that select it, then those that select most of the others. */
export function nearestCandidates(own: NamespaceSurvey, group: Group, direction: Direction): readonly string[] {
  const deciding = decidingPolicies(group, direction);
  const candidates = group.selecting
    .filter((selecting) => isWritten(selecting.policy) && !deciding.includes(selecting))
    .map((selecting) => shortfallOf(selecting, direction));
  const total = endpointCount(own.groups);
  const others = isolatingPolicies(own, direction).filter(({ index }) => !group.selecting.some((selecting) => selecting.index === index));
  const texts = others.slice(0, OTHER_POLICIES).map(({ policy, count }) => {
    return `policy \`${formatRef(policy.ref)}\` isolates ${direction}, but selects only ${count} of the ${counted(total, 'pod')} of the namespace`;
  });
  return limited([...candidates, ...texts]);
}

interface Isolating {
  readonly index: number;
  readonly policy: Policy;
  /** Pods that it selects, or may. */
  readonly count: number;
}

const isolatingByNamespace = new WeakMap<NamespaceSurvey, Partial<Record<Direction, readonly Isolating[]>>>();

/** Policies that isolate pods of the namespace in this direction, those with the most pods first. */
function isolatingPolicies(own: NamespaceSurvey, direction: Direction): readonly Isolating[] {
  const known = isolatingByNamespace.get(own);
  const ready = known?.[direction];
  if (ready) return ready;
  const counts = new Map<number, Isolating>();
  for (const group of own.groups) {
    for (const { index, policy } of decidingPolicies(group, direction)) {
      if (!isWritten(policy)) continue;
      counts.set(index, { index, policy, count: (counts.get(index)?.count ?? 0) + group.endpoints.length });
    }
  }
  const isolating = [...counts.values()].sort((a, b) => b.count - a.count || a.index - b.index);
  isolatingByNamespace.set(own, { ...known, [direction]: isolating });
  return isolating;
}

function shortfallOf({ policy }: Selecting, direction: Direction): string {
  const name = `policy \`${formatRef(policy.ref)}\``;
  if (policy.staged) return `${name} would select it, but is only staged`;
  if (policy.hook !== 'normal') return `${name} selects it, but acts at the hook ${policy.hook} only`;
  const other = direction === 'ingress' ? 'egress' : 'ingress';
  return rulesOf(policy, other) ? `${name} selects it, but only for ${other}` : `${name} selects it, but has no rules for any direction`;
}

/** `kubectl` line that runs a command in a pod of the workload; undefined for kinds into which kubectl cannot go. */
export function commandIn(workload: Workload, command: string): string | undefined {
  const kinds: Readonly<Record<string, string>> = {
    Deployment: 'deployment',
    StatefulSet: 'statefulset',
    DaemonSet: 'daemonset',
    ReplicaSet: 'replicaset',
    Job: 'job',
    Pod: 'pod',
  };
  const kind = Object.hasOwn(kinds, workload.ref.kind) ? kinds[workload.ref.kind] : undefined;
  if (kind === undefined) return undefined;
  return `kubectl --namespace ${shellWord(workload.ref.namespace ?? '')} exec ${shellWord(`${kind}/${workload.ref.name}`)} -- ${command}`;
}

/** A word that no shell reads as anything else; names come from the input. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9._/:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The first few of a list, and how many more there are. */
export function limited(texts: readonly string[]): readonly string[] {
  if (texts.length <= LIST_LENGTH) return texts;
  return [...texts.slice(0, LIST_LENGTH), `and ${texts.length - LIST_LENGTH} more`];
}

/** `1 pod`, `2 pods` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The same in one line. */
export function abbreviated(texts: readonly string[]): string {
  return limited(texts).join(', ');
}

/** Workloads rather than pods, whose names change; a new pod has no name yet. */
export function nameOfEnd(snapshot: Snapshot, end: FlowEnd): string {
  if (typeof end === 'string') return end;
  const endpoint = snapshot.endpoints[end]!;
  const workload = snapshot.workloads[endpoint.workload];
  if (workload) return formatRef(workload.ref);
  const namespace = snapshot.namespaces[endpoint.namespace]?.name;
  return endpoint.kind === 'newPod' ? `any new pod in ${namespace}` : formatRef({ name: endpoint.name, kind: 'Node' });
}
