import type { ScanMessage } from '../src/api/operations';
import { isId, isTenant, UPLOADS_PREFIX } from '../src/store/keys';

/**
 * The scans that one message of the queue asks for: one of ours, or S3's notice that uploads have arrived. An upload that was opened together with its
 * scan has the scan's id; for one that was not, the worker finds no such scan and leaves it alone.
 * @throws Error for a message that is neither, so that it ends in the dead-letter queue
 */
export function scanMessagesOf(body: string): readonly ScanMessage[] {
  const message: unknown = JSON.parse(body);
  if (isRecord(message) && message.Event === 's3:TestEvent') return [];
  if (isRecord(message) && Array.isArray(message.Records)) return message.Records.map(fromNotice);
  if (isRecord(message) && isScanMessage(message)) return [{ tenant: message.tenant, scanId: message.scanId }];
  throw new Error('the message is neither a scan to run nor a notice of an upload');
}

function fromNotice(record: unknown): ScanMessage {
  const s3 = isRecord(record) ? record.s3 : undefined;
  const object = isRecord(s3) ? s3.object : undefined;
  const encoded = isRecord(object) ? object.key : undefined;
  // S3 encodes keys in notices as forms do, with `+` for a space.
  const key = typeof encoded === 'string' ? decodeURIComponent(encoded.replaceAll('+', ' ')) : '';
  const [tenant, scanId, ...more] = key.startsWith(UPLOADS_PREFIX) ? key.slice(UPLOADS_PREFIX.length).split('/') : [];
  const message = { tenant, scanId };
  if (more.length > 0 || !isScanMessage(message)) throw new Error('the notice is not about an upload');
  return message;
}

function isScanMessage(value: Readonly<Record<string, unknown>>): value is Readonly<Record<string, unknown>> & ScanMessage {
  return typeof value.tenant === 'string' && isTenant(value.tenant) && typeof value.scanId === 'string' && isId(value.scanId);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
