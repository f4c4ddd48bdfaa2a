import { type Analysis, analyze } from '../../src/engine/index';
import { ingestText } from './ingest-text';

/**
 * A shop with one door of most kinds. `web`: a load balancer for everybody, whose policy lets in port 8080 from anywhere · `admin`: a load balancer for two
 * ranges · `api`: an Ingress without a controller in the input · `metrics`: a node port · `db`: a headless Service for `web` alone · `vault`: a Service that
 * leads to a port that its policy lets nobody in on · `worker`: no Service · `old`: a Service and a node port without pods.
 */
export const DOORS_BUNDLE = `apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
${['web', 'admin', 'api', 'metrics', 'db', 'vault', 'worker'].map(deployment).join('---\n')}---
${service('web', 'type: LoadBalancer', 'port: 80, targetPort: 8080')}---
${service('admin', 'type: LoadBalancer, loadBalancerSourceRanges: [203.0.113.0/24, 198.51.100.7/32], externalTrafficPolicy: Local', 'port: 443, targetPort: 8443')}---
${service('api', 'type: ClusterIP', 'name: http, port: 80, targetPort: 8080')}---
${service('metrics', 'type: NodePort', 'port: 9100, nodePort: 30100')}---
${service('db', 'clusterIP: None', 'port: 5432')}---
${service('vault', 'clusterIP: 10.43.0.9', 'port: 443, targetPort: 8200')}---
${service('old', 'type: NodePort', 'port: 80')}---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: api, namespace: shop }
spec:
  ingressClassName: edge
  rules: [{ host: api.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: api, port: { name: http } } } }] } }]
---
${policy('web', '{ ports: [{ port: 8080 }] }')}---
${policy('db', '{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 5432 }] }')}---
${policy('vault', '{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 443 }] }')}`;

/** The same shop, with a Service of this type whose backends are addresses outside the cluster. */
export function wayOutBundle(type: 'LoadBalancer' | 'ClusterIP' = 'LoadBalancer'): string {
  return `${DOORS_BUNDLE}---
apiVersion: v1
kind: Service
metadata: { name: legacy, namespace: shop }
spec: { type: ${type}, ports: [{ name: http, port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: legacy-1, namespace: shop, labels: { kubernetes.io/service-name: legacy } }
addressType: IPv4
endpoints: [{ addresses: [198.51.100.50] }, { addresses: [198.51.100.51] }]
ports: [{ name: http, port: 8080, protocol: TCP }]
`;
}

function deployment(name: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: "example/${name}:1" }] }
`;
}

function service(name: string, spec: string, port: string): string {
  return `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ ${port} }], ${spec} }
`;
}

/** Ingress of the pods of one application. */
function policy(app: string, rule: string): string {
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${app}, namespace: shop }
spec: { podSelector: { matchLabels: { app: ${app} } }, ingress: [${rule}] }
`;
}

/** The solved cluster of YAML documents. */
export async function analysisOf(text: string, facts: Readonly<Record<string, string>> = {}): Promise<Analysis> {
  return analyze((await ingestText(text, facts)).snapshot);
}
