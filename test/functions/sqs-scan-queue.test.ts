import type { AddressInfo } from 'node:net';
import { SqsScanQueue } from '../../functions/sqs-scan-queue';
import { sqsEndpoint } from '../support/sqs-endpoint';

const { server, sent } = sqsEndpoint();
const environment = { ...process.env };

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
  });
});

afterAll(() => {
  process.env = environment;
  server.close();
});

describe('SqsScanQueue', () => {
  it('sends a scan as one message that names it and nothing else', async () => {
    const queue = new SqsScanQueue(`${process.env.AWS_ENDPOINT_URL_SQS}/123456789012/scans`);
    await queue.send({ tenant: 'acme', scanId: 's-1' });
    await queue.send({ tenant: 'acme', scanId: 's-2' });
    expect(sent.map((body) => JSON.parse(body))).toEqual([
      { tenant: 'acme', scanId: 's-1' },
      { tenant: 'acme', scanId: 's-2' },
    ]);
  });

  it('says what is missing where no queue is configured', async () => {
    await expect(new SqsScanQueue(undefined).send({ tenant: 'acme', scanId: 's-1' })).rejects.toThrow('`LEASTTRUST_QUEUE_URL` is not set');
  });
});
