import { analyze } from '../../../src/engine/analyze';
import { icmpOf, type Model } from '../../../src/engine/model';
import { visibleSpans } from '../../../src/engine/packet-axis';
import { PairJoin } from '../../../src/engine/query/pair-join';
import { Reach } from '../../../src/engine/query/reach';
import { AT_RUN_TIME, allow, cluster, labels, to } from '../../support/cluster';
import { endOf } from '../../support/flow';
import { generateCluster } from '../../support/generate-cluster';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';
import { homeless } from '../homeless';
import { isEmptySet, setsByDefinition } from './brute-force';

function reachOf(model: Model): Reach {
  const counted = Int32Array.from(visibleSpans(icmpOf(model)).flat());
  return new Reach(model, new PairJoin(model, 'upper', counted));
}

function has(bits: Int32Array, owner: number): boolean {
  return ((bits[owner >>> 5]! >>> (owner & 31)) & 1) !== 0;
}

describe('what a class reaches', () => {
  it('is what the definition finds possible between endpoints of the classes, wherever they may be', () => {
    const seen = { reached: 0, apart: 0 };
    for (let seed = 0; seed < 24; seed++) {
      const generated = generateCluster(randomFrom(seedOf(SEED, 600 + seed)), seed % 2 ? 'everything' : 'networkPolicyLike', {
        namespaces: 2,
        endpoints: 7,
        policies: 6,
        rules: 2,
      });
      const snapshot = seed % 3 ? generated : homeless(generated);
      const { model } = analyze(snapshot);
      const reach = reachOf(model);
      for (const from of snapshot.endpoints) {
        const reached = reach.from(model.endpoints.classOf[from.id]!);
        for (const target of snapshot.endpoints) {
          // What shares a node is no matter of classes.
          if (from === target || (from.network !== target.network && from.node !== undefined && from.node === target.node)) continue;
          const { allowed, conditional } = setsByDefinition(snapshot, [[from.id, target.id]])!;
          const expected = !isEmptySet(allowed) || !isEmptySet(conditional);
          expect([seed, from.id, target.id, has(reached, model.endpoints.classOf[target.id]!)]).toEqual([
            seed,
            from.id,
            target.id,
            expected,
          ]);
          seen[expected ? 'reached' : 'apart']++;
        }
      }
    }
    expect(Math.min(seen.reached, seen.apart)).toBeGreaterThan(50);
  });

  const snapshot = cluster()
    .pod('shop/web', { app: 'web' }, { node: 'n1' })
    .pod('shop/db', { app: 'db' })
    .pod('shop/agent', { app: 'agent' }, { network: 'host', node: 'n2' })
    .pod('shop/lost', { app: 'lost' }, { network: 'host' })
    .policy('shop/all', { appliesTo: { kind: 'all' }, ingress: [], egress: [] })
    .policy('shop/icmp', {
      appliesTo: labels({ app: 'db' }),
      egress: [allow('any', to('other'))],
      ingress: [allow('any', to('TCP', 1), AT_RUN_TIME)],
    })
    .policy('shop/web', { appliesTo: labels({ app: 'web' }), egress: [allow('any', to('TCP', 1))] })
    .snapshot();
  const { model } = analyze(snapshot);
  const names = ['shop/web', 'shop/db', 'shop/agent', 'shop/lost'];
  const classes = names.map((name) => model.endpoints.classOf[endOf(snapshot, name) as number]!);
  const reachedFrom = (name: string, into?: Int32Array) => {
    const bits = reachOf(model).from(classes[names.indexOf(name)]!, into);
    return names.filter((_, index) => has(bits, classes[index]!));
  };

  it('has what policies perhaps allow, and what may be on the same node', () => {
    expect(reachedFrom('shop/web')).toEqual(['shop/db', 'shop/lost']);
    expect(reachedFrom('shop/db')).toEqual(['shop/agent', 'shop/lost']);
    expect(reachedFrom('shop/agent')).toEqual(['shop/db']);
    expect(reachedFrom('shop/lost')).toEqual(['shop/web', 'shop/db']);
  });

  it('is written into bits that held something else', () => {
    expect(reachedFrom('shop/web', new Int32Array([-1]))).toEqual(['shop/db', 'shop/lost']);
  });

  it('has a bit for every class, however many', () => {
    const builder = cluster();
    for (let index = 0; index < 100; index++)
      builder.pod(`shop/p${index}`, { id: `${index}` }).policy(`shop/p${index}`, {
        appliesTo: labels({ id: `${index}` }),
        egress: [allow([{ selector: labels({ id: `${(index + 37) % 100}` }), netsSeePods: 'no' }])],
      });
    const large = builder.snapshot();
    const many = analyze(large).model;
    const owners = Array.from({ length: 100 }, (_, index) => many.endpoints.classOf[endOf(large, `shop/p${index}`) as number]!);
    const reach = reachOf(many);
    for (let index = 0; index < 100; index++) {
      const bits = reach.from(owners[index]!);
      const found = [...owners.keys()].filter((other) => has(bits, owners[other]!));
      expect(found).toEqual([(index + 37) % 100]);
    }
  });
});
