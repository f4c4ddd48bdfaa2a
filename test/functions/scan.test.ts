import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { ScanRepository } from '../../src/store/scan-repository';
import { MemoryObjectStore } from '../support/memory-object-store';

const mockObjects = new MemoryObjectStore();
jest.mock('../../src/store/s3-object-store', () => ({
  S3ObjectStore: class {
    constructor() {
      // biome-ignore lint/correctness/noConstructorReturn: the function builds its store itself; the test gives it one in memory
      return mockObjects;
    }
  },
}));

const environment = { ...process.env };
let handler: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

beforeAll(async () => {
  // The function reads its settings while it is loaded.
  Object.assign(process.env, { LEASTTRUST_BUCKET: 'scans', POWERTOOLS_DEV: 'true' });
  ({ handler } = await import('../../functions/scan'));
});

afterAll(() => {
  process.env = environment;
});

const repository = new ScanRepository(mockObjects);
const BUNDLE = `
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec: { containers: [{ name: web, image: web }] }
`;

function event(...bodies: readonly string[]): SQSEvent {
  const records = bodies.map((body, index) => ({ messageId: `m-${index}`, body, attributes: { ApproximateReceiveCount: '1' } }));
  return { Records: records } as unknown as SQSEvent;
}

async function queueScan(id: string, bundle: string): Promise<string> {
  const request = { uploadId: id, cluster: 'shop', facts: {}, stage: 'production' } as const;
  await repository.putUpload('acme', id, Buffer.from(bundle));
  await repository.create({ id, tenant: 'acme', request, status: 'QUEUED', createdAt: '2026-01-01T00:00:00.000Z' });
  return JSON.stringify({ tenant: 'acme', scanId: id });
}

const statusOf = async (id: string) => (await repository.get('acme', id))?.status;

describe('the scan function', () => {
  beforeEach(() => {
    jest.spyOn(console, 'info').mockImplementation(() => {});
    jest.spyOn(console, 'error').mockImplementation(() => {});
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('runs the scans of a batch', async () => {
    const messages = [await queueScan('s-1', BUNDLE), await queueScan('s-2', BUNDLE)];
    expect(await handler(event(...messages), {} as Context)).toEqual({ batchItemFailures: [] });
    expect([await statusOf('s-1'), await statusOf('s-2')]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });

  it('gives back only the deliveries that failed', async () => {
    const message = await queueScan('s-3', BUNDLE);
    const answer = await handler(event('nonsense', message), {} as Context);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-0' }] });
    expect(await statusOf('s-3')).toBe('SUCCEEDED');
  });

  it('does not ask for a bad bundle again: the scan says why it failed', async () => {
    const message = await queueScan('s-4', 'just text');
    expect(await handler(event(message), {} as Context)).toEqual({ batchItemFailures: [] });
    expect(await statusOf('s-4')).toBe('FAILED');
  });

  it('starts a scan when its upload arrives, and lets other uploads lie', async () => {
    await queueScan('s-5', BUNDLE);
    await repository.putUpload('acme', 'u-lonely', Buffer.from(BUNDLE));
    const notice = JSON.stringify({ Records: ['s-5', 'u-lonely'].map((id) => ({ s3: { object: { key: `uploads/acme/${id}` } } })) });
    expect(await handler(event(notice), {} as Context)).toEqual({ batchItemFailures: [] });
    expect(await statusOf('s-5')).toBe('SUCCEEDED');
    expect(await repository.hasUpload('acme', 'u-lonely')).toBe(true);
  });
});
