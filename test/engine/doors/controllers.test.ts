import { controllersFor, controllersOf } from '../../../src/engine/doors/controllers';
import type { Entry } from '../../../src/model/entry';
import type { Snapshot } from '../../../src/model/snapshot';
import { cluster } from '../../support/cluster';
import { ingress, withDoors } from '../../support/door-cluster';

const NAME = 'app.kubernetes.io/name';

function found(snapshot: Snapshot) {
  return controllersOf(snapshot).map(({ controller, gateway, router, workload }) => {
    const { namespace, name } = snapshot.workloads[workload]!.ref;
    return [`${namespace}/${name}`, controller, gateway ?? router];
  });
}

function servedBy(snapshot: Snapshot, entry: Entry): readonly string[] {
  const world = { controllers: controllersOf(snapshot), workload: (index: number) => snapshot.workloads[index]! };
  return controllersFor(world, entry).map(({ workload }) => snapshot.workloads[workload]!.ref.name);
}

const ENTRY = ingress('shop/web', []);
const EDGE = withDoors(
  cluster()
    .pod('edge/nginx', { [NAME]: 'ingress-nginx', 'app.kubernetes.io/component': 'controller' })
    .pod('edge/hook', { [NAME]: 'ingress-nginx', 'app.kubernetes.io/component': 'admission-webhook' })
    .pod('edge/inc', {})
    .pod('edge/traefik', { [NAME]: 'traefik' })
    .pod('gw/made', { 'gateway.networking.k8s.io/gateway-name': 'main' })
    .pod('openshift-ingress/router', { 'ingresscontroller.operator.openshift.io/deployment-ingresscontroller': 'public' })
    .pod('shop/web', { app: 'web' })
    .snapshot(),
  { entries: [ENTRY], images: { 'edge/inc': ['nginx/nginx-ingress:3.4'], 'shop/web': ['nginx:1.27'] } },
);

it('are known by labels, by images, by the Gateway or the router that they were made for', () => {
  expect(found(EDGE)).toEqual([
    ['edge/inc', 'nginx-ingress', undefined],
    ['edge/nginx', 'ingress-nginx', undefined],
    ['edge/traefik', 'traefik', undefined],
    ['gw/made', 'gateway', 'gw/main'],
    ['openshift-ingress/router', 'openshift-router', 'public'],
  ]);
});

it('are not looked for where nothing needs one', () => {
  expect(controllersOf({ ...EDGE, entries: [] })).toEqual([]);
});

it.each<[string, Partial<Entry>, readonly string[]]>([
  ['the class names the kind', { className: 'traefik-internal' }, ['traefik']],
  [
    'the class tells its controller, which one of two kinds of one name is',
    { className: 'nginx', controller: 'k8s.io/ingress-nginx' },
    ['nginx'],
  ],
  ['and the other', { className: 'nginx', controller: 'nginx.org/ingress-controller' }, ['inc']],
  ['a class of which nobody tells the controller, and two kinds may have the name', { className: 'nginx' }, []],
  ['no class, and several kinds', {}, []],
  ['the load balancer of a cloud', { className: 'alb' }, []],
  [
    'a Gateway with pods of its own',
    { kind: 'gateway', gateway: { ...ENTRY.ref, kind: 'Gateway', namespace: 'gw', name: 'main' } },
    ['made'],
  ],
  [
    'a Gateway of a class without pods in the input',
    { kind: 'gateway', className: 'istio', controller: 'istio.io/gateway-controller' },
    [],
  ],
  ['a router by its name', { kind: 'route', className: 'public' }, ['router']],
])('%s', (_case, options, expected) => {
  expect(servedBy(EDGE, { ...ENTRY, ...options })).toEqual(expected);
});

it('are those named after the class where a kind is installed twice, and the only kind where no class helps', () => {
  const twice = withDoors(
    cluster()
      .pod('a/traefik-internal', { [NAME]: 'traefik' })
      .pod('b/traefik-public', { [NAME]: 'traefik' })
      .snapshot(),
    { entries: [ENTRY] },
  );

  expect(servedBy(twice, { ...ENTRY, className: 'internal' })).toEqual(['traefik-internal']);
  expect(servedBy(twice, { ...ENTRY, className: 'other' })).toEqual(['traefik-internal', 'traefik-public']);
  // A class with the name of another kind, of which the input has none.
  expect(servedBy(twice, { ...ENTRY, className: 'nginx' })).toEqual([]);
});
