import type { ConnectionSet } from '../../engine/index';
import type { Truth } from '../../model/match';
import { TRANSPORT_PROTOCOLS } from '../../model/policy';
import { formatRef } from '../../model/source';
import type { FlowNames } from '../../model/trace-text';
import type { PolicyHit } from '../../model/verdict';
import { intervalsHave } from '../../util/interval-set';
import type { Check, Judgement } from '../check';
import { connectionsWithout, formatConnections, isComplete, isEmpty, unionOfConnections } from '../connection-text';
import { abbreviated, commandIn, dependenciesOf, describeStep, nearestCandidates, openingStep, type Witness, witnessOf } from '../evidence';
import { STRATUM_PORTS } from '../example-flows';
import { ASSUMES_IPV6, hasFamily } from '../families';
import type { Evidence, Severity } from '../finding';
import { exampleAddress, type InternetReach, internetReach } from '../internet-reach';
import { outsideDoors } from '../outside-doors';
import { proposalFor, webOnlyEgress } from '../remediation';
import type { Group } from '../selection';
import { worstWorth } from '../severity';
import { egressSubjects, type Subject } from '../subjects';
import type { Survey } from '../survey';
import { isPrecious, worthOf } from '../worth';

/** What the web needs: HTTP, HTTPS, and HTTP/3 over UDP (RFC 9114). */
const WEB: ConnectionSet = {
  TCP: [
    [80, 80],
    [443, 443],
  ],
  UDP: [[443, 443]],
};
const DNS: ConnectionSet = { TCP: [[53, 53]], UDP: [[53, 53]] };

/** LT-EGR-001 */
export const anyPortToInternet: Check = {
  id: 'LT-EGR-001',
  slug: 'any-port-to-internet',
  title: 'Workload may open any port to the internet',
  rationale:
    'Whoever takes a workload over needs a way out: to a mining pool, to a control server, to where data is taken. Address reputation does not help, since such hosts are new every day; a list of destinations does. The check asks for ports other than those of the web that are open to more than a list of destinations, which is one in 256 of the public addresses of a family.',
  references: [
    'MITRE ATT&CK T1571',
    'MITRE ATT&CK T1048',
    'MITRE ATT&CK T1496',
    'Microsoft Threat Matrix for Kubernetes MS-TA9039',
    'OWASP Kubernetes Top Ten K05:2025',
  ],
  gate: 'beta',
  ruleVersion: 1,
  judge: (survey) =>
    survey.namespaces.flatMap((own) =>
      egressSubjects(survey, own, (group) => truthOf(survey, group)).map((subject) => judgement(survey, subject)),
    ),
};

/** Ports beyond the web's, in the families that the group has (or may have). */
interface Surplus {
  readonly reach: InternetReach;
  readonly ports: ConnectionSet;
  readonly truth: 'yes' | 'maybe';
  /** `maybe`: the pods may have no address of the family. */
  readonly family: Truth;
}

function surplusesOf(survey: Survey, group: Group): readonly Surplus[] {
  return internetReach(survey, group, 'egress').flatMap((reach): readonly Surplus[] => {
    const family = hasFamily(survey, group, reach.family);
    if (family === 'no') return [];
    const certain = connectionsWithout(reach.wide, WEB);
    if (!isEmpty(certain)) return [{ reach, ports: certain, truth: 'yes', family }];
    const possible = connectionsWithout(reach.possiblyWide, WEB);
    return isEmpty(possible) ? [] : [{ reach, ports: possible, truth: 'maybe', family }];
  });
}

function truthOf(survey: Survey, group: Group): Truth {
  const truths = surplusesOf(survey, group).map(({ truth }) => truth);
  return truths.includes('yes') ? 'yes' : (truths[0] ?? 'no');
}

function judgement(survey: Survey, subject: Subject): Judgement {
  const { own, groups, told, workloads } = subject;
  const [group] = groups;
  const { all, surpluses, isAssumed } = whatCounts(survey, subject, group);
  const surplus = surpluses[0]!;
  const each = told.map((one) => whatCounts(survey, subject, one).surpluses);
  const texts = new Set(each.map(([first]) => portsText(first!)));
  const ports = texts.size === 1 ? portsText(surplus) : 'ports beyond those of the web';
  const { flow, trace } = exampleOf(survey, subject, surplus);
  const dependsOn = dependenciesOf(trace);
  const rating = ratingOf(survey, subject, each.map(([first]) => first!.ports).reduce(unionOfConnections));
  const decided = openingStep(trace, group.network);
  const verify = verificationOf(survey, subject, flow);
  const proposal =
    subject.truth === 'yes' && decided?.trigger === 'not-selected'
      ? proposalFor(survey.snapshot, subject, 'leasttrust-web-only-egress', (name, target) => webOnlyEgress(survey.snapshot, name, target))
      : undefined;
  return {
    subject: subject.name,
    namespace: own.namespace.name,
    object: subject.kind === 'host-network' ? 'internet from the host network' : 'internet',
    direction: 'egress',
    ports: 'beyond-web',
    family: surpluses.some(({ reach }) => reach.family === 4) ? 'any' : '6',
    certainty: subject.truth === 'maybe' ? 'open' : isAssumed || rating.assumptions.length > 0 ? 'assumed' : 'proven',
    severity: rating.severity,
    sentence:
      subject.truth === 'yes'
        ? `${subject.phrase} may open ${ports} to the internet`
        : `whether ${subject.phrase} may open ${ports} to the internet depends on ${abbreviated(dependsOn)}`,
    evidence: {
      flow,
      trace,
      nearestCandidates: subject.kind === 'host-network' ? [] : nearestCandidates(own, group, 'egress'),
      assumptions: [...(isAssumed ? [ASSUMES_IPV6] : []), ...rating.assumptions],
      ...(verify !== undefined && { verify }),
      details: [
        ...all.map(({ reach, ports: beyond, family }) => ({
          label: `open to the internet beyond the web, IPv${reach.family}${family === 'maybe' ? ' if the pods have it' : ''}`,
          text: formatConnections(beyond),
        })),
        ...stratumDetail(surplus.ports),
        ...(decided ? [{ label: 'decided by', text: describeStep(decided, flow) }] : []),
        { label: 'workloads', text: abbreviated(workloads.map(({ ref }) => formatRef(ref))) },
        ...rating.reasons.map((text) => ({ label: 'weight', text })),
        ...(subject.truth === 'maybe' ? [{ label: 'depends on', text: abbreviated(dependsOn) }] : []),
      ],
    },
    flows: [
      ...each.flat().map(({ reach, ports: beyond }) => `IPv${reach.family} ${formatConnections(beyond)}`),
      ...workloads.map(({ ref }) => formatRef(ref)),
    ],
    advice: adviceFor(subject, proposal !== undefined, decided, flow),
    ...(proposal && { proposal }),
    ...((decided?.source ?? subject.source) && { source: decided?.source ?? subject.source! }),
  };
}

/** Of one group, all that is as certain as the finding; a family that the pods may not have counts only where there is nothing else to tell. */
function whatCounts(survey: Survey, { truth }: Subject, group: Group) {
  const all = surplusesOf(survey, group).filter((surplus) => surplus.truth === truth);
  const inFamily = all.filter(({ family }) => family === 'yes');
  return { all, surpluses: inFamily.length > 0 ? inFamily : all, isAssumed: inFamily.length === 0 };
}

/** As a part of the sentence, where a semicolon would end it. */
function portsText({ truth, reach, ports }: Surplus): string {
  const open = truth === 'yes' ? reach.wide : reach.possiblyWide;
  return formatConnections(isComplete(open, reach.aside) ? open : ports).replaceAll('; ', ' and ');
}

interface Rating {
  readonly severity: Severity;
  readonly reasons: readonly string[];
  readonly assumptions: readonly string[];
}

/** Node agents of the distribution are listed only. High for what is worth taking or can be reached from outside, else medium; DNS alone, a slow way out, counts one step less. */
function ratingOf(survey: Survey, { kind, own, workloads }: Subject, ports: ConnectionSet): Rating {
  if (kind === 'host-network' && own.isSystem) return { severity: 'info', reasons: ['node agents of the distribution'], assumptions: [] };
  const worths = workloads.map(worthOf);
  const isWorthy = isPrecious(worstWorth(worths.map(({ worth }) => worth)));
  const door = workloads.map((workload) => outsideDoors(survey).get(workload)).find((found) => found !== undefined);
  const isRaised = isWorthy || door !== undefined;
  const isDnsOnly = isEmpty(connectionsWithout(ports, DNS));
  return {
    severity: isDnsOnly ? (isRaised ? 'medium' : 'low') : isRaised ? 'high' : 'medium',
    reasons: [
      ...new Set(worths.flatMap(({ reason }) => reason ?? [])),
      ...(door ? [`reachable from outside: ${door.text}`] : []),
      ...(isDnsOnly ? ['DNS ports alone'] : []),
    ],
    assumptions: !isWorthy && door ? door.assumptions : [],
  };
}

/** A flow that shows it, on a port of mining pools where the policies allow one, else on the first port that they do allow. */
function exampleOf(survey: Survey, { example: source }: Subject, { reach, ports, truth }: Surplus): Witness {
  const protocol = TRANSPORT_PROTOCOLS.find((each) => (ports[each] ?? []).length > 0)!;
  const open = ports[protocol]!;
  const port = (protocol === 'TCP' ? STRATUM_PORTS.find((each) => intervalsHave(open, each)) : undefined) ?? open[0]![0];
  const packet = { protocol, port };
  const destination = exampleAddress(survey, source, reach, packet, truth === 'yes' ? 'allowed' : 'indeterminate');
  return witnessOf(survey, source, destination, packet, 'egress');
}

/** netcat speaks TCP and UDP only. */
function verificationOf({ snapshot }: Survey, { example }: Subject, { protocol, port }: NonNullable<Evidence['flow']>): string | undefined {
  const workload = snapshot.workloads[snapshot.endpoints[example]!.workload]!;
  const command = commandIn(workload, `nc -zvw 3 ${protocol === 'UDP' ? '-u ' : ''}HOST ${port}`);
  if (command === undefined || (protocol !== 'TCP' && protocol !== 'UDP')) return undefined;
  return `${command} # HOST: a machine of yours on the internet that listens on this port`;
}

function stratumDetail(ports: ConnectionSet): Judgement['evidence']['details'] {
  const open = STRATUM_PORTS.filter((port) => intervalsHave(ports.TCP ?? [], port));
  return open.length === 0 ? [] : [{ label: 'example', text: `TCP ${open.join(', ')}, on which mining pools listen, are allowed` }];
}

function adviceFor({ kind, own }: Subject, hasProposal: boolean, decided: PolicyHit | undefined, flow: FlowNames): string {
  if (kind === 'host-network') {
    if (decided?.host)
      return `narrow what their nodes let out to the destinations and ports that are needed: ${describeStep(decided, flow)}`;
    return 'move these workloads off the network of their node, or filter egress at the nodes: network policy does not act on them';
  }
  if (hasProposal) {
    return `keep the pods of namespace \`${own.namespace.name}\` to the web ports of the internet, then replace these by the destinations that are needed; policies add up, so every wider one has to go`;
  }
  if (decided?.trigger !== 'rule') return 'isolate these pods for egress, then allow the destinations and ports that are needed';
  return `narrow what opens the internet to the destinations and ports that are needed: ${describeStep(decided, flow)}`;
}
