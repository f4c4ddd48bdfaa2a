import { compile } from '../../../src/engine/compile/compile';
import { ALLOW, DENY } from '../../../src/engine/compile/policies';
import { EMPTY } from '../../../src/engine/kernel/rows';
import { matchSelector } from '../../../src/model/selector';
import { allow, block, cluster, deny, labels, to } from '../../support/cluster';
import { generateCluster } from '../../support/generate-cluster';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';
import { compiled } from '../compiled';
import { enrich } from '../enrich';
import { facesOf, subjectOf, truthIn } from './works';

describe('a compiled cluster', () => {
  it('of nothing has the two address spaces and nobody in them', () => {
    const { classes, blocks, pool, subjects, tiers, egress } = compile(cluster().snapshot());
    expect([classes.count, blocks.count, pool.size]).toEqual([0, 2, 2]);
    expect([subjects.length, egress.actions.length, tiers]).toEqual([0, 0, [[]]]);
  });

  it('has a member for each face and for each address block', () => {
    const { classes, blocks, pool } = compile(
      cluster()
        .pod('shop/both', {}, { addresses: ['10.0.0.1', 'fd00::1'] })
        .pod('shop/one', {}, { addresses: ['10.0.0.2'] })
        .policy('shop/p', { ingress: [allow([block('10.0.0.0/8')])] })
        .snapshot(),
    );
    expect([classes.count, classes.faceCount, blocks.count]).toEqual([2, 3, 3]);
    expect(pool.size).toBe(classes.faceCount + blocks.count);
  });

  it('knows of each policy whom it selects, and of each direction what it says', () => {
    const { subjects, names, ingress, egress, tiers } = compiled(
      cluster()
        .pod('shop/web', { app: 'web' })
        .pod('shop/db', { app: 'db' })
        .policy('a', { appliesTo: labels({ app: 'db' }), ingress: [deny()] })
        .policy('b', { appliesTo: labels({ app: 'nobody' }), egress: [allow()] })
        .snapshot(),
    );
    expect(names(subjects[0]!.must)).toEqual(['db']);
    expect(subjects[1]).toEqual({ must: EMPTY, may: EMPTY });
    expect([[...ingress.actions], [...egress.actions]]).toEqual([[DENY], [ALLOW]]);
    expect([[...ingress.present], [...egress.present]]).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(tiers).toEqual([[0, 1]]);
  });

  it('looks up port names at the destination: of egress at the peer, of ingress at the endpoint that the policy selects', () => {
    const rules = [allow('any', to('TCP', 'http'))];
    const { ingress, egress, names, specs } = compiled(
      cluster()
        .pod('shop/web', {}, { ports: [['http', 'TCP', 80]] })
        .pod('shop/toy')
        .policy('p', { ingress: rules, egress: rules })
        .snapshot(),
    );
    expect([...egress.specs].map((spec) => specs.hasNames(spec))).toEqual([false]);
    expect(names(egress.may[0]!)).toEqual(['web']);
    expect([...ingress.specs].map((spec) => specs.hasNames(spec))).toEqual([true]);
    expect(names(ingress.may[0]!)).toEqual(['block 0', 'block 1', 'toy', 'web']);
  });

  it('is the same for the same snapshot', () => {
    const snapshot = () => generateCluster(randomFrom(SEED), 'everything');
    expect(compile(snapshot())).toEqual(compile(snapshot()));
  });

  it('says on every face of an endpoint whether a policy selects it', () => {
    const seen = { yes: 0, no: 0, maybe: 0 };
    const wrong: object[] = [];
    for (let part = 0; part < 40; part++) {
      const random = randomFrom(seedOf(SEED, part));
      const snapshot = enrich(random, generateCluster(random, 'everything'));
      const { classes, pool, subjects } = compile(snapshot);
      snapshot.policies.forEach(({ appliesTo }, policy) => {
        for (const { id } of snapshot.endpoints) {
          const { truth } = matchSelector(appliesTo, subjectOf(snapshot, id));
          for (const { face } of facesOf(classes, id))
            if (truthIn(pool, subjects[policy]!, face) !== truth) wrong.push({ appliesTo, id, truth });
          seen[truth]++;
        }
        for (let member = classes.faceCount; member < pool.size; member++)
          if (truthIn(pool, subjects[policy]!, member) !== 'no') wrong.push({ appliesTo, member });
      });
    }
    expect(wrong).toEqual([]);
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
  });
});
