import { type Direction, type PacketExpression, type Policy, type Rule, STAGED_ACTIONS, TRANSPORT_PROTOCOLS } from '../../model/policy';
import { formatRef } from '../../model/source';
import { kubernetesTieBreak } from '../calico/policy-names';
import { stagedDeletion } from '../calico/staged';
import type { BundleDocument } from '../document';
import type { Lowering, Origin, PolicyDraft } from '../draft';
import { isAbsent, isMapping, type Mapping, type Reading, readingOf, sourceOf, typeName } from '../reading';
import { conjunction } from './conjunction';
import { checkFields, checkObjectFields } from './known-fields';
import { readLabelSelector } from './label-selector';
import { readPackets } from './policy-packets';
import { type PeerScope, readPeers } from './policy-peers';
import { refuseEntry } from './refuse-entry';

/*
 * NetworkPolicy of networking.k8s.io/v1 (staging/src/k8s.io/api/networking/v1/types.go, defaults in pkg/apis/networking/v1/defaults.go).
 *
 *   podSelector, namespace ─▶ appliesTo      policyTypes ─▶ which directions are present, hence isolate
 *   ingress[i], egress[i]  ─▶ one Allow rule each, in the order written: their order never matters, but it names them
 */

/** The tier of NetworkPolicies, as Calico places it among others (projectcalico/calico api/pkg/apis/projectcalico/v3/tier.go). */
export const KUBERNETES_TIER = Object.freeze({ name: 'default', order: 1_000_000, defaultAction: 'Deny' } as const);

/** All NetworkPolicies have one order (libcalico-go/lib/backend/k8s/conversion/conversion.go). */
const ORDER = 1000;

const TRANSPORT_PACKETS: PacketExpression = TRANSPORT_PROTOCOLS.map((protocol) => ({ protocol }));
const OTHER_PACKETS: PacketExpression = (['ICMP', 'ICMPv6', 'other'] as const).map((protocol) => ({ protocol }));

/** NetworkPolicy speaks of TCP, UDP and SCTP only; what isolation means for the rest is left to the plugin (kubernetes.io/docs/concepts/services-networking/network-policies). */
const OTHER_PROTOCOLS = Object.freeze({
  kind: 'protocol',
  text: 'how the network plugin treats protocols that NetworkPolicy does not define',
} as const);

/** Keeps the document until facts and namespaces are settled. */
export function readNetworkPolicy({ document }: Reading, origin: Origin): PolicyDraft {
  return { kind: 'policy', origin, lower: (lowering) => lowerNetworkPolicy(document, lowering) };
}

/**
 * Reads a StagedKubernetesNetworkPolicy of Calico, which is a NetworkPolicy that does not count yet
 * (projectcalico/calico api/pkg/apis/projectcalico/v3/stagedkubernetesnetworkpolicy.go).
 */
export function readStagedNetworkPolicy({ document }: Reading, origin: Origin): PolicyDraft {
  const { spec } = document.object;
  const written = isMapping(spec) && !isAbsent(spec.stagedAction) && spec.stagedAction !== '' ? spec.stagedAction : 'Set';
  const stagedAction = STAGED_ACTIONS.find((known) => known === written);
  const lower = (lowering: Lowering): Policy | undefined => {
    const { ref, calico } = lowering;
    if (stagedAction === 'Delete')
      return stagedDeletion(ref, KUBERNETES_TIER.name, kubernetesTieBreak(ref.name, ref.namespace!, calico.version));
    if (!stagedAction) {
      const reading = readingOf(document, formatRef(ref), lowering.report);
      reading.report('invalid-policy', `\`spec.stagedAction\` is none of ${STAGED_ACTIONS.join(', ')}; the policy is left out`, spec);
      return undefined;
    }
    const policy = lowerNetworkPolicy(document, lowering, ['stagedAction']);
    return policy && { ...policy, staged: true, stagedAction };
  };
  return { kind: 'policy', origin, lower };
}

function lowerNetworkPolicy(document: BundleDocument, lowering: Lowering, moreFields: readonly string[] = []): Policy | undefined {
  const { facts, ref, report, calico: world } = lowering;
  const reading = readingOf(document, formatRef(ref), report);
  const { object } = document;
  checkObjectFields(reading, object);
  if (isAbsent(object.spec)) reading.report('no-spec', 'the policy has no `spec`: it isolates every pod of its namespace for ingress');
  const spec = isAbsent(object.spec) ? {} : object.spec;
  if (!isMapping(spec)) {
    reading.report('invalid-policy', `\`spec\` is ${typeName(spec)} where a mapping belongs; the policy is left out`);
    return undefined;
  }
  checkFields(reading, spec, ['podSelector', 'policyTypes', 'ingress', 'egress', ...moreFields], 'spec');
  const namespace = ref.namespace ?? facts.defaultNamespace;
  const calico = facts.cni === 'calico';
  const scope: Scope = {
    namespace,
    netsSeePods: facts.ipBlockMatchesPods,
    every: calico ? 'any' : TRANSPORT_PACKETS,
    decidesOthers: calico,
  };
  const pods = isAbsent(spec.podSelector)
    ? conjunction([])
    : readLabelSelector(reading, spec.podSelector, 'endpoint', 'spec.podSelector', spec);
  const directions = isolatedDirections(reading, spec);
  return {
    ref,
    tier: KUBERNETES_TIER.name,
    order: ORDER,
    tieBreak: kubernetesTieBreak(ref.name, namespace, world.version),
    appliesTo: conjunction([{ kind: 'inNamespace', names: [namespace] }, { kind: 'network', network: 'pod' }, pods]),
    hook: 'normal',
    staged: false,
    ...(directions.includes('ingress') && { ingress: readRules(reading, spec, 'ingress', scope) }),
    ...(directions.includes('egress') && { egress: readRules(reading, spec, 'egress', scope) }),
  };
}

interface Scope extends PeerScope {
  /** Packets of a rule without `ports`. */
  readonly every: PacketExpression;
  /** Whether the plugin is known to apply policies to every protocol. */
  readonly decidesOthers: boolean;
}

/** `policyTypes` as written; absent or empty it is Ingress, and Egress too if there is an egress rule. */
function isolatedDirections(reading: Reading, spec: Mapping): readonly Direction[] {
  const { policyTypes } = spec;
  const byRules: readonly Direction[] =
    isAbsent(spec.egress) || (Array.isArray(spec.egress) && spec.egress.length === 0) ? ['ingress'] : ['ingress', 'egress'];
  if (isAbsent(policyTypes)) return byRules;
  if (!Array.isArray(policyTypes)) {
    refuseEntry(reading, `\`spec.policyTypes\` is ${typeName(policyTypes)} where a list belongs`, spec);
    return byRules;
  }
  const named: Direction[] = [];
  for (const type of policyTypes) {
    if (type === 'Ingress') named.push('ingress');
    else if (type === 'Egress') named.push('egress');
    else refuseEntry(reading, '`spec.policyTypes` holds something that is neither `Ingress` nor `Egress`', policyTypes);
  }
  if (named.length === 0) return byRules;
  for (const direction of ['ingress', 'egress'] as const) {
    const rules = spec[direction];
    if (named.includes(direction) || isAbsent(rules) || (Array.isArray(rules) && rules.length === 0)) continue;
    const type = direction === 'ingress' ? 'Ingress' : 'Egress';
    reading.report('rules-without-effect', `the \`${direction}\` rules have no effect: \`policyTypes\` does not list \`${type}\``, spec);
  }
  return named;
}

function readRules(reading: Reading, spec: Mapping, direction: Direction, scope: Scope): readonly Rule[] {
  const rules = readWrittenRules(reading, spec, direction, scope);
  if (scope.decidesOthers) return rules;
  return [
    ...rules,
    { action: 'Allow', peer: 'any', packets: OTHER_PACKETS, condition: OTHER_PROTOCOLS, source: sourceOf(reading.document, spec) },
  ];
}

/** INVARIANT: the rule at index `i` is the entry at index `i` of the document. */
function readWrittenRules(reading: Reading, spec: Mapping, direction: Direction, scope: Scope): readonly Rule[] {
  const written = spec[direction];
  if (isAbsent(written)) return [];
  if (!Array.isArray(written)) {
    refuseEntry(reading, `\`spec.${direction}\` is ${typeName(written)} where a list belongs`, spec);
    return [];
  }
  const peers = direction === 'ingress' ? 'from' : 'to';
  return written.map((entry, index): Rule => {
    const path = `spec.${direction}[${index}]`;
    // Null decodes as the empty rule, which allows everything.
    const rule = entry === null ? {} : entry;
    if (entry === null) reading.report('empty-rule', `\`${path}\` is empty: it allows everything, as the rule \`{}\` does`, written);
    const source = sourceOf(reading.document, isMapping(entry) ? entry : written);
    if (!isMapping(rule)) {
      refuseEntry(reading, `\`${path}\` is ${typeName(rule)} where a mapping belongs`, written);
      return { action: 'Allow', peer: [], packets: [], source };
    }
    checkFields(reading, rule, [peers, 'ports'], path);
    const peer = readPeers(reading, rule[peers], scope, `${path}.${peers}`, rule);
    return { action: 'Allow', peer, packets: readPackets(reading, rule.ports, scope.every, `${path}.ports`, rule), source };
  });
}
