import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import request from 'supertest';
import { projectRoot } from '../support/import-rules';
import { lambdaHttpServer } from '../support/lambda-http-adapter';
import { PackagedFunction } from '../support/packaged-function';
import { sqsEndpoint } from '../support/sqs-endpoint';
import { unzip } from '../support/unzip';

/*
 * The zips that `npm run package` made, driven as the cloud drives them: HTTP through the events of API Gateway, the worker through the events of SQS,
 * objects in a real S3. Runs where LEASTTRUST_S3_ENDPOINT names a server (with credentials in the usual variables) and the zips are there.
 */
const root = projectRoot();
const packages = join(root, '.serverless');
const endpoint = process.env.LEASTTRUST_S3_ENDPOINT;
const isReady = endpoint !== undefined && existsSync(join(packages, 'rest.zip'));
const BUCKET = 'leasttrust-packaged';
const FUNCTIONS = ['rest', 'graphql', 'scan'] as const;
/** What a cold start may load, in bytes of minified code. */
const BUNDLE_LIMIT = 1_500_000;

if (!isReady) {
  process.stdout.write('packaged functions: not driven, because LEASTTRUST_S3_ENDPOINT is not set or nothing is packaged\n');
  it('are driven only where there is an S3 server and a package', () => {
    expect(isReady).toBe(false);
  });
} else {
  const folder = mkdtempSync(join(tmpdir(), 'leasttrust-packaged-'));
  const handlers = {} as Record<(typeof FUNCTIONS)[number], PackagedFunction>;
  const queue = sqsEndpoint();
  const shop = readdirSync(join(root, 'examples', 'shop'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(join(root, 'examples', 'shop', name), 'utf8'))
    .join('\n---\n');
  let tenant: string | undefined = 'acme';
  const api = lambdaHttpServer({
    routes: {
      '/v1/': (event, context) => handlers.rest.call(event, context),
      '/graphql': (event, context) => handlers.graphql.call(event, context),
    },
    claimsOf: () => (tenant === undefined ? undefined : { tenant }),
    open: ['GET /v1/health'],
  });
  const deliver = (body: string, messageId = 'message-1') =>
    handlers.scan.call({ Records: [{ messageId, body, attributes: { ApproximateReceiveCount: '1' }, eventSource: 'aws:sqs' }] }, {});

  beforeAll(async () => {
    await new Promise<void>((resolve) => queue.server.listen(0, '127.0.0.1', resolve));
    const queueUrl = `http://127.0.0.1:${(queue.server.address() as AddressInfo).port}/123456789012/scans`;
    Object.assign(process.env, {
      LEASTTRUST_BUCKET: BUCKET,
      LEASTTRUST_QUEUE_URL: queueUrl,
      AWS_ENDPOINT_URL_SQS: new URL(queueUrl).origin,
      POWERTOOLS_DEV: 'true',
    });
    const s3 = new S3Client({ endpoint: endpoint!, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET })).catch((error: Error) => {
      if (!/BucketAlready/.test(error.name)) throw error;
    });
    for (const name of FUNCTIONS) {
      await unzip(join(packages, `${name}.zip`), join(folder, name));
      handlers[name] = new PackagedFunction(join(folder, name, 'functions', `${name}.js`));
    }
  });

  afterAll(async () => {
    for (const name of FUNCTIONS) await handlers[name].close();
    queue.server.close();
    rmSync(folder, { recursive: true });
  });

  beforeEach(() => {
    tenant = 'acme';
  });

  describe('the packaged functions', () => {
    let scanId = '';

    it('are small enough for a quick cold start', () => {
      for (const name of FUNCTIONS) expect(statSync(join(folder, name, 'functions', `${name}.js`)).size).toBeLessThan(BUNDLE_LIMIT);
    });

    it('answer the health check without a token, and nothing else', async () => {
      tenant = undefined;
      await request(api).get('/v1/health').expect(200);
      await request(api).get('/v1/scans').expect(401);
    });

    it('take an upload through a presigned URL and queue its scan', async () => {
      const upload = await request(api).post('/v1/uploads').expect(201);
      const put = await fetch(upload.body.url, { method: 'PUT', headers: upload.body.headers, body: Buffer.from(shop) });
      expect(put.status).toBe(200);
      const started = await request(api).post('/v1/scans').send({ uploadId: upload.body.uploadId, cluster: 'shop' }).expect(202);
      scanId = started.body.id;
      expect(started.headers.location).toBe(`/v1/scans/${scanId}`);
      expect(started.body.status).toBe('QUEUED');
      expect(JSON.parse(queue.sent.at(-1)!)).toEqual({ tenant: 'acme', scanId });
    });

    it('run the scan once, however often it is delivered', async () => {
      for (let delivery = 0; delivery < 2; delivery++) expect(await deliver(queue.sent.at(-1)!)).toEqual({ batchItemFailures: [] });
      const scan = await request(api).get(`/v1/scans/${scanId}`).expect(200);
      expect(scan.body.status).toBe('SUCCEEDED');
      expect(scan.body.summary.policies).toBeGreaterThanOrEqual(10);
    });

    it('report only the broken delivery of a batch as failed', async () => {
      expect(await deliver('{"neither":"nor"}', 'broken')).toEqual({ batchItemFailures: [{ itemIdentifier: 'broken' }] });
      expect(handlers.scan.log).toContain('delivery failed');
    });

    it('answer over REST and GraphQL from what the worker stored', async () => {
      const findings = await request(api).get(`/v1/scans/${scanId}/findings`).expect(200);
      const ids = (findings.body.findings as { check: string }[]).map((finding) => finding.check);
      const query = `query ($scan: ID!) {
        scan(id: $scan) {
          status
          findings(first: 100) { nodes { checkCode } }
          reach(from: { name: "shop/web" }, to: { name: "shop/catalog" }, port: 8080) { verdict trace { sentence file line } }
        }
      }`;
      const answer = await request(api)
        .post('/graphql')
        .send({ query, variables: { scan: scanId } })
        .expect(200);
      expect(answer.body.errors).toBeUndefined();
      const seen = answer.body.data.scan.findings.nodes.map(({ checkCode }: { checkCode: string }) => checkCode);
      expect(seen).toEqual(ids);
      expect(seen).toContain('LT-HYG-001');
      expect(answer.body.data.scan.reach.verdict).toBe('DENIED');
      expect(answer.body.data.scan.reach.trace.at(-1)).toMatchObject({ line: expect.any(Number) });
    });

    it('scan an upload that was opened with its scan when S3 tells that it has arrived', async () => {
      const upload = await request(api)
        .post('/v1/uploads')
        .send({ scan: { cluster: 'shop' } })
        .expect(201);
      await fetch(upload.body.url, { method: 'PUT', headers: upload.body.headers, body: Buffer.from(shop) });
      const notice = { Records: [{ eventName: 'ObjectCreated:Put', s3: { object: { key: `uploads/acme/${upload.body.uploadId}` } } }] };
      expect(await deliver(JSON.stringify(notice))).toEqual({ batchItemFailures: [] });
      const scan = await request(api).get(`/v1/scans/${upload.body.scanId}`).expect(200);
      expect(scan.body.status).toBe('SUCCEEDED');
    });

    it('hide a scan from another tenant', async () => {
      tenant = 'globex';
      await request(api).get(`/v1/scans/${scanId}`).expect(404);
      const answer = await request(api)
        .post('/graphql')
        .send({ query: `{ scan(id: "${scanId}") { status } }` });
      expect(JSON.stringify(answer.body)).not.toContain('SUCCEEDED');
    });

    it('refuse a body that Lambda could not take', async () => {
      await request(api)
        .post('/v1/scans?cluster=shop')
        .set('content-type', 'application/yaml')
        .send('#'.repeat(6 * 1024 * 1024))
        .expect(413);
    });

    it('delete a scan', async () => {
      await request(api).delete(`/v1/scans/${scanId}`).expect(204);
      await request(api).get(`/v1/scans/${scanId}`).expect(404);
    });
  });
}
