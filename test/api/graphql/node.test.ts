import { encodeId } from '../../../src/api/graphql/relay';
import { finishedScan } from '../../support/finished-scan';

const NODE = 'query($id: ID!) { node(id: $id) { id __typename } }';

test('everything that has an id is found again by it', async () => {
  const { query, scanId } = await finishedScan();
  const listed = await query(
    'query($id: ID!) { scan(id: $id) { id cluster { id } workloads { nodes { id } } policies { nodes { id } } findings { nodes { id } } } }',
    { id: scanId },
  );
  const { id, cluster, workloads, policies, findings } = listed.data.scan;
  const groups = { Scan: [{ id }], Cluster: [cluster], Workload: workloads.nodes, Policy: policies.nodes, Finding: findings.nodes };
  const all: string[] = [];

  for (const [__typename, nodes] of Object.entries(groups)) {
    expect(nodes.length).toBeGreaterThan(0);
    for (const node of nodes) {
      expect(await query(NODE, { id: node.id })).toEqual({ data: { node: { id: node.id, __typename } } });
      all.push(node.id);
    }
  }
  expect(new Set(all).size).toBe(all.length);
});

test('a node is the same thing as in its list', async () => {
  const { query, scanId } = await finishedScan();
  const fields = 'id ref namespace kind endpointCount source { file line }';
  const { data } = await query(`query($id: ID!) { scan(id: $id) { workloads(first: 1) { nodes { ${fields} } } } }`, { id: scanId });
  const [workload] = data.scan.workloads.nodes;

  expect((await query(`query($id: ID!) { node(id: $id) { ... on Workload { ${fields} } } }`, { id: workload.id })).data.node).toEqual(
    workload,
  );
});

test('what names nothing is null', async () => {
  const { query, scanId } = await finishedScan();
  const ids = [
    '',
    'nonsense',
    encodeId('Scan', 'none'),
    encodeId('Scan', '../x'),
    encodeId('Cluster', 'none'),
    encodeId('Cluster', ''),
    encodeId('Workload', scanId, '99'),
    encodeId('Workload', scanId, '-1'),
    encodeId('Workload', scanId, 'x'),
    encodeId('Workload', scanId),
    encodeId('Policy', 'none', '0'),
    encodeId('Finding', scanId, 'none'),
    encodeId('Finding', scanId, '__proto__'),
  ];

  for (const id of ids) expect(await query(NODE, { id })).toEqual({ data: { node: null } });
});

test("another tenant's ids name nothing", async () => {
  const { query, scanId } = await finishedScan();
  const ids = [
    encodeId('Scan', scanId),
    encodeId('Cluster', 'shop-eu'),
    encodeId('Workload', scanId, '0'),
    encodeId('Policy', scanId, '0'),
  ];

  for (const id of ids) {
    expect(await query(NODE, { id }, 'evil')).toEqual({ data: { node: null } });
    expect((await query(NODE, { id })).data.node).not.toBeNull();
  }
});
