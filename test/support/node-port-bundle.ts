/** Two nodes; `front` on `n1` behind node port 31000 and an external address; `near` on its node, `far` and `lonely` on the other one. */
export const NODE_PORT_BUNDLE = `apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
${node('n1', '192.0.2.11')}---
${node('n2', '192.0.2.12')}---
${pod('front', 'n1', '10.244.1.5', ', ports: [{ containerPort: 8080 }]')}---
${pod('near', 'n1', '10.244.1.6', ', ports: [{ containerPort: 9000, hostPort: 9443 }]')}---
${pod('far', 'n2', '10.244.2.6', '')}---
${pod('lonely', 'n2', '10.244.2.7', '')}---
${nodePortService('front', 'externalIPs: [203.0.113.10], ', 31000)}---
${nodePortService('nobody', '', 31001)}---
${nodePortService('local', 'externalTrafficPolicy: Local, ', 31002, 'front')}`;

/** A policy at the host endpoint of `n1`. */
export function guarded(spec: string): string {
  return `${NODE_PORT_BUNDLE}---
apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: { name: n1-eth0, labels: { guard: "yes" } }
spec: { node: n1, interfaceName: eth0, expectedIPs: [192.0.2.11] }
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: { name: guard }
spec: { selector: has(guard), types: [Ingress], applyOnForward: true, ${spec} }
`;
}

function node(name: string, address: string): string {
  return `apiVersion: v1
kind: Node
metadata: { name: ${name} }
status: { addresses: [{ type: InternalIP, address: ${address} }] }
`;
}

function pod(name: string, nodeName: string, address: string, ports: string): string {
  return `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: { app: ${name} } }
spec: { nodeName: ${nodeName}, containers: [{ name: main, image: "example/${name}:1"${ports} }] }
status: { podIP: ${address}, phase: Running }
`;
}

function nodePortService(name: string, more: string, nodePort: number, app = name): string {
  return `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { type: NodePort, ${more}selector: { app: ${app} }, ports: [{ port: 80, targetPort: 8080, nodePort: ${nodePort} }] }
`;
}
