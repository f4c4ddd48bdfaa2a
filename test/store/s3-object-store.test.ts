import { randomBytes } from 'node:crypto';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { S3ObjectStore } from '../../src/store/s3-object-store';
import { describeObjectStore } from './object-store-contract';

/*
 * The contract runs against a real server where the environment names one: LEASTTRUST_S3_ENDPOINT (its bucket is made when missing), or
 * LEASTTRUST_S3_BUCKET alone for AWS. Credentials and region come from the usual variables of AWS.
 */
const { LEASTTRUST_S3_ENDPOINT: endpoint, LEASTTRUST_S3_BUCKET: bucket = endpoint && 'leasttrust-contract' } = process.env;

if (bucket) {
  process.stdout.write(`object store contract: S3 at ${endpoint ?? 'AWS'}, bucket ${bucket}\n`);
  describeObjectStore('S3', async () => {
    const server = { region: process.env.AWS_REGION ?? 'us-east-1', ...(endpoint && { endpoint, forcePathStyle: true }) };
    if (endpoint) {
      const client = new S3Client(server);
      await client.send(new CreateBucketCommand({ Bucket: bucket })).catch((error: Error) => {
        if (!/^BucketAlready/.test(error.name)) throw error;
      });
      client.destroy();
    }
    const store = new S3ObjectStore({ bucket, ...server });
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
  });
} else {
  process.stdout.write('object store contract: no S3, because LEASTTRUST_S3_ENDPOINT is not set\n');
}

test('x', () => {});
