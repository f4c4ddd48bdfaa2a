import { assertNever } from '../util/invariant';
import type { Action, Direction } from './policy';
import { isOfProfiles, namedProfiles } from './profiles';
import { formatRef, type ResourceRef, type Source } from './source';
import type { HostPoint, PolicyHit } from './verdict';

/*
 * The steps of a trace in words: the one place where every face, and every finding, has them from.
 */

/** Names of the two ends of a flow, as whoever asked knows them. */
export interface FlowNames {
  readonly from: string;
  readonly to: string;
}

/** Where a step was written: the rule, else the policy, else the first one that isolates. */
export function sourceOfStep({ source, policy, isolatedBy = [] }: PolicyHit): Source | undefined {
  return source ?? policy?.source ?? namedProfiles(isolatedBy)[0]?.source;
}

/** Most policies that one sentence names; a namespace may have hundreds, and `isolatedBy` has them all. */
const MOST_POLICIES = 10;

function policyNames(refs: readonly ResourceRef[]): string {
  const names = refs.slice(0, MOST_POLICIES).map((ref) => `\`${formatRef(ref)}\``);
  const rest = refs.length - names.length;
  return `${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** The step as a sentence, with the names of the flow's ends. */
export function stepText(hit: PolicyHit, { from, to }: FlowNames): string {
  const side = hit.direction === 'egress' ? `\`${from}\`` : `\`${to}\``;
  const subject = hit.host ? hostText(hit.host) : side;
  // At a host endpoint the rules for what arrives count, or those for what leaves, whichever side of the flow it is on.
  const rules = hit.host ? (hit.host.way === 'in' ? 'ingress' : 'egress') : hit.direction;
  switch (hit.trigger) {
    case 'rule':
      if (isSilence(hit))
        return `${refText(hit)} isolates ${subject} for ${rules}, and its kind of policy does not say what that means for this protocol`;
      if (isOfProfiles(hit)) return `where no policy decides, ${ruleOf(hit, rules)} ${verbOf(hit)}${atHost(hit)}`;
      return `${ruleOf(hit, rules)}${inTier(hit)} ${verbOf(hit)}${atHost(hit)}`;
    case 'end-of-tier': {
      if (isOfProfiles(hit)) return endOfProfiles(hit, subject, rules);
      const policies = hit.isolatedBy ?? [];
      if (hit.action === 'Pass') {
        const onward =
          hit.host && hit.host.hook !== 'normal' && hit.host.hook !== 'forward' ? 'it goes on' : `tier \`${hit.tier}\` passes it on`;
        return `no ${rules} rule of ${policyNames(policies)} decides${atHost(hit)}, and ${onward}`;
      }
      const isolation = `${policyNames(policies)} ${hit.certainty === 'maybe' ? 'may isolate' : policies.length === 1 ? 'isolates' : 'isolate'} ${subject} for ${rules}`;
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
    case 'tunnel-packet': {
      if (hit.direction === 'ingress')
        return `nodes take packets that carry others from each other alone, and ${hit.certainty === 'yes' ? 'drop' : 'may drop'} this one`;
      const told = 'nodes drop what carries other packets where one of their pods sends it (fact `tunnelPacketsOfPods`)';
      return hit.certainty === 'yes' ? told : `if it carries other packets: ${told}`;
    }
    case 'tunnel-source': {
      const told = `packets from \`${from}\` are wrapped on their way to the node of \`${to}\`, and come from the address of the tunnel`;
      return hit.certainty === 'yes' ? told : `perhaps ${told}`;
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

/** Behind all tiers: what no rule of a profile lets through is denied. */
function endOfProfiles(hit: PolicyHit, subject: string, rules: Direction): string {
  const profiles = namedProfiles(hit.isolatedBy ?? []);
  const undecided = hit.host ? `no policy decides${atHost(hit)}` : `no policy decides about ${rules} of ${subject}`;
  if (profiles.length === 0) return `${undecided}, and without a profile that has rules it is denied`;
  return `${undecided}, and no ${rules} rule of ${profiles.length === 1 ? 'its profile' : 'its profiles'} ${policyNames(profiles)} lets this through`;
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
export function isSilence({ trigger, certainty, unknowns }: PolicyHit): boolean {
  return trigger === 'rule' && certainty === 'maybe' && unknowns.some(({ kind }) => kind === 'protocol');
}

function ruleOf(hit: PolicyHit, rules: Direction): string {
  return `${rules} rule ${(hit.rule ?? 0) + 1} of ${refText(hit)}`;
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
  Pass: ['passes it on to the next', 'may pass it on to the next'],
  Log: ['logs it', 'may log it'],
};

function verbOf(hit: PolicyHit): string {
  const verb = VERBS[hit.action][hit.certainty === 'yes' ? 0 : 1];
  return hit.action === 'Pass' ? `${verb} ${isOfProfiles(hit) ? 'profile' : 'tier'}` : verb;
}
