import type { Unknown } from '../model/match';
import type { Action, Direction } from '../model/policy';
import { formatRef } from '../model/source';
import type { PolicyHit, Trigger } from '../model/verdict';
import { assertNever } from '../util/invariant';

/** One step of a verdict's trace, told for people: flat, with names instead of indices. */
export interface TraceStep {
  readonly direction: Direction;
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
  const { direction, trigger, action, certainty, tier, policy, rule, isolatedBy } = hit;
  const source = hit.source ?? policy?.source ?? isolatedBy?.[0]?.source;
  return {
    direction,
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
  const subject = hit.direction === 'egress' ? `\`${from}\`` : `\`${to}\``;
  switch (hit.trigger) {
    case 'rule':
      if (isSilence(hit))
        return `${refText(hit)} isolates ${subject} for ${hit.direction}, and its kind of policy does not say what that means for this protocol`;
      return `${hit.direction} rule ${(hit.rule ?? 0) + 1} of ${refText(hit)}${inTier(hit)} ${verbOf(hit)}`;
    case 'end-of-tier': {
      const policies = (hit.isolatedBy ?? []).map((ref) => `\`${formatRef(ref)}\``);
      if (hit.action === 'Pass') return `no ${hit.direction} rule of ${policies.join(', ')} decides, and tier \`${hit.tier}\` passes it on`;
      const isolation = `${policies.join(', ')} ${hit.certainty === 'maybe' ? 'may isolate' : policies.length === 1 ? 'isolates' : 'isolate'} ${subject} for ${hit.direction}`;
      const rules = policies.length === 1 ? `no ${hit.direction} rule of it` : `no ${hit.direction} rule of them`;
      return `${isolation}, and ${rules} lets this through`;
    }
    case 'not-selected':
      return `no policy decides about ${hit.direction} of ${subject}, so it is allowed`;
    case 'host-network':
      return `${subject} is on its node's network, where these policies do not apply`;
    case 'external':
      return `${subject} is no endpoint of the cluster, so no policy applies at that end`;
    case 'same-endpoint':
      return `nothing can forbid ${subject} to reach itself`;
    case 'local-node':
      return hit.certainty === 'yes'
        ? `\`${from}\` and \`${to}\` are on one node, and no policy acts on ${hit.direction} between a node and its own pods`
        : `if \`${from}\` and \`${to}\` are on one node, no policy acts on ${hit.direction} between them`;
    case 'failsafe':
      return `the port is one of the failsafe ports that stay open${atHost(hit)}`;
    case 'profile':
      return `no policy decides${atHost(hit)}, and its profiles ${hit.action === 'Allow' ? 'allow it' : 'allow nothing'}`;
    case 'host-action':
      return `a node ${hit.action === 'Allow' ? 'takes' : 'drops'} what its own pods send to it (fact \`endpointToHostAction\`)`;
    default:
      return assertNever(hit.trigger);
  }
}

function atHost({ host }: PolicyHit): string {
  return host ? ` at host endpoint \`${host.name}\` of node \`${host.node}\`` : '';
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
