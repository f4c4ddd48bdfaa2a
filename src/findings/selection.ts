import type { Endpoint } from '../model/endpoint';
import { anyOf, type Match } from '../model/match';
import { type Direction, type Policy, rulesOf } from '../model/policy';
import { matchSelector, namespacesNamedBy, PROFILES_LABEL, type Selector, type SelectorSubject } from '../model/selector';
import type { Snapshot } from '../model/snapshot';

/** A policy that selects an endpoint, or may. */
export interface Selecting {
  /** Index in `Snapshot.policies`. */
  readonly index: number;
  readonly policy: Policy;
  readonly match: Match;
  /** Its tier denies what its policies leave undecided. */
  readonly isolates: boolean;
}

/** Endpoints of one namespace that the same policies select: what is outside the cluster, and pods that come tomorrow, get the same answers from all of them. */
export interface Group {
  readonly namespace: number;
  readonly network: 'pod' | 'host';
  /** Indices in `Snapshot.endpoints`, ascending. */
  readonly endpoints: readonly number[];
  /** The first of the endpoints stands for all of them. */
  readonly representative: Endpoint;
  readonly selecting: readonly Selecting[];
  /** Host endpoints may have a say in it as well, so that groups that the same policies select may differ by where they run. */
  readonly meetsHosts?: true;
}

/** Policies that can select something in one namespace, and the labels on which that depends. */
interface Candidates {
  readonly policies: readonly { readonly index: number; readonly policy: Policy }[];
  readonly keys: readonly string[];
  /** Whether the service account of a pod plays a part as well. */
  readonly lookAtAccounts: boolean;
}

/** Puts the endpoints that have a namespace into groups. Costs policies × distinct label sets of a namespace, never policies × pods. */
export function groupEndpoints(snapshot: Snapshot): readonly Group[] {
  const candidatesOf = candidatesByNamespace(snapshot);
  const denying = new Set(snapshot.tiers.filter(({ defaultAction }) => defaultAction === 'Deny').map(({ name }) => name));
  const members = new Map<string, number[]>();
  for (const endpoint of snapshot.endpoints) {
    if (endpoint.namespace < 0) continue;
    const signature = signatureOf(endpoint, candidatesOf(endpoint.namespace));
    const group = members.get(signature);
    if (group) group.push(endpoint.id);
    else members.set(signature, [endpoint.id]);
  }
  return [...members.values()].map((endpoints) => {
    const representative = snapshot.endpoints[endpoints[0]!]!;
    const subject = subjectOf(snapshot, representative);
    const selecting = candidatesOf(representative.namespace).policies.flatMap(({ index, policy }) => {
      const match = matchSelector(policy.appliesTo, subject);
      return match.truth === 'no' ? [] : [{ index, policy, match, isolates: denying.has(policy.tier) }];
    });
    return { namespace: representative.namespace, network: representative.network, endpoints, representative, selecting };
  });
}

/** Does any policy isolate the group in this direction? Those of tiers that pass on what they leave undecided isolate nobody. */
export function isolationMatch(group: Group, direction: Direction): Match {
  const isolating = decidingPolicies(group, direction).filter(({ isolates }) => isolates);
  return anyOf(isolating.map(({ match }) => match));
}

/** The policies that decide about a direction of the group's endpoints. */
export function decidingPolicies(group: Group, direction: Direction): readonly Selecting[] {
  return group.selecting.filter(({ policy }) => !policy.staged && policy.hook === 'normal' && rulesOf(policy, direction) !== undefined);
}

/** Equal for groups whose policies say the same about what lies outside the cluster. */
export function policyKey(group: Group, direction: Direction): string {
  return decidingPolicies(group, direction)
    .map(({ index, match }) => `${index}${match.truth === 'maybe' ? '?' : ''}`)
    .join(',');
}

/** Equal for groups that say the same about what lies outside the cluster. */
export function outsideKey(group: Group, direction: Direction): string {
  return group.meetsHosts ? `as ${group.representative.id}` : `${group.network} ${policyKey(group, direction)}`;
}

/** An endpoint as selectors see it. */
export function subjectOf(snapshot: Snapshot, endpoint: Endpoint): SelectorSubject {
  const namespace = snapshot.namespaces[endpoint.namespace];
  const { labels, network, profiles, serviceAccount, serviceAccountLabels } = endpoint;
  return {
    labels,
    network,
    ...(namespace && { namespace }),
    ...(profiles && { profiles }),
    ...(serviceAccount !== undefined && { serviceAccount }),
    ...(serviceAccountLabels && { serviceAccountLabels }),
  };
}

function candidatesByNamespace({ policies, namespaces }: Snapshot): (namespace: number) => Candidates {
  const everywhere: Candidates['policies'][number][] = [];
  const named = new Map<string, Candidates['policies'][number][]>();
  for (const [index, policy] of policies.entries()) {
    const names = namespacesNamedBy(policy.appliesTo);
    if (!names) everywhere.push({ index, policy });
    for (const name of names ?? []) {
      const list = named.get(name);
      if (list) list.push({ index, policy });
      else named.set(name, [{ index, policy }]);
    }
  }
  const made = new Map<number, Candidates>();
  return (namespace) => {
    const known = made.get(namespace);
    if (known) return known;
    const own = named.get(namespaces[namespace]!.name) ?? [];
    const all = [...everywhere, ...own].sort((a, b) => a.index - b.index);
    const keys = new Set<string>();
    for (const { policy } of all) collectKeys(policy.appliesTo, keys);
    const candidates = { policies: all, keys: [...keys], lookAtAccounts: all.some(({ policy }) => looksAtAccounts(policy.appliesTo)) };
    made.set(namespace, candidates);
    return candidates;
  };
}

/** Keys of the endpoint's own labels that the selector looks at. */
function collectKeys(selector: Selector, keys: Set<string>): void {
  if (selector.kind === 'label' && selector.owner === 'endpoint') keys.add(selector.key);
  if (selector.kind === 'not') collectKeys(selector.of, keys);
  if (selector.kind === 'and' || selector.kind === 'or') for (const part of selector.of) collectKeys(part, keys);
}

function looksAtAccounts(selector: Selector): boolean {
  if (selector.kind === 'label')
    return selector.owner === 'serviceAccount' || (selector.owner === 'automatic' && selector.key !== PROFILES_LABEL);
  if (selector.kind === 'not') return looksAtAccounts(selector.of);
  return (selector.kind === 'and' || selector.kind === 'or') && selector.of.some(looksAtAccounts);
}

/**
 * Equal texts: no policy of the namespace can tell the endpoints apart. New pods stay by themselves, since they are none of the workloads';
 * port names and address families count because rules and checks look at them.
 */
function signatureOf(endpoint: Endpoint, { keys, lookAtAccounts }: Candidates): string {
  const { namespace, kind, network, labels, profiles, serviceAccount, ports, addresses, addressRanges } = endpoint;
  const values = keys.map((key) => {
    if (Object.hasOwn(labels.values, key)) return `=${labels.values[key]}`;
    return labels.unknownKeys.includes(key) ? '?' : labels.complete ? '-' : '~';
  });
  const named = ports.filter(({ name }) => name !== '').map(({ name, protocol, port }) => `${name} ${protocol} ${port}`);
  const families = [...addresses, ...addressRanges].map((text) => (text.includes(':') ? 6 : 4));
  const account = lookAtAccounts ? serviceAccount : undefined;
  return JSON.stringify([
    [namespace, kind === 'newPod', network, account, profiles],
    values,
    named.sort(),
    [families.includes(4), families.includes(6), addresses.length > 0],
  ]);
}
