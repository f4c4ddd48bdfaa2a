import { readConfig } from '../src/config';

describe('readConfig', () => {
  it('fills in defaults around the one thing that must be given', () => {
    expect(readConfig({ LEASTTRUST_BUCKET: 'scans' })).toEqual({
      bucket: 'scans',
      queueUrl: undefined,
      s3Endpoint: undefined,
      kmsKeyId: undefined,
      tenantClaim: 'tenant',
      introspection: false,
      modelCacheBytes: 268_435_456,
    });
  });

  it('takes every setting from the environment', () => {
    const config = readConfig({
      LEASTTRUST_BUCKET: 'scans',
      LEASTTRUST_QUEUE_URL: 'http://127.0.0.1/queue',
      LEASTTRUST_S3_ENDPOINT: 'http://127.0.0.1:7480',
      LEASTTRUST_KMS_KEY_ID: 'key-1',
      LEASTTRUST_TENANT_CLAIM: 'org',
      LEASTTRUST_INTROSPECTION: 'on',
      LEASTTRUST_MODEL_CACHE_MB: '2',
    });
    expect(config).toMatchObject({ tenantClaim: 'org', introspection: true, modelCacheBytes: 2_097_152, kmsKeyId: 'key-1' });
    expect(config).toMatchObject({ queueUrl: 'http://127.0.0.1/queue', s3Endpoint: 'http://127.0.0.1:7480' });
  });

  it('names everything that is wrong at once', () => {
    expect(() => readConfig({ LEASTTRUST_MODEL_CACHE_MB: 'many' })).toThrow(
      'bad configuration: `LEASTTRUST_BUCKET` is not set; `LEASTTRUST_MODEL_CACHE_MB` is no positive whole number',
    );
  });

  it('treats an empty variable as not set', () => {
    expect(() => readConfig({ LEASTTRUST_BUCKET: '' })).toThrow('`LEASTTRUST_BUCKET` is not set');
  });
});
