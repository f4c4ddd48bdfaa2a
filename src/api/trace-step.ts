import type { Unknown } from '../model/match';
import type { Action, Direction } from '../model/policy';
import { formatRef } from '../model/source';
import type { HostPoint, PolicyHit, Trigger } from '../model/verdict';
import { assertNever } from '../util/invariant';

/** One step of a verdict's trace, told for people: flat, with names instead of indices. */
export interface TraceStep {
  readonly direction: Direction;
  /** The host endpoint at which it was judged; absent: the pod itself. */
  readonly host?: HostPoint;
  readonly trigger: Trigger;
  readonly action: Action;
  readonly certainty: 'yes' | 'maybe';
  readonly tier?: string;
  /** `namespace/name[Kind]`. */
  readonly policy?: string;
  /** Number of the rule among those of its policy and direction, from 1. */
  readonly rule?: number;
  /** Policies that isolate the endpoint, `namespace/name[Kind]`; only of a step at the end of a tier. */
  readonly isolatedBy?: readonly string[];
  readonly file?: string;
  readonly line?: number;
  /** The step in words. */
  readonly sentence: string;
  readonly dependsOn: readonly Unknown[];
}

/** Names of the two ends, as the question resolved them. */
export interface FlowNames {
  readonly from: string;
  readonly to: string;
}

/** Tells a step of the engine's trace with the names of the flow's ends. */
export function traceStep(hit: PolicyHit, names: FlowNames): TraceStep {
  const { direction, host, trigger, action, certainty, tier, policy, rule, isolatedBy } = hit;
  const source = hit.source ?? policy?.source ?? isolatedBy?.[0]?.source;
  return {
    direction,
    ...(host && { host }),
    trigger,
    action,
    certainty,
    ...(tier !== undefined && { tier }),
    ...(policy && { policy: formatRef(policy) }),
    ...(rule !== undefined && !isSilence(hit) && { rule: rule + 1 }),
    ...(isolatedBy && { isolatedBy: isolatedBy.map(formatRef) }),
    ...(source && { file: source.file, line: source.line }),
    sentence: sentenceOf(hit, names),
    dependsOn: hit.unknowns,
  };
}

function sentenceOf(hit: PolicyHit, { from, to }: FlowNames): string {
  const side = hit.direction === 'egress' ? `\`${from}\`` : `\`${to}\``;
  const subject = hit.host ? hostText(hit.host) : side;
  // At a host endpoint the rules for what arrives count, or those for what leaves, whichever side of the flow it is on.
  const rules = hit.host ? (hit.host.way === 'in' ? 'ingress' : 'egress') : hit.direction;
  switch (hit.trigger) {
    case 'rule':
      if (isSilence(hit))
        return `${refText(hit)} isolates ${subject} for ${rules}, and its kind of policy does not say what that means for this protocol`;
      return `${rules} rule ${(hit.rule ?? 0) + 1} of ${refText(hit)}${inTier(hit)} ${verbOf(hit)}${atHost(hit)}`;
    case 'end-of-tier': {
      const policies = (hit.isolatedBy ?? []).map((ref) => `\`${formatRef(ref)}\``);
      if (hit.action === 'Pass') {
        const onward =
          hit.host && hit.host.hook !== 'normal' && hit.host.hook !== 'forward' ? 'it goes on' : `tier \`${hit.tier}\` passes it on`;
        return `no ${rules} rule of ${policies.join(', ')} decides${atHost(hit)}, and ${onward}`;
      }
      const isolation = `${policies.join(', ')} ${hit.certainty === 'maybe' ? 'may isolate' : policies.length === 1 ? 'isolates' : 'isolate'} ${subject} for ${rules}`;
      const none = policies.length === 1 ? `no ${rules} rule of it` : `no ${rules} rule of them`;
      // Later tiers are not asked, whatever they allow.
      const ending = inTier(hit) === '' ? '' : `; tier \`${hit.tier}\` denies the rest`;
      return `${isolation}${hit.host ? `, ${HOOKS[hit.host.hook]},` : ','} and ${none} lets this through${ending}`;
    }
    case 'not-selected':
      return hit.host
        ? `no policy decides${atHost(hit)}, so it is allowed`
        : `no policy decides about ${hit.direction} of ${subject}, so it is allowed`;
    case 'host-network':
      return `${subject} is on its node's network, where policies for pods do not apply`;
    case 'external':
      return `${subject} is no endpoint of the cluster, so no policy applies at that end`;
    case 'same-endpoint':
      return `nothing can forbid ${subject} to reach itself`;
    case 'local-node':
      return hit.certainty === 'yes'
        ? `\`${from}\` and \`${to}\` are on one node, and no policy acts on ${hit.direction} between a node and its own pods`
        : `if \`${from}\` and \`${to}\` are on one node, no policy acts on ${hit.direction} between them`;
    case 'failsafe':
      return `the port is one of the failsafe ports, which ${hit.certainty === 'yes' ? 'stay' : 'may stay'} open${atHost(hit)}`;
    case 'profile':
      return `no policy decides${atHost(hit)}, and its profiles ${hit.action === 'Allow' ? 'allow it' : 'allow nothing'}`;
    case 'host-action': {
      const told = `a node ${hit.action === 'Allow' ? 'takes' : 'drops'} what its own pods send to it (fact \`endpointToHostAction\`)`;
      return hit.certainty === 'yes' ? told : `if \`${from}\` and \`${to}\` are on one node: ${told}`;
    }
    case 'reply':
      return `what is let in or out before connections are tracked needs a rule for its answer, and no untracked policy has one${atHost(hit)}`;
    case 'host-unknown':
      return hit.host
        ? `${subject} may deny it: what it sees as the source is not known`
        : `host endpoints may deny it: which of them are on the way is not known`;
    default:
      return assertNever(hit.trigger);
  }
}

/** Where on a packet's way through a node a hook acts. */
const HOOKS: Readonly<Record<HostPoint['hook'], string>> = {
  untracked: 'before connections are tracked',
  preDNAT: 'before its destination is translated',
  normal: "on the node's own traffic",
  forward: 'on what the node passes on',
};

function atHost({ host }: PolicyHit): string {
  return host ? ` at ${hostText(host)}, ${HOOKS[host.hook]}` : '';
}

function hostText({ name, node }: HostPoint): string {
  return `host endpoint \`${name}\` of node \`${node}\``;
}

/** Not a rule that somebody wrote: what a policy leaves open about protocols of which it does not speak. */
function isSilence({ trigger, certainty, unknowns }: PolicyHit): boolean {
  return trigger === 'rule' && certainty === 'maybe' && unknowns.some(({ kind }) => kind === 'protocol');
}

function refText({ policy }: PolicyHit): string {
  return policy ? `\`${formatRef(policy)}\`` : 'a policy';
}

/** The tier of NetworkPolicies goes without saying. */
function inTier({ tier }: PolicyHit): string {
  return tier === undefined || tier === 'default' ? '' : ` in tier \`${tier}\``;
}

const VERBS: Readonly<Record<Action, readonly [certain: string, possible: string]>> = {
  Allow: ['allows it', 'may allow it'],
  Deny: ['denies it', 'may deny it'],
  Pass: ['passes it on to the next tier', 'may pass it on to the next tier'],
  Log: ['logs it', 'may log it'],
};

function verbOf({ action, certainty }: PolicyHit): string {
  return VERBS[action][certainty === 'yes' ? 0 : 1];
}
