import { apiService } from '../../support/api-service';
import { DOORS_BUNDLE, wayOutBundle } from '../../support/doors-bundle';
import { finishedScan } from '../../support/finished-scan';
import { CART_RULE_LINE, PLANTED_SECRETS, SHOP_BUNDLE } from '../../support/shop-bundle';

async function ask(selection: string, variables: Record<string, unknown> = {}, types = '') {
  const { query, scanId } = await finishedScan();
  const answer = await query(`query($id: ID!${types}) { scan(id: $id) { ${selection} } }`, { id: scanId, ...variables });
  return { ...answer, scan: answer.data?.scan };
}

test('a scan tells what it is', async () => {
  const { scan, errors } = await ask(`scanId stage status createdAt startedAt finishedAt failure digest cluster { name }
    summary { mode namespaces workloads endpoints policies pairs allowedPairs possiblePairs isolatedIngress isolatedEgress findings { high open } diagnostics { fatal notice } }`);

  expect(errors).toBeUndefined();
  expect(scan).toMatchObject({
    stage: 'PRODUCTION',
    status: 'SUCCEEDED',
    failure: null,
    cluster: { name: 'shop-eu' },
    summary: {
      mode: 'BUNDLE',
      namespaces: 3,
      workloads: 4,
      endpoints: 4,
      policies: 2,
      pairs: 12,
      isolatedIngress: 2,
      isolatedEgress: 1,
      diagnostics: { fatal: 0 },
    },
  });
});

test('a scan tells what it rests on', async () => {
  const { scan } = await ask('facts { name values origin } assumptions { name }');

  expect(scan.facts).toContainEqual({ name: 'cni', values: ['calico'], origin: 'GIVEN' });
  expect(scan.facts).toContainEqual({ name: 'ipBlockMatchesPods', values: ['yes'], origin: 'DERIVED' });
  expect(scan.facts).toContainEqual({ name: 'podRanges', values: [], origin: 'ASSUMED' });
  expect(scan.assumptions).not.toContainEqual({ name: 'cni' });
  expect(scan.assumptions).toContainEqual({ name: 'podRanges' });
});

test('diagnostics come in pages', async () => {
  const service = apiService();
  const bytes = new TextEncoder().encode(`${SHOP_BUNDLE}---\nkind: [broken\n---\nkind: [broken\n`);
  const { id } = await service.operations.startScan('acme', { bundle: { bytes }, cluster: 'c', facts: {}, stage: 'lab' });
  await service.work();

  const { data } = await service.query(
    'query($id: ID!) { scan(id: $id) { diagnostics(first: 1) { nodes { code severity message source { file document line } } totalCount pageInfo { hasNextPage } } } }',
    { id },
  );

  expect(data.scan.diagnostics).toMatchObject({
    nodes: [{ severity: 'FATAL', source: { file: 'bundle', line: expect.any(Number) } }],
    pageInfo: { hasNextPage: true },
  });
  expect(data.scan.diagnostics.totalCount).toBeGreaterThan(1);
});

test('workloads and policies are listed with their places', async () => {
  const { scan, errors } =
    await ask(`workloads(filter: { namespace: ["shop"] }) { totalCount nodes { id ref namespace name kind endpointCount source { file document line } } }
    policies { totalCount nodes { id ref namespace name kind tier order directions selectedCount source { file line } } }`);

  expect(errors).toBeUndefined();
  expect(scan.workloads).toMatchObject({
    totalCount: 2,
    nodes: [
      { ref: 'shop/cart[Deployment]', kind: 'Deployment' },
      { ref: 'shop/web[Deployment]', source: { file: 'bundle', document: null } },
    ],
  });
  expect(scan.policies).toMatchObject({
    totalCount: 2,
    nodes: [
      { ref: 'shop/cart-from-web[NetworkPolicy]', tier: 'default', directions: ['INGRESS'], selectedCount: 1 },
      { ref: 'pay/ledger-from-cart[NetworkPolicy]', directions: expect.arrayContaining(['INGRESS', 'EGRESS']), selectedCount: 1 },
    ],
  });
});

test('findings are filtered, ordered and followed page by page', async () => {
  const { query, scanId } = await finishedScan();
  const text = `query($id: ID!, $after: String, $filter: FindingFilter) { scan(id: $id) { findings(first: 1, after: $after, filter: $filter, orderBy: CHECK) {
    totalCount edges { cursor node { id checkCode check { code title } severity certainty gate subject sentence state evidence { trace { sentence } details { label text } } remediation { summary wouldCut } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`;

  const seen: string[] = [];
  let after: string | null = null;
  let total = 0;
  do {
    const { data, errors } = await query(text, { id: scanId, after });
    expect(errors).toBeUndefined();
    const { edges, pageInfo, totalCount } = data.scan.findings;
    expect(pageInfo).toMatchObject({ hasPreviousPage: after !== null, endCursor: edges[0].cursor });
    expect(edges[0].node.check.code).toBe(edges[0].node.checkCode);
    seen.push(edges[0].node.id);
    total = totalCount;
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);

  expect(new Set(seen).size).toBe(total);
  const none = await query(text, { id: scanId, after: null, filter: { check: ['LT-XXX-999'], severity: null } });
  expect(none.data.scan.findings).toMatchObject({ totalCount: 0, edges: [] });
});

test('flows are asked for by ends and grouping', async () => {
  const selection =
    'flows(from: { name: "shop/web" }, to: { name: "shop/cart" }) { nodes { from to allowed { protocol ranges { low high } } conditional { protocol } } }';
  const { scan } = await ask(selection);

  expect(scan.flows.nodes).toEqual([
    {
      from: 'shop/web[Deployment]',
      to: 'shop/cart[Deployment]',
      allowed: [{ protocol: 'TCP', ranges: [{ low: 8080, high: 8080 }] }],
      conditional: [],
    },
  ]);
  const byNamespace = await ask('flows(groupBy: NAMESPACE, external: false) { nodes { from to } }');
  expect(byNamespace.scan.flows.nodes).toContainEqual({ from: 'lab', to: 'shop' });
  const outside = await ask('flows(from: { name: "pay/ledger" }) { nodes { to } }');
  expect(outside.scan.flows.nodes).toEqual([]);
});

test('flows with addresses are asked for by range', async () => {
  const { scan, errors } = await ask(
    'flows(from: { name: "lab/toy" }, to: { address: "203.0.113.0/24" }) { nodes { from to allowed { protocol } } }',
  );

  expect(errors).toBeUndefined();
  expect(scan.flows.nodes[0]).toMatchObject({ from: 'lab/toy[Deployment]', to: 'ip:203.0.113.0-203.0.113.255' });
});

test('pods that nobody has deployed are peers of their own', async () => {
  const { scan, errors } = await ask(`
    any: reach(from: { anyPod: {} }, to: { name: "shop/cart" }, port: 8080) { from verdict witness { text namespace isNewNamespace labels { key value } portNames node } }
    none: reach(from: { anyPod: { namespace: "lab" } }, to: { name: "shop/cart" }, port: 1) { verdict witness { text } }
    one: reach(from: { pod: { namespace: "shop", labels: [{ key: "app", value: "web" }] } }, to: { name: "shop/cart" }, port: 8080) { from verdict }
    cloud: reach(from: { name: "lab/toy" }, to: { metadataOf: "aws" }) { to port verdict }
    everyone: flows(from: { anyPod: {} }, external: false) { nodes { from to allowed { protocol } } }`);

  expect(errors).toBeUndefined();
  expect(scan.any).toMatchObject({
    from: 'any-pod',
    verdict: 'ALLOWED',
    witness: { text: expect.any(String), labels: expect.any(Array), node: null },
  });
  expect(scan.none).toEqual({ verdict: 'DENIED', witness: null });
  expect(scan.one).toEqual({ from: 'shop/pod:app=web', verdict: 'ALLOWED' });
  expect(scan.cloud).toMatchObject({ to: 'metadata:aws', port: 80, verdict: 'ALLOWED' });
  expect(scan.everyone.nodes).toContainEqual({ from: 'any-pod', to: 'shop/cart[Deployment]', allowed: [{ protocol: 'TCP' }] });
});

test('places have names of their own', async () => {
  const { errors } = await ask('reach(from: { name: "lab/toy" }, to: { place: ORGANISATION }, port: 80) { verdict }');

  expect(errors![0]!.message).toContain('fact `organisationRanges`');
});

test('a verdict has its trace, with file and line of the rule', async () => {
  const { scan, errors } = await ask(`reach(from: { name: "shop/web" }, to: { name: "shop/cart" }, port: 8080) {
    from to protocol port verdict egress ingress dependsOn { kind text } assumptions blockers { sentence } remedies notes parts { verdict flows examples }
    trace { direction trigger action certain tier policy rule isolatedBy file line sentence dependsOn { kind text } } }`);

  expect(errors).toBeUndefined();
  expect(scan.reach).toMatchObject({
    verdict: 'ALLOWED',
    egress: 'ALLOWED',
    ingress: 'ALLOWED',
    protocol: 'TCP',
    port: 8080,
    dependsOn: [],
    blockers: [],
  });
  expect(scan.reach.trace).toContainEqual(
    expect.objectContaining({
      direction: 'INGRESS',
      trigger: 'RULE',
      action: 'ALLOW',
      certain: true,
      tier: 'default',
      policy: 'shop/cart-from-web[NetworkPolicy]',
      rule: 1,
      file: 'bundle',
      line: CART_RULE_LINE,
    }),
  );
});

test('a denial has its blockers', async () => {
  const { scan } = await ask(
    'reach(from: { name: "lab/toy" }, to: { name: "pay/ledger" }, port: 5432, protocol: TCP) { verdict blockers { direction trigger isolatedBy } remedies }',
  );

  expect(scan.reach.verdict).toBe('DENIED');
  expect(scan.reach.blockers).toEqual([
    { direction: 'INGRESS', trigger: 'END_OF_TIER', isolatedBy: ['pay/ledger-from-cart[NetworkPolicy]'] },
  ]);
  expect(scan.reach.remedies.length).toBeGreaterThan(0);
});

test('what a packet is made of is asked for by its parts', async () => {
  const { scan, errors } =
    await ask(`ends: flows(from: { name: "shop/web" }, to: { name: "shop/cart" }) { nodes { ports { protocol } } endpoints { key kind pods } notes }
    gre: reach(from: { name: "shop/web" }, to: { name: "shop/cart" }, protocol: OTHER, number: 47) { protocol number port }
    tcp: reach(from: { name: "shop/web" }, to: { name: "shop/cart" }, protocol: OTHER, number: 6, port: 8080, sourcePort: 40000) { protocol number port verdict }
    ping: reach(from: { name: "shop/web" }, to: { name: "shop/cart" }, icmp: { type: 8 }) { protocol notes }`);

  expect(errors).toBeUndefined();
  expect(scan).toEqual({
    ends: {
      nodes: [{ ports: [{ protocol: 'TCP' }] }],
      endpoints: [
        { key: 'shop/web[Deployment]', kind: 'Deployment', pods: [] },
        { key: 'shop/cart[Deployment]', kind: 'Deployment', pods: [] },
      ],
      notes: [],
    },
    gre: { protocol: 'OTHER', number: 47, port: null },
    tcp: { protocol: 'TCP', number: null, port: 8080, verdict: 'ALLOWED' },
    ping: { protocol: 'ICMP', notes: ['ICMP code 0 is taken, since none is given'] },
  });
});

test('ICMP that is only possible is listed where it is asked for', async () => {
  const { query, scanId } = await finishedScan({}, SHOP_BUNDLE, {});
  const conditional = async (argument: string) => {
    const flows = `flows(from: { name: "shop/web" }, to: { name: "shop/cart" }${argument})`;
    const { data } = await query(`query($id: ID!) { scan(id: $id) { ${flows} { nodes { conditional { protocol } } } } }`, { id: scanId });
    return data.scan.flows.nodes[0].conditional;
  };

  expect(await conditional('')).toEqual([]);
  expect(await conditional(', icmp: true')).toEqual([{ protocol: 'ICMP' }]);
});

test('where no door leads the internet does not get', async () => {
  const { scan } = await ask('reach(from: { internet: true }, to: { name: "lab/toy" }, port: 80) { verdict notes path { door } }');

  expect(scan.reach).toMatchObject({ verdict: 'DENIED', path: null, notes: [expect.stringContaining('no door from outside')] });
});

test.each([
  ['reach(from: { name: "shop/nobody" }, to: { name: "shop/cart" }, port: 1) { verdict }', 'INVALID_REQUEST'],
  ['reach(from: { name: "shop/web" }, to: { name: "shop/cart" }) { verdict }', 'INVALID_REQUEST'],
  ['reach(from: { name: "shop/web" }, to: { name: "shop/cart" }, port: 70000) { verdict }', 'INVALID_REQUEST'],
  ['reach(from: { name: "shop/web" }, to: { name: "shop/cart" }, protocol: OTHER) { verdict }', 'INVALID_REQUEST'],
  ['reach(from: { name: "shop/web" }, to: { name: "shop/cart" }, port: 1, number: 47) { verdict }', 'INVALID_REQUEST'],
  ['reach(from: { name: "shop/web" }, to: { name: "shop/cart" }, protocol: OTHER, number: 256) { verdict }', 'INVALID_REQUEST'],
  ['reach(from: { name: "shop/web", internet: true }, to: { name: "shop/cart" }, port: 1) { verdict }', 'GRAPHQL_VALIDATION_FAILED'],
  ['reach(from: {}, to: { name: "shop/cart" }, port: 1) { verdict }', 'GRAPHQL_VALIDATION_FAILED'],
  ['flows(first: 101) { nodes { from } }', 'INVALID_REQUEST'],
  ['findings(after: "AAAA") { nodes { id } }', 'INVALID_REQUEST'],
  ['workloads(first: -1) { nodes { id } }', 'INVALID_REQUEST'],
])('%s is refused', async (selection, code) => {
  const { errors } = await ask(selection);

  expect(errors!.map(({ extensions }) => extensions.code)).toEqual([code]);
});

test('a field that fails leaves the others', async () => {
  const { scan, errors } = await ask('status reach(from: { name: "shop/nobody" }, to: { name: "shop/cart" }, port: 1) { verdict }');

  expect(scan).toEqual({ status: 'SUCCEEDED', reach: null });
  expect(errors).toHaveLength(1);
});

test('before a scan has succeeded, what rests on its results is null', async () => {
  const service = apiService();
  const { id } = await service.operations.startScan('acme', {
    bundle: { bytes: new TextEncoder().encode('# nothing') },
    cluster: 'c',
    facts: {},
    stage: 'lab',
  });
  const text = `query($id: ID!) { scan(id: $id) { status failure finishedAt digest summary { mode } facts { name } assumptions { name } diagnostics { totalCount } workloads { totalCount } policies { totalCount }
    findings { totalCount } flows { nodes { from } } reach(from: { name: "a/b" }, to: { name: "c/d" }, port: 1) { verdict } } }`;
  const open = {
    digest: null,
    summary: null,
    facts: null,
    assumptions: null,
    workloads: null,
    policies: null,
    findings: null,
    flows: null,
    reach: null,
  };

  expect(await service.query(text, { id })).toEqual({
    data: { scan: { ...open, status: 'QUEUED', failure: null, finishedAt: null, diagnostics: null } },
  });
  await service.work();
  expect(await service.query(text, { id })).toMatchObject({
    data: { scan: { ...open, status: 'FAILED', failure: expect.stringContaining('no Kubernetes object') } },
  });
});

test('one query loads a scan, its model and its findings once', async () => {
  const reads: string[] = [];
  const { query, scanId } = await finishedScan({
    objects: (memory) =>
      Object.assign(Object.create(memory) as typeof memory, {
        get: (key: string) => {
          reads.push(key);
          return memory.get(key);
        },
      }),
  });
  reads.length = 0;

  await query(
    `query($id: ID!) { a: scan(id: $id) { findings { nodes { id } } workloads { nodes { id } } reach(from: { name: "shop/web" }, to: { name: "shop/cart" }, port: 1) { verdict } }
      b: scan(id: $id) { findings(orderBy: CHECK) { nodes { id } } flows { nodes { from } } policies { nodes { id } } } }`,
    { id: scanId },
  );

  // Once to open it, and once each with its model and its findings.
  expect(reads.filter((key) => key.endsWith('/scan'))).toHaveLength(3);
  expect(reads.filter((key) => key.endsWith('/model'))).toHaveLength(1);
  expect(reads.filter((key) => key.endsWith('/findings'))).toHaveLength(1);
});

test('no answer holds a byte of a secret', async () => {
  const answer = await ask(`diagnostics { nodes { message } } workloads { nodes { ref } } policies { nodes { ref } }
    findings { nodes { sentence evidence { details { text } trace { sentence } } remediation { manifest } } } flows { nodes { from to } }`);

  expect(answer.errors).toBeUndefined();
  for (const secret of PLANTED_SECRETS) expect(JSON.stringify(answer)).not.toContain(secret);
});

describe('exposure', () => {
  async function exposure(selection: string, bundle = DOORS_BUNDLE) {
    const { query, scanId } = await finishedScan({}, bundle);
    const answer = await query(`query($id: ID!) { scan(id: $id) { ${selection} } }`, { id: scanId });
    return { ...answer, scan: answer.data?.scan };
  }

  const DOOR =
    'key kind object source { file line } protocol port servicePort addresses hostnames hosts gateway controller { name isInInput } sourceRanges scope scopeEvidence';
  const DECIDERS = 'decidedBy { kind sentence step { trigger policy rule file line dependsOn { kind text } } }';

  test('tells of each workload who gets there, by which door', async () => {
    const { scan, errors } =
      await exposure(`exposure(workload: "shop/api") { nodes { workload { ref id } openTo newPods strangers { protocol ranges { low high } }
      doors { door { ${DOOR} } front { key } portOutside portInside endpoints internet assumptions
        clients { verdict ranges clients ${DECIDERS} dependsOn { kind text } } }
      services { door { key } portInside endpoints newPods example workloads { allowed conditional total names } allowedCount conditionalCount workloadCount names ${DECIDERS} dependsOn { text } } } }`);

    expect(errors).toBeUndefined();
    const [api] = scan.exposure.nodes;
    expect(api).toMatchObject({
      workload: { ref: 'shop/api[Deployment]' },
      openTo: 'INTERNET',
      newPods: 'ANY',
      strangers: expect.arrayContaining([{ protocol: 'TCP', ranges: [{ low: 1, high: 65535 }] }]),
      services: [
        {
          door: { key: 'clusterIP shop/api:80' },
          portInside: '8080',
          newPods: 'ANY',
          workloads: { allowed: 6, conditional: 0, total: 6, names: expect.arrayContaining(['shop/web[Deployment]']) },
          dependsOn: [],
          allowedCount: 6,
          conditionalCount: 0,
          workloadCount: 6,
        },
      ],
    });
    expect(api.doors).toContainEqual(
      expect.objectContaining({
        door: expect.objectContaining({
          kind: 'INGRESS',
          object: 'shop/api[Ingress]',
          controller: { name: 'edge', isInInput: false },
          hosts: ['api.example.com'],
        }),
        front: null,
        internet: 'ALL',
        portInside: '8080',
      }),
    );
  });

  test('comes in pages that can be gone on with, filtered by clients', async () => {
    const { query, scanId } = await finishedScan({}, DOORS_BUNDLE);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const answer: Awaited<ReturnType<typeof query>> = await query(
        'query($id: ID!, $after: String) { scan(id: $id) { exposure(from: { internet: true }, namespace: ["shop"], first: 2, after: $after) { nodes { workload { ref } services { portInside } } pageInfo { hasNextPage endCursor } } } }',
        { id: scanId, after },
      );
      const { nodes, pageInfo } = answer.data.scan.exposure;
      seen.push(...nodes.map(({ workload }: { workload: { ref: string } }) => workload.ref));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);

    expect(seen).toEqual(['shop/admin[Deployment]', 'shop/api[Deployment]', 'shop/metrics[Deployment]', 'shop/web[Deployment]']);
  });

  test('refuses clients that are in the cluster', async () => {
    const { errors } = await exposure('exposure(from: { name: "shop/web" }) { nodes { openTo } }');

    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_REQUEST' } }]);
  });

  test('doors that lead nowhere have a list of their own', async () => {
    const { scan } = await exposure(
      'deadEnds { nodes { object kinds protocol port source { file line } } totalCount } none: deadEnds(namespace: ["other"]) { totalCount }',
    );

    expect(scan).toMatchObject({
      deadEnds: {
        nodes: [{ object: 'shop/old[Service]', kinds: ['CLUSTER_IP', 'NODE_PORT'], protocol: 'TCP', port: '80' }],
        totalCount: 1,
      },
      none: { totalCount: 0 },
    });
  });

  test('doors that lead out of the cluster have one as well', async () => {
    const { scan } = await exposure(
      'waysOut { nodes { object kinds protocol port portInside leadsTo source { line } } totalCount } none: waysOut(namespace: ["other"]) { totalCount }',
      wayOutBundle(),
    );

    const way = { object: 'shop/legacy[Service]', kinds: ['LOAD_BALANCER', 'NODE_PORT'], protocol: 'TCP', port: '80', portInside: '8080' };
    expect(scan).toMatchObject({
      waysOut: { nodes: [{ ...way, leadsTo: ['198.51.100.50', '198.51.100.51'] }], totalCount: 1 },
      none: { totalCount: 0 },
    });
  });

  test('a way into the cluster is told with the connection as each step sees it', async () => {
    const { scan, errors } =
      await exposure(`reach(from: { internet: true }, to: { name: "shop/web" }, port: 8080) { verdict path { door front client way verdict
      steps { kind place node tuple { source destination protocol port } after { port } verdict sentence trace { certain policy } dependsOn { kind } } } }
      inside: reach(from: { name: "shop/web" }, to: { name: "shop/db" }, port: 5432) { path { door } }`);

    expect(errors).toBeUndefined();
    expect(scan.reach).toMatchObject({ verdict: 'ALLOWED', path: { door: 'loadBalancer shop/web:80', verdict: 'ALLOWED' } });
    expect(scan.reach.path.steps).toMatchObject([
      { kind: 'DOOR', tuple: { port: 80 }, after: null },
      { kind: 'TRANSLATION', after: { port: 8080 }, verdict: null },
      { kind: 'POINT', place: 'INGRESS', trace: [{ certain: true, policy: 'shop/web[NetworkPolicy]' }] },
    ]);
    expect(scan.inside.path).toBeNull();
  });
});
