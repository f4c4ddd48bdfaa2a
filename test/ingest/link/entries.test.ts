import type { Entry } from '../../../src/model/entry';
import { diagnosticOf, ingestText, problemsOf } from '../../support/ingest-text';

function object(apiVersion: string, kind: string, name: string, rest: string, namespace = 'shop', annotations = '{}'): string {
  return `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: ${name}, namespace: ${namespace}, annotations: ${annotations}}, ${rest}}\n---\n`;
}

const GATEWAY_API = 'gateway.networking.k8s.io/v1';
const service = (name: string, ports = '[{name: http, port: 80, targetPort: 8080}]', namespace = 'shop') =>
  object('v1', 'Service', name, `spec: {ports: ${ports}}`, namespace);
const ingress = (name: string, spec: string, namespace = 'shop') =>
  object('networking.k8s.io/v1', 'Ingress', name, `spec: ${spec}`, namespace);
const to = (name: string, port = '{number: 80}') => `defaultBackend: {service: {name: ${name}, port: ${port}}}`;
const route = (name: string, spec: string, kind = 'HTTPRoute') => object(GATEWAY_API, kind, name, `spec: ${spec}`);
const gateway = (spec: string, namespace = 'infra') =>
  object(GATEWAY_API, 'Gateway', 'edge', `spec: ${spec}, status: {addresses: [{value: 10.0.0.9}]}`, namespace);
const OPEN = '{gatewayClassName: edge, listeners: [{name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}]}';
const grant = (namespace: string, name: string) =>
  object(
    'gateway.networking.k8s.io/v1beta1',
    'ReferenceGrant',
    'g',
    `spec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}], to: [{group: "", kind: Service${name}}]}`,
    namespace,
  );

async function entries(...texts: readonly string[]) {
  const ingested = await ingestText(texts.join(''));
  return { ...ingested, entries: ingested.snapshot.entries, problems: problemsOf(ingested) };
}

const backendsOf = ({ backends }: Entry) => backends.map(({ service: { namespace, name }, port }) => `${namespace}/${name}:${port}`);

test('an Ingress leads to Services of its namespace', async () => {
  const { entries: linked, problems } = await entries(service('web'), ingress('web', `{${to('web')}}`));

  expect(linked).toMatchObject([
    {
      kind: 'ingress',
      ref: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        namespace: 'shop',
        name: 'web',
        source: { file: 'all.yaml', document: 2, line: 3 },
      },
      backends: [{ service: { namespace: 'shop', name: 'web' }, port: 80, path: 'default backend' }],
    },
  ]);
  expect(problems).toEqual([]);
});

describe('the class of an Ingress', () => {
  const classOf = (name: string, isDefault: boolean) =>
    object(
      'networking.k8s.io/v1',
      'IngressClass',
      name,
      `spec: {controller: example.org/${name}}`,
      '""',
      `{ingressclass.kubernetes.io/is-default-class: "${isDefault}"}`,
    );

  test.each<[string, string, string, object]>([
    ['tells its controller', classOf('a', false), 'ingressClassName: a, ', { className: 'a', controller: 'example.org/a' }],
    ['need not be in the input', classOf('a', false), 'ingressClassName: b, ', { className: 'b' }],
    [
      'is the default one where it names none',
      classOf('a', true) + classOf('b', false),
      '',
      { className: 'a', controller: 'example.org/a' },
    ],
    ['is unknown with two default ones', classOf('a', true) + classOf('b', true), '', {}],
    ['is unknown without a default one', classOf('a', false), '', {}],
  ])('%s', async (_case, classes, spec, expected) => {
    const { entries: linked } = await entries(classes, service('web'), ingress('web', `{${spec}${to('web')}}`));
    const { className, controller } = linked[0]!;

    expect({ ...(className && { className }), ...(controller && { controller }) }).toEqual(expected);
  });

  test('is none of a Route of OpenShift', async () => {
    const text = object('route.openshift.io/v1', 'Route', 'web', 'spec: {host: a.example.org, to: {kind: Service, name: web}}');
    const { entries: linked, problems } = await entries(classOf('a', true), service('web'), text);

    expect(linked[0]).toMatchObject({ kind: 'route', backends: [{ service: { namespace: 'shop', name: 'web' } }] });
    expect(linked[0]).not.toHaveProperty('className');
    expect(problems).toEqual([]);
  });
});

describe('what a backend lacks is told once, and the backend stays', () => {
  test.each([
    ['a Service', '', `{${to('web')}}`, 'Service `shop/web` is not in the input'],
    ['a port by number', service('web'), `{${to('web', '{number: 81}')}}`, 'port `81` of Service `shop/web` is not in the input'],
    ['a port by name', service('web'), `{${to('web', '{name: https}')}}`, 'port `https` of Service `shop/web` is not in the input'],
  ])('%s', async (_case, services, spec, message) => {
    const twice =
      spec.replace(/}$/, ', rules: [{host: a, http: {paths: [{path: /, backend: {service: ') +
      spec.slice(spec.indexOf('{name:'), -2) +
      '}}]}}]}';
    const ingested = await entries(services, ingress('web', twice));

    expect(diagnosticOf(ingested, 'backend-missing').message).toBe(message);
    expect(ingested.entries[0]!.backends).toHaveLength(2);
  });

  test.each([
    ['http', []],
    ['8080', []],
    ['80', []],
    ['81', ['backend-missing:3']],
  ])('a Route may mean a target port: %s', async (port, expected) => {
    const text = object(
      'route.openshift.io/v1',
      'Route',
      'web',
      `spec: {host: a, to: {kind: Service, name: web}, port: {targetPort: ${port}}}`,
    );

    expect((await entries(service('web'), text)).problems).toEqual(expected);
  });

  test('a number may be what a named target port stands for', async () => {
    const text = object(
      'route.openshift.io/v1',
      'Route',
      'web',
      'spec: {host: a, to: {kind: Service, name: web}, port: {targetPort: 9090}}',
    );

    expect((await entries(service('web', '[{port: 80, targetPort: metrics}]'), text)).problems).toEqual([]);
  });
});

describe('a route of the Gateway API', () => {
  const rule = 'rules: [{backendRefs: [{name: web, port: 80}]}]';

  test('is a way in through its Gateway, with what that has', async () => {
    const { entries: linked, problems } = await entries(
      object(GATEWAY_API, 'GatewayClass', 'edge', 'spec: {controllerName: example.org/edge}', '""'),
      gateway(OPEN),
      service('web'),
      route('web', `{parentRefs: [{name: edge, namespace: infra}], hostnames: [a.example.org], ${rule}}`),
    );

    expect(linked).toEqual([
      {
        kind: 'gateway',
        ref: expect.objectContaining({ kind: 'HTTPRoute', namespace: 'shop', name: 'web' }),
        gateway: expect.objectContaining({
          kind: 'Gateway',
          namespace: 'infra',
          name: 'edge',
          source: { file: 'all.yaml', document: 2, line: 3 },
        }),
        className: 'edge',
        controller: 'example.org/edge',
        hosts: ['a.example.org'],
        listeners: [{ port: 80, protocol: 'TCP', tls: false }],
        backends: [{ service: { namespace: 'shop', name: 'web' }, port: 80, path: '', source: { file: 'all.yaml', document: 4, line: 7 } }],
        addresses: ['10.0.0.9'],
        hostnames: [],
        scope: 'internal',
        scopeEvidence: 'status address `10.0.0.9` is private',
      },
    ]);
    expect(problems).toEqual([]);
  });

  test.each(['TLSRoute', 'TCPRoute', 'UDPRoute', 'GRPCRoute'])('a %s in an old version too', async (kind) => {
    const protocol = { TLSRoute: 'TLS', TCPRoute: 'TCP', UDPRoute: 'UDP', GRPCRoute: 'HTTPS' }[kind];
    const spec = `{listeners: [{name: x, port: 9000, protocol: ${protocol}}]}`;
    const text = route('web', `{parentRefs: [{name: edge}], ${rule}}`, kind).replace('/v1', '/v1alpha2');
    const { entries: linked, problems } = await entries(gateway(spec, 'shop'), service('web'), text);

    expect(linked.map(({ listeners }) => listeners)).toEqual([
      [{ port: 9000, protocol: kind === 'UDPRoute' ? 'UDP' : 'TCP', tls: kind === 'TLSRoute' || kind === 'GRPCRoute' }],
    ]);
    expect(problems).toEqual([]);
  });

  test('of another namespace is not taken by default, which is told', async () => {
    const ingested = await entries(
      gateway('{listeners: [{name: http, port: 80, protocol: HTTP}]}'),
      service('web'),
      route('web', `{parentRefs: [{name: edge, namespace: infra}], ${rule}}`),
    );

    expect(ingested.entries).toEqual([]);
    expect(diagnosticOf(ingested, 'route-not-attached')).toMatchObject({
      message: 'Gateway `infra/edge` takes no route of namespace `shop` there',
      source: { line: 5 },
      resource: 'shop/web[HTTPRoute]',
    });
  });

  test('that names no Gateway is told', async () => {
    expect((await entries(service('web'), route('web', `{${rule}}`))).problems).toEqual(['route-not-attached:3']);
  });

  test('may be a way in though its Gateway is not in the input', async () => {
    const { entries: linked, problems } = await entries(
      service('web'),
      route('web', `{parentRefs: [{name: edge, namespace: infra}], ${rule}}`),
    );

    expect(linked).toMatchObject([
      {
        gateway: { namespace: 'infra', name: 'edge' },
        listeners: [],
        scope: 'unknown',
        unknowns: ['Gateway `infra/edge`, which is not in the input: where it listens and whether it takes the route'],
      },
    ]);
    expect(linked.map(backendsOf)).toEqual([['shop/web:80']]);
    expect(problems).toEqual(['gateway-missing:3']);
  });

  test('is one way in for each Gateway, not for each of its listeners', async () => {
    const parentRefs = '[{name: edge, namespace: infra, sectionName: http}, {name: edge, namespace: infra, port: 80}, {name: lost}]';
    const { entries: linked } = await entries(gateway(OPEN), service('web'), route('web', `{parentRefs: ${parentRefs}, ${rule}}`));

    expect(linked.map((entry) => `${entry.gateway?.namespace}/${entry.gateway?.name}`)).toEqual(['infra/edge', 'shop/lost']);
  });
});

describe('a backend of another namespace', () => {
  const text = route(
    'web',
    '{parentRefs: [{name: edge, namespace: infra}], rules: [{backendRefs: [{name: pay, namespace: bank, port: 80}]}]}',
  );
  const pay = service('pay', undefined, 'bank');

  test.each<[string, string, boolean]>([
    ['without a grant', '', false],
    ['with a grant for it', grant('bank', ', name: pay'), true],
    ['with a grant for all Services', grant('bank', ''), true],
    ['with a grant for another', grant('bank', ', name: web'), false],
    ['with a grant elsewhere', grant('infra', ''), false],
    ['with a grant for other routes', grant('bank', '').replace('HTTPRoute', 'TCPRoute'), false],
  ])('%s', async (_case, granted, isGranted) => {
    const { entries: linked, problems } = await entries(gateway(OPEN), pay, granted, text);

    expect(linked.map(backendsOf)).toEqual([isGranted ? ['bank/pay:80'] : []]);
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(isGranted ? [] : ['backend-not-granted']);
  });
});

test('entries go by namespace, name, kind and Gateway, whatever their order in the input', async () => {
  const texts = [route('web', '{parentRefs: [{name: z}, {name: a}]}'), ingress('web', '{}'), ingress('b', '{}'), ingress('z', '{}', 'a')];
  const names = async (all: readonly string[]) =>
    (await entries(...all)).entries.map(({ ref, gateway: at }) => `${ref.namespace}/${ref.name} ${ref.kind} ${at?.name ?? ''}`);

  const expected = ['a/z Ingress ', 'shop/b Ingress ', 'shop/web HTTPRoute a', 'shop/web HTTPRoute z', 'shop/web Ingress '];
  expect(await names(texts)).toEqual(expected);
  expect(await names([...texts].reverse())).toEqual(expected);
});

test('objects without a namespace are in the default one', async () => {
  const text =
    '{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web}, spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}}';
  const { snapshot } = await ingestText(text, { defaultNamespace: 'home' });

  expect(snapshot.entries[0]).toMatchObject({ ref: { namespace: 'home' }, backends: [{ service: { namespace: 'home' } }] });
});

test('names that every object has are names like others', async () => {
  const text =
    '{parentRefs: [{name: constructor, namespace: __proto__}], rules: [{backendRefs: [{name: toString, namespace: __proto__, port: 80}]}]}';

  expect((await entries(route('web', text))).problems).toEqual(['backend-not-granted:1', 'gateway-missing:1']);
});
