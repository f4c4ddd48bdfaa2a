import { KIND_MASK, KINDS, ON_HOST, PLACED } from '../../../src/engine/classes';
import { compile } from '../../../src/engine/compile/compile';
import { familiesOf } from '../../../src/engine/evaluate-match';
import type { Policy } from '../../../src/model/policy';
import { matchSelector } from '../../../src/model/selector';
import type { Snapshot } from '../../../src/model/snapshot';
import { allow, block, type ClusterBuilder, cluster, labels, pods, to } from '../../support/cluster';
import { partyOf } from '../../support/flow';
import { generateCluster } from '../../support/generate-cluster';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';
import { enrich } from '../enrich';
import { homeless } from '../homeless';
import { selectorsOf, subjectOf } from './works';

/** Names of endpoints by class, in the order of the classes. */
function classesOf(snapshot: Snapshot): readonly string[] {
  const { classes } = compile(snapshot);
  return Array.from({ length: classes.count }, (_, owner) =>
    snapshot.endpoints
      .filter(({ id }) => classes.classOf[id] === owner)
      .map(({ name }) => name)
      .join(' '),
  );
}

function shop(): ClusterBuilder {
  return cluster()
    .pod('shop/a', { app: 'web', version: '1' }, { addresses: ['10.0.0.1'] })
    .pod('shop/b', { app: 'web', version: '2' }, { addresses: ['10.0.0.2'] })
    .pod('shop/c', { app: 'db' }, { addresses: ['10.0.0.3'] });
}

describe('endpoint classes', () => {
  it('hold what no policy tells apart: labels that nobody mentions do not count', () => {
    expect(classesOf(shop().snapshot())).toEqual(['a b c']);
    expect(
      classesOf(
        shop()
          .policy('shop/p', { appliesTo: labels({ app: 'web' }), ingress: [] })
          .snapshot(),
      ),
    ).toEqual(['a b', 'c']);
    expect(
      classesOf(
        shop()
          .policy('shop/p', { ingress: [allow([pods({ version: '2' })])] })
          .snapshot(),
      ),
    ).toEqual(['a', 'b', 'c']);
  });

  it('are told apart by namespace, kind, network and whether the node is known', () => {
    const snapshot = cluster()
      .pod('a/one')
      .pod('b/two')
      .pod('b/three', {}, { network: 'host' })
      .pod('b/four', {}, { node: 'n1' })
      .template('b/five')
      .newPod('b')
      .node('n1')
      .snapshot();
    const { classes } = compile(snapshot);
    expect(classes.count).toBe(7);
    expect(Array.from(classes.namespaces)).toEqual([-1, 0, 1, 1, 1, 1, 1]);
    const flags = (name: string) => classes.flags[classes.classOf[snapshot.endpoints.find((endpoint) => endpoint.name === name)!.id]!]!;
    expect(['one', 'five', 'n1', 'new pod'].map((name) => KINDS[flags(name) & KIND_MASK])).toEqual(['pod', 'template', 'node', 'newPod']);
    expect(['two', 'three', 'n1'].map((name) => (flags(name) & ON_HOST) !== 0)).toEqual([false, true, true]);
    expect(['two', 'four', 'n1'].map((name) => (flags(name) & PLACED) !== 0)).toEqual([false, true, true]);
  });

  it('are told apart by addresses only where rules look at those of pods', () => {
    const peer = (seesPods: 'yes' | 'no') => [allow([block('10.0.0.1/32', [], seesPods)])];
    expect(
      classesOf(
        shop()
          .policy('shop/p', { ingress: peer('no') })
          .snapshot(),
      ),
    ).toEqual(['a b c']);
    expect(
      classesOf(
        shop()
          .policy('shop/p', { ingress: peer('yes') })
          .snapshot(),
      ),
    ).toEqual(['a', 'b c']);
  });

  it('of hosts are told apart by addresses wherever rules have nets, also those that do not see pods', () => {
    const builder = () =>
      cluster()
        .node('n1', { addresses: ['10.0.0.1'] })
        .node('n2', { addresses: ['10.0.0.2'] })
        .node('n3', { addresses: ['10.0.0.3'] });
    expect(classesOf(builder().snapshot())).toEqual(['n1 n2 n3']);
    expect(
      classesOf(
        builder()
          .policy('p', { ingress: [allow([block('10.0.0.2/31', [], 'no')])] })
          .snapshot(),
      ),
    ).toEqual(['n1', 'n2 n3']);
  });

  it('are told apart by ports only where policies mention the name', () => {
    const builder = () =>
      cluster()
        .pod('shop/a', {}, { ports: [['http', 'TCP', 80]] })
        .pod('shop/b', {}, { ports: [['http', 'TCP', 8080]] })
        .pod('shop/c', {}, { ports: [['other', 'TCP', 80]] });
    expect(classesOf(builder().snapshot())).toEqual(['a b c']);
    expect(
      classesOf(
        builder()
          .policy('shop/p', { ingress: [allow('any', to('TCP', 'http'))] })
          .snapshot(),
      ),
    ).toEqual(['a', 'b', 'c']);
    expect(
      classesOf(
        builder()
          .policy('shop/p', { ingress: [allow('any', to('TCP', 'other'))] })
          .snapshot(),
      ),
    ).toEqual(['a b', 'c']);
  });

  it('have a face for each family only where rules look at addresses of both', () => {
    const builder = (ranges: readonly string[] = ['10.0.0.0/8']) =>
      cluster()
        .pod('shop/both', {}, { addresses: ['10.0.0.1', 'fd00::1'] })
        .pod('shop/one', {}, { addressRanges: ranges });
    const facesOf = (made: ClusterBuilder) => {
      const { classes } = compile(made.snapshot());
      return Array.from({ length: classes.count }, (_, owner) => classes.firstFace[owner + 1]! - classes.firstFace[owner]!);
    };
    expect(facesOf(builder())).toEqual([1]);
    expect(facesOf(builder().policy('shop/p', { egress: [allow([block('10.0.0.0/8')])] }))).toEqual([2, 1]);
    expect(facesOf(builder().policy('shop/p', { egress: [allow([block('10.0.0.0/8', [], 'no')])] }))).toEqual([1, 1]);
    expect(facesOf(builder([]).policy('shop/p', { egress: [allow([block('10.0.0.0/8')])] }))).toEqual([3, 1]);
  });

  it('keep each namespace together, in whatever order the endpoints come', () => {
    const snapshot = cluster()
      .pod('a/1', { x: '1' })
      .pod('b/2', { x: '1' })
      .pod('a/3', { x: '2' })
      .policy('p', { appliesTo: labels({ x: '1' }), ingress: [] })
      .snapshot();
    const shuffled = { ...snapshot, endpoints: [2, 0, 1].map((index, id) => ({ ...snapshot.endpoints[index]!, id })) };
    const { classes } = compile(shuffled);
    expect(Array.from(classes.namespaces)).toEqual([0, 0, 1]);
    expect(new Set(classes.classOf).size).toBe(3);
  });

  it('are told apart by labels of the service account and by automatic labels where policies test them', () => {
    const base = cluster().pod('shop/a').pod('shop/b').snapshot();
    const accounts = ['robot', 'human'];
    const snapshot = {
      ...base,
      endpoints: base.endpoints.map((endpoint, index) => ({
        ...endpoint,
        serviceAccount: accounts[index]!,
        serviceAccountLabels: { values: { role: accounts[index]! }, unknownKeys: [], complete: true },
      })),
    };
    const withTest = (owner: 'serviceAccount' | 'automatic', key: string) => ({
      ...snapshot,
      policies: cluster()
        .policy('p', { appliesTo: { kind: 'label', owner, key, test: { operator: 'in', values: ['robot'] } }, ingress: [] })
        .snapshot().policies,
    });
    expect(classesOf(snapshot)).toEqual(['a b']);
    expect(classesOf(withTest('serviceAccount', 'role'))).toEqual(['a', 'b']);
    expect(classesOf(withTest('automatic', 'projectcalico.org/serviceaccount'))).toEqual(['a', 'b']);
    expect(classesOf(withTest('automatic', 'projectcalico.org/namespace'))).toEqual(['a b']);
  });
});

it('endpoints of one class answer alike whatever the policies can ask', () => {
  let shared = 0;
  for (let part = 0; part < 40; part++) {
    const random = randomFrom(seedOf(SEED, part));
    const generated = enrich(random, generateCluster(random, 'everything'));
    const once = part % 3 === 0 ? homeless(generated) : generated;
    // Every endpoint twice, so that classes are shared.
    const snapshot = { ...once, endpoints: [...once.endpoints, ...once.endpoints].map((endpoint, id) => ({ ...endpoint, id })) };
    const { classes, specs } = compile(snapshot);
    // Of policies that take no part only the subjects are asked about.
    const rulesCount = ({ hook, staged }: Policy) => hook === 'normal' && !staged;
    const inRules = selectorsOf({ ...snapshot, policies: snapshot.policies.filter(rulesCount) });
    const selectors = [...inRules, ...snapshot.policies.map(({ appliesTo }) => appliesTo)];
    const answersOf = new Map<number, string>();
    for (const endpoint of snapshot.endpoints) {
      const subject = subjectOf(snapshot, endpoint.id);
      const named = endpoint.ports
        .filter(({ name }) => specs.names.has(name))
        .map(({ name, protocol, port }) => `${name} ${protocol} ${port}`);
      const party = partyOf(snapshot, endpoint.id);
      const looksAt = classes.faceAddresses[classes.firstFace[classes.classOf[endpoint.id]!]!]! >= 0;
      const answers = JSON.stringify([
        endpoint.namespace,
        endpoint.kind,
        endpoint.network,
        endpoint.node !== undefined,
        looksAt && familiesOf({ source: party, destination: party, packet: { protocol: 'TCP' } }),
        [...new Set(named)].sort(),
        selectors.map((selector) => matchSelector(selector, subject).truth),
      ]);
      const owner = classes.classOf[endpoint.id]!;
      if (answersOf.has(owner)) shared++;
      expect(answersOf.get(owner) ?? answers).toBe(answers);
      answersOf.set(owner, answers);
    }
  }
  expect(shared).toBeGreaterThan(200);
});

it('classes ascend by namespace and own their faces, each face one class', () => {
  for (let part = 0; part < 20; part++) {
    const { classes } = compile(generateCluster(randomFrom(seedOf(SEED, part)), 'everything'));
    const owners: number[] = [];
    for (let owner = 0; owner < classes.count; owner++) {
      if (owner > 0) expect(classes.namespaces[owner]).toBeGreaterThanOrEqual(classes.namespaces[owner - 1]!);
      expect(classes.firstFace[owner + 1]).toBeGreaterThan(classes.firstFace[owner]!);
      for (let face = classes.firstFace[owner]!; face < classes.firstFace[owner + 1]!; face++) owners.push(owner);
    }
    expect([...classes.faceClass]).toEqual(owners);
    expect(classes.faceCount).toBe(owners.length);
    expect(new Set(classes.classOf).size).toBe(classes.count);
  }
});
