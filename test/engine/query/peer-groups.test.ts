import { analyze } from '../../../src/engine/analyze';
import { HAS_V4, NODE, ON_HOST, PLACED, POD, TEMPLATE } from '../../../src/engine/classes';
import { Membership, nearness, type PeerGroup, Shapes } from '../../../src/engine/query/peer-groups';
import { allow, cluster, labels } from '../../support/cluster';
import { endOf } from '../../support/flow';
import { generateCluster } from '../../support/generate-cluster';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';

const SNAPSHOT = cluster()
  .node('n1')
  .pod('data/db', { app: 'db' }, { node: 'n1' })
  .pod('shop/web-1', { app: 'web' }, { workload: 'web', node: 'n1' })
  .pod('shop/web-2', { app: 'web' }, { workload: 'web' })
  .pod('shop/agent', { app: 'web' }, { network: 'host', node: 'n1' })
  .template('shop/job', { app: 'web' })
  .newPod('shop')
  .policy('all', { appliesTo: labels({ app: 'web' }), ingress: [allow()] })
  .snapshot();
const { model } = analyze(SNAPSHOT);

function ids(...names: readonly string[]): readonly number[] {
  return names.map((name) => endOf(SNAPSHOT, name) as number);
}

describe('membership', () => {
  const membership = Membership.of(model);
  const members = (key: PeerGroup['key']) => [...membership.endpointsOf(key)];
  const workload = (name: string) => SNAPSHOT.workloads.findIndex(({ ref }) => ref.name === name);

  it('of a workload is its pods', () => {
    expect(members({ kind: 'workload', index: workload('web') })).toEqual(ids('shop/web-1', 'shop/web-2'));
    expect(members({ kind: 'workload', index: workload('job') })).toEqual(ids('shop/job'));
  });

  it('of a namespace is its pods and templates, without the new pod', () => {
    expect(members({ kind: 'namespace', index: 0 })).toEqual(ids('data/db'));
    expect(members({ kind: 'namespace', index: 1 })).toEqual(ids('shop/agent', 'shop/web-1', 'shop/web-2', 'shop/job'));
  });

  it('of an endpoint is itself, also of a node and of a new pod', () => {
    for (const index of ids('n1', 'shop/new pod', 'data/db')) expect(members({ kind: 'endpoint', index })).toEqual([index]);
  });

  it('has a key for each pod and template, each workload and each namespace, in order', () => {
    const pods = SNAPSHOT.endpoints.filter(({ kind }) => kind === 'pod' || kind === 'template').map(({ id }) => id);
    expect(membership.keysOf('endpoint')).toEqual(pods.map((index) => ({ kind: 'endpoint', index })));
    expect(membership.keysOf('workload')).toEqual(SNAPSHOT.workloads.map((_, index) => ({ kind: 'workload', index })));
    expect(membership.keysOf('namespace')).toEqual([0, 1].map((index) => ({ kind: 'namespace', index })));
  });

  it('across the network of a node is its hosts for a pod, and its pods for a host', () => {
    const node = model.endpoints.nodeOf[ids('n1')[0]!]!;
    expect([...membership.acrossNetwork(node, POD)]).toEqual(ids('n1', 'shop/agent'));
    expect([...membership.acrossNetwork(node, POD | ON_HOST)]).toEqual(ids('data/db', 'shop/web-1'));
  });

  it('is made once for a model', () => {
    expect(Membership.of(model)).toBe(membership);
    expect(Membership.of(analyze(SNAPSHOT).model)).not.toBe(membership);
  });

  it('puts every pod and template into one namespace and one workload, in every cluster', () => {
    for (let seed = 0; seed < 20; seed++) {
      const snapshot = generateCluster(randomFrom(seedOf(SEED, seed)), 'everything');
      const own = Membership.of(analyze(snapshot).model);
      const listed = snapshot.endpoints.filter(({ workload: index }) => index >= 0).map(({ id }) => id);
      for (const by of ['endpoint', 'workload', 'namespace'] as const) {
        const all = own.keysOf(by).flatMap((key) => [...own.endpointsOf(key)]);
        expect(all.sort((a, b) => a - b)).toEqual(listed);
      }
    }
  });
});

describe('the shape of a group', () => {
  const shapeOf = (shapes: Shapes, ...names: readonly string[]) => shapes.shapeOf(Int32Array.from(ids(...names)));

  it('is the same for groups of the same classes, however many endpoints they have and in which order', () => {
    const shapes = new Shapes(model);
    const shape = shapeOf(shapes, 'data/db', 'shop/web-1');
    expect(shapeOf(shapes, 'shop/web-1', 'data/db', 'shop/web-1')).toBe(shape);
    expect(shapeOf(shapes, 'shop/web-1')).not.toBe(shape);
    expect(shapes.count).toBe(2);
  });

  it('is its classes, ascending and each once', () => {
    const shapes = new Shapes(model);
    const all = SNAPSHOT.endpoints.map(({ id }) => id).toReversed();
    const classes = [...shapes.classesOf(shapes.shapeOf(Int32Array.from(all)))];
    expect(classes).toEqual([...new Set(model.endpoints.classOf)].sort((a, b) => a - b));
  });

  it('of no endpoints has no classes', () => {
    const shapes = new Shapes(model);
    expect([...shapes.classesOf(shapes.shapeOf(new Int32Array(0)))]).toEqual([]);
  });

  it('leaves the endpoints as they were', () => {
    const endpoints = Int32Array.from(ids('shop/web-1', 'data/db'));
    new Shapes(model).shapeOf(endpoints);
    expect([...endpoints]).toEqual(ids('shop/web-1', 'data/db'));
  });
});

describe('the nearness of two classes', () => {
  it.each([
    ['two pods', POD | PLACED, TEMPLATE | PLACED, 0],
    ['two hosts', NODE | ON_HOST | PLACED, POD | ON_HOST | PLACED, 0],
    ['a pod and a host whose nodes are known', POD | PLACED, NODE | ON_HOST | PLACED, 1],
    ['a pod of which nobody knows the node, and a host', POD, NODE | ON_HOST | PLACED, 2],
    ['a pod and a host of which nobody knows the node', POD | PLACED, NODE | ON_HOST, 2],
    ['a pod and a host, of neither of which it is known', TEMPLATE, NODE | ON_HOST, 2],
  ])('of %s', (_name, from, to, expected) => {
    expect(nearness(from, to)).toBe(expected);
    expect(nearness(to, from)).toBe(expected);
    expect(nearness(from | HAS_V4, to)).toBe(expected);
  });
});
