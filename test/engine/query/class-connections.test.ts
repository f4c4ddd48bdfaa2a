import { analyze } from '../../../src/engine/analyze';
import { faceCountOf, icmpOf, type Model, UNRESTRICTED } from '../../../src/engine/model';
import { ONLY_DEFINED } from '../../../src/engine/packet-axis';
import { ClassConnections } from '../../../src/engine/query/class-connections';
import { ALL_PACKETS, NO_PACKETS, PacketSets } from '../../../src/engine/query/packet-sets';
import { blockMember } from '../../../src/engine/query/verdict';
import type { Snapshot } from '../../../src/model/snapshot';
import { AT_RUN_TIME, allow, block, cluster, labels, to } from '../../support/cluster';
import { endOf } from '../../support/flow';
import { generateCluster } from '../../support/generate-cluster';
import { boundariesOf } from '../../support/generate-flow';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';
import { homeless } from '../homeless';
import { setsByDefinition } from './brute-force';
import { policyPairs } from './policy-pairs';

const TINY = { namespaces: 3, endpoints: 7, policies: 6, rules: 3 };

function connections(model: Model) {
  const sets = new PacketSets(icmpOf(model));
  return { sets, classes: new ClassConnections(model, sets) };
}

/** What the last question was answered. */
function shown({ sets, classes }: ReturnType<typeof connections>) {
  return { allowed: sets.connectionSet(classes.lower), conditional: sets.connectionSet(sets.difference(classes.upper, classes.lower)) };
}

const SHOP = cluster()
  .pod('shop/web', { app: 'web' }, { addresses: ['10.0.0.1', 'fd00::1'] })
  .pod('shop/db', { app: 'db' }, { addresses: ['10.0.0.2', 'fd00::2'] })
  .policy('shop/web', {
    appliesTo: labels({ app: 'web' }),
    egress: [allow('any', to('TCP', [80, 90])), allow('any', to('UDP'), AT_RUN_TIME)],
  })
  .policy('shop/db', {
    appliesTo: labels({ app: 'db' }),
    ingress: [
      allow([block('10.0.0.0/8')], to('TCP', [85, 99])),
      allow([block('fd00::/8')], to('TCP', [70, 81])),
      allow('any', to('UDP', 53)),
    ],
  })
  .snapshot();

function generated(seed: number): Snapshot {
  const snapshot = generateCluster(randomFrom(seedOf(SEED, 500 + seed)), seed % 2 ? 'everything' : 'networkPolicyLike', TINY);
  return seed % 3 ? snapshot : homeless(snapshot);
}

describe('what one class may open to another', () => {
  it('is what both sides let through, on either of the families that they share', () => {
    const { model } = analyze(SHOP);
    const own = connections(model);
    const [web, db] = ['shop/web', 'shop/db'].map((name) => model.endpoints.classOf[endOf(SHOP, name) as number]!);
    own.classes.between(web!, db!);
    expect(shown(own)).toEqual({
      allowed: {
        TCP: [
          [80, 81],
          [85, 90],
        ],
      },
      conditional: { UDP: [[53, 53]] },
    });
    own.classes.between(db!, web!);
    expect([own.classes.lower, own.classes.upper]).toEqual([ALL_PACKETS, ALL_PACKETS]);
  });

  it('is what the definition says of their endpoints', () => {
    for (let seed = 0; seed < 16; seed++) {
      const snapshot = generated(seed);
      const { model } = analyze(snapshot);
      // Elsewhere they are bounds.
      if ((model.counts.looksAt & ONLY_DEFINED) !== 0) continue;
      const own = connections(model);
      for (const [from, target] of policyPairs(snapshot)) {
        own.classes.between(model.endpoints.classOf[from]!, model.endpoints.classOf[target]!);
        expect([seed, from, target, shown(own)]).toEqual([seed, from, target, setsByDefinition(snapshot, [[from, target]])]);
      }
    }
  });

  it('does not depend on what was asked before', () => {
    for (let seed = 0; seed < 10; seed++) {
      const { model } = analyze(generated(seed));
      const random = randomFrom(seed);
      const count = model.classes.flags.length;
      const own = connections(model);
      for (let turn = 0; turn < 60; turn++) {
        const [from, target] = [random.below(count), random.below(count)];
        own.classes.between(from, target);
        const fresh = connections(model);
        fresh.classes.between(from, target);
        expect(shown(own)).toEqual(shown(fresh));
      }
    }
  });

  it('is certain only as far as it is possible', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { model } = analyze(generated(seed));
      const { sets, classes } = connections(model);
      for (let from = 0; from < model.classes.flags.length; from++)
        for (let target = 0; target < model.classes.flags.length; target++) {
          classes.between(from, target);
          expect(sets.difference(classes.lower, classes.upper)).toBe(NO_PACKETS);
        }
    }
  });
});

describe('what a result lets through', () => {
  it('is everything for whom no policy restricts', () => {
    const { model } = analyze(SHOP);
    const { classes } = connections(model);
    for (let member = 0; member < model.rows.size; member++) {
      classes.column(UNRESTRICTED, member);
      expect([classes.lower, classes.upper]).toEqual([ALL_PACKETS, ALL_PACKETS]);
    }
  });

  it('is what the definition says of endpoints and external addresses, in both directions', () => {
    for (let seed = 0; seed < 14; seed++) {
      const snapshot = generated(seed);
      const { model } = analyze(snapshot);
      if ((model.counts.looksAt & ONLY_DEFINED) !== 0) continue;
      const own = connections(model);
      const addresses = boundariesOf(snapshot).addresses.filter((_, index) => index % 3 === seed % 3);
      for (const { id } of snapshot.endpoints)
        for (const address of addresses) {
          const member = blockMember(model, address);
          expect(member).toBeGreaterThanOrEqual(faceCountOf(model));
          own.classes.column(model.classes.egress[model.endpoints.classOf[id]!]!, member);
          expect([seed, id, address, shown(own)]).toEqual([seed, id, address, setsByDefinition(snapshot, [[id, address]])]);
          own.classes.column(model.classes.ingress[model.endpoints.classOf[id]!]!, member);
          expect([seed, address, id, shown(own)]).toEqual([seed, address, id, setsByDefinition(snapshot, [[address, id]])]);
        }
    }
  });
});
