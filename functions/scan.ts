import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { runScan } from '../src/api/scan-worker';
import { scanMessagesOf } from './scan-messages';
import { wire } from './wiring';

const wiring = wire('scan');
const processor = new BatchProcessor(EventType.SQS);

async function runRecord({ body, messageId, attributes }: SQSRecord): Promise<void> {
  try {
    for (const message of scanMessagesOf(body)) await runScan(wiring, message, Number(attributes.ApproximateReceiveCount));
  } catch (error) {
    wiring.log.error('delivery failed', { messageId, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    throw error;
  }
}

/** Runs the scans of a batch; only those deliveries that failed are delivered again. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  return processPartialResponse(event, runRecord, processor, { context, throwOnFullBatchFailure: false });
}
