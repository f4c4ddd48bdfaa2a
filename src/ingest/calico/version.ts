/** A release of Calico, as far as semantics changed: `3.32`. */
export interface CalicoVersion {
  readonly major: number;
  readonly minor: number;
}

/** Reads the fact `calicoVersion`, such as `3.32` or `v3.31.2`, which is checked when facts are settled. */
export function parseCalicoVersion(text: string): CalicoVersion {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(text) ?? [];
  return { major: Number(major), minor: Number(minor) };
}

/**
 * What Calico can do from which release on (its release notes).
 * `tiers`: tiers exist · `baselineTier`: the tier of BaselineAdminNetworkPolicy · `freeNames`: the name of a policy no longer tells its tier, ties go by
 * name alone, and CRDs validate.
 */
export type CalicoFeature = 'tiers' | 'baselineTier' | 'freeNames';

const SINCE: Readonly<Record<CalicoFeature, number>> = { tiers: 29, baselineTier: 30, freeNames: 32 };

/** Whether a release can do something. */
export function hasFeature({ major, minor }: CalicoVersion, feature: CalicoFeature): boolean {
  return major > 3 || (major === 3 && minor >= SINCE[feature]);
}
