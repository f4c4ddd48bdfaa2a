import type { Workload } from '../../model/endpoint';
import { type HostEndpoint, hostSubject } from '../../model/host-endpoint';
import { anyOf, type Match, maybe, NO } from '../../model/match';
import { type Direction, isWritten, type Policy, rulesOf } from '../../model/policy';
import { matchSelector, namespacesNamedBy } from '../../model/selector';
import type { Snapshot } from '../../model/snapshot';
import { formatRef } from '../../model/source';
import { compareText } from '../../util/order';
import type { Check, Judgement } from '../check';
import { abbreviated, shellWord } from '../evidence';
import { compareNearness, describeFailure, isOneEditAway, labelTestsOf, type NearMiss, nearMissOf } from '../near-misses';
import { isolationMatch, subjectOf } from '../selection';
import { groupedBy, type NamespaceSurvey, type Survey } from '../survey';

/** LT-HYG-001 */
export const policySelectsNothing: Check = {
  id: 'LT-HYG-001',
  slug: 'policy-selects-nothing',
  title: 'Policy selects no endpoint',
  rationale:
    'Its author meant to protect something that the policy does not touch: a label is misspelt, the workload was renamed, or the policy lies in the wrong namespace. A policy for pods without labels that may come, or in a namespace whose workloads are not in the input, is not reported as wrong. One that acts at host endpoints selects something as soon as it selects one of them.',
  references: ['CIS Kubernetes Benchmark 5.3.2', 'kube-linter dangling-networkpolicy', 'Kubescape C-0299'],
  gate: 'beta',
  ruleVersion: 1,
  judge: (survey) => {
    const selected = selectedPolicies(survey);
    return survey.snapshot.policies.flatMap((policy, index) => {
      const match = selected.get(index);
      if (match?.truth === 'yes' || policy.stagedAction === 'Delete' || !isWritten(policy)) return [];
      return judgePolicy(survey, policy, match) ?? [];
    });
  },
};

/** What each policy selects among today's endpoints, the pods that could come and host endpoints; absent: nothing. */
function selectedPolicies({ snapshot, namespaces }: Survey): ReadonlyMap<number, Match> {
  const selected = new Map<number, Match>();
  const hosts = distinctHosts(snapshot);
  const add = (index: number, match: Match) => selected.set(index, anyOf([selected.get(index) ?? NO, match]));
  for (const { groups, hostGroups, newPod } of namespaces) {
    for (const { selecting } of [...groups, ...hostGroups, ...(newPod ? [newPod] : [])])
      for (const { index, match } of selecting) add(index, match);
  }
  const nodes = snapshot.endpoints.filter(({ kind }) => kind === 'node');
  for (const [index, { appliesTo }] of snapshot.policies.entries()) {
    if (nodes.length === 0 || selected.get(index)?.truth === 'yes') continue;
    const match = anyOf(nodes.map((node) => matchSelector(appliesTo, subjectOf(snapshot, node))));
    if (match.truth !== 'no') add(index, match);
  }
  for (const [index, policy] of snapshot.policies.entries()) {
    if (actsAtHostsAlone(snapshot, policy)) selected.delete(index);
    const { appliesToHosts } = policy;
    if (!appliesToHosts || selected.get(index)?.truth === 'yes') continue;
    const match = anyOf(hosts.map((host) => matchSelector(appliesToHosts, hostSubject(host))));
    if (match.truth !== 'no') add(index, match);
  }
  return selected;
}

/** Pods that such a policy selects are nothing to it. Of a cluster whose input holds no host endpoint nobody knows where it acts. */
function actsAtHostsAlone({ hostEndpoints }: Snapshot, { hook }: Policy): boolean {
  return hook !== 'normal' && hostEndpoints.length > 0;
}

/** One host endpoint of each set of labels and profiles: there may be one for each node, and policies see nothing else of them. */
function distinctHosts({ hostEndpoints }: Snapshot): readonly HostEndpoint[] {
  return [...groupedBy(hostEndpoints, (host) => JSON.stringify(hostSubject(host))).values()].map(([first]) => first!);
}

function judgePolicy(survey: Survey, policy: Policy, match: Match | undefined): Judgement | undefined {
  const { snapshot } = survey;
  const names = namespacesNamedBy(policy.appliesTo);
  const places = survey.namespaces.filter(({ namespace }) => names?.has(namespace.name) ?? true);
  const dormant = places
    .flatMap(({ workloads }) => workloads.map((index) => snapshot.workloads[index]!))
    .filter(({ endpoints }) => endpoints.length === 0);
  const hasWorkloads = places.some(({ groups, hostGroups }) => groups.length + hostGroups.length > 0);
  const isImpossible = names?.size === 0;
  const isForHosts = actsAtHostsAlone(snapshot, policy);
  const openness = match ?? (isImpossible || isForHosts ? NO : opennessOf(places, dormant, hasWorkloads));
  const near = isForHosts ? [] : nearestOf(survey, policy, places);
  const nearHosts = nearestHosts(snapshot, policy);
  const elsewhere = openness.truth === 'no' && !isForHosts ? namesElsewhere(survey, policy, names) : [];
  const exposed = near.find(({ openFor }) => openFor.length > 0);
  const name = formatRef(policy.ref);
  const isOpen = openness.truth === 'maybe';
  const isAssumed = snapshot.mode === 'bundle' && !isOpen && !isImpossible;
  const directions = directionsOf(policy);
  const mayActAtHosts = policy.appliesToHosts !== undefined && snapshot.hostEndpoints.length > 0;
  const what = isForHosts ? 'no host endpoint, and acts nowhere else' : mayActAtHosts ? 'no pod and no host endpoint' : 'no pod';
  const dependsOn = openness.unknowns.map(({ text }) => text);
  return {
    subject: name,
    ...(policy.ref.namespace !== undefined && { namespace: policy.ref.namespace }),
    object: 'nothing',
    ports: 'none',
    family: 'any',
    certainty: isOpen ? 'open' : isAssumed ? 'assumed' : 'proven',
    severity: exposed ? 'medium' : 'low',
    sentence: isOpen
      ? `whether policy \`${name}\` selects any${isForHosts ? ' host endpoint' : 'thing'} depends on ${abbreviated(dependsOn)}`
      : `policy \`${name}\` selects ${what}${exposed ? `; \`${formatRef(exposed.workload.ref)}\`, one label away, is open for ${exposed.openFor.join(' and ')}` : ''}`,
    evidence: {
      trace: [],
      nearestCandidates: [...near.map((candidate) => candidateText(survey, candidate)), ...nearHosts.map(hostText), ...elsewhere],
      assumptions: isAssumed
        ? [isForHosts ? 'the bundle holds every host endpoint' : 'the bundle holds every workload of the namespace']
        : [],
      ...(policy.ref.namespace !== undefined && {
        verify: `kubectl describe networkpolicy --namespace ${shellWord(policy.ref.namespace)} ${shellWord(policy.ref.name)}`,
      }),
      details: [
        ...(directions.length > 0 ? [{ label: isForHosts ? 'would act on' : 'would isolate', text: directions.join(', ') }] : []),
        ...(isOpen ? [{ label: 'depends on', text: abbreviated(dependsOn) }] : []),
      ],
    },
    flows: exposed ? [formatRef(exposed.workload.ref)] : [],
    advice: adviceFor(near, nearHosts, elsewhere),
    source: policy.ref.source,
  };
}

/** Nothing is selected: is that certain, or is there something that the input does not tell? */
function opennessOf(places: readonly NamespaceSurvey[], dormant: readonly Workload[], hasWorkloads: boolean): Match {
  if (dormant.length > 0) {
    const names = dormant.map(({ ref }) => `\`${formatRef(ref)}\``);
    return maybe({ kind: 'pod-labels', text: `the labels of the pods of ${abbreviated(names)}, of which there are none now` });
  }
  if (hasWorkloads) return NO;
  const whose = places.length === 0 ? 'the cluster' : `namespace ${abbreviated(places.map(({ namespace }) => `\`${namespace.name}\``))}`;
  return maybe({ kind: 'pod-labels', text: `the workloads of ${whose}, none of which is in the input` });
}

interface Candidate {
  readonly workload: Workload;
  readonly miss: NearMiss;
  /** Directions that the policy would isolate and in which it is open. */
  readonly openFor: readonly Direction[];
  /** Its labels fit, but it shares its node's network. */
  readonly isOnHost: boolean;
}

const CANDIDATES = 3;

/** Workloads of the same namespaces that are one label away from what the policy asks for, the nearest first. */
function nearestOf({ snapshot, groupOf }: Survey, policy: Policy, places: readonly NamespaceSurvey[]): readonly Candidate[] {
  const tests = labelTestsOf(policy.appliesTo);
  if (!tests) return [];
  const directions = directionsOf(policy);
  return places
    .flatMap(({ workloads }) => workloads)
    .flatMap((index): readonly Candidate[] => {
      const workload = snapshot.workloads[index]!;
      const group = groupOf(workload.endpoints[0] ?? -1);
      if (!group) return [];
      const miss = nearMissOf(tests, snapshot.endpoints[workload.endpoints[0]!]!.labels);
      if (group.network === 'host') return miss.failed.length === 0 ? [{ workload, miss, openFor: [], isOnHost: true }] : [];
      const openFor = directions.filter((direction) => isolationMatch(group, direction).truth === 'no');
      return isOneEditAway(miss) ? [{ workload, miss, openFor, isOnHost: false }] : [];
    })
    .sort((a, b) => compareNearness(a.miss, b.miss) || compareText(formatRef(a.workload.ref), formatRef(b.workload.ref)))
    .slice(0, CANDIDATES);
}

interface HostCandidate {
  readonly host: HostEndpoint;
  readonly miss: NearMiss;
}

/** Host endpoints that are one label away, the nearest first. */
function nearestHosts(snapshot: Snapshot, { appliesToHosts }: Policy): readonly HostCandidate[] {
  const tests = appliesToHosts && labelTestsOf(appliesToHosts);
  if (!tests) return [];
  return distinctHosts(snapshot)
    .map((host) => ({ host, miss: nearMissOf(tests, host.labels) }))
    .filter(({ miss }) => isOneEditAway(miss))
    .sort((a, b) => compareNearness(a.miss, b.miss) || compareText(a.host.ref.name, b.host.ref.name))
    .slice(0, CANDIDATES);
}

function hostText({ host, miss }: HostCandidate): string {
  return `\`${formatRef(host.ref)}\` is one label away: ${miss.failed.map(describeFailure).join(', ')}`;
}

function directionsOf(policy: Policy): readonly Direction[] {
  return (['ingress', 'egress'] as const).filter((direction) => rulesOf(policy, direction) !== undefined);
}

function candidateText({ policing }: Survey, { workload, miss, isOnHost }: Candidate): string {
  const name = `\`${formatRef(workload.ref)}\``;
  if (isOnHost)
    return `${name} has the labels, but shares its node's network, where ${policing.own ? 'only policies for host endpoints act' : 'network policy does not act'}`;
  return `${name} is one label away: ${miss.failed.map(describeFailure).join(', ')}`;
}

/** Workloads of other namespaces that the policy would select if it lay there. */
function namesElsewhere(survey: Survey, policy: Policy, names: ReadonlySet<string> | undefined): readonly string[] {
  const tests = labelTestsOf(policy.appliesTo);
  const wanted = tests?.find(({ test }) => test.operator === 'in');
  if (!names || !tests || wanted?.test.operator !== 'in') return [];
  const byLabel = survey.recall('workloads by label', '', () => workloadsByLabel(survey.snapshot));
  return wanted.test.values
    .flatMap((value) => byLabel.get(labelText(wanted.key, value)) ?? [])
    .filter(
      ({ ref, endpoints }) =>
        !names.has(ref.namespace ?? '') && nearMissOf(tests, survey.snapshot.endpoints[endpoints[0]!]!.labels).failed.length === 0,
    )
    .slice(0, CANDIDATES)
    .map(({ ref }) => `\`${formatRef(ref)}\` has the labels, but is in another namespace`);
}

function workloadsByLabel({ workloads, endpoints }: Snapshot): ReadonlyMap<string, readonly Workload[]> {
  const index = new Map<string, Workload[]>();
  for (const workload of workloads) {
    for (const [key, value] of Object.entries(endpoints[workload.endpoints[0] ?? -1]?.labels.values ?? {})) {
      const text = labelText(key, value);
      const known = index.get(text);
      if (known) known.push(workload);
      else index.set(text, [workload]);
    }
  }
  return index;
}

/** Keys hold no `=`, so that no two labels have one text. */
function labelText(key: string, value: string): string {
  return `${key}=${value}`;
}

function adviceFor(near: readonly Candidate[], nearHosts: readonly HostCandidate[], elsewhere: readonly string[]): string {
  const pods = near.filter(({ isOnHost }) => !isOnHost).map(({ workload: { ref }, miss }) => ({ ref, miss, whose: 'pods' }));
  const [best] = [...pods, ...nearHosts.map(({ host: { ref }, miss }) => ({ ref, miss, whose: 'host endpoint' }))];
  const failed = best?.miss.failed[0];
  if (best && failed) {
    const right =
      failed.similarKey !== undefined
        ? `the key to \`${failed.similarKey}\``
        : failed.actual !== undefined
          ? `\`${failed.key}\` to \`${failed.actual}\``
          : undefined;
    const target = `\`${formatRef(best.ref)}\``;
    return right
      ? `if ${target} is meant, change ${right} in the selector of the policy`
      : `if ${target} is meant, drop \`${failed.key}\` from the selector of the policy, or set that label on the ${best.whose}`;
  }
  if (elsewhere.length > 0) return 'move the policy to the namespace of the pods that it is meant for';
  return 'correct the selector of the policy, or remove the policy';
}
