import { type Answer, ask, type Question } from '../../src/api/ask';
import type { Analysis } from '../../src/engine/index';
import { analysisOf, DOORS_BUNDLE } from '../support/doors-bundle';

let shop: Analysis;
beforeAll(async () => {
  shop = await analysisOf(DOORS_BUNDLE, { cni: 'calico' });
});

function answer(to: string, port: number, more: Partial<Question> = {}, analysis = shop): Answer {
  return ask(analysis, { from: 'shop/worker', to, port, ...more });
}

describe('a Service as destination', () => {
  it('is answered as the pods behind it, by their own port', () => {
    const { verdict, to, port, from, path, notes } = answer('shop/web[Service]', 80);
    expect({ verdict, to, port, from }).toEqual({ verdict: 'allowed', to: 'shop/web[Service]', port: 80, from: 'shop/worker[Deployment]' });
    expect(notes).toEqual(['policy sees the pods behind `shop/web[Service]`, on TCP 8080, and not the Service']);
    expect(path!.steps.map(({ kind, place, tuple, after }) => [kind, place, tuple.destination, tuple.port, after?.port])).toEqual([
      ['translation', undefined, 'shop/web[Service]', 80, 8080],
      ['point', 'egress', 'shop/web[Deployment]', 8080, undefined],
      ['point', 'ingress', 'shop/web[Deployment]', 8080, undefined],
    ]);
  });

  it('is denied where the port that it leads to is, though that of the Service is open', () => {
    const { verdict, blockers } = answer('shop/vault[Service]', 443, { from: 'shop/web' });
    expect({ verdict, blockers }).toMatchObject({ verdict: 'denied', blockers: [{ isolatedBy: ['shop/vault[NetworkPolicy]'] }] });
    expect(answer('shop/vault', 443, { from: 'shop/web' }).verdict).toBe('allowed');
  });

  it('may be named by its address', () => {
    const { to, notes, path } = answer('10.43.0.9', 443, { from: 'shop/web' });
    expect(to).toBe('shop/vault[Service]');
    expect(notes[0]).toBe('`10.43.0.9` is the address of `shop/vault[Service]`');
    expect(path!.steps[0]!.tuple.destination).toBe('10.43.0.9');
  });

  it('may be named by the address of its load balancer, unless that admits some clients alone', async () => {
    const balanced = (more: string) => `${DOORS_BUNDLE}---
apiVersion: v1
kind: Service
metadata: { name: edge, namespace: shop }
spec: { type: LoadBalancer, selector: { app: worker }, ports: [{ port: 80, targetPort: 8080 }]${more} }
status: { loadBalancer: { ingress: [{ ip: 203.0.113.80 }] } }
`;
    const { verdict, to, notes, path } = answer('203.0.113.80', 80, {}, await analysisOf(balanced('')));
    expect({ verdict, to, door: path!.door }).toEqual({ verdict: 'allowed', to: 'shop/edge[Service]', door: 'loadBalancer shop/edge:80' });
    expect(notes[0]).toContain('that its load balancer has');
    const closed = await analysisOf(balanced(', loadBalancerSourceRanges: [10.0.0.0/8], externalTrafficPolicy: Local'));
    expect(answer('203.0.113.80', 80, {}, closed)).toMatchObject({ verdict: 'indeterminate', to: '203.0.113.80' });
  });

  it('without an address stands for its pods, on whatever port is asked for', () => {
    const { verdict, path } = answer('shop/db[Service]', 5432, { from: 'shop/web' });
    expect(verdict).toBe('allowed');
    expect(path!.steps.map(({ kind }) => kind)).toEqual(['point', 'point']);
    expect(answer('shop/db[Service]', 22, { from: 'shop/web' }).verdict).toBe('denied');
  });

  it('that nobody is behind answers nobody', () => {
    const { verdict, notes, path } = answer('shop/old[Service]', 80);
    expect({ verdict, path }).toEqual({ verdict: 'denied', path: undefined });
    expect(notes).toEqual(['no pod of the input is behind TCP 80 of `shop/old[Service]`: nobody answers']);
  });

  it('is answered from the internet by the doors of the pods behind it', () => {
    const { verdict, path } = answer('shop/web[Service]', 80, { from: 'internet' });
    expect({ verdict, door: path!.door }).toEqual({ verdict: 'allowed', door: 'loadBalancer shop/web:80' });
  });

  it('is answered from an address outside by the doors of the pods behind it, and is nowhere without one', () => {
    const { verdict, path, notes } = answer('shop/web[Service]', 80, { from: '198.51.100.7' });
    expect({ verdict, door: path!.door }).toEqual({ verdict: 'allowed', door: 'loadBalancer shop/web:80' });
    expect(notes[0]).toContain('known inside the cluster alone');
    expect(answer('shop/vault[Service]', 443, { from: '198.51.100.7' })).toMatchObject({ verdict: 'denied', trace: [] });
  });

  it.each([
    ['shop/web[Service]', 81, '`shop/web[Service]` has no port TCP 81; it has TCP 80'],
    [
      'shop/metrics[Service]',
      30100,
      '`shop/metrics[Service]` has no port TCP 30100; it has TCP 9100; 30100 is its node port, to be asked at a node',
    ],
    [
      'shop/nobody[Service]',
      80,
      'there is no `shop/nobody[Service]` that leads to pods: it is not in the input, has no port, or is of type ExternalName',
    ],
  ])('%s on %s is refused', (to, port, message) => {
    expect(() => answer(to, port)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST', message }));
  });
});

describe('internalTrafficPolicy Local', () => {
  const pod = (name: string, node: string) => `---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: { app: ${name.replace(/-.*/, '')} } }
spec: { ${node === '' ? '' : `nodeName: ${node}, `}containers: [{ name: main, image: "example/main:1" }] }
`;
  const local = (
    more = '',
  ) => `${DOORS_BUNDLE}${pod('agent-1', 'n1')}${pod('agent-2', 'n2')}${pod('near', 'n1')}${pod('far', 'n3')}${pod('lost', '')}---
apiVersion: v1
kind: Service
metadata: { name: agent, namespace: shop }
spec: { internalTrafficPolicy: Local, clusterIP: 10.43.0.20, selector: { app: agent }, ports: [{ port: 80, targetPort: 8080 }]${more} }
`;

  it('leads to pods on the node of the client, and nowhere from a node without one', async () => {
    const analysis = await analysisOf(local());
    const near = answer('shop/agent[Service]', 80, { from: 'shop/near' }, analysis);
    expect(near.verdict).toBe('allowed');
    expect(near.path!.steps.at(-1)!.tuple.destination).toBe('shop/agent-1');
    const far = answer('10.43.0.20', 80, { from: 'shop/far' }, analysis);
    expect(far).toMatchObject({
      verdict: 'denied',
      to: 'shop/agent[Service]',
      remedies: ['a pod of `shop/agent[Service]` on the node of the client, or internalTrafficPolicy Cluster'],
    });
    expect(far.notes).toEqual([
      '`10.43.0.20` is the address of `shop/agent[Service]`',
      "`shop/agent[Service]` leads to pods on the client's own node alone (internalTrafficPolicy Local)",
    ]);
    const lost = answer('shop/agent[Service]', 80, { from: 'shop/lost' }, analysis);
    expect(lost.verdict).toBe('indeterminate');
    expect(lost.dependsOn.map(({ kind }) => kind)).toContain('placement');
    const range = answer('shop/agent[Service]', 80, { from: '10.244.0.0/16' }, await analysisOf(local(), { podRanges: '10.244.0.0/16' }));
    expect(range.dependsOn.map(({ kind }) => kind)).toContain('placement');
    expect(range.verdict).toBe('indeterminate');
    expect(answer('shop/agent[Service]', 80, { from: 'shop/any-pod' }, analysis).verdict).toBe('allowed');
  });

  it('leaves open whether an address outside is listed as on the node of the client', async () => {
    const listed = `${local()}---
apiVersion: v1
kind: Service
metadata: { name: far-db, namespace: shop }
spec: { internalTrafficPolicy: Local, clusterIP: 10.43.0.21, ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: Endpoints
metadata: { name: far-db, namespace: shop }
subsets: [{ addresses: [{ ip: 198.51.100.4 }], ports: [{ port: 5432 }] }]
`;
    const { verdict, dependsOn } = answer('shop/far-db[Service]', 5432, { from: 'shop/near' }, await analysisOf(listed));
    expect(verdict).toBe('indeterminate');
    expect(dependsOn.map(({ text }) => text)).toEqual(['whether `198.51.100.4` is listed as on the node of `near`']);
  });

  it('says nothing about external addresses, which nodes serve from every pod', async () => {
    const analysis = await analysisOf(local(', externalIPs: [203.0.113.81], externalTrafficPolicy: Local'));
    const { verdict, notes } = answer('203.0.113.81', 80, { from: 'shop/far' }, analysis);
    expect(verdict).toBe('allowed');
    expect(notes.join()).not.toContain('TrafficPolicy');
  });
});

test('all backends have to agree, for nobody chooses among them', async () => {
  const twoPorts = `${DOORS_BUNDLE}---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web-next, namespace: shop }
spec:
  template:
    metadata: { labels: { app: pair, next: "yes" } }
    spec: { containers: [{ name: main, image: "example/web:2", ports: [{ name: http, containerPort: 9090 }] }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web-now, namespace: shop }
spec:
  template:
    metadata: { labels: { app: pair } }
    spec: { containers: [{ name: main, image: "example/web:1", ports: [{ name: http, containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: pair, namespace: shop }
spec: { selector: { app: pair }, ports: [{ port: 80, targetPort: http }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: pair, namespace: shop }
spec: { podSelector: { matchLabels: { app: pair } }, ingress: [{ ports: [{ port: 8080 }] }] }
`;
  const { verdict, parts, blockers } = answer('shop/pair[Service]', 80, {}, await analysisOf(twoPorts));
  expect(verdict).toBe('indeterminate');
  expect(parts.map((part) => part.verdict).sort()).toEqual(['allowed', 'denied']);
  expect(blockers).toHaveLength(1);
});

test('a node port that leads on to pods is noted in an answer about the node', async () => {
  const node =
    'apiVersion: v1\nkind: Node\nmetadata: { name: n1 }\nstatus: { addresses: [{ type: InternalIP, address: 192.168.0.1 }] }\n---\n';
  const analysis = await analysisOf(node + DOORS_BUNDLE);
  expect(answer('n1[Node]', 30100, {}, analysis).notes).toEqual([expect.stringContaining('is the node port of `shop/metrics[Service]`')]);
  expect(answer('n1[Node]', 30101, {}, analysis).notes).toEqual([]);
  expect(answer('shop/web', 30100, {}, analysis).notes).toEqual([expect.not.stringContaining('node port')]);
});

it('an address of a Service of both families leads to the addresses of its pods that are of its family', async () => {
  const dual = await analysisOf(`apiVersion: v1
kind: Pod
metadata: { name: db, namespace: shop, labels: { app: db } }
spec: { containers: [{ name: main, image: "example/db:1" }] }
status: { phase: Running, podIP: 10.65.0.3, podIPs: [{ ip: 10.65.0.3 }, { ip: "fd00:65::3" }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { containers: [{ name: main, image: "example/web:1" }] }
status: { phase: Running, podIP: 10.65.0.2, podIPs: [{ ip: 10.65.0.2 }, { ip: "fd00:65::2" }] }
---
apiVersion: v1
kind: Service
metadata: { name: db, namespace: shop }
spec: { selector: { app: db }, clusterIPs: [10.43.0.5, "fd00:43::5"], clusterIP: 10.43.0.5, ipFamilies: [IPv4, IPv6], ipFamilyPolicy: RequireDualStack, ports: [{ port: 80 }] }
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { name: db, namespace: shop }
spec: { selector: app == 'db', ingress: [{ action: Allow, ipVersion: 4 }] }
`);
  const to = (text: string) => ask(dual, { from: 'shop/web', to: text, port: 80 });

  expect([to('10.43.0.5').verdict, to('fd00:43::5').verdict, to('shop/db[Service]').verdict]).toEqual(['allowed', 'denied', 'allowed']);
  expect([to('fd00:43::5').to, to('shop/db[Service]').to]).toEqual(['fd00:43::5 (shop/db[Service])', 'shop/db[Service]']);
});
