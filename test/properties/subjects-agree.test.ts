import {
  analyze,
  type ConnectionSet,
  connectivity,
  decodeAnalysis,
  encodeDirectory,
  encodeModel,
  evaluate,
  explain,
  verdictOf,
} from '../../src/engine/index';
import { ONLY_DEFINED } from '../../src/engine/packet-axis';
import type { PacketTerm, Policy, Rule } from '../../src/model/policy';
import type { Snapshot } from '../../src/model/snapshot';
import type { Verdict } from '../../src/model/verdict';
import { intervalsHave } from '../../src/util/interval-set';
import { flowOf } from '../support/flow';
import { generateCluster } from '../support/generate-cluster';
import { boundariesOf, generateFlow } from '../support/generate-flow';
import { type Random, randomFrom, seedOf } from '../support/random';
import { SEED } from '../support/seed';

/*
 * Rules that ask something of their own subject, and of packets all at once what the other series ask one by one: exceptions from what a port name means,
 * and source ports that are excluded by number and by name. With host endpoints and without. Lists of connections say what the definition says.
 */
const PROFILES = ['everything', 'withHosts', 'untracked'] as const;
const CLUSTERS = 45;
const FLOWS = 150;

function deepened(random: Random, snapshot: Snapshot): Snapshot {
  const subjects = snapshot.policies.flatMap((policy) => [...(policy.ingress ?? []), ...(policy.egress ?? [])].map(({ peer }) => peer));
  const term = (own: PacketTerm): PacketTerm => {
    if (!['TCP', 'UDP', 'SCTP'].includes(own.protocol)) return own;
    return {
      ...own,
      ...(random.chance(0.2) && { notPorts: [[random.pick([80, 443, 5432]), 8080]] as const }),
      ...(random.chance(0.1) && { notSourcePorts: random.chance(0.5) ? [] : ([[1024, 2048]] as const) }),
      ...(random.chance(0.1) && { notSourcePortNames: ['http', 'dns', 'web'] }),
    };
  };
  const rule = (own: Rule): Rule => ({
    ...own,
    packets: own.packets === 'any' ? 'any' : own.packets.map(term),
    ...(random.chance(0.3) && { subject: random.pick(subjects) }),
  });
  const policy = ({ ingress, egress, ...own }: Policy): Policy => ({
    ...own,
    ...(ingress && { ingress: ingress.map(rule) }),
    ...(egress && { egress: egress.map(rule) }),
  });
  return { ...snapshot, policies: snapshot.policies.map(policy) };
}

const clusters = Array.from({ length: CLUSTERS }, (_, index) => {
  const random = randomFrom(seedOf(SEED, 9_000 + index));
  return { random, snapshot: deepened(random, generateCluster(random, PROFILES[index % PROFILES.length]!)) };
});

test('most of the clusters have rules about subjects', () => {
  const withSubject = clusters.filter(({ snapshot }) =>
    snapshot.policies.some(({ ingress = [], egress = [] }) => [...ingress, ...egress].some(({ subject }) => subject)),
  );
  expect(withSubject.length).toBeGreaterThan(CLUSTERS / 2);
});

test('verdicts and explanations are those of the definition, before and after the store', () => {
  for (const { random, snapshot } of clusters) {
    const analysis = analyze(snapshot);
    const loaded = decodeAnalysis(encodeModel(analysis), encodeDirectory(analysis));
    const boundaries = boundariesOf(snapshot);
    for (let i = 0; i < FLOWS; i++) {
      const flow = generateFlow(random, snapshot, boundaries);
      const defined = evaluate(snapshot, flowOf(snapshot, flow));
      expect({ seed: random.seed, flow, verdict: verdictOf(analysis, flow) }).toEqual({
        seed: random.seed,
        flow,
        verdict: defined.verdict,
      });
      expect(verdictOf(loaded, flow)).toBe(defined.verdict);
      if (i % 10 === 0) expect(explain(loaded, flow)).toEqual(defined);
    }
  }
});

test('lists of connections say of each packet what the definition says', () => {
  const seen: Record<Verdict, number> = { allowed: 0, indeterminate: 0, denied: 0 };
  for (const { random, snapshot } of clusters) {
    const analysis = analyze(snapshot);
    if ((analysis.model.counts.looksAt & ONLY_DEFINED) !== 0) continue;
    const rows = new Map<string, { readonly allowed: ConnectionSet; readonly conditional: ConnectionSet }>();
    for (const row of connectivity(analysis, { by: 'endpoint', external: false })) {
      if (row.from.kind === 'endpoint' && row.to.kind === 'endpoint') rows.set(`${row.from.index} ${row.to.index}`, row);
    }
    const boundaries = boundariesOf(snapshot);
    for (let i = 0; i < FLOWS; i++) {
      const flow = generateFlow(random, snapshot, boundaries);
      const { source, destination, packet } = flow;
      const { protocol, port } = packet;
      const isOpen = packet.sourcePort === undefined && packet.icmp === undefined && packet.number === undefined;
      const ends = [source, destination].map((end) => (typeof end === 'number' ? snapshot.endpoints[end]!.kind : 'address'));
      if (!isOpen || source === destination || port === undefined || ends.some((kind) => !['pod', 'template'].includes(kind))) continue;
      if (protocol !== 'TCP' && protocol !== 'UDP' && protocol !== 'SCTP') continue;
      const row = rows.get(`${source} ${destination}`);
      const has = (set: ConnectionSet | undefined) => intervalsHave(set?.[protocol] ?? [], port);
      const { verdict } = evaluate(snapshot, flowOf(snapshot, flow));
      const told = has(row?.allowed) ? 'allowed' : has(row?.conditional) ? 'indeterminate' : 'denied';
      expect({ seed: random.seed, flow, verdict: told }).toEqual({ seed: random.seed, flow, verdict });
      seen[told]++;
    }
  }
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(100);
});
