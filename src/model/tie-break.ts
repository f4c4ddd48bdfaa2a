import type { ResourceRef } from './source';

/*
 * How Calico orders policies of one tier and one order: by their names, and by which part of them changed with release 3.32, which freed names from
 * that of their tier (felix/calc/policy_sorter.go, PolKVLess).
 */

/** What tells a policy from others. */
export interface PolicyName {
  readonly name: string;
  /** Of a policy of a namespace. */
  readonly namespace: string | undefined;
  readonly kind: string;
}

/** Sorts bytewise. `isFree`: as since names are free of tiers. */
export function calicoTieBreak({ name, namespace, kind }: PolicyName, isFree: boolean): string {
  if (isFree) return `${name}/${namespace ?? ''}/${kind}`;
  const key = name.includes('.') ? name : `default.${name}`;
  return namespace === undefined ? key : `${namespace}/${key}`;
}

/** The same for a NetworkPolicy of Kubernetes, which Calico knows by a name of its own. */
export function kubernetesTieBreak(name: string, namespace: string, isFree: boolean): string {
  return isFree ? `${name}/${namespace}/KubernetesNetworkPolicy` : `${namespace}/knp.default.${name}`;
}

/** The same by the reference of a policy; undefined for kinds whose order is not a matter of their names. */
export function tieBreakOfRef({ apiVersion, kind, name, namespace }: ResourceRef, isFree: boolean): string | undefined {
  if (kind !== 'NetworkPolicy' && kind !== 'GlobalNetworkPolicy') return undefined;
  const isKubernetes = kind === 'NetworkPolicy' && namespace !== undefined && !apiVersion.includes('projectcalico.org/');
  return isKubernetes ? kubernetesTieBreak(name, namespace, isFree) : calicoTieBreak({ name, namespace, kind }, isFree);
}
