import { NO, type Unknown } from '../model/match';
import type { Direction } from '../model/policy';
import type { Flow, Party, PolicyHit } from '../model/verdict';
import { type Judgement, verdictOfOutcomes } from './evaluate-judgement';
import { type Family, matchSubject } from './evaluate-match';
import { judgeTiers, type PolicyOrder, stepOf } from './evaluate-tiers';

/*
 * The definition: what an end's own policies say, at the source of its egress and at the destination of its ingress, each alone.
 */

/** One direction of one end. */
export function judgeEndpoint(order: PolicyOrder, direction: Direction, flow: Flow, family: Family): Judgement {
  const subject = direction === 'egress' ? flow.source : flow.destination;
  const at = { direction };
  if (subject.kind === 'address') return { verdict: 'allowed', trace: [stepOf(at, 'external', 'Allow')] };

  const trace: PolicyHit[] = [];
  const outcomes = { allow: false, deny: false };
  const free = beyondPolicy(flow.source, flow.destination);
  if (free && !(direction === 'egress' && free.trigger === 'local-node' && isGuarded(order, subject))) {
    const { trigger, unknown } = free;
    trace.push(stepOf(at, trigger, 'Allow', unknown && { truth: 'maybe', unknowns: [unknown] }));
    if (!unknown) return { verdict: 'allowed', trace };
    outcomes.allow = true;
  }

  const selects = (policy: PolicyOrder['policies'][number]) => (policy.hook === 'normal' ? matchSubject(policy, subject) : NO);
  const tiers = judgeTiers(order, { at, direction, selects }, flow, family);
  trace.push(...tiers.trace);
  if (tiers.undecided) {
    const untouched = trace.every((step) => step.tier === undefined);
    const trigger = untouched && subject.endpoint.network === 'host' ? 'host-network' : 'not-selected';
    trace.push(stepOf(at, trigger, 'Allow'));
  }
  const allow = outcomes.allow || tiers.allow || tiers.undecided;
  return { verdict: verdictOfOutcomes({ allow, deny: tiers.deny }), trace };
}

interface Freedom {
  readonly trigger: 'same-endpoint' | 'local-node';
  /** What the freedom depends on; absent when it is certain. */
  readonly unknown?: Unknown;
}

/**
 * Flows that no NetworkPolicy can forbid: a pod to itself, and between a node and the pods it runs, both ways (the two exceptions in the introduction of
 * kubernetes.io/docs/concepts/services-networking/network-policies). What a pod opens to its node other policies can forbid (see `isGuarded`).
 * A template or a new pod stands for more than one pod, so that a flow with itself is between two of them.
 */
function beyondPolicy(source: Party, destination: Party): Freedom | undefined {
  if (source.kind === 'address' || destination.kind === 'address') return undefined;
  const [from, to] = [source.endpoint, destination.endpoint];
  if (from.id === to.id && (from.kind === 'pod' || from.kind === 'node')) return { trigger: 'same-endpoint' };
  if (from.network === to.network) return undefined;
  if (from.node !== undefined && to.node !== undefined) return from.node === to.node ? { trigger: 'local-node' } : undefined;
  return { trigger: 'local-node', unknown: whetherOneNode(from, to) };
}

/** What it depends on whether a pod and a process of a node are neighbours. */
export function whetherOneNode(from: { readonly name: string }, to: { readonly name: string }): Unknown {
  return { kind: 'placement', text: `whether \`${from.name}\` and \`${to.name}\` share a node` };
}

/** Is this a pod that a tier which guards its own node from it selects, or may? */
function isGuarded({ tiers, policies }: PolicyOrder, source: Party): boolean {
  if (source.kind === 'address' || source.endpoint.network === 'host') return false;
  const guarding = new Set(tiers.filter(({ guardsOwnNode }) => guardsOwnNode).map(({ name }) => name));
  return policies.some(
    (policy) =>
      guarding.has(policy.tier) &&
      !policy.staged &&
      policy.hook === 'normal' &&
      policy.egress &&
      matchSubject(policy, source).truth !== 'no',
  );
}
