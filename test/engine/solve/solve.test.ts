import { EGRESS_SHIFT, INGRESS_SHIFT } from '../../../src/engine/classes';
import { compile } from '../../../src/engine/compile/compile';
import { evaluate } from '../../../src/engine/evaluate';
import { familiesOf } from '../../../src/engine/evaluate-match';
import { rowHas } from '../../../src/engine/kernel/rows';
import { type Model, UNRESTRICTED } from '../../../src/engine/model';
import { positionOf, SOURCE_PORT } from '../../../src/engine/packet-axis';
import { solve } from '../../../src/engine/solve/solve';
import type { Direction } from '../../../src/model/policy';
import type { Snapshot } from '../../../src/model/snapshot';
import type { Verdict } from '../../../src/model/verdict';
import {
  AT_RUN_TIME,
  allow,
  block,
  type ClusterBuilder,
  cluster,
  deny,
  labels,
  namespaceLabels,
  pass,
  pods,
  to,
} from '../../support/cluster';
import { endOf, packetOf, partyOf } from '../../support/flow';
import { generateCluster } from '../../support/generate-cluster';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';

function solved(snapshot: Snapshot): Model {
  return solve(compile(snapshot), snapshot);
}

/** What the result of an endpoint says of the first face of another one. */
function say(model: Model, direction: Direction, subject: number, peer: number, packet: string): Verdict {
  const { classes, endpoints, results, rows } = model;
  const result = classes[direction][endpoints.classOf[subject]!]!;
  const member = classes.firstFace[endpoints.classOf[peer]!]!;
  let run = results.starts[result]!;
  while (run + 1 < results.starts[result + 1]! && results.runs[run + 1]! <= positionOf(packetOf(packet))) run++;
  if (rowHas(rows, results.lower[run]!, member)) return 'allowed';
  return rowHas(rows, results.upper[run]!, member) ? 'indeterminate' : 'denied';
}

/** Asks by name. */
function ask(snapshot: Snapshot, direction: Direction, subject: string, peer: string, packet = 'TCP:80'): Verdict {
  return say(solved(snapshot), direction, endOf(snapshot, subject) as number, endOf(snapshot, peer) as number, packet);
}

function shop(): ClusterBuilder {
  return cluster()
    .pod('shop/web', { app: 'web' }, { ports: [['http', 'TCP', 80]] })
    .pod('shop/db', { app: 'db' }, { ports: [['http', 'TCP', 8080]] })
    .pod('lab/toy', { app: 'toy' });
}

const WEB = [pods({ app: 'web' })];
const DB = [pods({ app: 'db' })];

describe('the result of an endpoint', () => {
  it('that no policy selects is unrestricted', () => {
    const snapshot = shop()
      .policy('lab/p', { ingress: [deny()], egress: [] })
      .snapshot();
    const { classes, endpoints } = solved(snapshot);
    const resultsOf = (name: string) => {
      const owner = endpoints.classOf[endOf(snapshot, name) as number]!;
      return [classes.egress[owner], classes.ingress[owner]];
    };
    expect(resultsOf('shop/web')).toEqual([UNRESTRICTED, UNRESTRICTED]);
    expect(resultsOf('lab/toy')).not.toContain(UNRESTRICTED);
  });

  it('whose policies allow everything is unrestricted as well', () => {
    const { classes } = solved(
      shop()
        .policy('shop/p', { ingress: [allow(WEB), allow()] })
        .snapshot(),
    );
    expect([...classes.ingress]).toEqual([UNRESTRICTED, UNRESTRICTED, UNRESTRICTED]);
  });

  it('is shared by endpoints for which the same policies say the same', () => {
    const snapshot = shop()
      .policy('shop/p', { ingress: [allow(WEB)] })
      .policy('lab/p', { ingress: [allow(WEB)] })
      .snapshot();
    const { classes } = solved(snapshot);
    expect(new Set(classes.ingress).size).toBe(1);
    expect(new Set(classes.ingressList).size).toBe(2);
  });

  it('has as many rules as match: what is not allowed is denied', () => {
    const snapshot = shop()
      .policy('shop/p', { appliesTo: labels({ app: 'db' }), ingress: [allow(WEB, to('TCP', 80))] })
      .snapshot();
    const answers = ['TCP:79', 'TCP:80', 'TCP:81', 'TCP', 'UDP:80', 'ICMP'].map((packet) =>
      ask(snapshot, 'ingress', 'shop/db', 'shop/web', packet),
    );
    expect(answers).toEqual(['denied', 'allowed', 'denied', 'denied', 'denied', 'denied']);
    expect(ask(snapshot, 'ingress', 'shop/db', 'lab/toy')).toBe('denied');
    expect(ask(snapshot, 'egress', 'shop/db', 'lab/toy')).toBe('allowed');
  });
});

describe('tiers', () => {
  /** `first` passes by default, `last` comes after `default`. */
  const tiered = () => shop().tier('first', 1, 'Pass').tier('last', 2_000_000, 'Deny');

  it.each<[string, ClusterBuilder, Verdict, Verdict]>([
    [
      'in front decide before those behind',
      tiered()
        .policy('a', { tier: 'first', ingress: [deny(WEB)] })
        .policy('shop/b', { ingress: [allow()] }),
      'denied',
      'allowed',
    ],
    [
      'behind decide what a Pass rule sends on',
      tiered()
        .policy('a', { tier: 'first', ingress: [pass(WEB), deny()] })
        .policy('shop/b', { ingress: [allow()] }),
      'allowed',
      'denied',
    ],
    [
      'that pass by default send on what they do not decide',
      tiered()
        .policy('a', { tier: 'first', ingress: [] })
        .policy('shop/b', { ingress: [allow(DB)] }),
      'denied',
      'denied',
    ],
    [
      'without a policy for the endpoint do not count',
      tiered().policy('lab/a', { tier: 'first', ingress: [deny()] }),
      'allowed',
      'allowed',
    ],
    ['at the end leave what they pass on allowed', tiered().policy('a', { tier: 'last', ingress: [pass(WEB)] }), 'allowed', 'denied'],
    [
      'that deny by default hide those behind',
      tiered()
        .policy('shop/a', { ingress: [] })
        .policy('b', { tier: 'last', ingress: [allow()] }),
      'denied',
      'denied',
    ],
  ])('%s', (_, builder, fromWeb, fromToy) => {
    const snapshot = builder.snapshot();
    expect([ask(snapshot, 'ingress', 'shop/db', 'shop/web'), ask(snapshot, 'ingress', 'shop/db', 'lab/toy')]).toEqual([fromWeb, fromToy]);
  });
});

describe('port names of the endpoint that a policy selects', () => {
  it('mean its own ports', () => {
    const snapshot = shop()
      .policy('shop/p', { ingress: [allow('any', to('TCP', 'http'))] })
      .snapshot();
    const answers = (subject: string) => ['TCP:80', 'TCP:8080'].map((packet) => ask(snapshot, 'ingress', subject, 'lab/toy', packet));
    expect(answers('shop/web')).toEqual(['allowed', 'denied']);
    expect(answers('shop/db')).toEqual(['denied', 'allowed']);
  });

  it('are those of the peer where the policy is about egress', () => {
    const snapshot = shop()
      .policy('lab/p', { egress: [allow('any', to('TCP', 'http'))] })
      .snapshot();
    const answers = (peer: string) => ['TCP:80', 'TCP:8080'].map((packet) => ask(snapshot, 'egress', 'lab/toy', peer, packet));
    expect(answers('shop/web')).toEqual(['allowed', 'denied']);
    expect(answers('shop/db')).toEqual(['denied', 'allowed']);
  });
});

describe('the flags of a class', () => {
  it('say how surely a policy isolates it, for each direction', () => {
    const snapshot = cluster()
      .namespace('known', { team: 'x' })
      .pod('known/a')
      .pod('unknown/b')
      .node('n')
      .policy('p', { appliesTo: namespaceLabels({ team: 'x' }), ingress: [] })
      .policy('known/q', { egress: [allow()] })
      .snapshot();
    const { classes, endpoints } = solved(snapshot);
    const isolation = ['known/a', 'unknown/b', 'n'].map((name) => {
      const flags = classes.flags[endpoints.classOf[endOf(snapshot, name) as number]!]!;
      return [(flags >>> EGRESS_SHIFT) & 3, (flags >>> INGRESS_SHIFT) & 3];
    });
    expect(isolation).toEqual([
      [2, 2],
      [0, 1],
      [0, 0],
    ]);
  });
});

describe('a solved cluster', () => {
  it('tells what rules look at beside the packet axis', () => {
    const icmp = solved(
      shop()
        .policy('shop/p', { ingress: [allow('any', [{ protocol: 'ICMP' }])] })
        .snapshot(),
    );
    expect([icmp.counts.icmp, icmp.counts.looksAt]).toEqual([1, 0]);
    const source = solved(
      shop()
        .policy('shop/p', { ingress: [allow('any', [{ protocol: 'TCP', sourcePorts: [[53, 53]] }])] })
        .snapshot(),
    );
    expect([source.counts.icmp, source.counts.looksAt]).toEqual([0, SOURCE_PORT]);
  });

  it('has equal bounds exactly where nothing is uncertain', () => {
    const bounds = (builder: ClusterBuilder) => {
      const { lower, upper } = solved(builder.snapshot()).results;
      return { lower: [...lower], upper: [...upper] };
    };
    const certain = bounds(shop().policy('shop/p', { ingress: [deny(WEB), allow([block('10.0.0.0/8', [], 'no')]), pass()] }));
    expect(certain.upper).toEqual(certain.lower);
    const uncertain = bounds(shop().policy('shop/p', { ingress: [allow(WEB, 'any', AT_RUN_TIME)] }));
    expect(uncertain.upper).not.toEqual(uncertain.lower);
  });

  it('says of each direction alone what the definition says, with the lower bound inside the upper one', () => {
    const seen: Record<Verdict, number> = { allowed: 0, denied: 0, indeterminate: 0 };
    for (let part = 0; part < 25; part++) {
      const snapshot = generateCluster(randomFrom(seedOf(SEED, part)), part % 3 ? 'everything' : 'networkPolicyLike');
      const model = solved(snapshot);
      checkShape(model);
      // Of what is met on both sides of one node either side may tell.
      if (snapshot.hostEndpoints.length > 0) continue;
      for (const { id: source } of snapshot.endpoints) {
        for (const { id: destination } of snapshot.endpoints) {
          const flow = { source: partyOf(snapshot, source), destination: partyOf(snapshot, destination) };
          // What no policy can forbid lies beyond results, and faces of several families are the query's business.
          if (flow.source.kind !== 'endpoint' || flow.destination.kind !== 'endpoint') continue;
          const [from, to] = [flow.source.endpoint, flow.destination.endpoint];
          if (source === destination || from.network !== to.network || hasFaces(model, source) || hasFaces(model, destination)) continue;
          for (const packet of ['TCP:80', 'TCP:53', 'UDP:80', 'ICMP']) {
            if (familiesOf({ ...flow, packet: packetOf(packet) }).length > 1) continue;
            const { egress, ingress } = evaluate(snapshot, { ...flow, packet: packetOf(packet) });
            const actual = [say(model, 'egress', source, destination, packet), say(model, 'ingress', destination, source, packet)];
            if (actual[0] !== egress || actual[1] !== ingress)
              throw new Error(`${actual}, not ${[egress, ingress]}: ${JSON.stringify({ part, source, destination, packet })}`);
            seen[egress]++;
            seen[ingress]++;
          }
        }
      }
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(40);
  });
});

function hasFaces({ classes, endpoints }: Model, id: number): boolean {
  const owner = endpoints.classOf[id]!;
  return classes.firstFace[owner + 1]! - classes.firstFace[owner]! > 1;
}

/** Runs ascend from 0 and their lower rows lie inside the upper ones. */
function checkShape({ results, rows }: Model): void {
  for (let result = 0; result + 1 < results.starts.length; result++) {
    const [start, end] = [results.starts[result]!, results.starts[result + 1]!];
    expect(results.runs[start]).toBe(0);
    for (let run = start; run < end; run++) {
      if (run > start) expect(results.runs[run]).toBeGreaterThan(results.runs[run - 1]!);
      for (let member = 0; member < rows.size; member++)
        if (rowHas(rows, results.lower[run]!, member) && !rowHas(rows, results.upper[run]!, member)) throw new Error('lower beyond upper');
    }
  }
}
