import { type CompiledCluster, compile } from '../../../src/engine/compile/compile';
import { ANY_PACKET } from '../../../src/engine/compile/packet-specs';
import { ALLOW, DENY, PASS } from '../../../src/engine/compile/policies';
import type { CompiledRules } from '../../../src/engine/compile/rules';
import { matchRule } from '../../../src/engine/evaluate-match';
import { FULL } from '../../../src/engine/kernel/rows';
import { positionOf } from '../../../src/engine/packet-axis';
import type { Truth } from '../../../src/model/match';
import type { Direction, Rule } from '../../../src/model/policy';
import type { Snapshot } from '../../../src/model/snapshot';
import type { Packet } from '../../../src/model/verdict';
import { AT_RUN_TIME, allow, block, chosen, cluster, deny, log, pass, pods, type RuleParts, to } from '../../support/cluster';
import { partyOf } from '../../support/flow';
import { generateCluster } from '../../support/generate-cluster';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';
import { compiled } from '../compiled';
import { enrich } from '../enrich';
import { allRules, facesOf, truthIn } from './works';

/** Spans of the packets of a rule, in words. */
function spansOf({ specs }: CompiledCluster, spec: number): readonly (readonly number[])[] {
  const spans = specs.spans[spec]!;
  return Array.from({ length: spans.length / 2 }, (_, index) => [spans[2 * index]!, spans[2 * index + 1]! - 1]);
}

const PORTS: Readonly<Record<string, number>> = { web: 80, api: 8080 };

/** Compiles the rules of one policy over three pods: `web` and `api` name a port, `bare` does not. */
function compileOne(direction: Direction, rules: readonly RuleParts[]) {
  const builder = cluster();
  for (const [name, port] of Object.entries(PORTS)) builder.pod(`shop/${name}`, { app: name }, { ports: [['http', 'TCP', port]] });
  const snapshot = builder
    .pod('shop/bare', { app: 'bare' })
    .policy('shop/p', { [direction]: rules })
    .snapshot();
  const result = compiled(snapshot);
  const own: CompiledRules = result[direction];
  const list = [...own.actions].map((action, rule) => ({
    action,
    packets: spansOf(result, own.specs[rule]!),
    must: result.names(own.must[rule]!),
    may: result.names(own.may[rule]!),
  }));
  return { result, own, list };
}

describe('compiled rules', () => {
  it('of rules that can match nothing are gone', () => {
    const { list } = compileOne('ingress', [
      allow([]),
      allow([pods({ app: 'nobody' })]),
      allow('any', []),
      deny('any', [{ protocol: 'TCP', ports: [] }]),
      deny('any', [{ protocol: 'ICMP', ports: [[1, 9]] }]),
      log(),
      pass([pods({ app: 'bare' })]),
    ]);
    expect(list.map(({ action, must }) => [action, must])).toEqual([[PASS, ['bare']]]);
  });

  it('behind a rule that matches everything are gone, and the policy is final', () => {
    const { list, own } = compileOne('ingress', [allow([pods({ app: 'web' })]), deny(), allow()]);
    expect(list.map(({ action }) => action)).toEqual([ALLOW, DENY]);
    expect(own.must[1]).toBe(FULL);
    expect(own.specs[1]).toBe(ANY_PACKET);
    expect([...own.final]).toEqual([1]);
  });

  it.each<[string, RuleParts]>([
    ['with a condition', allow('any', 'any', AT_RUN_TIME)],
    ['of one protocol', allow('any', [{ protocol: 'TCP' }])],
    ['about endpoints only', allow([chosen({ kind: 'all' })])],
    ['about addresses of one family only', allow([block('0.0.0.0/0')])],
    ['that only logs', log()],
  ])('behind a rule %s stay, and the policy is not final', (_, rule) => {
    const { list, own } = compileOne('ingress', [rule, deny([pods({ app: 'web' })])]);
    expect(list.at(-1)).toMatchObject({ action: DENY, must: ['web'] });
    expect([...own.final]).toEqual([0]);
  });

  it('match nothing for certain where a condition decides at run time', () => {
    const { list } = compileOne('ingress', [allow([pods({ app: 'web' })], 'any', AT_RUN_TIME)]);
    expect(list).toMatchObject([{ must: [], may: ['web'] }]);
  });

  it('match nothing for certain where they look at what the packet axis does not show', () => {
    const { list } = compileOne('ingress', [allow([pods({ app: 'web' })], [{ protocol: 'TCP', sourcePorts: [[1, 1]] }])]);
    expect(list).toMatchObject([{ must: [], may: ['web'] }]);
  });
});

describe('port names in compiled rules', () => {
  it('of egress become one rule for each port that they mean, on the peers that mean it', () => {
    const { list } = compileOne('egress', [allow('any', to('TCP', 443, 'http'))]);
    const everybody = ['api', 'bare', 'block 0', 'block 1', 'web'];
    expect(list).toEqual([
      { action: ALLOW, packets: [[443, 443]], must: everybody, may: everybody },
      { action: ALLOW, packets: [[8080, 8080]], must: ['api'], may: ['api'] },
      { action: ALLOW, packets: [[80, 80]], must: ['web'], may: ['web'] },
    ]);
  });

  it('of egress that nobody has leave no rule', () => {
    expect(compileOne('egress', [allow('any', to('TCP', 'dns'))]).list).toEqual([]);
    expect(compileOne('egress', [allow([pods({ app: 'bare' })], to('TCP', 'http'))]).list).toEqual([]);
  });

  it('of ingress stay names, since they are those of the endpoint that the policy selects', () => {
    const { own, result } = compileOne('ingress', [allow('any', to('TCP', 'http'))]);
    expect([...own.specs].map((spec) => result.specs.hasNames(spec))).toEqual([true]);
  });

  it('that exclude ports leave each peer the rest, and peers without names everything', () => {
    const { list } = compileOne('egress', [
      deny([chosen({ kind: 'all' })], [{ protocol: 'TCP', ports: [[79, 81]], notPortNames: ['http'] }]),
    ]);
    const packets = Object.fromEntries(list.flatMap(({ may, packets: spans }) => may.map((name) => [name, spans])));
    expect(packets).toEqual({
      web: [
        [79, 79],
        [81, 81],
      ],
      api: [[79, 81]],
      bare: [[79, 81]],
    });
  });

  it('of the source are perhaps those of peers that have one, and of nobody else', () => {
    const { list } = compileOne('ingress', [allow('any', [{ protocol: 'TCP', sourcePortNames: ['http'] }])]);
    expect(list).toMatchObject([{ must: [], may: ['api', 'web'] }]);
  });

  it('that exclude ports of the source are certain for peers that have none', () => {
    const { list } = compileOne('ingress', [allow([chosen({ kind: 'all' })], [{ protocol: 'TCP', notSourcePortNames: ['http'] }])]);
    expect(list).toMatchObject([
      { must: [], may: ['api', 'bare', 'web'] },
      { must: ['bare'], may: ['bare'] },
    ]);
  });
});

/** Packets around everything that the rules of the generator say. */
const PACKETS: readonly Packet[] = [
  ...[undefined, 1, 53, 54, 79, 80, 81, 8080, 65_535].map((port): Packet => ({ protocol: 'TCP', ...(port !== undefined && { port }) })),
  { protocol: 'UDP', port: 80 },
  { protocol: 'SCTP', port: 53 },
  { protocol: 'ICMP' },
  { protocol: 'ICMPv6' },
  { protocol: 'other' },
];

/** Says what all compiled rules together say of a packet and a member, for one subject. */
function truthReader(cluster: CompiledCluster, direction: Direction, subject: number): (member: number, packet: Packet) => Truth {
  const { classes, specs, pool } = cluster;
  const ports = classes.ports[classes.classOf[subject]!]!;
  const portsOf = (pair: number) => classes.portMaps.portsOf(ports, pair);
  const resolve = (spec: number) => (direction === 'egress' ? specs.atSource(spec, portsOf) : specs.atDestination(spec, portsOf));
  const rules = cluster[direction];
  const all = [...rules.specs].map((spec, rule) => ({
    spans: spansOf(cluster, resolve(spec)),
    bounds: { must: rules.must[rule]!, may: rules.may[rule]! },
  }));
  return (member, packet) => {
    const position = positionOf(packet);
    const holding = all.filter(({ spans }) => spans.some(([low, high]) => low! <= position && position <= high!));
    const truths = holding.map(({ bounds }) => truthIn(pool, bounds, member));
    return truths.includes('yes') ? 'yes' : truths.includes('maybe') ? 'maybe' : 'no';
  };
}

/** Compares one rule alone with the definition: from every third subject, to or from every face of every endpoint. */
function compareRule(snapshot: Snapshot, rule: Rule, direction: Direction, seen: Record<Truth, number>): void {
  const { ingress: _, egress: __, ...policy } = snapshot.policies[0]!;
  const alone = { ...snapshot, policies: [{ ...policy, hook: 'normal' as const, staged: false, [direction]: [rule] }] };
  const result = compile(alone);
  for (const { id: subject } of snapshot.endpoints.filter((__, index) => index % 3 === 0)) {
    const truthOf = truthReader(result, direction, subject);
    for (const { id: peer } of snapshot.endpoints) {
      const [source, destination] = (direction === 'egress' ? [subject, peer] : [peer, subject]).map((id) => partyOf(snapshot, id));
      for (const { face, family } of facesOf(result.classes, peer)) {
        for (const packet of PACKETS) {
          const { truth } = matchRule(rule, { source: source!, destination: destination!, packet }, direction, family);
          const actual = truthOf(face, packet);
          if (actual !== truth) throw new Error(`${actual}, not ${truth}: ${JSON.stringify({ rule, packet, subject, peer, family })}`);
          seen[truth]++;
        }
      }
    }
  }
}

it('a rule alone matches what the definition says, whatever it is compiled into', () => {
  const seen: Record<Truth, number> = { yes: 0, no: 0, maybe: 0 };
  for (let part = 0; part < 20; part++) {
    const random = randomFrom(seedOf(SEED, part));
    const snapshot = enrich(random, generateCluster(random, 'everything'));
    const rules = snapshot.policies.flatMap(allRules).filter(({ action }) => action !== 'Log');
    for (const [index, rule] of rules.slice(0, 5).entries()) compareRule(snapshot, rule, index % 2 ? 'ingress' : 'egress', seen);
  }
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(500);
});
