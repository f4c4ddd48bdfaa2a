import type { Entry } from '../../../src/model/entry';
import { cluster } from '../../support/cluster';
import { doorTester, ingress, service, withDoors } from '../../support/door-cluster';

const EDGE = cluster()
  .node('n1', { addresses: ['192.0.2.11'] })
  .pod(
    'edge/proxy',
    { app: 'proxy', 'app.kubernetes.io/name': 'traefik' },
    { node: 'n1', addresses: ['10.0.2.5'], ports: [['web', 'TCP', 8000]] },
  )
  .pod('shop/front', { app: 'front' }, { addresses: ['10.0.1.5'], ports: [['http', 'TCP', 8080]] })
  .snapshot();
const PROXY = service('edge/proxy', {
  type: 'NodePort',
  ports: [
    ['web', 80, 'web', 30080],
    ['admin', 9000, 9000, 30900],
  ],
});
const FRONT = service('shop/front', {
  ports: [
    ['http', 80, 'http'],
    ['metrics', 9090, 9090],
  ],
});

function doorOf(entry: Entry, services = [PROXY, FRONT]) {
  return doorTester(withDoors(EDGE, { services, entries: [entry] })).doors.filter(({ object }) => object.name === 'web');
}

it('is one for each port that the controller listens on, with the pods behind the Service', () => {
  const listeners = [80, 443].map((port) => ({ port, protocol: 'TCP' as const, tls: port === 443 }));

  expect(doorOf(ingress('shop/web', ['shop/front:http'], { listeners, hosts: ['shop.example.org'] }))).toMatchObject([
    { id: 'ingress shop/web:80', hosts: ['shop.example.org'], backends: [{ port: 8080, service: 'shop/front', path: '/' }] },
    { id: 'ingress shop/web:443' },
  ]);
});

it('is entered by the doors of its controller that lead to that port', () => {
  expect(doorOf(ingress('shop/web', ['shop/front:80']))[0]).toMatchObject({
    scope: 'front',
    controller: { kind: 'pods', name: 'edge/proxy[Pod]', fronts: ['nodePort edge/proxy:80'], hasService: true },
  });
});

it('is entered by the port that a controller on the network of its node declares, not once more by any port', () => {
  const fronts = (ports: readonly [string, 'TCP', number][]) => {
    const snapshot = cluster()
      .node('n1', { addresses: ['192.0.2.11'] })
      .pod('edge/proxy', { 'app.kubernetes.io/name': 'traefik' }, { node: 'n1', network: 'host', addresses: ['192.0.2.11'], ports })
      .pod('shop/front', { app: 'front' }, { addresses: ['10.0.1.5'], ports: [['http', 'TCP', 8080]] })
      .snapshot();
    const { doors } = doorTester(withDoors(snapshot, { services: [FRONT], entries: [ingress('shop/web', ['shop/front:80'])] }));
    const { controller } = doors.find(({ kind }) => kind === 'ingress')!;
    return controller?.kind === 'pods' ? controller.fronts : [];
  };

  expect(fronts([['web', 'TCP', 80]])).toEqual(['hostNetwork edge/proxy:80']);
  expect(fronts([['other', 'TCP', 81]])).toEqual(['hostNetwork edge/proxy:any']);
});

it('has a stand-in for a controller that is not in the input', () => {
  const controllerOf = (className: string) => doorOf(ingress('shop/web', ['shop/front:80'], { className }))[0]!.controller;

  expect(controllerOf('haproxy')).toEqual({ kind: 'standIn', name: 'haproxy' });
  expect(controllerOf('alb')).toEqual({ kind: 'standIn', name: 'alb', isCloud: true });
});

it('leads nowhere by a Service or a port that is not there', () => {
  expect(doorOf(ingress('shop/web', ['shop/none:80', 'shop/front:81']))[0]!.backends).toEqual([]);
});

it('of a Route means target ports as well, and every port where it names none', () => {
  const route = (port: number | string | undefined): Entry => {
    const [backend] = ingress('shop/web', ['shop/front:80']).backends;
    const { port: _, ...rest } = backend!;
    return { ...ingress('shop/web', []), kind: 'route', backends: [{ ...rest, ...(port !== undefined && { port }), portIsTarget: true }] };
  };
  const ports = (port: number | string | undefined) => doorOf(route(port))[0]!.backends.map((backend) => backend.port);

  expect(ports(9090)).toEqual([9090]);
  expect(ports('http')).toEqual([8080]);
  expect(ports(7000)).toEqual([7000]);
  expect(ports(undefined)).toEqual([8080, 9090]);
});

it('that tells no listener is dialled on a port that nobody knows, and says what else is not told', () => {
  const [door] = doorOf(
    ingress('shop/web', ['shop/front:80'], { listeners: [], unknowns: ['what Gateway `infra/edge` is, which is not in the input'] }),
  );

  expect(door).toMatchObject({
    port: 'unknown',
    unknowns: [{ kind: 'door', text: 'what Gateway `infra/edge` is, which is not in the input' }],
  });
});
