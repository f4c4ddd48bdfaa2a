import { wire } from '../../functions/wiring';

const environment = { ...process.env };

afterEach(() => {
  process.env = { ...environment };
});

describe('wire', () => {
  it('builds everything from the environment, without a call to the cloud', async () => {
    Object.assign(process.env, { LEASTTRUST_BUCKET: 'scans', AWS_REGION: 'eu-central-1', LEASTTRUST_KMS_KEY_ID: 'key-1' });
    const { config, operations, repository, newId, clock } = wire('rest');
    expect(config.bucket).toBe('scans');
    expect(newId()).not.toBe(newId());
    expect(clock().getTime()).toBeGreaterThan(0);
    expect(repository.uploadKey('acme', 'u-1')).toBe('uploads/acme/u-1');
    // An id that cannot exist is answered before the store is asked.
    await expect(operations.openScan('acme', '../x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('does not start without its settings', () => {
    delete process.env.LEASTTRUST_BUCKET;
    expect(() => wire('rest')).toThrow('`LEASTTRUST_BUCKET` is not set');
  });
});
