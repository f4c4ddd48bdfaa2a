import { verdictOf } from '../../engine/index';
import type { Truth } from '../../model/match';
import { type MetadataAddress, metadataAddressesOf } from '../../model/metadata-addresses';
import { formatRef } from '../../model/source';
import type { FlowNames } from '../../model/trace-text';
import type { PolicyHit, Verdict } from '../../model/verdict';
import type { Check, Judgement } from '../check';
import { abbreviated, commandIn, dependenciesOf, describeStep, nearestCandidates, openingStep, witnessOf } from '../evidence';
import { ASSUMES_IPV6, hasFamily } from '../families';
import { outsideDoors } from '../outside-doors';
import { everythingButMetadata, proposalFor } from '../remediation';
import { type Group, outsideKey } from '../selection';
import { egressSubjects, type Subject } from '../subjects';
import type { Survey } from '../survey';

/** LT-MET-001 */
export const metadataServiceReachable: Check = {
  id: 'LT-MET-001',
  slug: 'metadata-service-reachable',
  title: 'Pod reaches the instance metadata service',
  rationale:
    "A cloud answers at a fixed address with data about the instance that asks, the credentials of the node's own role among them. A pod that reaches it can act as its node. The check asks for every address form of the platform, IPv4 and IPv6; on an unknown platform, for those of all.",
  references: [
    'MITRE ATT&CK T1552.005',
    'Microsoft Threat Matrix for Kubernetes MS-TA9033',
    'Microsoft Threat Matrix for Kubernetes MS-M9018',
    'OWASP Kubernetes Top Ten K08:2025',
    'NSA/CISA Kubernetes Hardening Guidance: protecting sensitive cloud infrastructure',
  ],
  gate: 'beta',
  ruleVersion: 1,
  judge: (survey) => {
    if (metadataAddressesOf(survey.snapshot.facts.platform).length === 0) return [];
    return survey.namespaces.flatMap((own) =>
      egressSubjects(survey, own, (group) => truthOf(survey, group)).map((subject) => judgement(survey, subject)),
    );
  },
};

/** One address and port of a metadata service, and whether the group reaches it. */
interface Reach {
  readonly row: MetadataAddress;
  readonly port: number;
  readonly verdict: Verdict;
}

/** All forms in the families that the group has or may have. */
function reachesOf(survey: Survey, group: Group): readonly Reach[] {
  const rows = metadataAddressesOf(survey.snapshot.facts.platform);
  const all = survey.recall('metadata', outsideKey(group, 'egress'), () =>
    rows.flatMap((row) =>
      row.ports.map((port): Reach => {
        const verdict = verdictOf(survey.analysis, {
          source: group.representative.id,
          destination: row.address,
          packet: { protocol: 'TCP', port },
        });
        return { row, port, verdict };
      }),
    ),
  );
  return all.filter((reach) => hasFamily(survey, group, familyOf(reach)) !== 'no');
}

function familyOf({ row }: Reach): 4 | 6 {
  return row.address.includes(':') ? 6 : 4;
}

function truthOf(survey: Survey, group: Group): Truth {
  const verdicts = reachesOf(survey, group).map(({ verdict }) => verdict);
  return verdicts.includes('allowed') ? 'yes' : verdicts.includes('indeterminate') ? 'maybe' : 'no';
}

function judgement(survey: Survey, subject: Subject): Judgement {
  const { snapshot } = survey;
  const { own, groups, told, workloads } = subject;
  const [group] = groups;
  const isCertain = subject.truth === 'yes';
  const { all, reaches, isAssumed } = whatCounts(survey, subject, group);
  const each = told.map((one) => whatCounts(survey, subject, one).reaches);
  const isOneAnswer = new Set(each.map((some) => some.map(formOf).join())).size === 1;
  const { row, port } = reaches[0]!;
  const { flow, trace } = witnessOf(survey, subject.example, row.address, { protocol: 'TCP', port }, 'egress');
  const dependsOn = dependenciesOf(trace);
  const decided = openingStep(trace, group.network);
  const addresses = [...new Set(reaches.map(({ row: { address } }) => `\`${address}\``))];
  const door = workloads.map((workload) => outsideDoors(survey).get(workload)).find((found) => found !== undefined);
  const assumptions = [
    ...(snapshot.origins.platform === 'assumed'
      ? ['the cluster runs in a cloud: the fact `platform` is not given, so the addresses of every platform count']
      : []),
    ...(isAssumed ? [ASSUMES_IPV6] : []),
    ...(door?.assumptions ?? []),
  ];
  const isNodeAgent = subject.kind === 'host-network' && own.isSystem;
  const workload = snapshot.workloads[snapshot.endpoints[subject.example]!.workload]!;
  const command = commandIn(workload, `nc -zvw 3 ${row.address} ${port}`);
  const others =
    addresses.length > 2 ? ` and ${addresses.length - 1} other addresses` : addresses.length === 2 ? ` and ${addresses[1]}` : '';
  const what = `the instance metadata service${isOneAnswer ? ` at ${addresses[0]}${others}` : ''}`;
  const proposal =
    isCertain && decided?.trigger === 'not-selected'
      ? proposalFor(snapshot, subject, 'leasttrust-no-metadata', (name, target) =>
          everythingButMetadata(snapshot, name, target, metadataAddressesOf(snapshot.facts.platform)),
        )
      : undefined;
  const source = decided?.source ?? subject.source;
  return {
    subject: subject.name,
    namespace: own.namespace.name,
    object: subject.kind === 'host-network' ? 'metadata from the host network' : 'metadata',
    direction: 'egress',
    ports: 'metadata',
    family: reaches.some((reach) => familyOf(reach) === 4) ? 'any' : '6',
    certainty: !isCertain ? 'open' : assumptions.length > 0 ? 'assumed' : 'proven',
    severity: isNodeAgent ? 'info' : door ? 'high' : 'medium',
    ...(door && { gate: 'poc' }),
    sentence: isCertain
      ? `${subject.phrase} can reach ${what}`
      : `whether ${subject.phrase} can reach ${what} depends on ${abbreviated(dependsOn)}`,
    evidence: {
      flow,
      trace,
      nearestCandidates: subject.kind === 'host-network' ? [] : nearestCandidates(own, group, 'egress'),
      assumptions,
      ...(command && { verify: command }),
      details: [
        { label: 'addresses', text: abbreviated([...new Set(reaches.map(formOf))]) },
        ...(all.length > reaches.length
          ? [
              {
                label: 'if the pods have IPv6, also',
                text: abbreviated([...new Set(all.filter((reach) => !reaches.includes(reach)).map(formOf))]),
              },
            ]
          : []),
        ...(decided ? [{ label: 'decided by', text: describeStep(decided, flow) }] : []),
        { label: 'workloads', text: abbreviated(workloads.map(({ ref }) => formatRef(ref))) },
        ...(door ? [{ label: 'weight', text: `reachable from outside: ${door.text}` }] : []),
        ...(isCertain ? [] : [{ label: 'depends on', text: abbreviated(dependsOn) }]),
      ],
    },
    flows: [
      ...each.flat().map(({ row: { address }, port: open }) => `${address} TCP ${open}`),
      ...workloads.map(({ ref }) => formatRef(ref)),
    ],
    advice: adviceFor(subject, proposal !== undefined, decided, flow),
    ...(proposal && { proposal }),
    ...(source && { source }),
  };
}

/** Of one group, all that is as certain as the finding; forms in a family that the pods may not have count only where there is nothing else to tell. */
function whatCounts(survey: Survey, { truth }: Subject, group: Group) {
  const all = reachesOf(survey, group).filter(({ verdict }) => verdict === (truth === 'yes' ? 'allowed' : 'indeterminate'));
  const inFamily = all.filter((reach) => hasFamily(survey, group, familyOf(reach)) === 'yes');
  return { all, reaches: inFamily.length > 0 ? inFamily : all, isAssumed: inFamily.length === 0 };
}

function formOf({ row, port }: Reach): string {
  return `${row.address} TCP ${port} (${row.name})`;
}

function adviceFor({ kind, own }: Subject, hasProposal: boolean, decided: PolicyHit | undefined, flow: FlowNames): string {
  if (kind === 'host-network') {
    if (decided?.host) return `take the metadata addresses out of what their nodes let out: ${describeStep(decided, flow)}`;
    return 'move these workloads off the network of their node, or filter at the nodes; a hop limit of the metadata service does not stop them either';
  }
  if (hasProposal) {
    return `take the metadata addresses out of what the pods of namespace \`${own.namespace.name}\` may reach; policies add up, so any other policy that allows these addresses opens them again`;
  }
  if (decided?.trigger !== 'rule') return 'isolate these pods for egress, without the metadata addresses among what they may reach';
  return `take the metadata addresses out with \`except\`, or name the destinations that are needed: ${describeStep(decided, flow)}`;
}
