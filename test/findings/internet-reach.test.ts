import { evaluate } from '../../src/engine/index';
import { formatConnections } from '../../src/findings/connection-text';
import { actingAtNode } from '../../src/findings/host-policies';
import { exampleAddress, internetReach, unsettledPacket } from '../../src/findings/internet-reach';
import type { Group } from '../../src/findings/selection';
import type { Survey } from '../../src/findings/survey';
import { TRANSPORT_PROTOCOLS } from '../../src/model/policy';
import type { Snapshot } from '../../src/model/snapshot';
import type { Party } from '../../src/model/verdict';
import { intervalsHave } from '../../src/util/interval-set';
import { formatAddress } from '../../src/util/ip';
import { AT_RUN_TIME, allow, block, cluster, type PolicyOptions, type RuleParts, to } from '../support/cluster';
import { generateCluster } from '../support/generate-cluster';
import { boundariesOf } from '../support/generate-flow';
import { randomFrom, seedOf } from '../support/random';
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

  it('is complete without what nodes drop of all that pods send, and only towards the internet', () => {
    const VXLAN = { protocol: 'UDP', ports: [[4789, 4789]] } as const;
    const IPIP = { protocol: 'other', numbers: [[4, 4]] } as const;
    const reach = (direction: 'ingress' | 'egress', rules?: readonly RuleParts[]) => {
      const open = scene(['a'], (builder) =>
        rules ? builder.pod('a/p', {}).policy('a/x', { [direction]: rules }) : builder.pod('a/p', {}),
      );
      const survey = surveyFor({ ...open, nodeNetwork: { ...open.nodeNetwork, droppedFromPods: [VXLAN, IPIP] } });
      return internetReach(survey, survey.namespaces[0]!.groups[0]!, direction)[0]!;
    };
    expect(reach('egress')).toMatchObject({ complete: 'yes', aside: { UDP: [[4789, 4789]] } });
    expect(formatConnections(reach('egress').wide)).toBe('every port but UDP 4789');
    expect(reach('egress', [allow('any', [{ protocol: 'UDP' }, { protocol: 'SCTP' }])]).complete).toBe('no');
    expect(reach('ingress')).toMatchObject({ complete: 'yes', aside: {} });
    expect(formatConnections(reach('ingress').wide)).toBe('every port');
  });

  it('is complete without what nodes drop of what comes to their processes, and only from the internet', () => {
    const VXLAN = { packets: { protocol: 'UDP', ports: [[4789, 4789]] }, family: 4, exempt: [] } as const;
    const open = scene(['a'], (builder) => builder.pod('a/p', {}).pod('a/agent', {}, { network: 'host' }));
    const survey = surveyFor({ ...open, nodeNetwork: { ...open.nodeNetwork, droppedAtNodes: [VXLAN] } });
    const [{ groups, hostGroups }] = survey.namespaces as readonly [(typeof survey.namespaces)[number]];
    const asideOf = (group: (typeof groups)[number], direction: 'ingress' | 'egress') =>
      internetReach(survey, group, direction).map(({ complete, aside }) => [complete, formatConnections(aside)]);
    expect(asideOf(hostGroups[0]!, 'ingress')).toEqual([
      ['yes', 'UDP 4789'],
      ['yes', formatConnections({})],
    ]);
    expect(asideOf(hostGroups[0]!, 'egress').flat()).not.toContain('UDP 4789');
    expect(asideOf(groups[0]!, 'ingress').flat()).not.toContain('UDP 4789');
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

/** A pod on the network of node n1, where one interface has a host endpoint. */
function reachOfAgent(policy: PolicyOptions) {
  const snapshot = cluster()
    .node('n1', { addresses: ['192.168.0.1'] })
    .pod('a/agent', {}, { network: 'host', node: 'n1', addresses: ['192.168.0.1'] })
    .host('n1/eth0', { interfaceName: 'eth0', profileAction: 'Deny' })
    .policy('untracked', { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, hook: 'untracked', ...policy })
    .snapshot();
  const survey = surveyFor(snapshot);
  return internetReach(survey, survey.namespaces[0]!.hostGroups[0]!, 'egress')[0]!;
}

describe('what a process of a node may exchange with the outside under untracked policies', () => {
  it('is what they allow, if they allow the answers too', () => {
    const v4 = reachOfAgent({ egress: [allow()], ingress: [allow()] });
    expect([v4.complete, formatConnections(v4.wide)]).toEqual(['yes', 'every port']);
  });

  it('is nothing where no untracked policy lets an answer of TCP and SCTP pass', () => {
    expect(formatConnections(reachOfAgent({ egress: [allow('any', to('TCP'))] }).possiblyWide)).toBe('no port');
  });

  it('is cut at the ports and the addresses of their rules', () => {
    const answers = allow([block('52.0.0.0/8')], [{ protocol: 'TCP', sourcePorts: [[8000, 8009]] }]);
    const v4 = reachOfAgent({ egress: [allow()], ingress: [answers] });
    expect(formatConnections(v4.wide)).toBe('TCP 8000-8009');
    expect(
      v4.pieces
        .filter(({ allowed }) => formatConnections(allowed) !== 'no port')
        .map(({ range }) => formatAddress({ family: 4, value: range.low })),
    ).toEqual(['52.0.0.0']);
  });
});

describe('the pieces of the internet', () => {
  it('say what the definition says, at their ends and at every port that some rule knows, on generated clusters with host endpoints', () => {
    const seen = { allowed: 0, indeterminate: 0, denied: 0 };
    let underUntracked = 0;
    for (let round = 0; round < 120; round++) {
      const snapshot = generateCluster(randomFrom(seedOf(31, round)), 'withHosts');
      const survey = surveyFor(snapshot);
      const packets = boundariesOf(snapshot).packets.filter(({ protocol }) => TRANSPORT_PROTOCOLS.some((each) => each === protocol));
      const random = randomFrom(seedOf(32, round));
      for (const group of survey.namespaces.flatMap(({ groups, hostGroups }) => [...groups, ...hostGroups])) {
        const meetsUntracked = isUnderUntracked(survey, group);
        if (meetsUntracked) underUntracked++;
        for (const direction of ['egress', 'ingress'] as const) {
          for (const { pieces } of internetReach(survey, group, direction)) {
            for (let sample = 0; sample < (meetsUntracked ? 12 : 3) && pieces.length > 0; sample++) {
              const { range, allowed, possible } = random.pick(pieces);
              const { protocol, port } = random.pick(packets);
              const transport = protocol as 'TCP';
              const value = random.chance(0.5) ? range.low : range.high;
              const address: Party = { kind: 'address', address: formatAddress({ family: range.family, value }) };
              const pod = random.chance(0.5) ? group.endpoints[0]! : group.endpoints.at(-1)!;
              const verdict = verdictBetween(snapshot, pod, group, address, direction, { protocol, port: port! });
              const told = intervalsHave(allowed[transport] ?? [], port!)
                ? 'allowed'
                : intervalsHave(possible[transport] ?? [], port!)
                  ? 'indeterminate'
                  : 'denied';
              expect({ round, pod, address, protocol, port, direction, verdict: told }).toEqual({
                round,
                pod,
                address,
                protocol,
                port,
                direction,
                verdict,
              });
              seen[told]++;
            }
          }
        }
      }
    }
    expect(Math.min(seen.allowed, seen.indeterminate, seen.denied)).toBeGreaterThan(100);
    expect(underUntracked).toBeGreaterThan(10);
  });
});

function isUnderUntracked(survey: Survey, { meetsHosts, network, representative: { node } }: Group): boolean {
  if (!meetsHosts || network !== 'host' || node === undefined) return false;
  return actingAtNode(survey, node).policies.some(({ policy }) => policy.hook === 'untracked');
}

function verdictBetween(
  snapshot: Snapshot,
  id: number,
  { namespace }: Group,
  address: Party,
  direction: 'egress' | 'ingress',
  packet: Parameters<typeof evaluate>[1]['packet'],
) {
  const end: Party = { kind: 'endpoint', endpoint: snapshot.endpoints[id]!, namespace: snapshot.namespaces[namespace]! };
  const ends = direction === 'egress' ? { source: end, destination: address } : { source: address, destination: end };
  return evaluate(snapshot, { ...ends, packet }).verdict;
}
