import { randomBytes } from 'node:crypto';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { PreconditionFailed } from '../../src/store/object-store';
import { S3ObjectStore, type S3ObjectStoreOptions } from '../../src/store/s3-object-store';
import { describeObjectStore } from './object-store-contract';
import { type Answer, failure, lost, object, type RecordedRequest, startScriptedS3, stored } from './scripted-s3';

/*
 * The contract runs against a real server where the environment names one: LEASTTRUST_S3_ENDPOINT (its bucket is made when missing), or
 * LEASTTRUST_S3_BUCKET alone for AWS; with LEASTTRUST_S3_KMS_KEY every object is encrypted with that key. Credentials and region come from the usual variables of AWS.
 * LEASTTRUST_S3_SIGNATURES=unchecked says of a stand-in that it takes any signature.
 */
const { LEASTTRUST_S3_ENDPOINT: endpoint, LEASTTRUST_S3_KMS_KEY: kmsKeyId, LEASTTRUST_S3_SIGNATURES: signatures } = process.env;
const bucket = process.env.LEASTTRUST_S3_BUCKET ?? (endpoint && 'leasttrust-contract');

if (bucket) {
  process.stdout.write(`object store contract: S3 at ${endpoint ?? 'AWS'}, bucket ${bucket}\n`);
  const open = async () => {
    const server = { region: process.env.AWS_REGION ?? 'us-east-1', ...(endpoint && { endpoint, forcePathStyle: true }) };
    if (endpoint) {
      const client = new S3Client(server);
      await client.send(new CreateBucketCommand({ Bucket: bucket })).catch((error: Error) => {
        if (!/^BucketAlready/.test(error.name)) throw error;
      });
      client.destroy();
    }
    const store = new S3ObjectStore({ bucket, ...server, ...(kmsKeyId && { kmsKeyId }) });
    const prefix = `contract/${randomBytes(8).toString('hex')}/`;
    return {
      store,
      prefix,
      close: async () => {
        for (let keys = await store.list(prefix); keys.length > 0; keys = await store.list(prefix)) {
          for (let i = 0; i < keys.length; i += 50) await Promise.all(keys.slice(i, i + 50).map((key) => store.delete(key)));
        }
      },
    };
  };
  describeObjectStore('S3', open, signatures !== 'unchecked');
} else {
  process.stdout.write('object store contract: no S3, because LEASTTRUST_S3_ENDPOINT is not set\n');
}

describe('the S3 store against a scripted server', () => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(closers.splice(0).map((close) => close()));
  });

  async function openStore(
    script: readonly Answer[],
    options: Partial<S3ObjectStoreOptions> = {},
  ): Promise<{ store: S3ObjectStore; requests: readonly RecordedRequest[] }> {
    const { endpoint, requests, close } = await startScriptedS3(...script);
    closers.push(close);
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
    return {
      store: new S3ObjectStore({ bucket: 'bucket', region: 'eu-west-1', endpoint, forcePathStyle: true, credentials, ...options }),
      requests,
    };
  }

  const bytes = Buffer.from('mine');
  const onlyNew = { ifNoneMatch: '*' } as const;
  const methods = (requests: readonly RecordedRequest[]) => requests.map(({ method }) => method);

  test('sends the conditions and a checksum, and answers the tag', async () => {
    const { store, requests } = await openStore([stored]);
    expect(await store.put('a/b', bytes, onlyNew)).toEqual({ tag: '"tag"' });
    await store.put('a/b', bytes, { ifMatch: '"old"' });

    expect(requests.map(({ url }) => url.replace(/\?.*/, ''))).toEqual(['/bucket/a/b', '/bucket/a/b']);
    expect(requests.map(({ headers }) => [headers['if-none-match'], headers['if-match']])).toEqual([
      ['*', undefined],
      [undefined, '"old"'],
    ]);
    expect(requests[0]!.headers['x-amz-checksum-crc32']).toBeDefined();
    expect(requests[0]!.body.toString()).toBe('mine');
  });

  test.each([
    ['412', [failure(412, 'PreconditionFailed')], 1],
    ['412 without a word', [failure(412)], 1],
    ['409, then 412', [failure(409, 'ConditionalRequestConflict'), failure(412)], 2],
    ['409 under another name again and again', [failure(409, 'ConcurrentModification')], 4],
    ['404 for the key', [failure(404, 'NoSuchKey')], 1],
    ['404 without a word', [failure(404)], 1],
  ])('a conditional write that meets %s has lost', async (_, script, count) => {
    const { store, requests } = await openStore(script);
    await expect(store.put('a', bytes, { ifMatch: '"old"' })).rejects.toThrow(PreconditionFailed);
    expect(requests).toHaveLength(count);
  });

  test('a conditional write that meets 409 and then finds nobody has won', async () => {
    const { store, requests } = await openStore([failure(409, 'ConditionalRequestConflict'), stored]);
    expect(await store.put('a', bytes, onlyNew)).toEqual({ tag: '"tag"' });
    expect(requests).toHaveLength(2);
  });

  test('a write whose answer got lost has won if its bytes are there', async () => {
    const { store, requests } = await openStore([lost, failure(412), object('mine')]);
    expect(await store.put('a', bytes, onlyNew)).toEqual({ tag: '"tag"' });
    expect(methods(requests)).toEqual(['PUT', 'PUT', 'GET']);
  });

  test.each([
    ['others are there', object('yours')],
    ['nothing is there', failure(404, 'NoSuchKey')],
  ])('a write whose answer got lost has lost if %s', async (_, current) => {
    const { store } = await openStore([lost, failure(412), current]);
    await expect(store.put('a', bytes, onlyNew)).rejects.toThrow(PreconditionFailed);
  });

  test('an unconditional write never ends in a failed precondition', async () => {
    const { store } = await openStore([failure(412)]);
    await expect(store.put('a', bytes)).rejects.not.toThrow(PreconditionFailed);
  });

  test.each([
    ['a missing bucket', failure(404, 'NoSuchBucket'), 'NoSuchBucket'],
    ['missing rights', failure(403, 'AccessDenied'), 'AccessDenied'],
  ])('%s is an error, not a missing key or a lost write', async (_, answer, name) => {
    const { store } = await openStore([answer]);
    await expect(store.get('a')).rejects.toMatchObject({ name });
    await expect(store.read('a')).rejects.toMatchObject({ name });
    await expect(store.list('a')).rejects.toMatchObject({ name });
    await expect(store.put('a', bytes, onlyNew)).rejects.toMatchObject({ name });
  });

  test('a missing key is undefined, whatever words come with the 404', async () => {
    for (const answer of [failure(404, 'NoSuchKey'), failure(404)]) {
      const { store } = await openStore([answer]);
      expect(await store.get('a')).toBeUndefined();
      expect(await store.read('a')).toBeUndefined();
    }
  });

  test('what fails for a moment is tried again', async () => {
    const { store, requests } = await openStore([failure(503, 'SlowDown'), failure(500, 'InternalError'), object('mine')]);
    expect(Buffer.from((await store.get('a'))!.bytes).toString()).toBe('mine');
    expect(requests).toHaveLength(3);
  });

  test('an object whose body breaks off is got again', async () => {
    const half: Answer = (response) => {
      response.writeHead(200, { etag: '"tag"', 'content-length': 8 }).write('half');
      setTimeout(() => response.destroy(), 20);
    };
    const { store, requests } = await openStore([half, object('the whole')]);
    expect(Buffer.from((await store.get('a'))!.bytes).toString()).toBe('the whole');
    expect(requests).toHaveLength(2);

    const broken = await openStore([half]);
    await expect(broken.store.get('a')).rejects.toThrow();
    expect(broken.requests).toHaveLength(4);
  });

  test('a server that never answers is given up', async () => {
    const { store, requests } = await openStore([() => undefined], { timeouts: { responseMilliseconds: 50 } });
    await expect(store.get('a')).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(requests).toHaveLength(4);
  });

  test('a list goes on behind a page that is short', async () => {
    const page =
      (isTruncated: boolean, ...keys: readonly string[]): Answer =>
      (response) =>
        void response
          .writeHead(200, { 'content-type': 'application/xml' })
          .end(
            `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')}</ListBucketResult>`,
          );
    const { store, requests } = await openStore([page(true, 'p/a', 'p/b'), page(true, 'p/c'), page(false)]);

    expect(await store.list('p/', { after: 'p/0', limit: 5 })).toEqual(['p/a', 'p/b', 'p/c']);
    const queries = requests.map(({ url }) => new URL(url, 'http://s3').searchParams);
    expect(queries.map((query) => [query.get('prefix'), query.get('start-after'), query.get('max-keys')])).toEqual([
      ['p/', 'p/0', '5'],
      ['p/', 'p/b', '3'],
      ['p/', 'p/c', '2'],
    ]);
  });

  test('a presigned URL asks for no checksum and no header', async () => {
    const { store } = await openStore([stored]);
    const { url, headers } = await store.presignPut('uploads/acme/1', 900);
    const { pathname, searchParams } = new URL(url);

    expect(pathname).toBe('/bucket/uploads/acme/1');
    expect(searchParams.get('X-Amz-Expires')).toBe('900');
    expect(searchParams.get('X-Amz-SignedHeaders')).toBe('host');
    expect([...searchParams.keys()].filter((name) => /checksum/i.test(name))).toEqual([]);
    expect(headers).toEqual({});
  });

  test('a key of KMS encrypts what is put, and is part of what a presigned URL signs', async () => {
    const encryption = { 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-server-side-encryption-aws-kms-key-id': 'key-1' };
    const { store, requests } = await openStore([stored], { kmsKeyId: 'key-1' });
    await store.put('a', bytes);
    const { url, headers } = await store.presignPut('a', 60);

    expect(requests[0]!.headers).toMatchObject(encryption);
    expect(headers).toEqual(encryption);
    expect(new URL(url).searchParams.get('X-Amz-SignedHeaders')!.split(';').sort()).toEqual(['host', ...Object.keys(encryption)].sort());
  });
});
