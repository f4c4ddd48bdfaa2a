import type { SQSClient } from '@aws-sdk/client-sqs';
import type { ScanMessage, ScanQueue } from '../src/api/operations';

/** Scans to run, as messages of one SQS queue. The client is loaded with the first message: most requests send none, and it would slow every start. */
export class SqsScanQueue implements ScanQueue {
  readonly #queueUrl: string | undefined;
  #client: SQSClient | undefined;

  constructor(queueUrl: string | undefined) {
    this.#queueUrl = queueUrl;
  }

  async send(message: ScanMessage): Promise<void> {
    if (this.#queueUrl === undefined) throw new Error('bad configuration: `LEASTTRUST_QUEUE_URL` is not set');
    const { SendMessageCommand, SQSClient } = await import('@aws-sdk/client-sqs');
    this.#client ??= new SQSClient({});
    await this.#client.send(new SendMessageCommand({ QueueUrl: this.#queueUrl, MessageBody: JSON.stringify(message) }));
  }
}
