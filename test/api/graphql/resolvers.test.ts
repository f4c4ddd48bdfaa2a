import { readFileSync } from 'node:fs';
import { buildSchema, isObjectType } from 'graphql';
import { RESOLVERS } from '../../../src/api/graphql/resolvers';
import { CHECKS } from '../../../src/findings/catalog';
import { apiService } from '../../support/api-service';
import { SHOP_BUNDLE } from '../../support/shop-bundle';

async function started(clusters: readonly string[]) {
  const service = apiService();
  const ids: string[] = [];
  for (const cluster of clusters) {
    const bundle = { bytes: new TextEncoder().encode(SHOP_BUNDLE) };
    ids.push((await service.operations.startScan('acme', { bundle, cluster, facts: {}, stage: 'production' })).id);
  }
  return { ...service, ids };
}

test('every resolver is of a field that the schema has', () => {
  const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));
  for (const [name, resolvers] of Object.entries(RESOLVERS)) {
    const type = schema.getType(name);
    expect(type).toBeDefined();
    if (isObjectType(type)) expect(Object.keys(type.getFields())).toEqual(expect.arrayContaining(Object.keys(resolvers)));
  }
});

test('clusters are listed with their newest scan and all their scans', async () => {
  const { query, ids } = await started(['b', 'a', 'b']);

  const { data, errors } = await query(
    '{ clusters { nodes { name latestScan { scanId } scans(first: 1) { nodes { scanId } pageInfo { hasNextPage } } } } }',
  );

  expect(errors).toBeUndefined();
  expect(data.clusters.nodes).toEqual([
    { name: 'a', latestScan: { scanId: ids[1] }, scans: { nodes: [{ scanId: ids[1] }], pageInfo: { hasNextPage: false } } },
    { name: 'b', latestScan: { scanId: ids[2] }, scans: { nodes: [{ scanId: ids[2] }], pageInfo: { hasNextPage: true } } },
  ]);
});

test('scans are listed of all clusters or of one, page after page', async () => {
  const { query, ids } = await started(['b', 'a', 'b']);
  const text =
    'query($cluster: String, $after: String) { scans(cluster: $cluster, first: 2, after: $after) { nodes { scanId } pageInfo { hasNextPage endCursor } } }';

  const first = (await query(text)).data.scans;
  const second = (await query(text, { after: first.pageInfo.endCursor })).data.scans;
  const ofB = (await query(text, { cluster: 'b' })).data.scans;

  expect([...first.nodes, ...second.nodes].map(({ scanId }) => scanId)).toEqual([...ids].reverse());
  expect(second.pageInfo.hasNextPage).toBe(false);
  expect(ofB.nodes.map(({ scanId }: { scanId: string }) => scanId)).toEqual([ids[2], ids[0]]);
});

test('a cluster is found by its name, and one without scans is null', async () => {
  const { query } = await started(['arn:aws:eks:eu-west-1:1:cluster/prod']);
  const text = 'query($name: String!) { cluster(name: $name) { id name latestScan { status } } }';

  expect((await query(text, { name: 'arn:aws:eks:eu-west-1:1:cluster/prod' })).data.cluster).toMatchObject({
    latestScan: { status: 'QUEUED' },
  });
  for (const name of ['none', '', '__proto__', 'x'.repeat(300)]) expect(await query(text, { name })).toEqual({ data: { cluster: null } });
});

test('a scan is found by either of its ids', async () => {
  const { query, ids } = await started(['a']);
  const text = 'query($id: ID!) { scan(id: $id) { id scanId } }';

  const { scan } = (await query(text, { id: ids[0] })).data;

  expect(scan.scanId).toBe(ids[0]);
  expect((await query(text, { id: scan.id })).data.scan).toEqual(scan);
  for (const id of ['none', '', '../x']) expect(await query(text, { id })).toEqual({ data: { scan: null } });
});

test('another tenant sees nothing of it', async () => {
  const { query, ids } = await started(['a']);
  const text = 'query($id: ID!) { scan(id: $id) { id } cluster(name: "a") { id } scans { nodes { id } } clusters { nodes { id } } }';

  expect(await query(text, { id: ids[0] }, 'evil')).toEqual({
    data: { scan: null, cluster: null, scans: { nodes: [] }, clusters: { nodes: [] } },
  });
});

test('the catalogue is told check by check', async () => {
  const { data, errors } = await apiService().query('{ checks { code slug title rationale references gate ruleVersion } }');

  expect(errors).toBeUndefined();
  expect(data.checks.map(({ code }: { code: string }) => code)).toEqual(CHECKS.map(({ id }) => id));
  expect(data.checks[0]).toMatchObject({ rationale: expect.any(String), gate: expect.stringMatching(/^(LAB|POC|BETA|PRODUCTION)$/) });
});

test('a query lists at most ten thousand items, however its pages are nested', async () => {
  const { query } = await started(Array.from({ length: 12 }, () => 'a'));
  const inner = (depth: number): string => (depth === 0 ? 'scanId' : `cluster { scans(first: $n) { nodes { ${inner(depth - 1)} } } }`);

  const { errors } = await query(`query($n: Int) { scans(first: $n) { nodes { ${inner(3)} } } }`, { n: 12 });

  expect(errors!.map(({ extensions }) => extensions.code)).toContain('QUERY_TOO_EXPENSIVE');
});
