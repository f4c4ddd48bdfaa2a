import type { Policy, Tier } from '../../model/policy';
import { formatRef } from '../../model/source';
import { namespaceNets } from '../calico/namespace-nets';
import type { BundleDocument } from '../document';
import type { Lowering } from '../draft';
import { integerIn, isAbsent, isMapping, type Mapping, type Reading, readingOf, typeName } from '../reading';
import { type AdminPeerKind, type AdminPeerScope, PEER_KINDS, readSubject } from './admin-peers';
import { type AdminRuleSyntax, readAdminRules } from './admin-rules';
import { type AdminKind, isEnforced } from './admin-tiers';
import { checkFields, checkObjectFields } from './known-fields';

/** How the policies of one kind are written. */
export interface AdminPolicySyntax {
  readonly kind: AdminKind;
  readonly specFields: readonly string[];
  /** The tier and the order in it; undefined, and told, when the policy has none. */
  readonly placeOf: (reading: Reading, spec: Mapping, lowering: Lowering) => { readonly tier: Tier; readonly order: number } | undefined;
  readonly rules: AdminRuleSyntax;
  readonly peers: readonly AdminPeerKind[];
}

/** Peers that Calico does not know: a rule with one of them fails closed (libcalico-go/lib/backend/k8s/conversion/clusternetworkpolicy.go). */
const BEYOND_CALICO: readonly AdminPeerKind[] = ['nodes', 'domainNames'];

const HIGHEST_PRIORITY = 1000;

/** Lowers a cluster-wide policy into its tier. A policy without rules in a direction has no part in it. */
export function lowerAdminPolicy(document: BundleDocument, lowering: Lowering, syntax: AdminPolicySyntax): Policy | undefined {
  const { facts, ref, report } = lowering;
  const reading = readingOf(document, formatRef(ref), report);
  if (!isEnforced(syntax.kind, facts)) {
    const message = `Calico ${facts.calicoVersion} does not enforce ${syntax.kind}: the policy has no effect and is left out`;
    reading.report('not-enforced', message);
    return undefined;
  }
  const leaveOut = (problem: string, node: unknown): undefined => {
    reading.report('invalid-admin-policy', `${problem}; the policy is left out`, node);
  };
  const { object } = document;
  checkObjectFields(reading, object);
  const { spec } = object;
  if (!isMapping(spec)) return leaveOut(`\`spec\` is ${typeName(spec)} where a mapping belongs`, object);
  checkFields(reading, spec, syntax.specFields, 'spec');
  const place = syntax.placeOf(reading, spec, lowering);
  const appliesTo = readSubject({ reading, fail: leaveOut }, spec);
  if (!place || !appliesTo) return undefined;
  const scopeOf = (direction: 'ingress' | 'egress') => peerScope(lowering, syntax, PEER_KINDS[direction]);
  const ingress = readAdminRules(reading, spec, 'ingress', syntax.rules, scopeOf('ingress'));
  const egress = readAdminRules(reading, spec, 'egress', syntax.rules, scopeOf('egress'));
  if (!ingress && !egress) reading.report('policy-without-rules', 'the policy has no rule, so it has no effect', spec);
  return {
    ref,
    tier: place.tier.name,
    order: place.order,
    // As Calico calls the kinds when it breaks ties (felix/calc/policy_sorter.go).
    tieBreak: `${ref.name}//Kubernetes${syntax.kind}`,
    appliesTo,
    hook: 'normal',
    staged: false,
    ...(ingress && { ingress }),
    ...(egress && { egress }),
  };
}

/**
 * `networks` match the addresses of pods (apis/v1alpha2/clusternetworkpolicy_types.go), whatever the plugin does about `ipBlock`; not if the user says of
 * addresses in policies that they never do.
 */
function peerScope(
  { facts, origins, nodesWith, calico }: Lowering,
  { peers }: AdminPolicySyntax,
  inDirection: readonly AdminPeerKind[],
): AdminPeerScope {
  const seesNoPods = facts.ipBlockMatchesPods === 'no' && origins.ipBlockMatchesPods === 'given';
  const isSupported = (kind: AdminPeerKind) => inDirection.includes(kind) && !(facts.cni === 'calico' && BEYOND_CALICO.includes(kind));
  return {
    netsSeePods: seesNoPods ? 'no' : 'yes',
    nodesWith,
    nodeRanges: facts.nodeRanges,
    ...(facts.cni === 'calico' && { netsIn: (namespaces) => namespaceNets(namespaces, calico.sides.labelled) }),
    supported: peers.filter(isSupported),
  };
}

/** `spec.priority`, from 0 (first) to 1000. */
export function readPriority(reading: Reading, spec: Mapping): number {
  const priority = integerIn(reading, spec, 'priority', 'spec');
  if (priority === undefined) {
    if (isAbsent(spec.priority))
      reading.report('beyond-limits', 'the API server refuses a policy without `spec.priority`; read as 0', spec);
    return 0;
  }
  if (priority < 0 || priority > HIGHEST_PRIORITY) {
    const message = `\`spec.priority\` is ${priority} where the API server admits 0 to ${HIGHEST_PRIORITY}; it is read as it stands`;
    reading.report('beyond-limits', message, spec);
  }
  return priority;
}
