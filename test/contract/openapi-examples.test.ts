import { readFileSync } from 'node:fs';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import { parse } from 'yaml';
import { API_ERROR_CODES } from '../../src/api/errors';
import { LAMBDA_LIMITS } from '../../src/api/rest';
import { ROUTES } from '../../src/api/rest/routes';
import { apiService, type CallAnswer } from '../support/api-service';
import { wayOutBundle } from '../support/doors-bundle';
import { SHOP_BUNDLE } from '../support/shop-bundle';

interface Media {
  readonly schema: object;
  readonly example?: unknown;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly $ref?: string; readonly name?: string; readonly in?: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: Readonly<Record<string, Media>> }>>;
}

interface Contract {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly properties?: Readonly<Record<string, { readonly enum?: readonly string[] }>> }>>;
    readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, Media>> }>>;
  };
}

const contract = parse(readFileSync('schema/openapi.yaml', 'utf8')) as Contract;
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const OPERATIONS = Object.entries(contract.paths).flatMap(([path, item]) =>
  METHODS.flatMap((method) => (item[method] ? [{ path, method: method.toUpperCase(), operation: item[method] }] : [])),
);

const ajv = new Ajv2020({
  strict: false,
  formats: { 'date-time': (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) },
});
ajv.addSchema({ $id: 'contract', ...contract });

function validator(schema: object): ValidateFunction {
  return ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"contract#/components')) as object);
}

function expectValid(schema: object, value: unknown) {
  const validate = validator(schema);
  validate(value);
  expect(validate.errors ?? []).toEqual([]);
}

function schemaOf(method: string, path: string, status: number, type = 'application/json'): object {
  const { operation } = OPERATIONS.find((candidate) => candidate.method === method && candidate.path === path)!;
  const response = operation.responses[String(status)] ?? operation.responses.default!;
  const content = response.$ref ? contract.components.responses[response.$ref.split('/').at(-1)!]!.content : response.content;
  return content![type]!.schema;
}

function expectPromised(answer: CallAnswer, method: string, path: string, status: number) {
  expect(answer.status).toBe(status);
  const type = answer.headers.get('content-type')!;
  expectValid(schemaOf(method, path, status, type), answer.body);
}

test('every route is promised, and every promise has its route', () => {
  const promised = OPERATIONS.map(({ method, path }) => `${method} ${path}`);
  const routes = ROUTES.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);

  expect(promised.sort()).toEqual(routes.sort());
});

test('routes that need no tenant say so, and only those', () => {
  const open = OPERATIONS.filter(({ operation }) => 'security' in operation).map(({ method, path }) => `${method} ${path}`);

  expect(open).toEqual(ROUTES.filter(({ answer }) => 'open' in answer).map(({ method, path }) => `${method} ${path}`));
});

test('operations have names of their own, and all of them may answer with a problem', () => {
  const ids = OPERATIONS.map(({ operation }) => operation.operationId);

  expect(new Set(ids).size).toBe(ids.length);
  for (const { operation, path } of OPERATIONS) {
    if (!['/v1/health', '/v1/openapi.yaml'].includes(path))
      expect(operation.responses.default).toEqual({ $ref: '#/components/responses/Problem' });
  }
});

test('the codes of problems are those that the api has', () => {
  expect(contract.components.schemas.Problem!.properties!.code!.enum).toEqual(API_ERROR_CODES);
});

test('the size that a body may have is the one that is promised', () => {
  expect(readFileSync('schema/openapi.yaml', 'utf8')).toContain(`A bundle up to ${LAMBDA_LIMITS.bodyBytes / 1_000_000} MB goes straight`);
});

/** Whether pods get through whose addresses nobody knows, no input tells. */
const BY_ADDRESS = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: metrics, namespace: shop }
spec:
  podSelector: { matchLabels: { app: metrics } }
  ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/8 } }], ports: [{ port: 9100 }] }]
`;

describe('every example fits its schema', () => {
  const examples = OPERATIONS.flatMap(({ method, path, operation }) => [
    ...Object.entries(operation.requestBody?.content ?? {}).map(([type, media]) => ({ name: `${method} ${path} takes ${type}`, media })),
    ...Object.entries(operation.responses).flatMap(([status, { content }]) =>
      Object.entries(content ?? {}).map(([type, media]) => ({ name: `${method} ${path} answers ${status} ${type}`, media })),
    ),
  ]).filter(({ media }) => media.example !== undefined);
  const problem = contract.components.responses.Problem!.content['application/problem+json']!;

  test.each([...examples, { name: 'a problem', media: problem }])('$name', ({ media }) => {
    expectValid(media.schema, media.example);
  });

  test('every JSON answer has one', () => {
    const answers = OPERATIONS.flatMap(({ operation }) => Object.values(operation.responses)).flatMap(
      ({ content }) => content?.['application/json'] ?? [],
    );

    expect(answers.filter(({ example }) => example === undefined)).toEqual([]);
  });
});

describe('the real service', () => {
  const YAML = { 'content-type': 'application/yaml' };

  async function finished() {
    const service = apiService();
    const started = await service.call('POST', '/v1/scans?cluster=shop-eu&fact=cni=calico', {
      body: `${SHOP_BUNDLE}---\nkind: [broken\n`,
      headers: YAML,
    });
    await service.work();
    return { ...service, started, path: `/v1/scans/${started.body.id}` };
  }

  test('answers as the contract says', async () => {
    const { call, started, path } = await finished();

    expectPromised(started, 'POST', '/v1/scans', 202);
    expectPromised(await call('GET', path), 'GET', '/v1/scans/{id}', 200);
    expectPromised(await call('GET', '/v1/scans'), 'GET', '/v1/scans', 200);
    expectPromised(await call('GET', '/v1/clusters'), 'GET', '/v1/clusters', 200);
    expectPromised(await call('GET', `${path}/findings`), 'GET', '/v1/scans/{id}/findings', 200);
    expectPromised(await call('GET', `${path}/findings?limit=1`), 'GET', '/v1/scans/{id}/findings', 200);
    expectPromised(
      await call('GET', `${path}/findings`, { headers: { accept: 'application/sarif+json' } }),
      'GET',
      '/v1/scans/{id}/findings',
      200,
    );
    for (const by of ['pod', 'workload', 'namespace'])
      expectPromised(await call('GET', `${path}/flows?by=${by}&limit=3`), 'GET', '/v1/scans/{id}/flows', 200);
    for (const query of ['', '?limit=1', '?from=internet', '?namespace=shop,pay&workload=shop/web'])
      expectPromised(await call('GET', `${path}/exposure${query}`), 'GET', '/v1/scans/{id}/exposure', 200);
    expectPromised(await call('POST', '/v1/uploads'), 'POST', '/v1/uploads', 201);
    expectPromised(await call('GET', '/v1/health'), 'GET', '/v1/health', 200);
  });

  test('answers questions as the contract says, also those it cannot understand', async () => {
    const { call, path } = await finished();
    const json = [
      { from: 'shop/web', to: 'shop/cart', port: 8080 },
      { from: 'shop/web', to: 'pay/ledger', port: 5432 },
      { from: 'internet', to: 'shop/web', port: 8080 },
      { from: 'shop/web', to: '203.0.113.0/24', protocol: 'UDP', port: 53 },
      { from: 'lab/toy', to: 'shop/web', icmp: { type: 8 } },
      { from: 'shop/web', to: 'shop/nobody', port: 1 },
      { from: 'any-pod', to: 'shop/cart', port: 8080 },
      { from: 'shop/web', to: 'metadata:aws' },
    ];

    expectPromised(await call('POST', `${path}/checks`, { json }), 'POST', '/v1/scans/{id}/checks', 200);
  });

  test('tells of doors as the contract says', async () => {
    const service = apiService();
    const { body } = await service.call('POST', '/v1/scans?cluster=c', { body: `${wayOutBundle()}---\n${BY_ADDRESS}`, headers: YAML });
    await service.work();
    const path = `/v1/scans/${body.id}`;
    const json = [
      { from: 'internet', to: 'shop/web', port: 8080 },
      { from: 'internet', to: 'shop/api', port: 8080 },
      { from: 'shop/web', to: 'shop/vault[Service]', port: 443 },
    ];

    const { workloads, deadEnds, waysOut } = (await service.call('GET', `${path}/exposure?workload=shop/metrics`)).body;
    expect(workloads).toMatchObject([{ services: [{ newPods: 'perhaps', dependsOn: [{ kind: 'fact' }, { kind: 'address' }] }] }]);
    expect([deadEnds, waysOut]).toEqual([[], []]);
    for (const query of ['', '?from=internet', '?limit=3'])
      expectPromised(await service.call('GET', `${path}/exposure${query}`), 'GET', '/v1/scans/{id}/exposure', 200);
    expectPromised(await service.call('POST', `${path}/checks`, { json }), 'POST', '/v1/scans/{id}/checks', 200);
  });

  test('fails as the contract says', async () => {
    const { call, path } = await finished();
    const problems: readonly [string, string, number, Promise<CallAnswer>][] = [
      ['GET', '/v1/scans/{id}', 404, call('GET', '/v1/scans/none')],
      ['GET', '/v1/scans/{id}', 401, call('GET', '/v1/scans/none', { tenant: undefined })],
      ['GET', '/v1/scans/{id}/findings', 400, call('GET', `${path}/findings?limit=0&severity=bad`)],
      ['GET', '/v1/scans/{id}/findings', 406, call('GET', `${path}/findings`, { headers: { accept: 'text/html' } })],
      ['GET', '/v1/scans/{id}/flows', 400, call('GET', `${path}/flows?from=nobody`)],
      ['POST', '/v1/scans', 415, call('POST', '/v1/scans?cluster=c', { body: 'x', headers: { 'content-type': 'text/plain' } })],
      ['POST', '/v1/scans', 400, call('POST', '/v1/scans', { json: { uploadId: 7 } })],
      ['DELETE', '/v1/scans/{id}', 404, call('DELETE', '/v1/scans/none')],
    ];

    for (const [method, route, status, answer] of problems) {
      expect((await answer).headers.get('content-type')).toBe('application/problem+json');
      expectPromised(await answer, method, route, status);
    }
  });

  test('a failed scan is as the contract says', async () => {
    const service = apiService();
    const { body } = await service.call('POST', '/v1/scans?cluster=c', { body: '# nothing', headers: YAML });
    await service.work();

    expectPromised(await service.call('GET', `/v1/scans/${body.id}`), 'GET', '/v1/scans/{id}', 200);
  });

  test('takes the examples of questions that the contract gives', async () => {
    const { call, path } = await finished();
    const { operation } = OPERATIONS.find(({ operation: { operationId } }) => operationId === 'askAll')!;

    const answer = await call('POST', `${path}/checks`, { json: operation.requestBody!.content['application/json']!.example });

    expect(answer.status).toBe(200);
    expect(answer.body.verdicts).toHaveLength(2);
  });

  test('takes the example of a scan of an upload', async () => {
    const { call, repository } = apiService();
    const example = OPERATIONS.find(({ operation: { operationId } }) => operationId === 'startScan')!.operation.requestBody!.content[
      'application/json'
    ]!.example as { uploadId: string };
    await repository.putUpload('acme', example.uploadId, new TextEncoder().encode(SHOP_BUNDLE));

    expectPromised(await call('POST', '/v1/scans', { json: example }), 'POST', '/v1/scans', 202);
  });

  test('takes the media types of bundles that the contract gives, and no others', async () => {
    const { operation } = OPERATIONS.find(({ operation: { operationId } }) => operationId === 'startScan')!;
    for (const type of [...Object.keys(operation.requestBody!.content), 'text/html', 'application/pdf']) {
      const answer = await apiService().call('POST', '/v1/scans?cluster=c', { body: SHOP_BUNDLE, headers: { 'content-type': type } });
      expect(answer.status).toBe(Object.hasOwn(operation.requestBody!.content, type) ? 202 : 415);
    }
  });

  test('knows the query parameters that the contract gives, and no others', async () => {
    const { call, path } = await finished();
    for (const { method, path: route, operation } of OPERATIONS) {
      if (method !== 'GET' || route.startsWith('/v1/health') || route.startsWith('/v1/openapi')) continue;
      const address = route.replace('/v1/scans/{id}', path);
      expect(await call('GET', `${address}?undocumented=1`)).toMatchObject({
        status: 400,
        body: { detail: expect.stringContaining('unrecognized') },
      });
      for (const { name } of operation.parameters?.filter((parameter) => parameter.in === 'query') ?? []) {
        // A wrong value of a known parameter is refused by the value's name, an unknown parameter by its own.
        const answer = await call('GET', `${address}?${name}=`);
        expect(answer.status === 200 ? '' : (answer.body.detail as string)).not.toContain('unrecognized');
      }
    }
  });
});
