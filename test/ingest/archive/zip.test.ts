import { zipEntries } from '../../../src/ingest/archive/zip';
import { collect } from '../../../src/ingest/bytes';
import { DEFAULT_LIMITS } from '../../../src/ingest/document';
import { budgetOf, Refusal } from '../../../src/ingest/limits';
import { type ZipMember, zipOf } from '../../support/archives';

/** Members as `type name content`, or `type name code` for those that cannot be read. */
async function list(bytes: Buffer, limits = {}): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, type, bytes: content } of zipEntries(bytes, budgetOf({ ...DEFAULT_LIMITS, ...limits }).meter())) {
    const text = await collect(content).catch((error: unknown) =>
      error instanceof Refusal && error.ends === 'file' ? error.code : Promise.reject(error),
    );
    found.push(`${type} ${name} ${text.toString()}`.trim());
  }
  return found;
}

const A: ZipMember = { name: 'a', content: 'one' };
const Z: ZipMember = { name: 'z', content: 'two'.repeat(1000) };
const LISTED_Z = `file z ${'two'.repeat(1000)}`;

describe('zip', () => {
  it('is read', async () => {
    expect(await list(zipOf([{ name: 'dir/' }, { ...A, isStored: true }, { name: 'größe/☸', content: 'x' }, Z]))).toEqual([
      'folder dir/',
      'file a one',
      'file größe/☸ x',
      LISTED_Z,
    ]);
    expect(await list(zipOf([]))).toEqual([]);
  });

  it('tells what is no file', async () => {
    expect(
      await list(
        zipOf([
          { ...A, mode: 0o120777 },
          { ...A, mode: 0o100644 },
          { name: 'd', mode: 0o040755 },
          { ...A, mode: 0o020600 },
        ]),
      ),
    ).toEqual(['link a one', 'file a one', 'folder d', 'special a one']);
  });

  it('hands on names as they are, but with forward slashes, and what comes behind them', async () => {
    expect(await list(zipOf([{ name: '../a' }, { name: '/b' }, { name: 'c\\d' }, Z]))).toEqual([
      'file ../a',
      'file /b',
      'file c/d',
      LISTED_Z,
    ]);
  });

  it.each<[string, ZipMember]>([
    ['encrypted', { ...A, isEncrypted: true }],
    ['packed in an unknown way', { ...A, method: 12 }],
    ['of a wrong checksum', { ...A, checksum: 1 }],
    ['longer than it says', { ...A, size: 2 }],
    ['shorter than it says', { ...A, size: 1024 ** 3 }],
    ['damaged', { ...A, content: Buffer.from([0xff, 0xff, 0xff]), method: 8, isStored: true, size: 10 }],
  ])('loses only the file that is %s', async (_, member) => {
    expect(await list(zipOf([member, Z]))).toEqual(['file a archive-entry-broken', LISTED_Z]);
  });

  it.each([
    ['truncated', (bytes: Buffer) => bytes.subarray(0, -10)],
    ['without its directory', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 20), bytes.subarray(-22)])],
    ['nothing', () => Buffer.alloc(0)],
    ['no zip at all', () => Buffer.from('kind: Pod')],
    ['in several parts', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -18), Buffer.from([1, 0]), bytes.subarray(-16)])],
  ])('is refused when it is %s', async (_, damage) => {
    await expect(list(damage(zipOf([A, Z])))).rejects.toMatchObject({ code: 'archive-broken', ends: 'file' });
  });

  it('stops bombs', async () => {
    const bomb = zipOf([{ name: 'a', content: Buffer.alloc(40 * 1024 * 1024) }, A]);
    await expect(list(bomb)).rejects.toMatchObject({ code: 'packed-too-densely' });
    await expect(list(bomb, { unpackedBytes: 1000 })).rejects.toMatchObject({ code: 'unpacked-too-large', ends: 'bundle' });
  });
});
