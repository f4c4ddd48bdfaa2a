import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { z } from 'zod';
import {
  decodeFindings,
  decodeResults,
  decodeScan,
  encodeResults,
  encodeScan,
  findingsBytes,
  pack,
  STORED_FORMAT_VERSION,
  StoredFormatError,
  unpack,
} from '../../src/store/codec';
import { ARTEFACTS } from '../../src/store/keys';
import { finishedScan, queuedScan, sampleFinding } from './sample-scan';

const bytesOf = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const sample = (name: string) => readFileSync(join(__dirname, '../contract/stored/v1', name));
const schema = z.fromJSONSchema(JSON.parse(readFileSync(join(__dirname, '../../schema/stored-scan.schema.json'), 'utf8')));

/** A packed artefact with a checksum that holds, whatever the header says. */
function forge(packed: Uint8Array, header: { version?: number; artefact?: number; length?: bigint; magic?: string } = {}): Buffer {
  const { version = 1, artefact = 1, length = 0n, magic = 'LTST' } = header;
  const start = Buffer.alloc(16);
  start.write(magic, 'latin1');
  start[4] = version;
  start[5] = artefact;
  start.writeBigUInt64LE(length, 8);
  return Buffer.concat([start, createHash('sha256').update(start).update(packed).digest(), packed]);
}

describe('the record of a scan', () => {
  test.each([
    ['queued', queuedScan()],
    ['finished', finishedScan()],
    ['failed', { ...queuedScan(), status: 'FAILED' as const, failure: 'the bundle is empty' }],
    ['being deleted', { ...finishedScan(), deleting: true as const }],
  ])('comes back as it was when %s, and is as the schema says', (_, scan) => {
    const bytes = encodeScan(scan);

    expect(decodeScan(bytes)).toEqual(scan);
    expect(schema.safeParse(JSON.parse(Buffer.from(bytes).toString())).error).toBeUndefined();
  });

  test('the schema refuses what is no stored scan', () => {
    const scan = { formatVersion: 1, ...finishedScan() };
    for (const wrong of [
      finishedScan(),
      { ...scan, formatVersion: 2 },
      { ...scan, status: 'DONE' },
      { ...scan, id: 'a/b' },
      { ...scan, secret: 'x' },
      { ...scan, summary: { ...scan.summary, pairs: -1 } },
      { ...scan, diagnostics: [{ code: 'Not Kebab', severity: 'notice', message: '' }] },
    ]) {
      expect(schema.safeParse(wrong).success).toBe(false);
    }
  });

  test('facts under the names of object members survive', () => {
    const facts = JSON.parse('{"__proto__":"a","constructor":"b"}');
    const scan = { ...queuedScan(), request: { ...queuedScan().request, facts } };

    expect(Object.entries(decodeScan(encodeScan(scan)).request.facts)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
  });

  test.each([
    ['nothing', '', 'stored scan: damaged'],
    ['half of one', encodeScan(finishedScan()).subarray(0, 100), 'stored scan: damaged'],
    ['no UTF-8', Uint8Array.from([0x22, 0xff, 0x22]), 'stored scan: damaged'],
    ['a list', '[]', 'stored scan: no record'],
    ['null', 'null', 'stored scan: no record'],
    ['no version', { ...queuedScan() }, 'stored scan: no format version'],
    ['a version that is no number', { formatVersion: '1', ...queuedScan() }, 'stored scan: no format version'],
    ['version 0', { formatVersion: 0, ...queuedScan() }, 'stored scan: no format version'],
    [
      'a newer version',
      { formatVersion: 2, ...queuedScan() },
      'stored scan: format 2 is from a newer version than this one, which reads up to 1',
    ],
    ['no status', { formatVersion: 1, ...queuedScan(), status: undefined }, 'stored scan: lacks what every scan has'],
    ['no request', { formatVersion: 1, ...queuedScan(), request: null }, 'stored scan: lacks what every scan has'],
    [
      'no facts',
      { formatVersion: 1, ...queuedScan(), request: { ...queuedScan().request, facts: [] } },
      'stored scan: lacks what every scan has',
    ],
    ['40 MB', ' '.repeat(40_000_000), 'stored scan: 40000000 bytes are too many'],
  ])('is refused when it is %s', (_, stored, message) => {
    const bytes = stored instanceof Uint8Array ? stored : bytesOf(stored);
    expect(() => decodeScan(bytes)).toThrow(StoredFormatError);
    expect(() => decodeScan(bytes)).toThrow(message);
  });
});

describe('the name of the results', () => {
  test('comes back as it was', () => {
    expect(decodeResults(encodeResults({ digest: 'cd'.repeat(32) }))).toEqual({ digest: 'cd'.repeat(32) });
  });

  test('is refused without a digest, as it becomes part of a key', () => {
    for (const digest of [undefined, 7, 'cd', '../'.repeat(21)]) {
      expect(() => decodeResults(bytesOf({ formatVersion: 1, digest }))).toThrow('stored results: no digest');
    }
    expect(() => decodeResults(bytesOf({ formatVersion: 9, digest: 'cd'.repeat(32) }))).toThrow(
      'stored results: format 9 is from a newer version',
    );
  });
});

describe('a packed artefact', () => {
  test.each(ARTEFACTS)('%s comes back as it was, empty, small or large', async (artefact) => {
    for (const bytes of [new Uint8Array(), bytesOf('small'), Buffer.alloc(3_000_000, 'large '), bytesOf('a view').subarray(2, 4)]) {
      expect(Buffer.compare(await unpack(artefact, await pack(artefact, bytes)), bytes)).toBe(0);
    }
  });

  test('equal bytes are packed equally', async () => {
    expect(await pack('model', bytesOf('same'))).toEqual(await pack('model', bytesOf('same')));
  });

  test('becomes much smaller when it repeats itself', async () => {
    const packed = await pack('findings', findingsBytes(Array.from({ length: 1000 }, () => sampleFinding())));
    expect(packed.byteLength).toBeLessThan(5_000);
  });

  test('findings come back as they were', async () => {
    const findings = [sampleFinding(), sampleFinding('shop/ünïcode[Deployment]')];
    expect(await decodeFindings(await pack('findings', findingsBytes(findings)))).toEqual(findings);
    expect(await decodeFindings(await pack('findings', findingsBytes([])))).toEqual([]);
  });

  test('findings that are no JSON or no list are refused', async () => {
    await expect(decodeFindings(await pack('findings', bytesOf('[{')))).rejects.toThrow('stored findings: damaged');
    await expect(decodeFindings(await pack('findings', bytesOf('{}')))).rejects.toThrow('stored findings: no list');
  });

  test('a changed bit anywhere is noticed', async () => {
    const packed = await pack('model', bytesOf('some model, some model'));
    for (let bit = 0; bit < packed.byteLength * 8; bit++) {
      const damaged = Buffer.from(packed);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      await expect(unpack('model', damaged)).rejects.toThrow(StoredFormatError);
    }
  });

  test('an end that is cut off, at any byte, and an end too many are noticed', async () => {
    const packed = await pack('model', bytesOf('some model, some model'));
    for (let length = 0; length < packed.byteLength; length++) {
      await expect(unpack('model', packed.subarray(0, length))).rejects.toThrow(StoredFormatError);
    }
    await expect(unpack('model', Buffer.concat([packed, Buffer.alloc(1)]))).rejects.toThrow('stored model: damaged');
  });

  test('one artefact is never taken for another', async () => {
    await expect(unpack('directory', await pack('model', bytesOf('x')))).rejects.toThrow('stored directory: another artefact');
  });

  test('a newer version is named before anything else is looked at', async () => {
    const newer = Buffer.from(await pack('model', bytesOf('x')));
    newer[4] = STORED_FORMAT_VERSION + 1;
    await expect(unpack('model', newer)).rejects.toThrow('stored model: format 2 is from a newer version than this one');
    await expect(unpack('model', forge(Buffer.alloc(0), { version: 0 }))).rejects.toThrow('stored model: no format version');
    await expect(unpack('model', forge(Buffer.alloc(0), { magic: 'ZIP!' }))).rejects.toThrow('stored model: no artefact');
  });

  test('a bomb stops at the length it declares, and a length that is too large is not even tried', async () => {
    const bomb = brotliCompressSync(Buffer.alloc(50_000_000), { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } });
    expect(bomb.byteLength).toBeLessThan(10_000);

    await expect(unpack('model', forge(bomb, { length: 1_000n }))).rejects.toThrow('stored model: not of the length');
    await expect(unpack('model', forge(bomb, { length: 50_000_001n }))).rejects.toThrow('stored model: not of the length');
    await expect(unpack('model', forge(bomb, { length: 2n ** 63n }))).rejects.toThrow('bytes are too many');
    await expect(unpack('model', forge(Buffer.from('no Brotli'), { length: 9n }))).rejects.toThrow('stored model: not of the length');
    expect((await unpack('model', forge(bomb, { length: 50_000_000n }))).byteLength).toBe(50_000_000);
  });
});

describe('what version 1 stored is read by this version', () => {
  test('the record of a scan', () => {
    const { formatVersion, ...scan } = JSON.parse(sample('scan.json').toString());
    expect(formatVersion).toBe(1);
    expect(decodeScan(sample('scan.json'))).toEqual(scan);
    expect(scan.summary.pairs).toBe(870);
    expect(schema.safeParse({ formatVersion, ...scan }).error).toBeUndefined();
  });

  test('the record of a scan that is being deleted', () => {
    expect(decodeScan(sample('scan-deleting.json')).deleting).toBe(true);
  });

  test('results and artefacts', async () => {
    expect(decodeResults(sample('results.json'))).toEqual({ digest: '6b'.repeat(32) });
    expect(await decodeFindings(sample('findings.bin'))).toEqual(JSON.parse(sample('findings.expected.json').toString()));
    expect(Buffer.from(await unpack('model', sample('model.bin'))).toString()).toBe('the bytes of a model\n'.repeat(40));
    expect(Buffer.from(await unpack('directory', sample('directory.bin'))).toString()).toBe('{"the":"bytes of a directory"}');
  });
});
