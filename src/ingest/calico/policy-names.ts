import { isWritten } from '../../model/policy';
import { calicoTieBreak, kubernetesTieBreak as kubernetesKey, type PolicyName } from '../../model/tie-break';
import type { Mapping } from '../reading';
import { type Complaints, textField } from './complaints';
import { type CalicoVersion, hasFeature } from './version';

/*
 * Names of policies: what they may be, which tier they tell, and how they order policies of one order.
 * libcalico-go/lib/validator/v3/validator.go, libcalico-go/lib/names/policy.go, felix/calc/policy_sorter.go (PolKVLess).
 */

/** The tier that is always there, and of policies that name none. */
export const DEFAULT_TIER = 'default';

const LABEL = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const NAMESPACED_NAME = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})?|(?:knp|ossg)\\.default\\.${LABEL}(?:\\.${LABEL})*)$`);
const GLOBAL_NAME = new RegExp(`^(?:${LABEL}\\.)?${LABEL}$`);
const DNS_LABEL = new RegExp(`^${LABEL}$`);
/** The most characters of one label of a DNS name. */
export const LONGEST_LABEL = 63;

/** Whether a text is one label of a DNS name. */
export function isDnsLabel(text: string): boolean {
  return text.length <= LONGEST_LABEL && DNS_LABEL.test(text);
}

/** Prefixes under which Calico shows policies of other kinds. */
const MIRROR = /^(?:knp|ossg)\.default\./;

export type { PolicyName } from '../../model/tie-break';

/** Checks the name of a policy and answers its tier. */
export function readTierOf(complaints: Complaints, spec: Mapping, { name, namespace }: PolicyName, version: CalicoVersion): string {
  const written = textField(complaints, spec, 'tier', 'spec') || DEFAULT_TIER;
  if (!(namespace === undefined ? GLOBAL_NAME : NAMESPACED_NAME).test(name)) {
    complaints.mind(`the name \`${name}\` is more than two labels of a DNS name with a dot between them`);
  }
  // Calico would look for a tier of that name; ours are called so, which no object is.
  if (!isWritten({ tier: written })) complaints.refuse(`\`spec.tier\` is \`${written}\`, which is no name of a tier`, spec);
  if (hasFeature(version, 'freeNames')) return written;
  if (!hasFeature(version, 'tiers')) {
    if (written !== DEFAULT_TIER) {
      const message = `\`spec.tier\` is \`${written}\`, and Calico ${version.major}.${version.minor} has no tiers: the policy is in tier \`default\``;
      complaints.reading.report('tiers-not-supported', message, spec);
    }
    return DEFAULT_TIER;
  }
  return tierByName(complaints, spec, name, written);
}

/** From the release with tiers up to the one that freed names, the name of a policy began with that of its tier, and the dataplane went by the name. */
function tierByName(complaints: Complaints, spec: Mapping, name: string, written: string): string {
  if (MIRROR.test(name)) return DEFAULT_TIER;
  const [prefix, ...rest] = name.split('.');
  const told = rest.length === 0 ? DEFAULT_TIER : prefix!;
  if (told === written && rest.length <= 1) return written;
  const proper = written === DEFAULT_TIER ? '`NAME` or `default.NAME`' : `\`${written}.NAME\``;
  complaints.mind(`a policy of tier \`${written}\` must be named ${proper}, and the name \`${name}\` puts it into tier \`${told}\``, spec);
  return told;
}

/** Orders policies of one tier and one order, bytewise. */
export function tieBreakOf(name: PolicyName, version: CalicoVersion): string {
  return calicoTieBreak(name, hasFeature(version, 'freeNames'));
}

/** The same for a NetworkPolicy of Kubernetes. */
export function kubernetesTieBreak(name: string, namespace: string, version: CalicoVersion): string {
  return kubernetesKey(name, namespace, hasFeature(version, 'freeNames'));
}
