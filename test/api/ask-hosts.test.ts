import { type Answer, ask } from '../../src/api/ask';
import type { Analysis } from '../../src/engine/index';
import { analysisOf } from '../support/doors-bundle';
import { NODE_PORT_BUNDLE } from '../support/node-port-bundle';

const OUTSIDE = '198.51.100.7';
const TEMPLATE = `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: agent, namespace: shop }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec: { containers: [{ name: main, image: "example/agent:1", ports: [{ containerPort: 9000, hostPort: 9500 }] }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: agent, namespace: shop }
spec: { podSelector: { matchLabels: { app: agent } }, ingress: [] }
`;

let plain: Analysis;
beforeAll(async () => {
  plain = await analysisOf(NODE_PORT_BUNDLE, { cni: 'calico' });
});

function answer(to: string, port: number, from = OUTSIDE, analysis = plain): Answer {
  return ask(analysis, { from, to, port });
}

it('a port that no Service and no pod has is one of the node itself', () => {
  const { verdict, path, notes } = answer('n1[Node]', 9100);

  expect([verdict, path]).toEqual(['allowed', undefined]);
  expect(notes.join()).not.toContain('sends connections on');
});

it('a host port leads on at the node that runs the pod, and is the node itself elsewhere', () => {
  expect(answer('n1[Node]', 9443).path).toMatchObject({ door: 'hostPort shop/near:9443' });
  expect(answer('n2[Node]', 9443).path).toBeUndefined();

  const both = answer('nodes', 9443);
  expect(both.verdict).toBe('allowed');
  expect(both.notes).toContain('TCP 9443 of `n1` is the host port of `shop/near[Pod]`, which sends connections on to pods');
});

it('where nobody knows whether the pod of a host port runs there, either may be the case', async () => {
  const unplaced = await analysisOf(NODE_PORT_BUNDLE + TEMPLATE, { cni: 'calico' });

  expect(answer('n1[Node]', 9500, OUTSIDE, unplaced)).toMatchObject({
    verdict: 'indeterminate',
    dependsOn: [{ kind: 'placement', text: 'whether pods with that host port run there: if so denied, if not allowed' }],
    blockers: [],
    remedies: [],
  });
});

it('of a pod that nobody has deployed only what is denied on whichever node is denied', async () => {
  const shut = await analysisOf(
    `${NODE_PORT_BUNDLE}---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: out, namespace: shop }
spec: { podSelector: {}, policyTypes: [Egress] }
`,
    { cni: 'calico', endpointToHostAction: 'drop' },
  );

  expect(answer('n1[Node]', 31000, 'shop/any-pod')).toMatchObject({ verdict: 'indeterminate', dependsOn: [{ kind: 'placement' }] });
  expect(answer('n1[Node]', 31000, 'shop/any-pod', shut).verdict).toBe('denied');
  expect(answer('n1[Node]', 31000, 'shop/any-pod').notes.at(-1)).toMatch(
    /^TCP 31000 of `n1\[Node\]` leads on to pods by `nodePort shop\/front:80`/,
  );
});

it('an address in the ranges of pods that nobody has is told', async () => {
  const ranged = await analysisOf(NODE_PORT_BUNDLE, { cni: 'calico', podRanges: '10.244.0.0/16' });

  expect(answer('n1[Node]', 31000, '10.244.9.9', ranged).notes[0]).toMatch(
    /^`10\.244\.9\.9` is in the pod ranges, but no known endpoint has it/,
  );
});

it('other ports of a load balancer with the address of a node are those of the node', async () => {
  const shared = await analysisOf(
    `${NODE_PORT_BUNDLE}---
apiVersion: v1
kind: Service
metadata: { name: shared, namespace: shop }
spec: { type: LoadBalancer, clusterIP: 10.96.0.20, selector: { app: front }, ports: [{ port: 443, targetPort: 8443 }] }
status: { loadBalancer: { ingress: [{ ip: 192.0.2.11 }] } }
`,
    { cni: 'calico' },
  );

  expect(answer('192.0.2.11', 443, 'shop/far', shared).to).toBe('shop/shared[Service]');
  expect(answer('192.0.2.11', 22, 'shop/far', shared).to).toBe('n1[Node]');
  expect(answer('192.0.2.11', 31000, 'shop/far', shared).path).toMatchObject({ door: 'nodePort shop/front:80' });
});
