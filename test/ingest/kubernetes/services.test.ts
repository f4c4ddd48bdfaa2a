import { ingestText, problemsOf } from '../../support/ingest-text';

function object(apiVersion: string, kind: string, rest: string, name = 'web'): string {
  return `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: ${name}, namespace: shop}, ${rest}}\n---\n`;
}

async function service(spec: string, others = '') {
  const ingested = await ingestText(object('v1', 'Service', `spec: ${spec}`) + others);
  return { service: ingested.snapshot.services[0]!, problems: problemsOf(ingested) };
}

test('a Service with its selector and ports', async () => {
  const spec =
    '{type: NodePort, selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080, nodePort: 30080}, {name: dns, port: 53, protocol: UDP, targetPort: dns}]}';

  expect((await service(spec)).service).toEqual({
    ref: { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web', source: { file: 'all.yaml', document: 1, line: 1 } },
    type: 'NodePort',
    headless: false,
    selector: { app: 'web' },
    ports: [
      { name: 'http', protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 30080 },
      { name: 'dns', protocol: 'UDP', port: 53, targetPort: 'dns' },
    ],
    clusterAddresses: [],
    externalAddresses: [],
    externalTrafficPolicy: 'Cluster',
    internalTrafficPolicy: 'Cluster',
    endpointAddresses: [],
    backendSets: [],
  });
});

test.each([
  ['absent', '{port: 80}'],
  ['zero', '{port: 80, targetPort: 0}'],
  ['empty', '{port: 80, targetPort: ""}'],
])('a target port that is %s is the port itself', async (_case, port) => {
  expect((await service(`{ports: [${port}]}`)).service.ports[0]).toMatchObject({ port: 80, targetPort: 80 });
});

test.each([
  ['{clusterIP: None}', true],
  ['{clusterIP: 10.0.0.1}', false],
  ['{}', false],
])('%s is headless: %s', async (spec, headless) => {
  expect((await service(spec)).service.headless).toBe(headless);
});

test.each([
  ['absent', '{}'],
  ['null', '{selector: null}'],
  ['empty', '{selector: {}}'],
])('a selector that is %s is none', async (_case, spec) => {
  expect((await service(spec)).service).not.toHaveProperty('selector');
});

test.each<[string, string, object, readonly string[]]>([
  ['an unknown type', '{type: Internal}', { type: 'ClusterIP' }, ['bad-service:1']],
  ['a number in the selector', '{selector: {version: 2}}', { selector: { version: '2' } }, ['label-not-text:1']],
  ['a list in the selector', '{selector: {app: [a]}}', { type: 'ClusterIP' }, ['label-not-text:1']],
  ['a port that is none', '{ports: [{port: 0}]}', { ports: [] }, ['bad-port:1']],
  ['an unknown protocol', '{ports: [{port: 80, protocol: HTTP}]}', { ports: [] }, ['bad-protocol:1']],
  ['a target port that is none', '{ports: [{port: 80, targetPort: 70000}]}', { ports: [] }, ['bad-port:1']],
  ['a target port that is a list', '{ports: [{port: 80, targetPort: [http]}]}', { ports: [] }, ['bad-port:1']],
  ['a target port in quotes', '{ports: [{port: 80, targetPort: "8080"}]}', { ports: [{ port: 80, targetPort: 8080 }] }, ['bad-service:1']],
  ['a node port beyond ports', '{type: NodePort, ports: [{port: 80, nodePort: 70000}]}', { ports: [{ port: 80 }] }, ['bad-port:1']],
  ['a node port of a ClusterIP', '{ports: [{port: 80, nodePort: 30080}]}', { ports: [{ port: 80, targetPort: 80 }] }, ['bad-service:1']],
  ['an unknown traffic policy', '{externalTrafficPolicy: Node}', { externalTrafficPolicy: 'Cluster' }, ['bad-service:1']],
  ['a typo', '{externalTrafficPolcy: Local}', { externalTrafficPolicy: 'Cluster' }, ['unknown-field:1']],
  ['a typo in a port', '{ports: [{port: 80, targetport: 8080}]}', { ports: [{ targetPort: 80 }] }, ['unknown-field:1']],
  ['a load balancer without an address of the cluster', '{type: LoadBalancer, clusterIP: None}', { headless: false }, ['bad-service:1']],
  [
    'an external address that is none',
    '{externalIPs: [192.0.2.1, office, 7]}',
    { externalAddresses: ['192.0.2.1'] },
    ['bad-address:1', 'bad-address:1'],
  ],
  [
    'external addresses of a headless Service',
    '{clusterIP: None, externalIPs: [192.0.2.1]}',
    { externalAddresses: [] },
    ['without-effect:1'],
  ],
  ['source ranges of a node port', '{type: NodePort, loadBalancerSourceRanges: [10.0.0.0/8]}', { type: 'NodePort' }, ['without-effect:1']],
  ['a name that is missing', '{type: ExternalName}', { type: 'ExternalName' }, ['bad-service:1']],
])('%s is told', async (_case, spec, expected, problems) => {
  const read = await service(spec);

  expect(read.service).toMatchObject(expected);
  expect(read.problems).toEqual(problems);
});

test.each([
  ['clusterIP', '{clusterIP: 10.96.0.9}', ['10.96.0.9']],
  ['clusterIPs', '{clusterIP: 10.96.0.9, clusterIPs: [10.96.0.9, "FD00::9"]}', ['10.96.0.9', 'fd00::9']],
  ['a headless one', '{clusterIP: None, clusterIPs: [None]}', []],
  ['one that is still to get an address', '{clusterIP: ""}', []],
])('addresses of the cluster: %s', async (_case, spec, expected) => {
  const read = await service(spec);

  expect(read.service.clusterAddresses).toEqual(expected);
  expect(read.problems).toEqual([]);
});

test.each<[string, readonly number[] | undefined, readonly string[]]>([
  ['{ipFamilies: [IPv6, IPv4], ports: []}', [6, 4], []],
  ['{ipFamilies: [], ports: []}', undefined, []],
  ['{ipFamilies: [IPv4, IPv5], ports: []}', [4], ['bad-service:1']],
])('families of %s', async (spec, families, problems) => {
  const read = await service(spec);

  expect(read.service.families).toEqual(families);
  expect(read.problems).toEqual(problems);
});

test('who may be reached how', async () => {
  const spec =
    '{type: NodePort, externalIPs: [192.0.2.1, "2001:DB8::1"], externalTrafficPolicy: Local, internalTrafficPolicy: Local, ports: [{port: 80, nodePort: 0}]}';
  const read = await service(spec);

  expect(read.service).toMatchObject({
    externalAddresses: ['192.0.2.1', '2001:db8::1'],
    externalTrafficPolicy: 'Local',
    internalTrafficPolicy: 'Local',
    ports: [{ name: '', protocol: 'TCP', port: 80, targetPort: 80 }],
  });
  expect(read.problems).toEqual([]);
});

test('a Service that is a name selects nothing and has no address', async () => {
  const read = await service('{type: ExternalName, externalName: db.example.org., selector: {app: web}, clusterIP: ""}');

  expect(read.service).toMatchObject({ type: 'ExternalName', externalName: 'db.example.org', clusterAddresses: [] });
  expect(read.service).not.toHaveProperty('selector');
  expect(read.problems).toEqual([]);
});

test('a load balancer has its part', async () => {
  const read = await service('{type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8]}');

  expect(read.service.loadBalancer).toEqual({
    addresses: [],
    hostnames: [],
    sourceRanges: ['10.0.0.0/8'],
    allocatesNodePorts: true,
    scope: 'unknown',
  });
});

test('fields that have no part in reachability are no problem', async () => {
  const spec =
    '{sessionAffinity: ClientIP, sessionAffinityConfig: {}, ipFamilies: [IPv4], ipFamilyPolicy: SingleStack, healthCheckNodePort: 30001, publishNotReadyAddresses: true, trafficDistribution: PreferClose, ports: [{port: 80, appProtocol: http}]}';

  expect((await service(spec)).problems).toEqual([]);
});

test.each(['service.kubernetes.io/service-proxy-name: other', 'service.kubernetes.io/headless: ""'])('%s is told', async (label) => {
  const text = `{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop, labels: {${label}}}, spec: {}}`;

  expect(problemsOf(await ingestText(text))).toEqual(['partly-modelled:1']);
});

test('a selector may have any key', async () => {
  const { service: read } = await service('{selector: {__proto__: x, constructor: z}}');

  expect(Object.entries(read.selector ?? {})).toEqual([
    ['__proto__', 'x'],
    ['constructor', 'z'],
  ]);
});
