import { analyze, explain, explainDoorFromInside } from '../../../src/engine/index';
import type { Facts } from '../../../src/model/facts';
import type { Selector } from '../../../src/model/selector';
import { allow, block, chosen, cluster, deny, labels, pods, to } from '../../support/cluster';
import { backendNamed, doorNamed, type ServiceOptions, service, withDoors } from '../../support/door-cluster';
import { describeDoorStep } from '../../support/door-scenario';
import { endOf } from '../../support/flow';

/** As selectors of NetworkPolicies are: they choose pods alone. */
const WEB: Selector = { kind: 'and', of: [labels({ app: 'web' }), { kind: 'network', network: 'pod' }] };
const FRONT_ONLY = { appliesTo: labels({ app: 'front' }), ingress: [allow([chosen(WEB)], to('TCP', 8080))] };

function shop(facts: Partial<Facts> = {}) {
  return cluster(facts)
    .node('n1', { addresses: ['192.0.2.11'] })
    .node('n2', { addresses: ['192.0.2.12'] })
    .pod('shop/front', { app: 'front' }, { node: 'n1', addresses: ['10.0.1.5'] })
    .pod('shop/web', { app: 'web' }, { node: 'n1', addresses: ['10.0.1.6'] })
    .pod('shop/far', { app: 'web' }, { node: 'n2', addresses: ['10.0.2.6'] })
    .pod('shop/adrift', { app: 'web' }, { addresses: ['10.0.3.6'] });
}

function ask(builder: ReturnType<typeof shop>, from: string, id: string, options: ServiceOptions = {}, port?: number) {
  const front = service('shop/front', { clusterAddresses: ['10.96.0.10'], ports: [['', 80, 8080, 30080]], ...options });
  const snapshot = withDoors(builder.snapshot(), { services: [front] });
  const analysis = analyze(snapshot);
  const door = doorNamed(analysis, id);
  const backend = backendNamed(snapshot, door, undefined);
  return explainDoorFromInside(analysis, { door: id, backend, from: endOf(snapshot, from) as number, ...(port !== undefined && { port }) });
}

it('a cluster address is translated at the client, and policies see client and backend', () => {
  const { verdict, shown } = ask(shop().policy('shop/front', FRONT_ONLY), 'shop/far', 'clusterIP shop/front:80');

  expect(verdict).toBe('allowed');
  expect(shown.steps.map(describeDoorStep)).toEqual([
    'door: shop/far to 10.96.0.10:80: allowed',
    'becomes: shop/far to shop/front:8080',
    'egress: shop/far to shop/front:8080: allowed by not-selected',
    'ingress: shop/far to shop/front:8080: allowed by shop/front#0',
  ]);
});

it('an egress rule for the cluster address, or for the port of the Service, never matches', () => {
  const egressTo = (rule: ReturnType<typeof allow>) =>
    ask(shop().policy('shop/web', { appliesTo: labels({ app: 'web' }), egress: [rule] }), 'shop/web', 'clusterIP shop/front:80').verdict;

  expect(egressTo(allow([block('10.96.0.10/32')]))).toBe('denied');
  expect(egressTo(allow([pods({ app: 'front' })], to('TCP', 80)))).toBe('denied');
  expect(egressTo(allow([pods({ app: 'front' })], to('TCP', 8080)))).toBe('allowed');
});

it('clients of a headless Service dial the pod on whatever port they like', () => {
  const headless = { headless: true, clusterAddresses: [] };

  expect(ask(shop().policy('shop/front', FRONT_ONLY), 'shop/web', 'clusterIP shop/front:80', headless, 8080).verdict).toBe('allowed');
  expect(ask(shop().policy('shop/front', FRONT_ONLY), 'shop/web', 'clusterIP shop/front:80', headless, 80).verdict).toBe('denied');
});

it('internalTrafficPolicy Local leads to backends on the node of the client', () => {
  const local: ServiceOptions = { internalTrafficPolicy: 'Local' };

  expect(['shop/web', 'shop/far', 'shop/adrift'].map((from) => ask(shop(), from, 'clusterIP shop/front:80', local).verdict)).toEqual([
    'allowed',
    'denied',
    'indeterminate',
  ]);
});

it('internalTrafficPolicy Local says nothing about a headless Service, for which nobody translates', () => {
  const headless: ServiceOptions = { internalTrafficPolicy: 'Local', headless: true, clusterAddresses: [] };

  expect(ask(shop(), 'shop/far', 'clusterIP shop/front:80', headless, 8080).verdict).toBe('allowed');
});

describe('a load balancer or node port from inside', () => {
  const balancer: ServiceOptions = { loadBalancer: { addresses: ['198.51.100.200'] } };

  it('hides the client from backends on other nodes', () => {
    const builder = () => shop().policy('shop/front', FRONT_ONLY);

    expect(ask(builder(), 'shop/web', 'loadBalancer shop/front:80', balancer).verdict).toBe('allowed');
    expect(ask(builder(), 'shop/far', 'loadBalancer shop/front:80', balancer).shown.steps.map(describeDoorStep)).toEqual([
      'door: shop/far to 198.51.100.200:80: allowed',
      'becomes: shop/far to shop/front:8080',
      'egress: shop/far to shop/front:8080: allowed by not-selected',
      'becomes: n2[Node] to shop/front:8080',
      'ingress: n2[Node] to shop/front:8080: denied by end-of-tier by shop/front',
    ]);
    expect(ask(builder(), 'shop/adrift', 'loadBalancer shop/front:80', balancer)).toMatchObject({
      verdict: 'indeterminate',
      dependsOn: [{ kind: 'placement' }],
    });
  });

  it('keeps the client with externalTrafficPolicy Local and under an eBPF dataplane', () => {
    const local: ServiceOptions = { ...balancer, externalTrafficPolicy: 'Local' };

    expect(ask(shop().policy('shop/front', FRONT_ONLY), 'shop/far', 'loadBalancer shop/front:80', local).verdict).toBe('allowed');
    const ebpf = shop({ serviceProxy: 'ebpf' }).policy('shop/front', FRONT_ONLY);
    expect(ask(ebpf, 'shop/far', 'nodePort shop/front:80', { type: 'NodePort' }).verdict).toBe('allowed');
    const unknown = shop({ serviceProxy: 'unknown' }).policy('shop/front', FRONT_ONLY);
    expect(ask(unknown, 'shop/far', 'nodePort shop/front:80', { type: 'NodePort' })).toMatchObject({
      verdict: 'indeterminate',
      dependsOn: [{ kind: 'fact' }],
    });
  });

  it('keeps its source ranges', () => {
    const ranged = (range: string): ServiceOptions => ({ loadBalancer: { sourceRanges: [range] } });

    expect(ask(shop(), 'shop/web', 'loadBalancer shop/front:80', ranged('10.0.0.0/8')).verdict).toBe('allowed');
    expect(ask(shop(), 'shop/web', 'loadBalancer shop/front:80', ranged('203.0.113.0/24')).verdict).toBe('denied');
  });
});

it('a host endpoint before translation sees the cluster address; under eBPF the backend', () => {
  const guarded = (facts: Partial<Facts>) =>
    shop(facts)
      .host('n1/n1-all', { labels: { host: 'y' } })
      .policy('early', {
        appliesTo: { kind: 'none' },
        appliesToHosts: labels({ host: 'y' }),
        hook: 'preDNAT',
        ingress: [deny([chosen({ kind: 'all' })], to('TCP', 80))],
      });
  const verdict = (facts: Partial<Facts>) => ask(guarded(facts), 'shop/web', 'clusterIP shop/front:80').verdict;

  expect([verdict({}), verdict({ serviceProxy: 'ebpf' }), verdict({ serviceProxy: 'unknown' })]).toEqual([
    'denied',
    'allowed',
    'indeterminate',
  ]);
});

it('without host endpoints, a cluster address says what the direct flow says', () => {
  const snapshot = withDoors(shop().policy('shop/front', FRONT_ONLY).snapshot(), { services: [service('shop/front')] });
  const analysis = analyze(snapshot);
  const backend = backendNamed(snapshot, doorNamed(analysis, 'clusterIP shop/front:80'), undefined);

  for (const source of snapshot.endpoints.keys()) {
    const direct = explain(analysis, { source, destination: backend.endpoint!, packet: { protocol: 'TCP', port: 8080 } });
    expect(explainDoorFromInside(analysis, { door: 'clusterIP shop/front:80', backend, from: source }).verdict).toBe(direct.verdict);
  }
});
