import type { Policy, Tier } from '../../model/policy';
import { formatRef } from '../../model/source';
import { compareText } from '../../util/order';
import { printable } from '../archive/entry';
import { diagnose } from '../codes';
import type { Report } from '../document';
import type { Origin, TierDraft } from '../draft';
import { checkFields, checkObjectFields } from '../kubernetes/known-fields';
import { isAbsent, type Reading } from '../reading';
import { complaintsOf, mappingField, numberField, textField } from './complaints';
import { DEFAULT_TIER, isDnsLabel, LONGEST_LABEL } from './policy-names';
import { type CalicoVersion, hasFeature } from './version';

/*
 * Tiers (api/pkg/apis/projectcalico/v3/tier.go). Some are always there, from some release on, whether the input has their object or not.
 */

/** A tier without an order has that of tier `default`, and the name decides (libcalico-go/lib/resources/tier.go). */
const DEFAULT_ORDER = 1_000_000;

/** Tiers that are always there have one order and one default action, and no other (api/admission/protect-builtin-tiers.yaml). */
const WELL_KNOWN: readonly Tier[] = [
  { name: DEFAULT_TIER, order: DEFAULT_ORDER, defaultAction: 'Deny' },
  ...['kube-admin', 'adminnetworkpolicy'].map((name): Tier => ({ name, order: 1000, defaultAction: 'Pass' })),
  ...['kube-baseline', 'baselineadminnetworkpolicy'].map((name): Tier => ({ name, order: 10_000_000, defaultAction: 'Pass' })),
];

/** Reads a Tier. */
export function readTier(reading: Reading, origin: Origin): TierDraft {
  const complaints = complaintsOf(reading, origin.apiVersion, 'Tier');
  const { object } = reading.document;
  checkObjectFields(reading, object);
  const spec = mappingField(complaints, object, 'spec', 'Tier') ?? {};
  checkFields(reading, spec, ['order', 'defaultAction'], 'spec');
  const written = textField(complaints, spec, 'defaultAction', 'spec');
  if (!isAbsent(written) && written !== 'Deny' && written !== 'Pass')
    complaints.mind('`spec.defaultAction` is neither `Deny` nor `Pass`', spec);
  const tier: Tier = {
    name: origin.name,
    order: numberField(complaints, spec, 'order', 'spec') ?? DEFAULT_ORDER,
    defaultAction: written === 'Pass' ? 'Pass' : 'Deny',
  };
  if (!isDnsLabel(tier.name)) complaints.mind(`the name of a tier is one label of a DNS name of at most ${LONGEST_LABEL} characters`);
  const known = WELL_KNOWN.find(({ name }) => name === tier.name);
  if (known && (tier.order !== known.order || tier.defaultAction !== known.defaultAction)) {
    complaints.mind(`tier \`${tier.name}\` has order ${known.order} and default action ${known.defaultAction}, and no other`, spec);
  }
  return { kind: 'tier', origin, tier: complaints.isLeftOut() ? undefined : tier };
}

/** Tiers of the input, beside those that are always there. */
export interface GivenTiers {
  readonly drafts: readonly TierDraft[];
  readonly version: CalicoVersion;
}

/**
 * The tiers in evaluation order: of those that are always there (`builtIn`) the ones that a policy is in, and `default`; and those of the input. A tier that
 * a policy is in and that does not exist comes last and denies (felix/calc/policy_resolver.go).
 */
export function linkTiers(
  builtIn: readonly Tier[],
  policies: readonly Policy[],
  { drafts, version }: GivenTiers,
  report: Report,
): readonly Tier[] {
  const firstUses = new Map<string, Policy>();
  for (const policy of policies) if (!firstUses.has(policy.tier)) firstUses.set(policy.tier, policy);
  const tiers = new Map<string, Tier>();
  for (const tier of builtIn) if (tier.name === DEFAULT_TIER || firstUses.has(tier.name)) tiers.set(tier.name, tier);
  for (const { origin, tier } of drafts) {
    if (!tier) continue;
    if (hasFeature(version, 'tiers') || tier.name === DEFAULT_TIER) {
      tiers.set(tier.name, { ...tiers.get(tier.name), ...tier });
      continue;
    }
    const message = `Calico ${version.major}.${version.minor} has no tiers (fact \`calicoVersion\`): this one has no effect`;
    report(diagnose('tiers-not-supported', message, origin.source, printable(formatRef(origin))));
  }
  for (const [name, { ref }] of firstUses) {
    if (tiers.has(name)) continue;
    tiers.set(name, { name, order: Number.POSITIVE_INFINITY, defaultAction: 'Deny' });
    const message = `tier \`${name}\` is not in the input: its policies come after all other tiers, and what they select and do not decide is denied`;
    report(diagnose('tier-missing', printable(message), ref.source, printable(formatRef(ref))));
  }
  return [...tiers.values()].sort((a, b) => a.order - b.order || compareText(a.name, b.name));
}
