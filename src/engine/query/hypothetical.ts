import { familyOfChoice } from '../../model/endpoint';
import type { Unknown } from '../../model/match';
import type { Direction } from '../../model/policy';
import { NO_LABELS } from '../../model/selector';
import type { Explanation, Flow, Packet, Party, Verdict } from '../../model/verdict';
import { intervalSet } from '../../util/interval-set';
import type { AskedEnd } from '../analysis';
import type { Analysis } from '../analyze';
import { type Cluster, evaluate } from '../evaluate';
import { positionOf } from '../packet-axis';
import { clusterOf } from './definition-input';
import { type Found, givenEnd, type HypotheticalPod, HypotheticalSearch, knownEnd } from './hypothetical-search';

export type { HypotheticalPod } from './hypothetical-search';

/*
 * May a pod that nobody has deployed yet reach this, or be reached from it? Such a pod may have any labels, service account and port names, and live in
 * any namespace, also one that does not exist; or some of that is given. The answer is about the best of these pods: `allowed` if one of them gets
 * through, by the definition; `denied` if none of them can. Pods that share their node's network are no pods here but their node.
 */

/** One question about the best of the pods. */
export interface HypotheticalFlow {
  readonly pod: HypotheticalPod;
  /** `egress`: the pod opens the connection; `ingress`: it is opened to it. */
  readonly direction: Direction;
  readonly other: AskedEnd | { readonly pod: HypotheticalPod };
  readonly packet: Packet;
}

/** A pod that somebody could create: only what matters of it. */
export interface Witness {
  readonly namespace: string;
  /** There is no such namespace, and its name is only an example unless policies ask for it. */
  readonly isNewNamespace: boolean;
  /** Of a new namespace. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  readonly serviceAccountLabels: Readonly<Record<string, string>>;
  /** Names that its port has. */
  readonly portNames: readonly string[];
  /** Node that it runs on, where that matters. */
  readonly node?: string;
}

/** What is said of the best of the pods. */
export interface HypotheticalAnswer {
  readonly verdict: Verdict;
  /** Of the witness, or where none gets through of a pod that stands for all. */
  readonly explanation: Explanation;
  /** What would settle an `indeterminate`. */
  readonly dependsOn: readonly Unknown[];
  /** The pod that gets through, or that may; absent when denied. */
  readonly witness?: Witness;
}

/** Pods that are judged one by one before the question counts as open. */
const MOST_WITNESSES = 16;
/** For a node of which nobody knows the name. */
const SOME_NODE = 'its node';
const ANOTHER_NODE = 'another node';

const UNTRIED: Unknown = { kind: 'pod-labels', text: 'which labels the pod has: there are more combinations than were tried' };

/** The verdict on one packet, with its reasons. */
export function hypotheticalVerdict(analysis: Analysis, { pod: asked, direction, other, packet }: HypotheticalFlow): HypotheticalAnswer {
  const pod = typeof other === 'object' && 'at' in other ? { ...asked, family: familyOfChoice(other.at) } : asked;
  const { sourcePort, icmp, number } = packet;
  const details = { ...(sourcePort !== undefined && { sourcePort }), ...(icmp && { icmp }), ...(number !== undefined && { number }) };
  const search = new HypotheticalSearch(analysis, pod, direction, details);
  const cluster = clusterOf(analysis);
  const end = typeof other === 'object' && 'pod' in other ? givenEnd(analysis, other.pod, direction) : knownEnd(analysis, other, direction);
  const judge = (party: Party, against: Party = end.party): Explanation => {
    const flow: Flow =
      direction === 'egress' ? { source: party, destination: against, packet } : { source: against, destination: party, packet };
    return evaluate(cluster, flow);
  };
  const position = positionOf(packet);
  const packets = intervalSet([[position, position]]);
  let best: HypotheticalAnswer | undefined;
  let refused: HypotheticalAnswer | undefined;
  let tried = 0;
  const judgeFound = (found: Found): boolean => {
    const node = nodeFor(found, end.party, cluster);
    const party = search.podOf(found.shape, packet, node);
    const explanation = judge(party, found.onItsNode && node !== undefined ? onNode(end.party, node) : end.party);
    const isOpen = explanation.verdict === 'allowed' && found.isUnsure;
    const verdict = isOpen ? 'indeterminate' : explanation.verdict;
    const dependsOn = isOpen ? found.unknowns : explanation.dependsOn;
    if (verdict === 'allowed' || (verdict === 'indeterminate' && !best)) {
      best = { verdict, explanation, dependsOn, witness: witnessOf(party, found) };
    }
    refused ??= { verdict: 'indeterminate', explanation, dependsOn: found.unknowns };
    return verdict !== 'allowed' && ++tried < MOST_WITNESSES;
  };
  // Pods that certainly get through first: there may be many of which that is not certain.
  search.find(
    end,
    (isCertain) => (isCertain ? packets : []),
    (found) => found.unknowns.length > 0 || judgeFound(found),
  );
  if (best) return best;
  const isComplete = search.find(end, () => packets, judgeFound);
  if (best) return best;
  // What a search finds, the definition denies only for what stands on the way beside the policies of both ends.
  if (refused) return refused.dependsOn.length > 0 ? refused : { ...refused, dependsOn: [UNTRIED] };
  const explanation = judge(search.podOf(search.plainShape()));
  return isComplete ? { verdict: 'denied', explanation, dependsOn: [] } : { verdict: 'indeterminate', explanation, dependsOn: [UNTRIED] };
}

/** The node only where it matters, and of a namespace of the input nothing but its name. */
function witnessOf({ endpoint, namespace }: Extract<Party, { kind: 'endpoint' }>, { shape }: Found): Witness {
  const { labels, serviceAccount = 'default', serviceAccountLabels = NO_LABELS, ports, node } = endpoint;
  const isNewNamespace = shape.place.index === undefined;
  const { 'kubernetes.io/metadata.name': _, ...namespaceLabels } = namespace?.labels.values ?? {};
  return {
    namespace: namespace?.name ?? '',
    isNewNamespace,
    namespaceLabels: isNewNamespace ? namespaceLabels : {},
    labels: labels.values,
    serviceAccount,
    serviceAccountLabels: serviceAccountLabels.values,
    portNames: ports.map(({ name }) => name),
    ...(node !== undefined && node !== SOME_NODE && node !== ANOTHER_NODE && { node }),
  };
}

/** Towards a process of a node it counts where the pod runs, which is for who creates it to choose. */
function nodeFor({ onItsNode }: Found, end: Party, { hostEndpoints = [] }: Cluster): string | undefined {
  if (end.kind === 'address' || end.endpoint.network === 'pod') return undefined;
  if (hostEndpoints.length > 0) return onItsNode ? end.endpoint.node : undefined;
  if (onItsNode) return end.endpoint.node ?? SOME_NODE;
  return end.endpoint.node === undefined ? undefined : ANOTHER_NODE;
}

function onNode(end: Party, node: string): Party {
  return end.kind === 'endpoint' ? { ...end, endpoint: { ...end.endpoint, node } } : end;
}
