import { analyze } from '../../../src/engine/analyze';
import { decodeAnalysis, encodeDirectory, encodeModel, evaluate, explain } from '../../../src/engine/index';
import { hostWorldOf, orderOf } from '../../../src/engine/query/host-world';
import type { Snapshot } from '../../../src/model/snapshot';
import { cluster, deny, type HostOptions, labels, to } from '../../support/cluster';
import { flowOf, partyOf } from '../../support/flow';
import { generateCluster } from '../../support/generate-cluster';
import { boundariesOf, generateFlow } from '../../support/generate-flow';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';

const WORKER: HostOptions = { labels: { role: 'worker' } };
const AT_WORKERS = { appliesTo: { kind: 'none' }, appliesToHosts: labels({ role: 'worker' }) } as const;

const PLAIN = cluster()
  .tier('early', 1, 'Pass')
  .node('n1', { addresses: ['192.168.0.1'] })
  .node('n2')
  .pod('shop/a', {}, { node: 'n1' })
  .pod('shop/b', {}, { node: 'n2' })
  .pod('shop/c', {}, { node: 'n3' })
  .pod('shop/nowhere')
  .host('n1/eth', { ...WORKER, interfaceName: 'eth0' })
  .host('n1/all', WORKER)
  .host('n2/all', { labels: { role: 'worker', name: 'n2' } })
  .host('n4/all')
  .policy('shop/pods', { ingress: [deny()] })
  .policy('early', { ...AT_WORKERS, tier: 'early', hook: 'preDNAT', ingress: [deny()] })
  .policy('own', { ...AT_WORKERS, egress: [deny()] })
  .policy('passed', { ...AT_WORKERS, forward: true, egress: [deny(), deny('any', to('TCP', 80))] })
  .policy('staged', { ...AT_WORKERS, staged: true, egress: [deny()] })
  .snapshot();
/** Of the host endpoint of node n4 nobody knows whether it is a worker's. */
const SCENE: Snapshot = {
  ...PLAIN,
  hostEndpoints: PLAIN.hostEndpoints.map((host) =>
    host.node === 'n4' ? { ...host, labels: { values: {}, unknownKeys: ['role'], complete: true } } : host,
  ),
};
const WORLD = hostWorldOf(analyze(SCENE).directory)!;

const endOf = (name: string) =>
  name.includes('.')
    ? ({ kind: 'address', address: name } as const)
    : partyOf(
        SCENE,
        SCENE.endpoints.findIndex((each) => each.name === name),
      );

describe('what a flow meets', () => {
  it.each([
    ['a', 'b', ['n1/all', 'n1/eth', 'n2/all'], ['n1', 'n2']],
    ['a', 'a', ['n1/all', 'n1/eth'], ['n1']],
    ['a', '198.51.100.7', ['n1/all', 'n1/eth'], ['n1']],
    ['198.51.100.7', 'b', ['n2/all'], ['n2']],
    ['c', 'b', ['n2/all'], ['n2']],
    ['c', '198.51.100.7', [], []],
    ['nowhere', 'b', ['n1/all', 'n1/eth', 'n2/all', 'n4/all'], undefined],
    ['nowhere', '198.51.100.7', ['n1/all', 'n1/eth', 'n2/all', 'n4/all'], undefined],
  ])('from %s to %s: the host endpoints and nodes of its ends', (from, to, hosts, nodes) => {
    const { hostEndpoints, endpoints } = WORLD.around({ source: endOf(from), destination: endOf(to), packet: { protocol: 'TCP' } });
    expect(hostEndpoints!.map(({ node, ref }) => `${node}/${ref.name}`)).toEqual(hosts);
    expect(endpoints?.map(({ name }) => name)).toEqual(nodes);
  });
});

describe('what acts at a host endpoint', () => {
  const [eth, all, other, unknown] = ['n1 eth', 'n1 all', 'n2 all', 'n4 all'].map(
    (wanted) => SCENE.hostEndpoints.find(({ node, ref }) => `${node} ${ref.name}` === wanted)!,
  );

  it('is what selects it in the hook, with its tiers', () => {
    const named = (hook: Parameters<typeof WORLD.actingAt>[1]) => {
      const { policies, tiers } = WORLD.actingAt(eth!, hook);
      return [policies.map(({ ref }) => ref.name), tiers.map(({ name }) => name)];
    };
    expect(named('preDNAT')).toEqual([['early'], ['early']]);
    expect(named('normal')).toEqual([['own', 'passed'], ['default']]);
    expect(named('forward')).toEqual([['passed'], ['default']]);
    expect(named('untracked')).toEqual([[], []]);
  });

  it('is told of one packet without the rules of others', () => {
    const rulesOn = (hook: Parameters<typeof WORLD.actingAt>[1], packet: Parameters<typeof WORLD.actingAt>[2]) =>
      WORLD.actingAt(eth!, hook, packet).policies.map(({ ref, ingress, egress }) => [ref.name, ingress?.length, egress?.length]);
    expect(rulesOn('normal', undefined)).toEqual([
      ['own', undefined, 1],
      ['passed', undefined, 2],
    ]);
    expect(rulesOn('normal', { protocol: 'TCP', port: 80 })).toEqual([
      ['own', undefined, 1],
      ['passed', undefined, 2],
    ]);
    expect(rulesOn('forward', { protocol: 'UDP', port: 80 })).toEqual([['passed', undefined, 1]]);
    expect(WORLD.actingAt(all!, 'forward', { protocol: 'UDP', port: 80 })).toBe(
      WORLD.actingAt(eth!, 'forward', { protocol: 'UDP', port: 80 }),
    );
  });

  it('is one list for all of which it is the same', () => {
    expect(WORLD.actingAt(all!, 'normal')).toBe(WORLD.actingAt(eth!, 'normal'));
    expect(WORLD.actingAt(other!, 'normal')).toBe(WORLD.actingAt(eth!, 'normal'));
  });

  it('keeps open what selects perhaps', () => {
    const perhaps = WORLD.actingAt(unknown!, 'normal');
    expect(perhaps).not.toBe(WORLD.actingAt(eth!, 'normal'));
    expect(perhaps.policies.map(({ appliesToHosts }) => appliesToHosts)).toEqual([AT_WORKERS.appliesToHosts, AT_WORKERS.appliesToHosts]);
  });
});

it('is nothing without host endpoints, and made once', () => {
  expect(hostWorldOf(analyze(cluster().pod('shop/a').snapshot()).directory)).toBeUndefined();
  const { directory } = analyze(SCENE);
  expect(hostWorldOf(directory)).toBe(hostWorldOf(directory));
});

it('an order has the tiers of its policies alone, as they come', () => {
  expect(orderOf(SCENE, []).tiers).toEqual([]);
  expect(orderOf(SCENE, SCENE.policies).tiers.map(({ name }) => name)).toEqual(['early', 'default']);
});

it('is enough for explanations: they are those of the whole cluster, before and after the store', () => {
  for (let part = 0; part < 30; part++) {
    const random = randomFrom(seedOf(SEED, 7_000 + part));
    const snapshot = generateCluster(random, part % 2 ? 'withHosts' : 'untracked');
    const analysis = analyze(snapshot);
    const loaded = decodeAnalysis(encodeModel(analysis), encodeDirectory(analysis));
    const boundaries = boundariesOf(snapshot);
    for (let count = 0; count < 60; count++) {
      const flow = generateFlow(random, snapshot, boundaries);
      const defined = evaluate(snapshot, flowOf(snapshot, flow));
      expect({ part, flow, told: explain(analysis, flow) }).toEqual({ part, flow, told: defined });
      expect(explain(loaded, flow)).toEqual(defined);
    }
  }
});
