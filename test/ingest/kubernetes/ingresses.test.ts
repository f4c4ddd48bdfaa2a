import { readIngress } from '../../../src/ingest/kubernetes/ingresses';
import { originOf, readingOfObject } from '../../support/calico';

function read(spec: unknown, annotations: Readonly<Record<string, string>> = {}, apiVersion = 'networking.k8s.io/v1') {
  const { reading, problems } = readingOfObject({ metadata: { annotations }, spec });
  const { entry, backends } = readIngress(reading, originOf('Ingress', 'web', 'shop', apiVersion));
  return {
    entry,
    backends: backends.map(({ service, port, path }) => `${service}:${port} ${path}`),
    codes: problems.map((problem) => problem.split(' ')[0]),
  };
}

const backend = (name: string, port: object) => ({ service: { name, port } });

test('rules, paths and the default backend', () => {
  const rules = [
    {
      host: 'a.example.org',
      http: { paths: [{ path: '/x', backend: backend('x', { number: 80 }) }, { backend: backend('y', { name: 'http' }) }] },
    },
    { host: 'b.example.org' },
  ];

  expect(read({ ingressClassName: 'nginx', rules })).toEqual({
    entry: {
      kind: 'ingress',
      className: 'nginx',
      hosts: ['a.example.org', 'b.example.org'],
      listeners: [{ port: 80, protocol: 'TCP', tls: false }],
      addresses: [],
      hostnames: [],
      scope: 'unknown',
    },
    backends: ['x:80 /x', 'y:http /'],
    codes: [],
  });
  expect(read({ rules, defaultBackend: backend('z', { number: 81 }) })).toMatchObject({
    entry: { hosts: [] },
    backends: ['z:81 default backend', 'x:80 /x', 'y:http /'],
  });
});

test.each(['extensions/v1beta1', 'networking.k8s.io/v1beta1'])('%s writes backends otherwise', (apiVersion) => {
  const spec = {
    backend: { serviceName: 'z', servicePort: 'http' },
    rules: [
      {
        http: {
          paths: [{ path: '/x', backend: { serviceName: 'x', servicePort: 80 } }, { backend: { serviceName: 'y', servicePort: '81' } }],
        },
      },
    ],
  };

  expect(read(spec, {}, apiVersion)).toMatchObject({ backends: ['z:http default backend', 'x:80 /x', 'y:81 /'], codes: [] });
  expect(read(spec)).toMatchObject({
    backends: ['z:http default backend', 'x:80 /x', 'y:81 /'],
    codes: ['bad-entry', 'bad-entry', 'bad-entry'],
  });
});

test.each<[string, object, Readonly<Record<string, string>>, string | undefined, readonly string[]]>([
  ['the field', { ingressClassName: 'a' }, {}, 'a', []],
  ['the annotation', {}, { 'kubernetes.io/ingress.class': 'b' }, 'b', []],
  ['both', { ingressClassName: 'a' }, { 'kubernetes.io/ingress.class': 'a' }, 'a', []],
  ['two', { ingressClassName: 'a' }, { 'kubernetes.io/ingress.class': 'b' }, 'a', ['bad-entry']],
  ['neither', {}, {}, undefined, []],
])('the class: %s', (_case, spec, annotations, expected, codes) => {
  const { entry, codes: told } = read(spec, annotations);

  expect(entry.className).toBe(expected);
  expect(told).toEqual(codes);
});

test.each<[string, object, Readonly<Record<string, string>>, readonly string[]]>([
  ['by default', {}, {}, ['80']],
  ['with a certificate', { tls: [{ secretName: 'x' }] }, {}, ['80', '443 TLS']],
  [
    'with a certificate of GCP and no plain HTTP',
    {},
    { 'ingress.gcp.kubernetes.io/pre-shared-cert': 'x', 'kubernetes.io/ingress.allow-http': 'false' },
    ['443 TLS'],
  ],
  ['without plain HTTP', {}, { 'kubernetes.io/ingress.allow-http': 'false' }, ['443 TLS']],
  ['with a certificate of AWS', {}, { 'alb.ingress.kubernetes.io/certificate-arn': 'arn' }, ['443 TLS']],
  ['as AWS is told', {}, { 'alb.ingress.kubernetes.io/listen-ports': '[{"HTTP": 8080}, {"HTTPS": 8443}]' }, ['8080', '8443 TLS']],
])('listens %s', (_case, spec, annotations, expected) => {
  expect(read(spec, annotations).entry.listeners.map(({ port, tls }) => `${port}${tls ? ' TLS' : ''}`)).toEqual(expected);
});

test.each(['', '{', '{"HTTP": 80}', '[80]', '[{"HTTP": 0}]'])('ports `%s` for AWS are told', (ports) => {
  const { entry, codes } = read({}, { 'alb.ingress.kubernetes.io/listen-ports': ports });

  expect(entry.listeners).toHaveLength(1);
  expect(codes).toEqual(['bad-entry']);
});

test.each<[string, unknown, string]>([
  ['a resource', { resource: { kind: 'Bucket', name: 'b' } }, 'partly-modelled'],
  ['a rule in an annotation', backend('x', { name: 'use-annotation' }), 'partly-modelled'],
  ['no Service', {}, 'bad-entry'],
  ['no port', { service: { name: 'x' } }, 'bad-entry'],
  ['a name with a slash', backend('a/b', { number: 80 }), 'bad-entry'],
  ['a port beyond 65535', backend('x', { number: 70000 }), 'bad-entry'],
  ['nothing', null, 'bad-entry'],
  ['a list', ['x'], 'wrong-type'],
])('a backend that is %s is told and left out', (_case, written, code) => {
  const { backends, codes } = read({ rules: [{ http: { paths: [{ path: '/', backend: written }] } }] });

  expect(backends).toEqual([]);
  expect(codes[0]).toBe(code);
});

test('who comes in, and where it is', () => {
  const annotations = {
    'nginx.ingress.kubernetes.io/whitelist-source-range': '10.0.0.0/8',
    'alb.ingress.kubernetes.io/scheme': 'internal',
  };

  expect(read({}, annotations).entry).toMatchObject({ sourceRanges: ['10.0.0.0/8'], scope: 'internal' });
});

test.each([
  ['a text', 'web'],
  ['lists where mappings belong', { rules: [['x']], tls: ['x'], defaultBackend: [] }],
  ['mappings where lists belong', { rules: {}, tls: {} }],
])('a spec that is %s is told', (_case, spec) => {
  const { entry, backends, codes } = read(spec);

  expect({ hosts: entry.hosts, backends }).toEqual({ hosts: [], backends: [] });
  expect(new Set(codes)).toEqual(new Set(['wrong-type']));
});
