import { hasFeature, parseCalicoVersion } from '../../../src/ingest/calico/version';

test.each([
  ['3.32', 3, 32],
  ['v3.31.2', 3, 31],
  ['3.9.0', 3, 9],
])('%s is release %i.%i', (text, major, minor) => {
  expect(parseCalicoVersion(text)).toEqual({ major, minor });
});

test.each([
  ['3.28', [false, false, false]],
  ['3.29', [true, false, false]],
  ['3.30', [true, true, false]],
  ['3.31', [true, true, false]],
  ['3.32', [true, true, true]],
  ['3.33', [true, true, true]],
  ['4.0', [true, true, true]],
  ['2.6', [false, false, false]],
])('%s has tiers, the baseline tier and free names: %j', (text, has) => {
  const version = parseCalicoVersion(text);
  expect((['tiers', 'baselineTier', 'freeNames'] as const).map((feature) => hasFeature(version, feature))).toEqual(has);
});
