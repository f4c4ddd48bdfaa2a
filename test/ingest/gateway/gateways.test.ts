import { readGateway } from '../../../src/ingest/gateway/gateways';
import { originOf, readingOfObject } from '../../support/calico';

function read(spec: unknown, rest: object = {}) {
  const { reading, problems } = readingOfObject({ spec, ...rest });
  return { gateway: readGateway(reading, originOf('Gateway', 'edge', 'infra')), codes: problems.map((problem) => problem.split(' ')[0]) };
}

const listenerOf = (listener: object) => read({ listeners: [listener] }).gateway.listeners[0];

test.each([
  ['HTTP', 'TCP', false, ['HTTPRoute', 'GRPCRoute']],
  ['HTTPS', 'TCP', true, ['HTTPRoute', 'GRPCRoute']],
  ['TLS', 'TCP', true, ['TLSRoute', 'TCPRoute']],
  ['TCP', 'TCP', false, ['TCPRoute']],
  ['UDP', 'UDP', false, ['UDPRoute']],
])('a listener of %s is %s with TLS %s and takes %j', (written, protocol, tls, routeKinds) => {
  expect(listenerOf({ name: 'a', port: 80, protocol: written })).toEqual({
    name: 'a',
    port: 80,
    protocol,
    tls,
    hostname: '',
    routeKinds,
    from: 'same',
  });
});

test('a listener may take fewer kinds, and none that its protocol does not carry', () => {
  const kinds = [{ kind: 'GRPCRoute' }, { kind: 'TCPRoute' }, { group: 'example.org', kind: 'HTTPRoute' }];

  expect(listenerOf({ name: 'a', port: 80, protocol: 'HTTP', allowedRoutes: { kinds } })?.routeKinds).toEqual(['GRPCRoute']);
});

test.each<[string, object, unknown]>([
  ['Same', { from: 'Same' }, 'same'],
  ['All', { from: 'All' }, 'all'],
  ['None', { from: 'None' }, { kind: 'none' }],
  [
    'Selector',
    { from: 'Selector', selector: { matchLabels: { expose: 'yes' } } },
    { kind: 'label', owner: 'namespace', key: 'expose', test: { operator: 'in', values: ['yes'] } },
  ],
  ['Selector for all', { from: 'Selector', selector: {} }, { kind: 'all' }],
])('namespaces: %s', (_case, namespaces, expected) => {
  expect(listenerOf({ name: 'a', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces } })?.from).toEqual(expected);
});

test.each<[string, object, object, string]>([
  ['no port', { name: 'a', protocol: 'HTTP' }, { listeners: [] }, 'bad-entry'],
  ['an unknown protocol', { port: 15008, protocol: 'HBONE' }, { listeners: [{ routeKinds: [] }] }, 'partly-modelled'],
  ['a protocol that every object has', { port: 80, protocol: 'constructor' }, { listeners: [{ routeKinds: [] }] }, 'partly-modelled'],
  [
    'a selector that is missing',
    { port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'Selector' } } },
    { listeners: [{ from: { kind: 'none' } }] },
    'bad-entry',
  ],
  [
    'unknown namespaces',
    { port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'Some' } } },
    { listeners: [{ from: { kind: 'none' } }] },
    'bad-entry',
  ],
  [
    'a selector that is a list',
    { port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'Selector', selector: [] } } },
    { listeners: [{ from: { kind: 'none' } }] },
    'invalid-selector',
  ],
])('%s is told', (_case, listener, expected, code) => {
  const { gateway, codes } = read({ listeners: [listener] });

  expect(gateway).toMatchObject(expected);
  expect(codes).toEqual([code]);
});

test('addresses are those of the status, and tell where it is', () => {
  const spec = { gatewayClassName: 'edge', addresses: [{ value: '52.0.0.1' }] };
  const addresses = [
    { value: 'FD00::1' },
    { type: 'Hostname', value: 'lb.example.org' },
    { type: 'example.org/name', value: 'blue' },
    { value: 'none' },
  ];

  expect(read(spec)).toMatchObject({ gateway: { className: 'edge', addresses: [], scope: 'internet' }, codes: [] });
  expect(read(spec, { status: { addresses } })).toMatchObject({
    gateway: { addresses: ['fd00::1'], hostnames: ['lb.example.org'], scope: 'internal' },
    codes: ['bad-address'],
  });
});

test.each<[string, object, object]>([
  ['its infrastructure', { infrastructure: { annotations: { 'networking.gke.io/load-balancer-type': 'Internal' } } }, {}],
  ['its annotations', {}, { metadata: { annotations: { 'networking.gke.io/load-balancer-type': 'Internal' } } }],
  ['its class', { gatewayClassName: 'gke-l7-rilb' }, {}],
])('%s may tell where it is', (_case, spec, rest) => {
  expect(read(spec, rest).gateway.scope).toBe('internal');
});

test('more listeners than the API server admits are cut', () => {
  const { gateway, codes } = read({ listeners: Array(65).fill({ name: 'a', port: 80, protocol: 'HTTP' }) });

  expect(gateway.listeners).toHaveLength(64);
  expect(codes).toEqual(['bad-entry']);
});
