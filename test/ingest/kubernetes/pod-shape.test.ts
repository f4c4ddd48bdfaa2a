import { deployment, diagnosticOf, endpointOf, ingestText, problemsOf, workloadOf } from '../../support/ingest-text';

async function template(spec: string, labels = '{app: web}') {
  const ingested = await ingestText(deployment('web', labels, spec));
  return { ...ingested, endpoint: endpointOf(ingested.snapshot, 'shop/web (template)'), problems: problemsOf(ingested) };
}

test('declared ports are those of containers and init containers, with or without a name', async () => {
  const { endpoint, problems } = await template(`
    {containers: [{ports: [{name: http, containerPort: 8080}, {containerPort: 53, protocol: UDP}]}, {ports: [{name: x, containerPort: 7, protocol: SCTP}]}],
     initContainers: [{ports: [{name: sidecar, containerPort: 15001}]}]}`);

  expect(endpoint.ports).toEqual([
    { name: 'http', protocol: 'TCP', port: 8080 },
    { name: '', protocol: 'UDP', port: 53 },
    { name: 'x', protocol: 'SCTP', port: 7 },
    { name: 'sidecar', protocol: 'TCP', port: 15001 },
  ]);
  expect(problems).toEqual([]);
});

test.each([
  ['a port beyond 65535', '{containerPort: 70000}', 'bad-port'],
  ['no port', '{name: http}', 'bad-port'],
  ['an unknown protocol', '{containerPort: 80, protocol: ICMP}', 'bad-protocol'],
  ['a port in quotes', '{containerPort: "80"}', 'wrong-type'],
])('%s is told and left out, the others stay', async (_case, port, code) => {
  const { endpoint, diagnostics } = await template(`{containers: [{ports: [${port}, {containerPort: 443}]}]}`);

  expect(endpoint.ports).toEqual([{ name: '', protocol: 'TCP', port: 443 }]);
  expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
});

test.each([
  ['named', '{containers: [], serviceAccountName: robot}', 'robot'],
  ['named in the old field', '{containers: [], serviceAccount: robot}', 'robot'],
  ['not named', '{containers: []}', 'default'],
])('the service account, %s', async (_case, spec, account) => {
  expect((await template(spec)).endpoint.serviceAccount).toBe(account);
});

test.each([
  ['{containers: [], hostNetwork: true}', {}, 'host'],
  ['{containers: [], hostNetwork: false}', {}, 'pod'],
  ['{containers: []}', {}, 'pod'],
  ['{containers: [], hostNetwork: true}', { hostNetworkPods: 'ordinary' }, 'pod'],
])('%s with facts %j is on the network of the %s', async (spec, facts, network) => {
  const { snapshot } = await ingestText(deployment('web', '{}', spec), facts as Record<string, string>);

  expect(endpointOf(snapshot, 'shop/web (template)').network).toBe(network);
});

test('images of all containers are those of the workload, each once', async () => {
  const { snapshot } = await template('{containers: [{image: b:1}, {image: a:1}], initContainers: [{image: b:1}, {name: none}]}');

  expect(workloadOf(snapshot, 'shop/web[Deployment]').images).toEqual(['a:1', 'b:1']);
});

test.each([
  ['containers that are no list', '{containers: {}}', ['wrong-type:5']],
  ['a container that is no mapping', '{containers: [main]}', ['wrong-type:5']],
  ['no spec at all', 'null', ['wrong-type:5']],
])('%s: told, and the pods are there', async (_case, spec, problems) => {
  const ingested = await template(spec);

  expect(ingested.endpoint).toMatchObject({ ports: [], network: 'pod' });
  expect(ingested.problems).toEqual(problems);
  expect(diagnosticOf(ingested, 'wrong-type').severity).toBe('severe');
});

test('pods with equal shapes share them', async () => {
  const pod = (name: string) =>
    `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, labels: {app: web}}, spec: {containers: [{ports: [{containerPort: 80}]}]}}\n---\n`;
  const { snapshot } = await ingestText(pod('a') + pod('b'));

  const [a, b] = ['default/a', 'default/b'].map((name) => endpointOf(snapshot, name));
  expect(a!.labels).toBe(b!.labels);
  expect(a!.ports).toBe(b!.ports);
});

test('a problem of many pods is told for each of them', async () => {
  const pod = (name: string) =>
    `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}, spec: {containers: [{ports: [{containerPort: 0}]}]}}\n---\n`;

  expect(problemsOf(await ingestText(pod('a') + pod('b')))).toEqual(['bad-port:1', 'bad-port:3']);
});

test('a null label and one that is not a number are two things', async () => {
  const pod = (name: string, value: string) =>
    `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, labels: {v: ${value}}}, spec: {containers: []}}\n---\n`;
  const ingested = await ingestText(pod('a', 'null') + pod('b', '.nan'));

  expect(['default/a', 'default/b'].map((name) => endpointOf(ingested.snapshot, name).labels.values)).toEqual([{ v: '' }, { v: 'NaN' }]);
  expect(problemsOf(ingested)).toEqual(['label-not-text:3']);
});

describe('ports of the node that lead to the pod', () => {
  test('are those with a host port, of containers and of sidecars', async () => {
    const { endpoint, problems } = await template(`
      {containers: [{ports: [{containerPort: 80, hostPort: 8080}, {containerPort: 53, hostPort: 53, protocol: UDP, hostIP: "FD00::1"}, {containerPort: 9, hostPort: 0}]}],
       initContainers: [{restartPolicy: Always, ports: [{containerPort: 15001, hostPort: 15001}]}, {ports: [{containerPort: 7, hostPort: 7}]}]}`);

    expect(endpoint.hostPorts).toEqual([
      { protocol: 'TCP', hostPort: 8080, containerPort: 80 },
      { protocol: 'UDP', hostPort: 53, containerPort: 53, hostAddress: 'fd00::1' },
      { protocol: 'TCP', hostPort: 15001, containerPort: 15001 },
    ]);
    expect(problems).toEqual([]);
  });

  test.each([
    ['no host port', '{containers: [{ports: [{containerPort: 80}]}]}'],
    ['the network of the node', '{hostNetwork: true, containers: [{ports: [{containerPort: 80, hostPort: 80}]}]}'],
  ])('are none with %s', async (_case, spec) => {
    const { endpoint, problems } = await template(spec);

    expect(endpoint).not.toHaveProperty('hostPorts');
    expect(problems).toEqual([]);
  });

  test.each([
    ['0.0.0.0', []],
    ['::', []],
    ['', []],
    ['node-1', ['bad-address:5']],
  ])('bound to `%s` are open on all of its addresses', async (address, expected) => {
    const { endpoint, problems } = await template(`{containers: [{ports: [{containerPort: 80, hostPort: 80, hostIP: "${address}"}]}]}`);

    expect(endpoint.hostPorts).toEqual([{ protocol: 'TCP', hostPort: 80, containerPort: 80 }]);
    expect(problems).toEqual(expected);
  });

  test('beyond 65535 are told, and the container port stays', async () => {
    const { endpoint, problems } = await template('{containers: [{ports: [{containerPort: 80, hostPort: 70000}]}]}');

    expect(endpoint.ports).toHaveLength(1);
    expect(endpoint).not.toHaveProperty('hostPorts');
    expect(problems).toEqual(['bad-port:5']);
  });

  test('tell a sidecar from an init container that is otherwise the same', async () => {
    const pod = (name: string, policy: string) =>
      `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}, spec: {containers: [], initContainers: [{${policy}ports: [{containerPort: 80, hostPort: 80}]}]}}\n---\n`;
    const { snapshot } = await ingestText(pod('a', '') + pod('b', 'restartPolicy: Always, '));

    expect(['default/a', 'default/b'].map((name) => endpointOf(snapshot, name).hostPorts?.length)).toEqual([undefined, 1]);
  });
});
