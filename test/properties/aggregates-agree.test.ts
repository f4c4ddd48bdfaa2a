import { matchSubject } from '../../src/engine/evaluate-match';
import { analyze, type ConnectionSet, connectivity, type FlowEnd, type PeerKey, summaryOf } from '../../src/engine/index';
import { ONLY_DEFINED } from '../../src/engine/packet-axis';
import { type Endpoint, type TransportProtocol, whereabouts } from '../../src/model/endpoint';
import { type Direction, HIGHEST_PORT, LOWEST_PORT, rulesOf, TRANSPORT_PROTOCOLS } from '../../src/model/policy';
import type { Snapshot } from '../../src/model/snapshot';
import type { Packet, Verdict } from '../../src/model/verdict';
import { intervalsHave } from '../../src/util/interval-set';
import { highestAddress, parseAddress } from '../../src/util/ip';
import { definitionOf } from '../support/differential';
import { partyOf } from '../support/flow';
import { type ClusterSize, generateCluster, type Profile } from '../support/generate-cluster';
import { boundariesOf } from '../support/generate-flow';
import { randomFrom, seedOf } from '../support/random';
import { SEED } from '../support/seed';

/*
 * Rows and counts against the definition, on their own: a fault in how sets are turned, grouped or counted shows in no single verdict. Small clusters,
 * all pairs, all packets on either side of every boundary. As no interval may begin or end elsewhere, that is every packet there is.
 *
 * Where only the definition knows some verdicts (see `ONLY_DEFINED`), rows are bounds: what they call allowed is, and what they leave out is denied.
 */

const TINY: ClusterSize = { namespaces: 3, endpoints: 6, policies: 6, rules: 3 };
const CLUSTERS = 16;
const CASES = (['networkPolicyLike', 'everything', 'withHosts', 'untracked', 'betweenNodes'] as const).flatMap((profile) =>
  Array.from({ length: CLUSTERS }, (_, index): readonly [Profile, number] => [profile, seedOf(SEED + 13, index)]),
);

/** All verdicts of a cluster by the definition, each worked out once. */
class Verdicts {
  readonly snapshot: Snapshot;
  readonly packets: readonly Packet[];
  readonly addresses: readonly string[];
  /** Rows are exact, not only bounds. */
  readonly areExact: boolean;
  private readonly known = new Map<string, Verdict>();

  constructor(profile: Profile, seed: number) {
    this.snapshot = generateCluster(randomFrom(seed), profile, TINY);
    const { packets, addresses } = boundariesOf(this.snapshot);
    this.packets = packets;
    this.addresses = addresses;
    this.areExact = (analyze(this.snapshot).model.counts.looksAt & ONLY_DEFINED) === 0;
  }

  of(source: FlowEnd, destination: FlowEnd, packet: Packet): Verdict {
    const key = `${source} ${destination} ${packet.protocol} ${packet.port}`;
    let verdict = this.known.get(key);
    if (!verdict) {
      verdict = definitionOf({ snapshot: this.snapshot, flow: { source, destination, packet } });
      this.known.set(key, verdict);
    }
    return verdict;
  }

  /** What all pairs of a row together may open: certain on all, impossible on all, or anything else. */
  ofPairs(pairs: readonly (readonly [FlowEnd, FlowEnd])[], packet: Packet): Verdict {
    const verdicts = new Set(pairs.map(([source, destination]) => this.of(source, destination, packet)));
    return verdicts.size === 1 ? [...verdicts][0]! : 'indeterminate';
  }

  /** Connection sets show ICMP where a rule that takes part names it, of the versions that somebody can use. */
  get icmpShown(): readonly Packet['protocol'][] {
    const { policies, hostEndpoints, endpoints } = this.snapshot;
    const active = policies.filter(
      ({ hook, staged, appliesToHosts }) => !staged && (hook === 'normal' || (appliesToHosts && hostEndpoints.length > 0)),
    );
    const rules = active.flatMap(({ ingress = [], egress = [] }) => [...ingress, ...egress]).filter(({ action }) => action !== 'Log');
    const isNamed = rules.some(({ packets }) => packets !== 'any' && packets.some(({ protocol }) => /^ICMP/.test(protocol)));
    if (!isNamed) return [];
    return endpoints.some((endpoint) => whereabouts(endpoint).some((text) => text.includes(':'))) ? ['ICMP', 'ICMPv6'] : ['ICMP'];
  }
}

function isTransport(protocol: Packet['protocol']): protocol is TransportProtocol {
  return TRANSPORT_PROTOCOLS.some((transport) => transport === protocol);
}

function has(set: ConnectionSet, { protocol, port }: Packet): boolean {
  return isTransport(protocol) && intervalsHave(set[protocol] ?? [], port!);
}

/** Sentences about what the two sets of a row get wrong for the pairs that it stands for. */
function faultsOf(
  verdicts: Verdicts,
  pairs: readonly (readonly [FlowEnd, FlowEnd])[],
  allowed: ConnectionSet,
  conditional: ConnectionSet,
): readonly string[] {
  const faults: string[] = [];
  const { areExact } = verdicts;
  const isWrong = (found: Verdict, expected: Verdict) => found !== expected && (areExact || found !== 'indeterminate');
  const ends = new Set(verdicts.packets.map(({ port }) => port));
  for (const packet of verdicts.packets.filter(({ protocol }) => isTransport(protocol))) {
    const expected = verdicts.ofPairs(pairs, packet);
    const found = has(allowed, packet) ? 'allowed' : has(conditional, packet) ? 'indeterminate' : 'denied';
    if (isWrong(found, expected) || (has(allowed, packet) && has(conditional, packet)))
      faults.push(`${packet.protocol} ${packet.port} is ${expected}, not ${found}`);
  }
  for (const bound of [allowed, conditional].flatMap((set) => TRANSPORT_PROTOCOLS.flatMap((protocol) => set[protocol] ?? [])).flat()) {
    if (!ends.has(bound)) faults.push(`${bound} is no boundary`);
  }
  const icmp = verdicts.icmpShown.map((protocol) => verdicts.ofPairs(pairs, { protocol }));
  if (allowed.icmp ? !icmp.includes('allowed') : areExact && icmp.includes('allowed')) faults.push(`certain ICMP is ${!allowed.icmp}`);
  if (conditional.icmp ? areExact && !icmp.includes('indeterminate') : !allowed.icmp && icmp.includes('indeterminate'))
    faults.push(`possible ICMP is ${!conditional.icmp}`);
  return faults;
}

function rowsBetween(verdicts: Verdicts, by: 'endpoint' | 'workload' | 'namespace', keys: readonly PeerKey[]) {
  const rows = [...connectivity(analyze(verdicts.snapshot), { by, from: keys, to: keys, external: false })];
  const text = ({ kind, ...rest }: PeerKey) => `${kind} ${'index' in rest ? rest.index : ''}`;
  const byPair = new Map(rows.map((row) => [`${text(row.from)} ${text(row.to)}`, row]));
  expect(byPair.size).toBe(rows.length);
  return (from: PeerKey, to: PeerKey) => byPair.get(`${text(from)} ${text(to)}`) ?? { allowed: {}, conditional: {} };
}

function isOfWorkload({ kind }: Snapshot['endpoints'][number]): boolean {
  return kind === 'pod' || kind === 'template';
}

describe.each(CASES)('a cluster of %s from seed %i', (profile, seed) => {
  const verdicts = new Verdicts(profile, seed);
  const { snapshot } = verdicts;
  const ids = snapshot.endpoints.map(({ id }) => id);

  test('rows between endpoints say what the definition says of each packet', () => {
    const keys = ids.map((index): PeerKey => ({ kind: 'endpoint', index }));
    const rowOf = rowsBetween(verdicts, 'endpoint', keys);
    const faults = ids.flatMap((from) =>
      ids.map((to) => {
        const { allowed, conditional } = rowOf({ kind: 'endpoint', index: from }, { kind: 'endpoint', index: to });
        if (from === to) return Object.keys(allowed).length + Object.keys(conditional).length > 0 ? [`${from} has a row with itself`] : [];
        return faultsOf(verdicts, [[from, to]], allowed, conditional).map((fault) => `${from} to ${to}: ${fault}`);
      }),
    );

    expect(faults.flat()).toEqual([]);
  });

  test.each(['workload', 'namespace'] as const)('rows by %s say what is true of all pairs of their members, and what of some', (by) => {
    const groups = Array.from({ length: by === 'workload' ? snapshot.workloads.length : snapshot.namespaces.length }, (_, index) => ({
      key: { kind: by, index } as const,
      members: snapshot.endpoints.filter((endpoint) => isOfWorkload(endpoint) && endpoint[by] === index).map(({ id }) => id),
    }));
    const rowOf = rowsBetween(
      verdicts,
      by,
      groups.map(({ key }) => key),
    );
    const faults = groups.flatMap((from) =>
      groups.map((to) => {
        const pairs = from.members.flatMap((a) => to.members.filter((b) => a !== b).map((b) => [a, b] as const));
        const { allowed, conditional } = rowOf(from.key, to.key);
        // A workload has no row with itself; groups without pairs have nothing to say.
        if (pairs.length === 0 || (by === 'workload' && from === to)) return Object.keys({ ...allowed, ...conditional });
        return faultsOf(verdicts, pairs, allowed, conditional).map((fault) => `${from.key.index} to ${to.key.index}: ${fault}`);
      }),
    );

    expect(faults.flat()).toEqual([]);
  });

  test('rows of external blocks cover each address with what the definition says, and no block ends where nothing does', () => {
    const keys = [...EVERYWHERE, ...ids.map((index): PeerKey => ({ kind: 'endpoint', index }))];
    const rows = [...connectivity(analyze(snapshot), { by: 'endpoint', from: keys, to: keys })].flatMap(({ from, to, ...sets }) => {
      if (from.kind === 'endpoint' && to.kind === 'block') return [{ endpoint: from.index, outward: true, ...boundsOf(to), ...sets }];
      return from.kind === 'block' && to.kind === 'endpoint' ? [{ endpoint: to.index, outward: false, ...boundsOf(from), ...sets }] : [];
    });
    const known = new Set(verdicts.addresses);
    const faults = rows
      .flatMap(({ low, high, lowText, highText }) => [
        ...(low === 0n || known.has(lowText) ? [] : [lowText]),
        ...(high === highestAddress(4) || high === highestAddress(6) || known.has(highText) ? [] : [highText]),
      ])
      .map((bound) => `${bound} is no boundary`);
    for (const text of verdicts.addresses) {
      const { family, value } = parseAddress(text)!;
      for (const endpoint of ids) {
        for (const outward of [true, false]) {
          const covering = rows.filter(
            (row) => row.endpoint === endpoint && row.outward === outward && row.family === family && row.low <= value && value <= row.high,
          );
          if (covering.length > 1) faults.push(`${text} is in two blocks`);
          const { allowed, conditional } = covering[0] ?? { allowed: {}, conditional: {} };
          const pair = outward ? ([endpoint, text] as const) : ([text, endpoint] as const);
          faults.push(...faultsOf(verdicts, [pair], allowed, conditional).map((fault) => `${pair.join(' to ')}: ${fault}`));
        }
      }
    }

    expect(faults).toEqual([]);
  });

  test('the summary counts what the definition counts', () => {
    const listed = snapshot.endpoints.filter(isOfWorkload);
    const pairs = listed.flatMap((from) => listed.filter((to) => to !== from).map((to) => [from, to] as const));
    const counted = verdicts.packets.filter(({ protocol }) => isTransport(protocol));
    const isAllowed = ([from, to]: (typeof pairs)[number]) => counted.some((packet) => verdicts.of(from.id, to.id, packet) === 'allowed');
    const isPossible = ([from, to]: (typeof pairs)[number]) => counted.some((packet) => verdicts.of(from.id, to.id, packet) !== 'denied');
    const isolating = new Set(snapshot.tiers.filter(({ defaultAction }) => defaultAction === 'Deny').map(({ name }) => name));
    const isIsolated =
      (direction: Direction) =>
      ({ id }: Endpoint) =>
        snapshot.policies
          .filter((policy) => rulesOf(policy, direction) && policy.hook === 'normal' && !policy.staged && isolating.has(policy.tier))
          .some((policy) => matchSubject(policy, partyOf(snapshot, id)).truth === 'yes');
    const matrix = new Float64Array(snapshot.namespaces.length ** 2);
    for (const [from, to] of pairs.filter(isAllowed)) matrix[from.namespace * snapshot.namespaces.length + to.namespace]!++;

    const found = summaryOf(analyze(snapshot));
    expect(found).toMatchObject({
      endpoints: listed.length,
      workloads: snapshot.workloads.length,
      policies: snapshot.policies.length,
      pairs: pairs.length,
      namespaces: snapshot.namespaces.map(({ name }) => name),
      isolated: { ingress: listed.filter(isIsolated('ingress')).length, egress: listed.filter(isIsolated('egress')).length },
    });
    if (verdicts.areExact) {
      expect(found).toMatchObject({
        allowedPairs: pairs.filter(isAllowed).length,
        possiblePairs: pairs.filter(isPossible).length,
        namespaceMatrix: matrix,
      });
    } else {
      expect(found.allowedPairs).toBeLessThanOrEqual(pairs.filter(isAllowed).length);
      expect(found.possiblePairs).toBeGreaterThanOrEqual(pairs.filter(isPossible).length);
    }
  });
});

const EVERYWHERE: readonly PeerKey[] = [
  { kind: 'block', low: '0.0.0.0', high: '255.255.255.255' },
  { kind: 'block', low: '::', high: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff' },
];

function boundsOf({ low, high }: Extract<PeerKey, { kind: 'block' }>) {
  const [from, to] = [parseAddress(low)!, parseAddress(high)!];
  return { family: from.family, low: from.value, high: to.value, lowText: low, highText: high };
}

test('the ends of the port range are among the boundaries', () => {
  const { packets } = new Verdicts('networkPolicyLike', SEED);

  expect(packets).toContainEqual({ protocol: 'TCP', port: LOWEST_PORT });
  expect(packets).toContainEqual({ protocol: 'UDP', port: HIGHEST_PORT });
});

test('rows are exact in most clusters with untracked policies', () => {
  const own = CASES.filter(([profile]) => profile === 'untracked').map(([profile, seed]) => new Verdicts(profile, seed));
  const acting = own.filter(({ snapshot }) => snapshot.policies.some(({ hook, appliesToHosts }) => hook === 'untracked' && appliesToHosts));

  expect(acting.length).toBeGreaterThan(CLUSTERS / 2);
  expect(acting.filter(({ areExact }) => areExact).length).toBeGreaterThan(acting.length / 2);
});
