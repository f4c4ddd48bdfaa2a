import type { GatewayDraft, GatewayListener, GatewayParent } from '../../../src/ingest/draft';
import { type AttachingRoute, attach } from '../../../src/ingest/link/attachment';
import { namespace, originOf } from '../../support/calico';

const SOURCE = { file: 'all.yaml', document: 1, line: 1 };
const PARENT: GatewayParent = { name: 'edge', source: SOURCE };
const LISTENER: GatewayListener = {
  name: 'http',
  port: 80,
  protocol: 'TCP',
  tls: false,
  hostname: '',
  routeKinds: ['HTTPRoute'],
  from: 'all',
};
const EXPOSED = { kind: 'label', owner: 'namespace', key: 'expose', test: { operator: 'in', values: ['yes'] } } as const;

function attachment(listeners: readonly Partial<GatewayListener>[], route: Partial<AttachingRoute> = {}) {
  const gateway: GatewayDraft = {
    kind: 'gateway',
    origin: originOf('Gateway', 'edge', 'infra'),
    listeners: listeners.map((listener) => ({ ...LISTENER, ...listener })),
    addresses: [],
    hostnames: [],
    scope: 'unknown',
  };
  const attached = attach({ kind: 'HTTPRoute', namespace: namespace('shop'), hosts: [], parents: [PARENT], ...route }, gateway, 'infra');
  return typeof attached === 'string'
    ? attached
    : attached.map(({ listeners: taken, ...rest }) => ({ ports: taken.map(({ port }) => port), ...rest }));
}

test('all listeners that take it, each port once', () => {
  expect(attachment([{ port: 8080 }, { port: 80, hostname: 'a.example.org' }, { port: 80, hostname: 'b.example.org' }])).toEqual([
    { ports: [80, 8080], hosts: [], unknowns: [] },
  ]);
});

test.each<[string, Partial<GatewayParent>, readonly number[] | string]>([
  ['a listener by name', { section: 'https' }, [443]],
  ['a listener by port', { port: 80 }, [80]],
  ['a listener that is not there', { section: 'tls' }, 'has no listener that the route names'],
  ['a name and the port of another', { section: 'https', port: 80 }, 'has no listener that the route names'],
])('%s', (_case, parent, expected) => {
  const attached = attachment([{}, { name: 'https', port: 443 }], { parents: [{ ...PARENT, ...parent }] });

  expect(typeof attached === 'string' ? attached : attached[0]!.ports).toEqual(expected);
});

test('two listeners that it names one by one', () => {
  const parents = [
    { ...PARENT, section: 'http' },
    { ...PARENT, section: 'https' },
  ];

  expect(attachment([{}, { name: 'https', port: 443 }, { name: 'other', port: 1 }], { parents })).toMatchObject([{ ports: [80, 443] }]);
});

test('a kind that no listener takes', () => {
  expect(attachment([{}], { kind: 'TCPRoute' })).toBe('takes no TCPRoute there');
});

test.each<[GatewayListener['from'], string, Readonly<Record<string, string>>, boolean]>([
  ['same', 'infra', {}, true],
  ['same', 'shop', {}, false],
  ['all', 'shop', {}, true],
  [EXPOSED, 'shop', { expose: 'yes' }, true],
  [EXPOSED, 'shop', {}, false],
  [{ kind: 'none' }, 'infra', {}, false],
])('namespaces %j and a route in `%s` with %j: %s', (from, name, labels, isTaken) => {
  const attached = attachment([{ from }], { namespace: namespace(name, labels) });

  expect(attached).toEqual(isTaken ? [{ ports: [80], hosts: [], unknowns: [] }] : `takes no route of namespace \`${name}\` there`);
});

test('labels that the input does not tell make it depend on them, and what is certain stays so', () => {
  const route = { namespace: namespace('shop', {}, false) };
  const unknowns = ['label `expose` of namespace `shop`, which is not in the input'];

  expect(attachment([{ from: EXPOSED }], route)).toEqual([{ ports: [80], hosts: [], unknowns }]);
  expect(attachment([{ from: EXPOSED }, { port: 81 }], route)).toEqual([
    { ports: [81], hosts: [], unknowns: [] },
    { ports: [80], hosts: [], unknowns },
  ]);
});

test.each<[string, readonly string[], readonly string[] | string]>([
  ['HTTPRoute', ['a.example.org', 'a.example.com'], ['a.example.org']],
  ['HTTPRoute', [], ['*.example.org']],
  ['HTTPRoute', ['a.example.com'], 'has none of the host names of the route there'],
  ['TCPRoute', [], []],
])('a %s for %j at a listener for `*.example.org`', (kind, hosts, expected) => {
  const attached = attachment([{ hostname: '*.example.org', routeKinds: [kind] }], { kind, hosts });

  expect(typeof attached === 'string' ? attached : attached[0]!.hosts).toEqual(expected);
});
