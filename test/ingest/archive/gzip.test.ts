import { gzipSync } from 'node:zlib';
import { gunzip } from '../../../src/ingest/archive/gzip';
import { collect } from '../../../src/ingest/bytes';
import { DEFAULT_LIMITS } from '../../../src/ingest/document';
import { budgetOf } from '../../../src/ingest/limits';
import { inChunks } from '../../support/read-bundle';

const unpack = (bytes: Buffer, limits = {}, chunkBytes = 100) =>
  gunzip(inChunks(bytes, chunkBytes), budgetOf({ ...DEFAULT_LIMITS, ...limits }).meter());
const TEXT = Buffer.from(Array.from({ length: 5000 }, (_, i) => `line ${i * 7919}\n`).join(''));

describe('gzip', () => {
  it('is unpacked, in chunks of any size', async () => {
    for (const size of [13, 1000, 100_000]) expect((await collect(unpack(gzipSync(TEXT), {}, size))).equals(TEXT)).toBe(true);
  });

  it('may have several members', async () => {
    const bytes = Buffer.concat([gzipSync('a'), gzipSync('b')]);
    expect((await collect(unpack(bytes))).toString()).toBe('ab');
  });

  it.each([
    ['truncated', gzipSync(TEXT).subarray(0, -20)],
    ['damaged', Buffer.concat([gzipSync(TEXT).subarray(0, 200), Buffer.alloc(50, 0xff), gzipSync(TEXT).subarray(250)])],
    ['given a wrong checksum', Buffer.concat([gzipSync(TEXT).subarray(0, -8), Buffer.alloc(8)])],
    ['none at all', Buffer.from('kind: Pod\n'.repeat(100))],
  ])('is refused when it is %s', async (_, bytes) => {
    await expect(collect(unpack(bytes))).rejects.toMatchObject({ code: 'archive-broken', ends: 'file' });
  });

  it('stops a bomb while it unpacks', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    let size = 0;
    const read = async (limits: object) => {
      for await (const part of unpack(bomb, limits)) size += part.length;
    };
    await expect(read({})).rejects.toMatchObject({ code: 'packed-too-densely' });
    expect(size).toBeLessThan(18 * 1024 * 1024);
    await expect(read({ unpackedBytes: 1024 * 1024 })).rejects.toMatchObject({ code: 'unpacked-too-large' });
  });

  it('lets go of its source when nobody reads on', async () => {
    let isClosed = false;
    async function* source() {
      try {
        for (;;) yield gzipSync(TEXT);
      } finally {
        isClosed = true;
      }
    }
    for await (const _ of gunzip(source(), budgetOf(DEFAULT_LIMITS).meter())) break;
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(true);
  });
});
