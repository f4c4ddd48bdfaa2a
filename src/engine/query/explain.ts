import type { Direction, Policy } from '../../model/policy';
import type { Explanation, Party } from '../../model/verdict';
import type { FlowEnd, IndexedFlow } from '../analysis';
import type { Analysis } from '../analyze';
import { evaluate } from '../evaluate';
import type { Model } from '../model';

/**
 * The verdict on one flow with its reasons: the definition itself, put to the few policies that can select either end. The model knows these, so that
 * it takes the time of a list, not of a cluster.
 */
export function explain(analysis: Analysis, { source, destination, packet }: IndexedFlow): Explanation {
  const { directory } = analysis;
  const policies = relevantPolicies(analysis, source, destination);
  return evaluate(
    { tiers: directory.tiers, policies },
    { source: partyOf(analysis, source), destination: partyOf(analysis, destination), packet },
  );
}

function partyOf({ directory }: Analysis, end: FlowEnd): Party {
  if (typeof end === 'string') return { kind: 'address', address: end };
  const endpoint = directory.endpoint(end);
  const namespace = directory.namespaces[endpoint.namespace];
  return { kind: 'endpoint', endpoint, ...(namespace && { namespace }) };
}

function relevantPolicies({ model, directory }: Analysis, source: FlowEnd, destination: FlowEnd): readonly Policy[] {
  const indices = new Set<number>();
  if (typeof source === 'number') addPolicies(model, source, 'egress', indices);
  if (typeof destination === 'number') addPolicies(model, destination, 'ingress', indices);
  // Policies are numbered in evaluation order.
  return [...indices].sort((a, b) => a - b).map((index) => directory.policies[index]!);
}

function addPolicies({ endpoints, classes, lists }: Model, endpoint: number, direction: Direction, into: Set<number>): void {
  const owner = endpoints.classOf[endpoint]!;
  const list = (direction === 'egress' ? classes.egressList : classes.ingressList)[owner]!;
  for (let at = lists.starts[list]!; at < lists.starts[list + 1]!; at++) {
    for (let state = lists.states[at]!; state >= 0; state = lists.parents[state]!) into.add(lists.policies[state]!);
  }
}
