import { analyze, explainDoorFromInside, reachFromInside } from '../../../src/engine/index';
import type { Facts } from '../../../src/model/facts';
import { allow, block, chosen, cluster, labels, to } from '../../support/cluster';
import { backendNamed, doorNamed, type ServiceOptions, service, withDoors } from '../../support/door-cluster';
import { describeDoorStep } from '../../support/door-scenario';
import { endOf } from '../../support/flow';

const WEB_ONLY = { appliesTo: labels({ app: 'front' }), ingress: [allow([chosen(labels({ app: 'web' }))], to('TCP', 8080))] };

function shop(natOutgoing: boolean | undefined, facts: Partial<Facts> = {}) {
  const builder = cluster({ cni: 'calico', serviceProxy: 'kube-proxy', ...facts })
    .node('n1', { addresses: ['192.0.2.11'] })
    .node('n2', { addresses: ['192.0.2.12'] })
    .pod('shop/front', { app: 'front' }, { node: 'n1', addresses: ['10.0.1.5'] })
    .pod('shop/web', { app: 'web' }, { node: 'n2', addresses: ['10.0.2.6'] })
    .pod('shop/adrift', { app: 'web' }, { addresses: ['10.0.3.6'] });
  return natOutgoing === undefined ? builder : builder.network({ pools: [{ net: '10.0.0.0/16', encapsulation: 'never', natOutgoing }] });
}

function ask(builder: ReturnType<typeof shop>, from: string, node: string, options: ServiceOptions = {}) {
  const snapshot = withDoors(builder.snapshot(), {
    services: [service('shop/front', { type: 'NodePort', ports: [['', 80, 8080, 30080]], ...options })],
  });
  const analysis = analyze(snapshot);
  const door = 'nodePort shop/front:80';
  const backend = backendNamed(snapshot, doorNamed(analysis, door), undefined);
  return explainDoorFromInside(analysis, { door, backend, from: endOf(snapshot, from) as number, node });
}

it('egress sees the node that is dialled, and the backend whoever is seen from there', () => {
  const kept = ask(shop(false).policy('shop/front', WEB_ONLY), 'shop/web', 'n1');
  expect(kept.verdict).toBe('allowed');
  expect(kept.shown.steps.map(describeDoorStep)).toEqual([
    'door: shop/web to n1[Node]:30080: allowed',
    'egress: shop/web to n1[Node]:30080: allowed by not-selected',
    'becomes: shop/web to shop/front:8080',
    'ingress: shop/web to shop/front:8080: allowed by shop/front#0',
  ]);
  const hidden = ask(shop(true).policy('shop/front', WEB_ONLY), 'shop/web', 'n1');
  expect(hidden.verdict).toBe('denied');
  expect(hidden.shown.steps.map(describeDoorStep).slice(2)).toEqual([
    'becomes: n2[Node] to n1[Node]:30080',
    'becomes: n2[Node] to shop/front:8080',
    'ingress: n2[Node] to shop/front:8080: denied by end-of-tier by shop/front',
  ]);
});

it('is open where nobody knows which address is seen, if that matters', () => {
  expect(ask(shop(undefined).policy('shop/front', WEB_ONLY), 'shop/web', 'n1')).toMatchObject({
    verdict: 'indeterminate',
    dependsOn: [{ kind: 'address' }],
  });
  expect(ask(shop(undefined), 'shop/web', 'n1').verdict).toBe('allowed');
});

it('is open where nobody knows whether the client runs on the node that it dials, if that matters', () => {
  const toNodes = { appliesTo: labels({ app: 'web' }), egress: [allow([block('192.0.2.0/24')], to('TCP', 30080))] };

  expect(ask(shop(false).policy('shop/web', toNodes), 'shop/adrift', 'n1')).toMatchObject({
    verdict: 'indeterminate',
    dependsOn: expect.arrayContaining([{ kind: 'placement', text: expect.stringContaining('whether `adrift` runs on node `n1`') }]),
  });
  expect(ask(shop(false), 'shop/adrift', 'n1').verdict).toBe('allowed');
});

it('eBPF dataplanes may translate at the client; that of Calico does, but perhaps not for Services of local backends', () => {
  const toNodes = { appliesTo: labels({ app: 'web' }), egress: [allow([block('192.0.2.0/24')], to('TCP', 30080))] };

  const dial = (cni: 'cilium' | 'calico', options: ServiceOptions = {}) =>
    ask(shop(false, { cni, serviceProxy: 'ebpf' }).policy('shop/web', toNodes), 'shop/web', 'n1', options);
  const open = { verdict: 'indeterminate', dependsOn: [{ kind: 'door', text: expect.stringContaining('eBPF') }] };

  expect(dial('cilium')).toMatchObject(open);
  expect(dial('calico')).toMatchObject({ verdict: 'denied', shown: { text: expect.stringContaining('node of the client') } });
  expect(dial('calico', { externalTrafficPolicy: 'Local' })).toMatchObject(open);
  expect(dial('calico', { internalTrafficPolicy: 'Local' })).toMatchObject(open);
});

it('the port of the source is kept through translation, and open again where the source is replaced', () => {
  const fromPort = (natOutgoing: boolean, sourcePort?: number) => {
    const rule = allow('any', [{ protocol: 'TCP', ports: [[8080, 8080]], sourcePorts: [[40000, 40000]] }]);
    const builder = shop(natOutgoing).policy('shop/front', { appliesTo: labels({ app: 'front' }), ingress: [rule] });
    const snapshot = withDoors(builder.snapshot(), {
      services: [service('shop/front', { type: 'NodePort', ports: [['', 80, 8080, 30080]] })],
    });
    const question = { door: 'nodePort shop/front:80', node: 'n1', from: endOf(snapshot, 'shop/web') as number };
    return reachFromInside(analyze(snapshot), { ...question, ...(sourcePort !== undefined && { sourcePort }) }).verdict;
  };

  expect([fromPort(false, 40000), fromPort(false, 40001), fromPort(false)]).toEqual(['allowed', 'denied', 'indeterminate']);
  expect([fromPort(true, 40000), fromPort(true, 40001)]).toEqual(['indeterminate', 'indeterminate']);
});

it('with Local nobody is behind a node without a backend, but pods that are known as such may be sent on', () => {
  const at = (natOutgoing: boolean, from: string) =>
    ask(shop(natOutgoing).pod('shop/near', {}, { node: 'n1', addresses: ['10.0.1.7'] }), from, 'n2', { externalTrafficPolicy: 'Local' });

  expect(at(true, 'shop/near').verdict).toBe('denied');
  expect(at(true, 'shop/near').shown.steps.at(-1)).toMatchObject({
    kind: 'door',
    reason: expect.stringContaining('externalTrafficPolicy Local'),
  });
  expect(at(false, 'shop/near')).toMatchObject({ verdict: 'indeterminate', dependsOn: [{ kind: 'door' }] });
  expect(at(false, 'n1').verdict).toBe('denied');
});

it('processes of nodes leave by their own host endpoint, with the node as what they dial', () => {
  const guarded = shop(false)
    .host('n2/n2-eth0', { interfaceName: 'eth0', labels: { host: 'x' } })
    .policy('out', {
      appliesTo: { kind: 'none' },
      appliesToHosts: labels({ host: 'x' }),
      egress: [allow([block('192.0.2.0/24')], to('TCP', 30080))],
    });

  expect(ask(guarded, 'n2', 'n1').shown.steps.map(describeDoorStep)).toContain(
    'hostOut n2: n2[Node] to n1[Node]:30080: allowed by out#0 at n2-eth0 (normal)',
  );
  expect(ask(guarded, 'n2', 'n2')).toMatchObject({ verdict: 'denied' });
});
