import type { Workload } from '../../model/endpoint';
import type { Truth } from '../../model/match';
import type { Direction } from '../../model/policy';
import { isOfProfiles } from '../../model/profiles';
import { formatRef, formatSource, type Source } from '../../model/source';
import type { PolicyHit } from '../../model/verdict';
import { anyPodReach } from '../any-pod';
import type { Check, Judgement } from '../check';
import { coverageText, nounOf, openSeverity } from '../coverage';
import { abbreviated, dependenciesOf, isOwnStep, nameOfEnd, shellWord, witnessOf } from '../evidence';
import { hasFamily } from '../families';
import { exampleAddress, internetReach, type TransportPacket, unsettledPacket } from '../internet-reach';
import { type Group, isolationMatch } from '../selection';
import { groupsByWorkload } from '../subjects';
import { type NamespaceSurvey, nameOfNamespace, type Survey, workloadsIn } from '../survey';

/*
 * "Complete again" means, for ingress, that a pod without labels of any namespace gets through on every port of TCP, UDP and SCTP; for egress, that every public
 * address can be reached on every port of TCP, UDP and SCTP, in one address family at least. A rule that opens some ports, some namespaces or some addresses is
 * no such thing, however wide it is; an ingress rule for outside addresses alone is none either, since pods stay isolated from each other.
 */

/** LT-COV-003 */
export const isolatedInNameOnly: Check = {
  id: 'LT-COV-003',
  slug: 'isolated-in-name-only',
  title: 'Isolated in name only',
  rationale:
    'A policy selects the pods, so that a look at the list of policies finds them isolated, but together the rules allow everything again: every packet from every pod of every namespace, or every packet to every public address. Such a namespace is as open as one without policies.',
  references: ['OWASP Kubernetes Top Ten K05:2025', 'MITRE ATT&CK T1562.007', 'NSA/CISA Kubernetes Hardening Guidance: network policies'],
  gate: 'poc',
  ruleVersion: 1,
  judge: (survey) =>
    survey.namespaces.flatMap((own) => [...judgeDirection(survey, own, 'ingress'), ...judgeDirection(survey, own, 'egress')]),
};

/** What is open again for one group, and by which steps. */
interface Opening {
  readonly truth: Truth;
  readonly steps: readonly PolicyHit[];
  /** The other end of an example. */
  readonly peer: string;
  readonly packet: TransportPacket;
  readonly dependsOn: readonly string[];
  readonly isFromOutsideToo: boolean;
}

/** One finding for the namespace if its new pod is concerned, else one for each workload that is; certain ones first. */
function judgeDirection(survey: Survey, own: NamespaceSurvey, direction: Direction): readonly Judgement[] {
  const openings = new Map<Group, Opening>();
  for (const group of own.newPod ? [...own.groups, own.newPod] : own.groups) {
    if (isolationMatch(group, direction).truth !== 'yes') continue;
    openings.set(group, direction === 'ingress' ? ingressOpening(survey, group) : egressOpening(survey, group));
  }
  const judgements: Judgement[] = [];
  const told = new Set<number>();
  for (const truth of ['yes', 'maybe'] as const) {
    const affected = own.groups.filter((group) => openings.get(group)?.truth === truth);
    const newPod = own.newPod && openings.get(own.newPod);
    if (newPod?.truth === truth && told.size === 0) {
      const who = `any new pod in namespace \`${own.namespace.name}\``;
      const workloads = workloadsIn(survey.snapshot, affected);
      const example = nameOfEnd(survey.snapshot, own.newPod!.representative.id);
      const place = { subject: nameOfNamespace(own.namespace.name), who, example, workloads, opening: newPod, source: own.source };
      return [judgement(survey, own, direction, place)];
    }
    for (const [index, groups] of groupsByWorkload(survey.snapshot, affected)) {
      if (told.has(index)) continue;
      told.add(index);
      const workload = survey.snapshot.workloads[index]!;
      const subject = formatRef(workload.ref);
      const opening = openings.get(groups[0]!)!;
      const place = { subject, who: `\`${subject}\``, example: subject, workloads: [workload], opening, source: workload.ref.source };
      judgements.push(judgement(survey, own, direction, place));
    }
  }
  return judgements;
}

function ingressOpening(survey: Survey, group: Group): Opening {
  const { truth, steps, unknowns } = anyPodReach(survey, group);
  const isFromOutsideToo = truth !== 'no' && internetReach(survey, group, 'ingress').some(({ complete }) => complete === 'yes');
  return {
    truth,
    steps,
    peer: 'any pod of any namespace',
    packet: EXAMPLE_PACKET,
    dependsOn: unknowns.map(({ text }) => text),
    isFromOutsideToo,
  };
}

function egressOpening(survey: Survey, group: Group): Opening {
  const reaches = internetReach(survey, group, 'egress').filter(({ family }) => hasFamily(survey, group, family) === 'yes');
  const best = reaches.find(({ complete }) => complete === 'yes') ?? reaches.find(({ complete }) => complete === 'maybe');
  if (!best) return { truth: 'no', steps: [], peer: '', packet: EXAMPLE_PACKET, dependsOn: [], isFromOutsideToo: false };
  const source = group.representative.id;
  const packet = (best.complete === 'maybe' && unsettledPacket(best)) || EXAMPLE_PACKET;
  const peer = exampleAddress(survey, source, best, packet, best.complete === 'yes' ? 'allowed' : 'indeterminate');
  const { trace } = witnessOf(survey, source, peer, packet, 'egress');
  return { truth: best.complete, steps: trace, peer, packet, dependsOn: dependenciesOf(trace), isFromOutsideToo: false };
}

const EXAMPLE_PACKET: TransportPacket = { protocol: 'TCP', port: 8080 };

interface Place {
  readonly subject: string;
  /** The subject of the sentence, in the singular. */
  readonly who: string;
  /** This end of an example. */
  readonly example: string;
  readonly workloads: readonly Workload[];
  readonly opening: Opening;
  readonly source: Source | undefined;
}

function judgement(
  survey: Survey,
  own: NamespaceSurvey,
  direction: Direction,
  { subject, who, example, workloads, opening, source }: Place,
): Judgement {
  const { truth, steps, peer, packet, dependsOn, isFromOutsideToo } = opening;
  const isProven = truth === 'yes';
  // What host endpoints let pass opens nothing that is not open at the pod.
  const rules = steps.filter((step) => isOwnStep(step) && step.trigger === 'rule' && step.action === 'Allow');
  const neutralisers = [...new Set(rules.map(ruleText))];
  const names = workloads.map(({ ref }) => formatRef(ref));
  const outside = isFromOutsideToo ? ' and from every address outside' : '';
  const what =
    direction === 'ingress'
      ? `lets in every connection from any pod of any namespace${outside}`
      : 'lets out every connection to the internet';
  const cause = neutralisers.length > 0 ? neutralisers.join(' with ') : 'the default, which no rule changes,';
  const first = rules[0]?.source ?? source;
  return {
    subject,
    namespace: own.namespace.name,
    object: direction === 'ingress' ? 'any-pod' : 'internet',
    direction,
    ports: 'any',
    family: 'any',
    certainty: isProven ? 'proven' : 'open',
    severity: openSeverity(survey, own, direction),
    gate: direction === 'ingress' ? 'poc' : 'beta',
    sentence: isProven
      ? `${who} is isolated for ${direction} in name only: ${cause} ${what}`
      : `whether ${who} is isolated for ${direction} in name only depends on ${abbreviated(dependsOn)}`,
    evidence: {
      flow: { ...(direction === 'ingress' ? { from: peer, to: example } : { from: example, to: peer }), ...packet },
      trace: steps,
      nearestCandidates: [],
      assumptions: [],
      verify: `kubectl describe networkpolicies --namespace ${shellWord(own.namespace.name)}`,
      details: [
        ...(neutralisers.length > 0 ? [{ label: 'opened again by', text: abbreviated(neutralisers) }] : []),
        { label: 'coverage', text: coverageText(own, direction, nounOf(survey)) },
        ...(names.length > 0 ? [{ label: `open for ${direction}`, text: abbreviated(names) }] : []),
        ...(isProven ? [] : [{ label: 'depends on', text: abbreviated(dependsOn) }]),
      ],
    },
    flows: [isFromOutsideToo ? 'any-pod and outside' : 'complete', ...names],
    advice: `narrow ${neutralisers.length > 0 ? abbreviated(neutralisers) : 'what allows everything'} to the peers and ports that are needed`,
    ...(first && { source: first }),
  };
}

function ruleText(step: PolicyHit): string {
  const { policy, direction, rule, source } = step;
  return `${direction} rule ${(rule ?? 0) + 1} of ${isOfProfiles(step) ? 'profile' : 'policy'} \`${policy ? formatRef(policy) : ''}\`${source ? ` (${formatSource(source)})` : ''}`;
}
