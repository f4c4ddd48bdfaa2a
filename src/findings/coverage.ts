import type { FlowEnd } from '../engine/index';
import type { Direction } from '../model/policy';
import { formatRef } from '../model/source';
import type { Judgement } from './check';
import {
  abbreviated,
  counted,
  dependenciesOf,
  describeStep,
  isOwnStep,
  nearestCandidates,
  shellWord,
  type Witness,
  witnessOf,
} from './evidence';
import { EXAMPLE_ADDRESS } from './example-flows';
import type { Severity } from './finding';
import { denyEgressButDns, denyIngress } from './remediation';
import { type Group, isolationMatch } from './selection';
import { worstWorth } from './severity';
import { endpointCount, type NamespaceSurvey, nameOfNamespace, type Survey, workloadsIn } from './survey';
import { isPrecious, worthOf } from './worth';

/*
 * Default deny as it is computed: would the pod that somebody creates tomorrow be isolated, and are those of today? It does not matter what isolates them:
 * one policy that selects everything, several that together do, or a policy over the whole cluster. Host endpoints isolate no pod: what they hold back on its
 * way depends on the node and on the way, and is told beside.
 */

/** The catalogue's severities for a namespace without default deny; `precious` holds stores of data or takeover targets. */
const RATINGS: Readonly<Record<Direction, { readonly plain: Severity; readonly precious: Severity }>> = {
  ingress: { plain: 'medium', precious: 'high' },
  egress: { plain: 'low', precious: 'medium' },
};

/** Severity of being open in one direction. Namespaces of the distribution and empty ones are listed only. */
export function openSeverity({ snapshot }: Survey, own: NamespaceSurvey, direction: Direction): Severity {
  if (own.isSystem || own.workloads.length === 0) return 'info';
  const worth = worstWorth(own.workloads.map((index) => worthOf(snapshot.workloads[index]!).worth));
  return RATINGS[direction][isPrecious(worth) ? 'precious' : 'plain'];
}

/** At most one finding for each namespace: about its new pod if that is open, else about the pods of today that are. */
export function judgeCoverage(survey: Survey, direction: Direction): readonly Judgement[] {
  return survey.namespaces.flatMap((own) => {
    const open = own.groups.filter((group) => isolationMatch(group, direction).truth === 'no');
    const newPod = own.newPod && isolationMatch(own.newPod, direction).truth;
    if (own.newPod && newPod === 'no') return [judgement(survey, own, direction, 'new-pod', own.newPod, open)];
    if (open.length > 0) return [judgement(survey, own, direction, 'existing-pods', open[0]!, open)];
    if (own.newPod && newPod === 'maybe') return [judgement(survey, own, direction, 'new-pod', own.newPod, open)];
    const unclear = own.groups.find((group) => isolationMatch(group, direction).truth === 'maybe');
    return unclear ? [judgement(survey, own, direction, 'existing-pods', unclear, open)] : [];
  });
}

/** `ingress: 3 of 5 pods isolated (60 %)` */
export function coverageText(own: NamespaceSurvey, direction: Direction, noun: string): string {
  const total = endpointCount(own.groups);
  const counts = { yes: 0, maybe: 0, no: 0 };
  for (const group of own.groups) counts[isolationMatch(group, direction).truth] += group.endpoints.length;
  if (total === 0) return `${direction}: no ${noun} to isolate`;
  const unclear = counts.maybe > 0 ? `, ${counts.maybe} unclear` : '';
  return `${direction}: ${counts.yes} of ${counted(total, noun)} isolated (${Math.round((100 * counts.yes) / total)} %)${unclear}`;
}

/** What the endpoints of an input are called: a bundle has templates, each of which stands for all pods of a workload. */
export function nounOf({ snapshot }: Survey): 'pod' | 'workload' {
  return snapshot.mode === 'bundle' ? 'workload' : 'pod';
}

function judgement(
  survey: Survey,
  own: NamespaceSurvey,
  direction: Direction,
  object: 'new-pod' | 'existing-pods',
  group: Group,
  open: readonly Group[],
): Judgement {
  const { snapshot } = survey;
  const { truth, unknowns } = isolationMatch(group, direction);
  const name = own.namespace.name;
  const noun = nounOf(survey);
  const { flow, trace } = exampleOf(survey, group, direction);
  const openWorkloads = workloadsIn(snapshot, open).map(({ ref }) => formatRef(ref));
  const precious = own.workloads.flatMap((index) => worthOf(snapshot.workloads[index]!).reason ?? []);
  // That the pod is open shows at the pod; a host endpoint may stop the example all the same.
  const heldBack = trace.find((step) => !isOwnStep(step) && step.action === 'Deny');
  const dependsOn = [...new Set([...unknowns.map(({ text }) => text), ...dependenciesOf(trace.filter(isOwnStep))])];
  return {
    subject: nameOfNamespace(name),
    namespace: name,
    object,
    direction,
    ports: 'any',
    family: 'any',
    certainty: truth === 'no' ? 'proven' : 'open',
    severity: openSeverity(survey, own, direction),
    ...(object === 'existing-pods' && { title: `Pods of the namespace are open for ${direction}` }),
    sentence: sentenceOf(survey, own, direction, object, truth === 'no', endpointCount(open), noun, dependsOn),
    evidence: {
      flow,
      trace,
      nearestCandidates: nearestCandidates(own, group, direction),
      assumptions: [],
      verify: `kubectl get networkpolicies --namespace ${shellWord(name)} --output wide`,
      details: [
        { label: 'coverage', text: (['ingress', 'egress'] as const).map((each) => coverageText(own, each, noun)).join(' · ') },
        ...(openWorkloads.length > 0 ? [{ label: `open for ${direction}`, text: abbreviated(openWorkloads) }] : []),
        ...(own.hostGroups.length > 0
          ? [
              {
                label: survey.policing.own ? 'under host endpoints alone' : 'beyond policy',
                text: `${counted(endpointCount(own.hostGroups), noun)} on the network of the node`,
              },
            ]
          : []),
        ...(heldBack ? [{ label: 'held back on the way', text: describeStep(heldBack, flow) }] : []),
        ...(precious.length > 0 ? [{ label: 'worth', text: abbreviated([...new Set(precious)]) }] : []),
        ...(truth === 'no' ? [] : [{ label: 'depends on', text: abbreviated(dependsOn) }]),
      ],
    },
    flows: [object, ...openWorkloads],
    ...remedyOf(survey, own, direction),
    ...(own.source && { source: own.source }),
  };
}

/** A flow from or to an outside address; where host endpoints stop that, with a pod of the same node if they let it pass. */
function exampleOf(survey: Survey, { representative: { id, node } }: Group, direction: Direction): Witness {
  const witness = (other: FlowEnd) =>
    direction === 'ingress'
      ? witnessOf(survey, other, id, { protocol: 'TCP', port: 8080 }, direction)
      : witnessOf(survey, id, other, { protocol: 'TCP', port: 443 }, direction);
  const outside = witness(EXAMPLE_ADDRESS[4]);
  if (outside.explanation[direction] !== 'denied' || node === undefined) return outside;
  const neighbour = survey.snapshot.endpoints.find((other) => other.node === node && other.network === 'pod' && other.id !== id);
  const beside = neighbour && witness(neighbour.id);
  return beside && beside.explanation[direction] !== 'denied' ? beside : outside;
}

/** Default deny for the namespace; those of the distribution are left to it, since denying there can stop the cluster. */
function remedyOf(
  { snapshot }: Survey,
  { namespace, isSystem }: NamespaceSurvey,
  direction: Direction,
): Pick<Judgement, 'advice' | 'proposal'> {
  const { name } = namespace;
  if (isSystem) return { advice: `isolate the pods of namespace \`${name}\` only as the documentation of the distribution says` };
  const target = { namespace: name, labels: [] };
  if (direction === 'ingress') {
    const advice = `deny ingress to every pod of namespace \`${name}\` by default, then allow the flows that are needed`;
    return { advice, proposal: denyIngress(snapshot, 'leasttrust-default-deny-ingress', target) };
  }
  const advice = `allow the pods of namespace \`${name}\` to resolve names only, then allow the destinations that are needed`;
  return { advice, proposal: denyEgressButDns(snapshot, 'leasttrust-default-deny-egress', target) };
}

function sentenceOf(
  { policing }: Survey,
  own: NamespaceSurvey,
  direction: Direction,
  object: 'new-pod' | 'existing-pods',
  isCertain: boolean,
  open: number,
  noun: string,
  dependsOn: readonly string[],
): string {
  const name = `namespace \`${own.namespace.name}\``;
  const total = endpointCount(own.groups);
  const where = direction === 'ingress' ? 'from' : 'to';
  const what = policing.forwarded ? 'every connection that host endpoints let pass' : `connections ${where} everywhere`;
  const would = direction === 'ingress' ? `would accept ${what}` : `could open ${what}`;
  const existing = direction === 'ingress' ? `${open === 1 ? 'accepts' : 'accept'} ${what}` : `can open ${what}`;
  if (!isCertain) {
    const who = object === 'new-pod' ? 'a new pod' : 'a pod of today';
    return `whether ${who} in ${name} ${would} depends on ${abbreviated(dependsOn)}`;
  }
  if (object === 'existing-pods') return `${open} of ${counted(total, noun)} in ${name} ${existing}, although a new pod would not`;
  return `any new pod in ${name} ${would}${todayText(direction, open, total, noun)}`;
}

function todayText(direction: Direction, open: number, total: number, noun: string): string {
  const [one, many] = direction === 'ingress' ? ['does', 'do'] : ['can', 'can'];
  if (total === 0) return '';
  if (open === 0) return `, although none of its ${counted(total, noun)} ${one}`;
  if (open === total) return total === 1 ? `, as its only ${noun} ${one}` : `, as all its ${counted(total, noun)} ${many}`;
  return `, as ${open} of its ${counted(total, noun)} ${open === 1 ? one : many}`;
}
