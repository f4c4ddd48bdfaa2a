import type { FlowEndpoint, FlowRow, Flows } from '../../src/api/flows';

/** A row such as `a -> b` with TCP ports, or everything. */
export function row(from: string, to: string, ...ports: readonly number[]): FlowRow {
  const all = [[1, 65_535]] as const;
  return { from, to, ports: ports.length === 0 ? { TCP: all, UDP: all, SCTP: all } : { TCP: ports.map((port) => [port, port] as const) } };
}

/** A list of flows of Deployments `namespace/name`; every end of a row that is no address is an endpoint. */
export function flowsOf(rows: readonly FlowRow[], more: readonly string[] = []): Flows {
  const ids = [...new Set([...rows.flatMap(({ from, to }) => [from, to]), ...more])].filter((id) => !id.startsWith('ip:'));
  return { endpoints: ids.sort().map((id): FlowEndpoint => ({ id, kind: 'Deployment', pods: [] })), rows, notes: [] };
}
