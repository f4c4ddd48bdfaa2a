import type { Tier } from '../../model/policy';
import { formatRef } from '../../model/source';
import { compareText } from '../../util/order';
import { diagnose } from '../codes';
import type { Report } from '../document';
import type { Origin, TierDraft } from '../draft';
import { checkFields } from '../kubernetes/known-fields';
import { isAbsent, type Reading } from '../reading';
import { complaintsOf, mappingField, numberField, textField } from './complaints';
import { DEFAULT_TIER, isDnsLabel, LONGEST_LABEL } from './policy-names';
import { type CalicoFeature, type CalicoVersion, hasFeature } from './version';

/*
 * Tiers (api/pkg/apis/projectcalico/v3/tier.go). Some are always there, from some release on, whether the input has their object or not.
 */

/** A tier without an order has that of tier `default`, and the name decides (libcalico-go/lib/resources/tier.go). */
const DEFAULT_ORDER = 1_000_000;

interface BuiltInTier extends Tier {
  /** Releases that have it. */
  readonly exists: (version: CalicoVersion) => boolean;
}

const since = (feature: CalicoFeature) => (version: CalicoVersion) => hasFeature(version, feature);
const until = (feature: CalicoFeature, end: CalicoFeature) => (version: CalicoVersion) => hasFeature(version, feature) && !hasFeature(version, end);

const BUILT_IN: readonly BuiltInTier[] = [
  { name: DEFAULT_TIER, order: DEFAULT_ORDER, defaultAction: 'Deny', exists: () => true },
  { name: 'kube-admin', order: 1000, defaultAction: 'Pass', exists: since('freeNames') },
  { name: 'kube-baseline', order: 10_000_000, defaultAction: 'Pass', exists: since('freeNames') },
  { name: 'adminnetworkpolicy', order: 1000, defaultAction: 'Pass', exists: until('tiers', 'freeNames') },
  { name: 'baselineadminnetworkpolicy', order: 10_000_000, defaultAction: 'Pass', exists: until('baselineTier', 'freeNames') },
];

export function readTier(reading: Reading, origin: Origin): TierDraft {
  const complaints = complaintsOf(reading, origin.apiVersion, 'Tier');
  const { object } = reading.document;
  checkFields(reading, object, ['apiVersion', 'kind', 'metadata', 'spec', 'status'], '');
  const spec = mappingField(complaints, object, 'spec', 'Tier') ?? {};
  checkFields(reading, spec, ['order', 'defaultAction'], 'spec');
  const written = textField(complaints, spec, 'defaultAction', 'spec');
  if (!isAbsent(written) && written !== 'Deny' && written !== 'Pass') complaints.mind('`spec.defaultAction` is neither `Deny` nor `Pass`', spec);
  const tier: Tier = {
    name: origin.name,
    order: numberField(complaints, spec, 'order', 'spec') ?? DEFAULT_ORDER,
    defaultAction: written === 'Pass' ? 'Pass' : 'Deny',
  };
  if (!isDnsLabel(tier.name)) complaints.mind(`the name of a tier is one label of a DNS name of at most ${LONGEST_LABEL} characters`);
  const builtIn = BUILT_IN.find(({ name }) => name === tier.name);
  if (builtIn && (tier.order !== builtIn.order || tier.defaultAction !== builtIn.defaultAction)) {
    complaints.mind(`tier \`${tier.name}\` has order ${builtIn.order} and default action ${builtIn.defaultAction}, and no other`, spec);
  }
  return { kind: 'tier', origin, tier: complaints.isLeftOut() ? undefined : tier };
}

/** What uses a tier, for telling of one that is missing. */
export interface TierUse {
  readonly tier: string;
  readonly origin: Origin;
}

/**
 * The tiers in evaluation order: `default`, those of the input, and of the built-in ones those that something uses. A tier that something uses and that
 * does not exist comes last and denies (felix/calc/policy_resolver.go).
 */
export function linkTiers(drafts: readonly TierDraft[], uses: readonly TierUse[], version: CalicoVersion, report: Report): readonly Tier[] {
  const tiers = new Map<string, Tier>();
  const used = new Set([DEFAULT_TIER, ...uses.map(({ tier }) => tier)]);
  for (const { exists, ...tier } of BUILT_IN) if (used.has(tier.name) && exists(version)) tiers.set(tier.name, tier);
  for (const { origin, tier } of drafts) {
    if (!tier) continue;
    if (hasFeature(version, 'tiers') || tier.name === DEFAULT_TIER) tiers.set(tier.name, tier);
    else {
      const message = `Calico ${version.major}.${version.minor} has no tiers: this one has no effect (fact \`calicoVersion\`)`;
      report(diagnose('tiers-not-supported', message, origin.source, formatRef(origin)));
    }
  }
  for (const { tier: name, origin } of uses) {
    if (tiers.has(name)) continue;
    tiers.set(name, { name, order: Number.POSITIVE_INFINITY, defaultAction: 'Deny' });
    const message = `tier \`${name}\` is not in the input: its policies are evaluated after all other tiers, and what they select and do not decide is denied`;
    report(diagnose('tier-missing', message, origin.source, formatRef(origin)));
  }
  return [...tiers.values()].sort((a, b) => a.order - b.order || compareText(a.name, b.name));
}
