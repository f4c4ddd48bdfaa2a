import { createHash } from 'node:crypto';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';
import type { Finding } from '../findings/finding';
import { ARTEFACTS, type Artefact } from './keys';
import type { Scan, ScanStatus } from './scan';

/*
 * The forms in which a scan lies in the store. Records (the scan itself, the name of its results) are JSON with a `formatVersion`; artefacts are packed:
 *
 *    0  `LTST`
 *    4  format version, one byte
 *    5  which artefact, one byte: index in `ARTEFACTS`
 *    6  two bytes, zero
 *    8  unpacked length, 8 bytes little endian
 *   16  SHA-256 of the 16 bytes above and of the packed bytes
 *   48  packed bytes: Brotli at quality 3, which makes models and directories (0.3 to 12 MB) smaller than gzip at level 6 does, about as fast as gzip
 *       at level 1
 *
 * What a model or a directory is made of is the engine's business, and carries the engine's own version inside.
 */

/** Of records and artefacts alike; grows when what this version writes could be misread by the one before. */
export const STORED_FORMAT_VERSION = 1;

/** What lies in the store is not what this version writes and reads: from a newer version, or damaged. */
export class StoredFormatError extends Error {
  override readonly name = 'StoredFormatError';
  constructor(what: Artefact | RecordName, problem: string) {
    super(`stored ${what}: ${problem}`);
  }
}

/** A scan as it is stored. One that is being deleted exists for nobody; the mark lets a deletion that broke off be taken up again. */
export type StoredScan = Scan & { readonly deleting?: true };

type RecordName = 'scan' | 'results';

const MAGIC = 'LTST';
const HEADER_BYTES = 48;
const CHECKSUM_START = 16;
/** Far above anything real, below what would hurt: a record is read whole by every list. */
const MAXIMUM_RECORD_BYTES = 32 * 1024 * 1024;
const MAXIMUM_UNPACKED_BYTES: Readonly<Record<Artefact, number>> = {
  findings: 256 * 1024 * 1024,
  model: 1024 * 1024 * 1024,
  directory: 512 * 1024 * 1024,
};
const STATUSES: readonly ScanStatus[] = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED'];

/** JSON, as `schema/stored-scan.schema.json` describes it. */
export function encodeScan(scan: StoredScan): Uint8Array {
  return encodeRecord(scan);
}

/**
 * @throws StoredFormatError when the record is damaged, from a newer version, or lacks what every scan has; what only some scans have is taken as it was
 *   written
 */
export function decodeScan(bytes: Uint8Array): StoredScan {
  const scan = decodeRecord('scan', bytes);
  const request = isRecord(scan.request) ? scan.request : {};
  const isComplete =
    [scan.id, scan.tenant, scan.createdAt, request.uploadId, request.cluster, request.stage].every((value) => typeof value === 'string') &&
    isRecord(request.facts) &&
    STATUSES.includes(scan.status as ScanStatus);
  if (!isComplete) throw new StoredFormatError('scan', 'lacks what every scan has');
  return scan as unknown as StoredScan;
}

/** Which of the results that workers may have stored are the scan's. */
export function encodeResults(results: { readonly digest: string }): Uint8Array {
  return encodeRecord(results);
}

/** @throws StoredFormatError when the record is damaged, from a newer version, or names no SHA-256 in lower-case hex */
export function decodeResults(bytes: Uint8Array): { readonly digest: string } {
  const { digest } = decodeRecord('results', bytes);
  if (typeof digest !== 'string' || !/^[0-9a-f]{64}$/.test(digest)) throw new StoredFormatError('results', 'no digest');
  return { digest };
}

/** An artefact before it is packed: UTF-8 JSON, in the order of the findings. */
export function findingsBytes(findings: readonly Finding[]): Uint8Array {
  return Buffer.from(JSON.stringify(findings));
}

/** Reads what `pack` made of `findingsBytes`. @throws StoredFormatError as `unpack` does, and when the bytes hold no list; its entries are not looked at */
export async function decodeFindings(bytes: Uint8Array): Promise<readonly Finding[]> {
  const findings = parseJson('findings', await unpack('findings', bytes));
  if (!Array.isArray(findings)) throw new StoredFormatError('findings', 'no list');
  return findings;
}

/** An artefact's bytes as they are stored. */
export async function pack(artefact: Artefact, bytes: Uint8Array): Promise<Uint8Array> {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 3,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength,
  };
  const packed = await new Promise<Buffer>((resolve, reject) => {
    brotliCompress(bytes, { params }, (error, result) => (error ? reject(error) : resolve(result)));
  });
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 'latin1');
  header[4] = STORED_FORMAT_VERSION;
  header[5] = ARTEFACTS.indexOf(artefact);
  header.writeBigUInt64LE(BigInt(bytes.byteLength), 8);
  checksumOf(header, packed).copy(header, CHECKSUM_START);
  return Buffer.concat([header, packed]);
}

/**
 * Inverse of `pack`, in memory that the stored length bounds.
 * @throws StoredFormatError when the bytes are another artefact, from a newer version, cut off, or changed in any bit
 */
export async function unpack(artefact: Artefact, stored: Uint8Array): Promise<Uint8Array> {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  if (bytes.byteLength < HEADER_BYTES || bytes.toString('latin1', 0, 4) !== MAGIC) throw new StoredFormatError(artefact, 'no artefact');
  checkVersion(artefact, bytes[4]);
  if (ARTEFACTS[bytes[5]!] !== artefact) throw new StoredFormatError(artefact, 'another artefact');
  const packed = bytes.subarray(HEADER_BYTES);
  if (!checksumOf(bytes, packed).equals(bytes.subarray(CHECKSUM_START, HEADER_BYTES))) throw new StoredFormatError(artefact, 'damaged');
  const length = Number(bytes.readBigUInt64LE(8));
  if (length > MAXIMUM_UNPACKED_BYTES[artefact]) throw new StoredFormatError(artefact, `${length} bytes are too many`);
  const unpacked = await new Promise<Buffer | undefined>((resolve) => {
    // One byte at least, because zlib takes no less.
    brotliDecompress(packed, { maxOutputLength: Math.max(length, 1) }, (_, result) => resolve(result));
  });
  if (unpacked?.byteLength !== length) throw new StoredFormatError(artefact, 'not of the length that it says');
  return unpacked;
}

function checksumOf(header: Buffer, packed: Uint8Array): Buffer {
  return createHash('sha256').update(header.subarray(0, CHECKSUM_START)).update(packed).digest();
}

function encodeRecord(record: object): Uint8Array {
  return Buffer.from(JSON.stringify({ formatVersion: STORED_FORMAT_VERSION, ...record }));
}

function decodeRecord(what: RecordName, bytes: Uint8Array): Readonly<Record<string, unknown>> {
  if (bytes.byteLength > MAXIMUM_RECORD_BYTES) throw new StoredFormatError(what, `${bytes.byteLength} bytes are too many`);
  const value = parseJson(what, bytes);
  if (!isRecord(value)) throw new StoredFormatError(what, 'no record');
  const { formatVersion, ...record } = value;
  checkVersion(what, formatVersion);
  return record;
}

function checkVersion(what: Artefact | RecordName, version: unknown): void {
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) throw new StoredFormatError(what, 'no format version');
  if (version > STORED_FORMAT_VERSION) {
    throw new StoredFormatError(
      what,
      `format ${version} is from a newer version than this one, which reads up to ${STORED_FORMAT_VERSION}`,
    );
  }
}

function parseJson(what: Artefact | RecordName, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new StoredFormatError(what, 'damaged');
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
