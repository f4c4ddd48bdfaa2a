import { readRoute } from '../../../src/ingest/openshift/routes';
import { originOf, readingOfObject } from '../../support/calico';

function read(spec: unknown, rest: object = {}) {
  const { reading, problems } = readingOfObject({ spec, ...rest });
  const { entry, backends } = readRoute(reading, originOf('Route', 'web', 'shop'));
  return { entry, backends: backends.map(({ source: _, ...backend }) => backend), codes: problems.map((problem) => problem.split(' ')[0]) };
}

const TO = { kind: 'Service', name: 'web' };

test('a Route leads to its Service and to the others that have a weight', () => {
  const alternateBackends = [
    { kind: 'Service', name: 'b', weight: 20 },
    { kind: 'Service', name: 'c', weight: 0 },
  ];

  expect(read({ host: 'a.example.org', path: '/x', to: { ...TO, weight: 80 }, alternateBackends, port: { targetPort: 'http' } })).toEqual({
    entry: {
      kind: 'route',
      hosts: ['a.example.org'],
      listeners: [{ port: 80, protocol: 'TCP', tls: false }],
      addresses: [],
      hostnames: [],
      scope: 'unknown',
    },
    backends: [
      { service: 'web', port: 'http', portIsTarget: true, path: '/x' },
      { service: 'b', port: 'http', portIsTarget: true, path: '/x' },
    ],
    codes: [],
  });
});

test.each<[unknown, number | string | undefined, readonly string[]]>([
  [undefined, undefined, []],
  [{ targetPort: 8080 }, 8080, []],
  [{ targetPort: '8080' }, 8080, []],
  [{ targetPort: '' }, undefined, []],
  [{ targetPort: [8080] }, undefined, ['bad-entry']],
])('port %j is %j', (port, expected, codes) => {
  const { backends, codes: told } = read({ host: 'a', to: TO, port });

  expect(backends).toEqual([{ service: 'web', ...(expected !== undefined && { port: expected, portIsTarget: true }), path: '' }]);
  expect(told).toEqual(codes);
});

test.each<[unknown, readonly number[]]>([
  [undefined, [80]],
  [{ termination: 'edge' }, [443]],
  [{ termination: 'edge', insecureEdgeTerminationPolicy: 'Allow' }, [80, 443]],
  [{ termination: 'edge', insecureEdgeTerminationPolicy: 'Redirect' }, [443]],
  [{ termination: 'passthrough' }, [443]],
])('with TLS %j the router listens on %j', (tls, ports) => {
  expect(read({ host: 'a', to: TO, tls }).entry.listeners.map(({ port }) => port)).toEqual(ports);
});

test.each<[object, object, readonly string[]]>([
  [{ host: 'any.apps.example.org', wildcardPolicy: 'Subdomain' }, {}, ['*.apps.example.org']],
  [{ host: 'any.apps.example.org', wildcardPolicy: 'None' }, {}, ['any.apps.example.org']],
  [
    {},
    { status: { ingress: [{ host: 'web-shop.apps.example.org' }, { host: 'web-shop.apps.example.org' }] } },
    ['web-shop.apps.example.org'],
  ],
  [{ subdomain: 'web' }, {}, []],
])('host names of %j %j', (spec, rest, hosts) => {
  expect(read({ ...spec, to: TO }, rest).entry.hosts).toEqual(hosts);
});

test('what routers say of it', () => {
  const refused = { conditions: [{ type: 'Admitted', status: 'False' }] };
  const taken = {
    routerName: 'default',
    routerCanonicalHostname: 'router.apps.example.org',
    conditions: [{ type: 'Admitted', status: 'True' }],
  };
  const of = (...ingress: readonly object[]) => read({ host: 'a', to: TO }, { status: { ingress } }).entry;

  expect(of(taken, refused)).toMatchObject({ className: 'default', hostnames: ['router.apps.example.org'] });
  expect(of(taken, refused)).not.toHaveProperty('unknowns');
  expect(of(refused)).toMatchObject({ unknowns: ['whether a router takes it: by its status none does'] });
});

test('who comes in', () => {
  const metadata = { annotations: { 'haproxy.router.openshift.io/ip_whitelist': '192.0.2.7 10.0.0.0/8' } };

  expect(read({ host: 'a', to: TO }, { metadata }).entry.sourceRanges).toEqual(['192.0.2.7/32', '10.0.0.0/8']);
});

test.each<[string, object, string]>([
  ['no target', {}, 'bad-entry'],
  ['a target of another kind', { to: { kind: 'Deployment', name: 'web' } }, 'bad-entry'],
  ['a target whose name has a slash', { to: { kind: 'Service', name: 'a/b' } }, 'bad-entry'],
  ['a target without a name', { to: { kind: 'Service' } }, 'bad-entry'],
  ['a list for a target', { to: ['web'] }, 'wrong-type'],
])('%s is told', (_case, spec, code) => {
  const { backends, codes } = read({ host: 'a', ...spec });

  expect(backends).toEqual([]);
  expect(codes[0]).toBe(code);
});
