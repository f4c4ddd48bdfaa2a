import { createHash } from 'node:crypto';
import { type Policy, type Rule, rulesOf } from '../model/policy';
import type { ResourceRef } from '../model/source';
import type { PolicyHit } from '../model/verdict';
import { compareText } from '../util/order';

/** What makes two findings of different runs the same one. Names of files, policies and pods are not part of it, so that renaming them changes nothing. */
export interface FlowIdentity {
  readonly check: string;
  /** The owning controller or the namespace. */
  readonly subject: string;
  /** Class of the other end, such as `internet` or `any-pod`. */
  readonly object: string;
  readonly direction: string;
  /** Class of protocols and ports, such as `any` or `beyond-web`. */
  readonly ports: string;
  /** `any`, or `6` when only IPv6 is concerned. */
  readonly family: string;
}

/** `exposureFlow/v1` */
export function exposureFlow({ check, subject, object, direction, ports, family }: FlowIdentity): string {
  return digestOf(['exposureFlow/v1', check, subject, object, direction, ports, family]);
}

/**
 * `exposureState/v1`: equal as long as the same flows are allowed by rules of the same content.
 * @param flows canonical texts of what is allowed, in any order
 * @param deciding texts of what decides, as `decidingTexts` makes them
 */
export function exposureState(flows: readonly string[], deciding: readonly string[]): string {
  return digestOf(['exposureState/v1', distinct(flows), distinct(deciding)]);
}

/**
 * What decided, as the content of the rules and without the names and places that may change freely.
 * @param policyOf finds the policy of a step of the trace
 */
export function decidingTexts(trace: readonly PolicyHit[], policyOf: (ref: ResourceRef) => Policy | undefined): readonly string[] {
  return trace.map(({ direction, host, trigger, action, certainty, policy: ref, rule: index }) => {
    const policy = ref && policyOf(ref);
    // At a host endpoint it is the way of the packet, and not the side of the flow, that tells whose rules they are.
    const own = host ? (host.way === 'in' ? 'ingress' : 'egress') : direction;
    // Several rules may have been made from the one that was written.
    const rules = (policy && rulesOf(policy, own)) ?? [];
    const written = index === undefined ? [] : rules.filter((rule, place) => (rule.index ?? place) === index);
    return JSON.stringify([direction, trigger, action, certainty, written.map(contentOf), ...(host ? [host.hook, host.way] : [])]);
  });
}

function contentOf({ action, peer, packets, condition }: Rule): unknown {
  return [action, peer, packets, condition ?? null];
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort(compareText);
}

function digestOf(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
