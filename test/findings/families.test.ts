import { hasFamily } from '../../src/findings/families';
import { scene, surveyFor } from './support/scene';

function familiesOf(addresses: readonly string[], podRanges?: readonly string[]) {
  const ranges = podRanges && { addressRanges: podRanges };
  const snapshot = scene(['a'], (builder) => builder.pod('a/p', {}, { addresses, ...ranges }), podRanges ? { given: { podRanges } } : {});
  const survey = surveyFor(snapshot);
  const group = survey.namespaces[0]!.groups[0]!;
  return [hasFamily(survey, group, 4), hasFamily(survey, group, 6)];
}

describe('the address families of pods', () => {
  it('are those of their addresses', () => {
    expect(familiesOf(['10.0.0.1'])).toEqual(['yes', 'no']);
    expect(familiesOf(['fd00::1'])).toEqual(['no', 'yes']);
    expect(familiesOf(['10.0.0.1', 'fd00::1'])).toEqual(['yes', 'yes']);
  });

  it('are those of the ranges of pods where addresses are not told', () => {
    expect(familiesOf([], ['10.0.0.0/8'])).toEqual(['yes', 'no']);
    expect(familiesOf([], ['10.0.0.0/8', 'fd00::/48'])).toEqual(['yes', 'yes']);
  });

  it('are IPv4, and IPv6 perhaps, where nobody told anything', () => {
    expect(familiesOf([])).toEqual(['yes', 'maybe']);
  });
});
