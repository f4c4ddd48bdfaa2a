import { type Answer, ask } from '../../src/api/ask';
import { askDialled, doorsDialledAt, doorsDialledBy } from '../../src/api/ask-one-door';
import { type Analysis, catalogueOf } from '../../src/engine/index';
import { analysisOf } from '../support/doors-bundle';
import { guarded, NODE_PORT_BUNDLE } from '../support/node-port-bundle';

let plain: Analysis;
let early: Analysis;
beforeAll(async () => {
  plain = await analysisOf(NODE_PORT_BUNDLE, { cni: 'calico' });
  early = await analysisOf(guarded('preDNAT: true, ingress: [{ action: Deny, protocol: TCP, destination: { ports: [31000] } }]'));
});

function answer(analysis: Analysis, from: string, to: string, port: number): Answer {
  return ask(analysis, { from, to, port });
}

const OUTSIDE = '198.51.100.7';

describe('a node port at one node', () => {
  it('is denied before translation at the node that is dialled, and at no other', () => {
    const { verdict, path, notes, assumptions } = answer(early, OUTSIDE, '192.0.2.11', 31000);

    expect([verdict, answer(early, OUTSIDE, 'n2[Node]', 31000).verdict]).toEqual(['denied', 'allowed']);
    expect(path!.steps.at(-1)).toMatchObject({ kind: 'point', place: 'hostIn', tuple: { destination: 'n1[Node]', port: 31000 } });
    expect(notes).toContain('TCP 31000 of `n1` is the node port of `shop/front[Service]`, which sends connections on to pods');
    expect(assumptions).toEqual([]);
  });

  it('is seen by the port of the pod after translation', async () => {
    const rule = '{ action: Deny, protocol: TCP, destination: { ports: [31000] } }';
    const open = await analysisOf(guarded(`ingress: [${rule}, { action: Allow }]`));
    const shut = await analysisOf(guarded(`ingress: [${rule}]`));

    expect(answer(open, OUTSIDE, 'n1[Node]', 31000).verdict).toBe('allowed');
    expect(answer(shut, OUTSIDE, 'n1[Node]', 31000)).toMatchObject({ verdict: 'denied', blockers: [{ trigger: 'end-of-tier' }] });
  });

  it('takes an address that somebody names to get to the node, and says so; of the internet nobody knows', async () => {
    expect(answer(plain, OUTSIDE, 'n1[Node]', 31000)).toMatchObject({
      verdict: 'allowed',
      assumptions: ['the client gets to the nodes (fact `nodesReachableFrom`)'],
    });
    expect(answer(plain, 'internet', 'n1[Node]', 31000)).toMatchObject({ verdict: 'indeterminate', dependsOn: [{ kind: 'fact' }] });
    const closed = await analysisOf(NODE_PORT_BUNDLE, { cni: 'calico', nodesReachableFrom: 'nobody' });
    expect(answer(closed, OUTSIDE, 'n1[Node]', 31000).verdict).toBe('denied');
  });

  it('is told for every node that is meant', () => {
    const { verdict, parts, dependsOn } = answer(early, OUTSIDE, 'nodes', 31000);

    expect(verdict).toBe('indeterminate');
    expect(parts).toEqual([
      { verdict: 'denied', flows: 1, examples: [`${OUTSIDE} → n1[Node]`] },
      { verdict: 'allowed', flows: 1, examples: [`${OUTSIDE} → n2[Node]`] },
    ]);
    expect(dependsOn[0]!.text).toBe(`which client: \`${OUTSIDE} → n1[Node]\` denied; \`${OUTSIDE} → n2[Node]\` allowed`);
  });

  it('asks pods and processes of the cluster from where they are', () => {
    expect(['shop/far', 'n2[Node]', 'shop/near'].map((from) => answer(early, from, 'n1[Node]', 31000).verdict)).toEqual([
      'denied',
      'denied',
      'allowed',
    ]);
    expect(answer(early, 'shop/far', 'n1[Node]', 31000)).toMatchObject({ egress: 'allowed', ingress: 'denied' });
  });

  it('asks both the addresses of a range and whoever has one of them', () => {
    const { verdict, parts } = answer(early, '10.244.1.0/24', 'n1[Node]', 31000);

    expect(verdict).toBe('indeterminate');
    expect(parts.find((part) => part.verdict === 'allowed')!.examples).toEqual(expect.arrayContaining(['shop/front', 'shop/near']));
    expect(parts.find((part) => part.verdict === 'denied')!.examples.join()).not.toContain('shop');
  });

  it('has nobody behind it where the Service has no pods', () => {
    expect(answer(plain, OUTSIDE, 'n1[Node]', 31001)).toMatchObject({
      verdict: 'denied',
      trace: [],
      remedies: ['a pod behind `shop/nobody[Service]`'],
      notes: expect.arrayContaining(['no pod of the input is behind `shop/nobody[Service]`: nobody answers']),
    });
  });

  it('leads nowhere with externalTrafficPolicy Local where the node has no pod of it, and says so', () => {
    expect(answer(plain, OUTSIDE, 'n1[Node]', 31002).verdict).toBe('allowed');
    const { verdict, notes, remedies } = answer(plain, OUTSIDE, 'n2[Node]', 31002);
    expect(verdict).toBe('denied');
    expect(notes).toContain('with externalTrafficPolicy Local `n2` leads to pods of its own alone, and runs none of `shop/local[Service]`');
    expect(remedies).toEqual(['the address of a node that runs a pod of `shop/local[Service]`, or externalTrafficPolicy Cluster']);
  });
});

it('which backend it is nobody chooses: where they differ the answer is open', async () => {
  const policy = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: shut, namespace: shop }
spec: { podSelector: { matchLabels: { shut: "yes" } }, ingress: [] }
---
apiVersion: v1
kind: Pod
metadata: { name: second, namespace: shop, labels: { app: front, shut: "yes" } }
spec: { nodeName: n2, containers: [{ name: main, image: "example/front:1" }] }
status: { podIP: 10.244.2.9, phase: Running }
`;
  const two = await analysisOf(NODE_PORT_BUNDLE + policy, { cni: 'calico' });
  const text = 'which backend it is sent to: `shop/front` allowed; `shop/second` denied';

  expect(answer(two, OUTSIDE, 'n1[Node]', 31000)).toMatchObject({ verdict: 'indeterminate', dependsOn: [{ kind: 'door', text }] });
  expect(answer(two, 'shop/far', 'n2[Node]', 31000)).toMatchObject({ verdict: 'indeterminate', dependsOn: [{ kind: 'door', text }] });
});

describe('an external address', () => {
  it('is dialled by clients outside through its door, which sees that address before translation', async () => {
    const shut = await analysisOf(guarded('preDNAT: true, ingress: [{ action: Deny, destination: { nets: [203.0.113.10/32] } }]'));

    expect(answer(plain, OUTSIDE, '203.0.113.10', 80)).toMatchObject({ verdict: 'allowed', path: { door: 'externalIP shop/front:80' } });
    expect(answer(shut, OUTSIDE, '203.0.113.10', 80)).toMatchObject({ verdict: 'indeterminate', dependsOn: [{ kind: 'placement' }] });
  });

  it('is dialled at its own ports alone', () => {
    const packet = (port: number) => ({ protocol: 'TCP', port }) as const;

    expect(doorsDialledBy(plain, '203.0.113.10', packet(80)).map(({ door }) => door.id)).toEqual(['externalIP shop/front:80']);
    expect(doorsDialledBy(plain, '203.0.113.10', packet(81))).toEqual([]);
    expect(doorsDialledBy(plain, 'shop/front', packet(80))).toEqual([]);
  });
});

it('a pod that nobody has deployed dials none', () => {
  const packet = { protocol: 'TCP', port: 31000 } as const;
  const catalogue = catalogueOf(plain);
  const hosts = Array.from({ length: catalogue.endpointCount() }, (_, index) => index).filter(
    (index) => catalogue.endpoint(index).kind === 'node',
  );
  const dialled = doorsDialledAt(plain, hosts, packet);

  expect(dialled.map(({ node }) => node)).toEqual(['n1', 'n2']);
  const from = { kind: 'hypothetical', id: 'any-pod', pod: { name: 'any-pod' }, notes: [] } as const;
  expect(askDialled(plain, { from, to: 'nodes', packet, dialled })).toBeUndefined();
});

it('a load balancer of some clients alone names its source ranges as what to change, whatever its traffic policy', async () => {
  const analysis = await analysisOf(`${NODE_PORT_BUNDLE}---
apiVersion: v1
kind: Pod
metadata: { name: caller, namespace: shop }
spec: { nodeName: n1, containers: [{ name: main, image: "example/caller:1" }] }
status: { podIP: 10.244.9.9, phase: Running }
---
apiVersion: v1
kind: Service
metadata: { name: edge, namespace: shop }
spec: { type: LoadBalancer, externalTrafficPolicy: Local, loadBalancerSourceRanges: [192.0.2.128/25], selector: { app: front }, ports: [{ port: 443, targetPort: 8080 }] }
status: { loadBalancer: { ingress: [{ ip: 203.0.113.82 }] } }
`);
  expect(answer(analysis, 'shop/caller', '203.0.113.82', 443)).toMatchObject({
    verdict: 'denied',
    remedies: ['a door that admits `shop/caller`: source ranges of `shop/edge[Service]`'],
  });
});

it('the port of the source is asked about through a node port too', async () => {
  const policy = `---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { name: front, namespace: shop }
spec: { selector: app == 'front', ingress: [{ action: Allow, protocol: TCP, source: { ports: [40000] } }] }
`;
  const own = await analysisOf(NODE_PORT_BUNDLE + policy, { cni: 'calico', serviceProxy: 'kube-proxy' });
  const from = (client: string, sourcePort?: number) => ask(own, { from: client, to: 'n1[Node]', port: 31000, sourcePort }).verdict;

  expect([from(OUTSIDE, 40000), from(OUTSIDE, 40001), from(OUTSIDE)]).toEqual(['allowed', 'denied', 'indeterminate']);
  expect([from('shop/near', 40000), from('shop/near', 40001)]).toEqual(['allowed', 'denied']);
});

it('an address of a node that has several is the one that is dialled', async () => {
  const text = NODE_PORT_BUNDLE.replace(
    'address: 192.0.2.11 }',
    'address: 192.0.2.11 }, { type: ExternalIP, address: 198.51.100.11 }',
  ).replace('expectedIPs: [192.0.2.11]', '');
  const own = await analysisOf(
    `${text}---
apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: { name: n1, labels: { guard: "yes" } }
spec: { node: n1, interfaceName: "*", expectedIPs: [192.0.2.11] }
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: guard }
spec: { selector: has(guard), types: [Ingress], applyOnForward: true, preDNAT: true, ingress: [{ action: Deny, destination: { nets: [192.0.2.0/24] } }] }
`,
    { cni: 'calico' },
  );

  expect(['192.0.2.11', '198.51.100.11'].map((to) => answer(own, OUTSIDE, to, 31000).verdict)).toEqual(['denied', 'allowed']);
  expect(answer(own, OUTSIDE, '198.51.100.11', 31000).to).toBe('198.51.100.11 (n1[Node])');
});
