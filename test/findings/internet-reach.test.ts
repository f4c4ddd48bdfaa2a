import { formatConnections } from '../../src/findings/connection-text';
import { exampleAddress, internetReach, unsettledPacket } from '../../src/findings/internet-reach';
import type { RuleParts } from '../support/cluster';
import { AT_RUN_TIME, allow, block, to } from '../support/cluster';
import { scene, surveyFor } from './support/scene';

function reachOf(direction: 'ingress' | 'egress', rules: readonly RuleParts[] | undefined, facts: object = {}) {
  const snapshot = scene(
    ['a'],
    (builder) =>
      rules ? builder.pod('a/p', {}, { ports: [['http', 'TCP', 8080]] }).policy('a/x', { [direction]: rules }) : builder.pod('a/p', {}),
    { given: facts },
  );
  const survey = surveyFor(snapshot);
  const [v4, v6] = internetReach(survey, survey.namespaces[0]!.groups[0]!, direction);
  return { v4: v4!, v6: v6! };
}

describe('the reach to the internet', () => {
  it('is complete in both families where no policy decides', () => {
    const { v4, v6 } = reachOf('egress', undefined);
    expect([v4.complete, v6.complete]).toEqual(['yes', 'yes']);
    expect(formatConnections(v4.wide)).toBe('every port');
  });

  it('is nothing where nothing is allowed', () => {
    const { v4 } = reachOf('egress', []);
    expect([v4.complete, v4.wide, v4.possiblyWide, v4.pieces]).toEqual(['no', {}, {}, []]);
  });

  it('leaves special ranges and those of the organisation out of the internet', () => {
    expect(reachOf('egress', [allow([block('0.0.0.0/0', ['10.0.0.0/8', '192.168.0.0/16'])])]).v4.complete).toBe('yes');
    expect(reachOf('egress', [allow([block('0.0.0.0/0', ['8.8.0.0/16'])])]).v4.complete).toBe('no');
    expect(reachOf('egress', [allow([block('0.0.0.0/0', ['8.8.0.0/16'])])], { organisationRanges: ['8.8.0.0/16'] }).v4.complete).toBe(
      'yes',
    );
  });

  it('is wide above one address in 256, and a list of destinations up to that', () => {
    expect(reachOf('egress', [allow([block('52.0.0.0/8')])]).v4.wide).toEqual(reachOf('egress', undefined).v4.wide);
    expect(reachOf('egress', [allow([block('52.0.0.0/9')])]).v4.wide).toEqual({});
    expect(reachOf('egress', [allow([block('2000::/12')])]).v6.wide).toEqual({});
    expect(reachOf('egress', [allow([block('2000::/10')])]).v6.wide).toEqual(reachOf('egress', undefined).v6.wide);
  });

  it('adds addresses up for each port by itself', () => {
    const { v4 } = reachOf('egress', [
      allow([block('0.0.0.0/0')], to('TCP', 443)),
      allow([block('52.0.0.0/9')], to('TCP', [400, 500])),
      allow([block('140.82.112.0/20')], to('UDP')),
    ]);
    expect(v4.wide).toEqual({ TCP: [[443, 443]] });
  });

  it('keeps what is certain apart from what is possible', () => {
    const { v4 } = reachOf('egress', [allow('any', to('TCP', 25)), allow('any', 'any', AT_RUN_TIME)]);
    expect(v4.complete).toBe('maybe');
    expect(v4.wide).toEqual({ TCP: [[25, 25]] });
    expect(formatConnections(v4.possiblyWide)).toBe('every port');
  });

  it('is nothing at all where the organisation owns every address', () => {
    const { v4 } = reachOf('egress', undefined, { organisationRanges: ['0.0.0.0/0'] });
    expect([v4.complete, v4.wide]).toEqual(['no', {}]);
  });
});

describe('an example', () => {
  function examplesOf(rules: readonly RuleParts[]) {
    const survey = surveyFor(scene(['a'], (builder) => builder.pod('a/p', {}).policy('a/x', { egress: rules })));
    const group = survey.namespaces[0]!.groups[0]!;
    const [reach] = internetReach(survey, group, 'egress');
    const address = (wanted: 'allowed' | 'indeterminate') =>
      exampleAddress(survey, group.representative.id, reach!, { protocol: 'TCP', port: 25 }, wanted);
    return { address, unsettled: unsettledPacket(reach!) };
  }

  it('is an address for examples where the policies treat it as they treat the internet', () => {
    expect(examplesOf([allow()]).address('allowed')).toBe('203.0.113.7');
  });

  it('is the first public address with the wanted verdict otherwise', () => {
    expect(examplesOf([allow([block('52.0.0.0/8')])]).address('allowed')).toBe('52.0.0.0');
    const mixed = examplesOf([allow([block('0.0.0.0/2'), block('203.0.113.0/24')]), allow('any', 'any', AT_RUN_TIME)]);
    expect(mixed.address('allowed')).toBe('203.0.113.7');
    expect(mixed.address('indeterminate')).toBe('64.0.0.0');
  });

  it('is a packet that something still has to settle, if there is one', () => {
    expect(examplesOf([allow('any', to('TCP')), allow('any', to('UDP', 53), AT_RUN_TIME)]).unsettled).toEqual({
      protocol: 'UDP',
      port: 53,
    });
    expect(examplesOf([allow()]).unsettled).toBeUndefined();
  });
});

describe('the reach from the internet', () => {
  it('is what the rules for ingress let in, by the names of the pod', () => {
    const { v4 } = reachOf('ingress', [allow([block('0.0.0.0/0')], to('TCP', 'http'))]);
    expect(v4.wide).toEqual({ TCP: [[8080, 8080]] });
    expect(v4.complete).toBe('no');
  });
});
