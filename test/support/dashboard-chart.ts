import { readFileSync } from 'node:fs';

/** What the dashboard's chart installs with its network policy switched on, with the Services that the chart makes: the proxy's leads to Kong, the others to one component each. */
export const DASHBOARD_CHART = [
  readFileSync('test/scenarios/dashboard-chart-policy/manifests/dashboard.yaml', 'utf8'),
  service('web', 'kubernetes-dashboard-web', 8000, 'web'),
  service('api', 'kubernetes-dashboard-api', 8000, 'api'),
  service('auth', 'kubernetes-dashboard-auth', 8000, 'auth'),
  service('metrics-scraper', 'kubernetes-dashboard-metrics-scraper', 8000, 8000),
  service('kong-proxy', 'kong', 443, 'proxy-tls'),
].join('---\n');

function service(name: string, app: string, port: number, targetPort: number | string): string {
  return `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: kubernetes-dashboard }
spec:
  selector: { app.kubernetes.io/name: ${app} }
  ports: [{ port: ${port}, targetPort: ${targetPort} }]
`;
}
