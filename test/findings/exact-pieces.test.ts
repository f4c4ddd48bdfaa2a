import { connectivity, evaluate } from '../../src/engine/index';
import { formatConnections } from '../../src/findings/connection-text';
import { exactPieces, isBounded } from '../../src/findings/exact-pieces';
import { internetReach, type Piece } from '../../src/findings/internet-reach';
import type { Group } from '../../src/findings/selection';
import { TRANSPORT_PROTOCOLS } from '../../src/model/policy';
import type { Snapshot } from '../../src/model/snapshot';
import type { Party } from '../../src/model/verdict';
import { intervalsHave } from '../../src/util/interval-set';
import { formatAddress } from '../../src/util/ip';
import { allow, block, cluster, type PolicyOptions, type RuleParts, to } from '../support/cluster';
import { generateCluster } from '../support/generate-cluster';
import { boundariesOf } from '../support/generate-flow';
import { randomFrom, seedOf } from '../support/random';
import { surveyFor } from './support/scene';

/** A pod on the network of node n1, where one interface has a host endpoint. */
function agentUnder(policy: PolicyOptions): Snapshot {
  return cluster()
    .node('n1', { addresses: ['192.168.0.1'] })
    .pod('a/agent', {}, { network: 'host', node: 'n1', addresses: ['192.168.0.1'] })
    .host('n1/eth0', { interfaceName: 'eth0', profileAction: 'Deny' })
    .policy('untracked', { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, hook: 'untracked', ...policy })
    .snapshot();
}

function reachOfAgent(policy: PolicyOptions) {
  const survey = surveyFor(agentUnder(policy));
  const group = survey.namespaces[0]!.hostGroups[0]!;
  return { survey, group, v4: internetReach(survey, group, 'egress')[0]! };
}

describe('what a process of a node may exchange with the outside under untracked policies', () => {
  it('is what they allow, if they allow the answers too', () => {
    const { v4, survey, group } = reachOfAgent({ egress: [allow()], ingress: [allow()] });
    expect(isBounded(survey, group)).toBe(true);
    expect([v4.complete, formatConnections(v4.wide)]).toEqual(['yes', 'every port']);
  });

  it('is nothing where no untracked policy lets an answer of TCP and SCTP pass', () => {
    const { v4 } = reachOfAgent({ egress: [allow('any', to('TCP'))] });
    expect(formatConnections(v4.possiblyWide)).toBe('no port');
  });

  it('is cut at the ports and the addresses of their rules', () => {
    const answers = allow([block('52.0.0.0/8')], [{ protocol: 'TCP', sourcePorts: [[8000, 8009]] }]);
    const { v4 } = reachOfAgent({ egress: [allow()], ingress: [answers] });
    expect(formatConnections(v4.wide)).toBe('TCP 8000-8009');
    expect(
      v4.pieces
        .filter(({ allowed }) => formatConnections(allowed) !== 'no port')
        .map(({ range }) => formatAddress({ family: 4, value: range.low })),
    ).toEqual(['52.0.0.0']);
  });

  it('stays within bounds where there would be too many questions', () => {
    const rules = Array.from({ length: 60 }, (_, index): RuleParts => allow([block(`52.${index}.0.0/16`)], to('TCP', 2 * index + 1)));
    const { survey, group, v4 } = reachOfAgent({ egress: [allow()], ingress: rules });
    expect(v4.complete).toBe('maybe');
    const everywhere = [{ kind: 'block', low: '0.0.0.0', high: '255.255.255.255' }] as const;
    const from = [{ kind: 'endpoint', index: group.representative.id }] as const;
    const listed = [...connectivity(survey.analysis, { by: 'endpoint', from, to: everywhere })].map(
      ({ allowed, conditional }): Piece => ({ range: { family: 4, low: 0n, high: (1n << 32n) - 1n }, allowed, possible: conditional }),
    );
    expect(exactPieces(survey, group, 'egress', listed)).toBe(listed);
  });
});

describe('bounds', () => {
  it('are no matter of pods, nor of nodes without untracked policies', () => {
    const survey = surveyFor(agentUnder({ hook: 'normal', egress: [allow()] }));
    expect(isBounded(survey, survey.namespaces[0]!.hostGroups[0]!)).toBe(false);
    const tracked = surveyFor(
      cluster()
        .pod('a/p', {}, { node: 'n1' })
        .host('n1/eth0', { interfaceName: 'eth0' })
        .policy('u', { appliesToHosts: { kind: 'all' }, hook: 'untracked', ingress: [] })
        .snapshot(),
    );
    expect(isBounded(tracked, tracked.namespaces[0]!.groups[0]!)).toBe(false);
  });
});

describe('the pieces of the internet', () => {
  it('say what the definition says, at their ends and at every port that some rule knows, on generated clusters with host endpoints', () => {
    const seen = { allowed: 0, indeterminate: 0, denied: 0, bounded: 0 };
    for (let round = 0; round < 120; round++) {
      const snapshot = generateCluster(randomFrom(seedOf(31, round)), 'withHosts');
      const survey = surveyFor(snapshot);
      const packets = boundariesOf(snapshot).packets.filter(({ protocol }) => TRANSPORT_PROTOCOLS.some((each) => each === protocol));
      const random = randomFrom(seedOf(32, round));
      for (const group of survey.namespaces.flatMap(({ groups, hostGroups }) => [...groups, ...hostGroups])) {
        const bounded = isBounded(survey, group);
        if (bounded) seen.bounded++;
        for (const direction of ['egress', 'ingress'] as const) {
          for (const { pieces } of internetReach(survey, group, direction)) {
            for (let sample = 0; sample < (bounded ? 12 : 3) && pieces.length > 0; sample++) {
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
    expect(seen.bounded).toBeGreaterThan(10);
  });
});

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
