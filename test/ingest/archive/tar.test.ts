import { tarEntries } from '../../../src/ingest/archive/tar';
import { collect } from '../../../src/ingest/bytes';
import { type TarMember, tarOf } from '../../support/archives';
import { inChunks } from '../../support/read-bundle';

/** Members as `type name content`; of members in `unread` nothing is read. */
async function list(bytes: Buffer, chunkBytes = 1000, unread: readonly string[] = []): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, type, bytes: content } of tarEntries(inChunks(bytes, chunkBytes))) {
    found.push(`${type} ${name} ${unread.includes(name) ? '' : (await collect(content)).toString()}`.trim());
  }
  return found;
}

const MEMBERS: readonly TarMember[] = [
  { name: 'dir', type: 'directory' },
  { name: 'dir/a', content: 'one' },
  { name: 'empty' },
  { name: 'b', content: 'two'.repeat(1000) },
  { name: `${'long/'.repeat(50)}c`, content: 'three' },
];
const LISTED = ['folder dir', 'file dir/a one', 'file empty', `file b ${'two'.repeat(1000)}`, `file ${'long/'.repeat(50)}c three`];

describe('tar', () => {
  it('is read as it flows, in chunks of any size', async () => {
    const bytes = await tarOf(MEMBERS);
    for (const size of [1, 511, 513, 100_000]) expect(await list(bytes, size)).toEqual(LISTED);
  });

  it('goes on behind a member that nobody reads, or only in part', async () => {
    const bytes = await tarOf([
      { name: 'a', content: Buffer.alloc(300_000, 'a') },
      { name: 'b', content: 'two' },
    ]);
    expect(await list(bytes, 1000, ['a'])).toEqual(['file a', 'file b two']);
    const names: string[] = [];
    for await (const { name, bytes: content } of tarEntries(inChunks(bytes, 1000))) {
      names.push(name);
      for await (const _ of content) break;
    }
    expect(names).toEqual(['a', 'b']);
  });

  it('tells what is no file', async () => {
    const bytes = await tarOf([
      { name: 'a', type: 'symlink', linkname: '/etc/passwd' },
      { name: 'b', type: 'link', linkname: 'a' },
      { name: 'c', type: 'character-device' },
      { name: 'd', type: 'block-device' },
      { name: 'e', type: 'fifo' },
      { name: 'f', content: 'x' },
    ]);
    expect(await list(bytes)).toEqual(['link a', 'link b', 'special c', 'special d', 'special e', 'file f x']);
  });

  it('hands on names as they are', async () => {
    const names = ['../a', '/b', 'a/../../c'];
    expect(await list(await tarOf(names.map((name) => ({ name }))))).toEqual(names.map((name) => `file ${name}`));
  });

  it.each([
    ['truncated in a member', (bytes: Buffer) => bytes.subarray(0, 1536 + 600), 3],
    ['truncated in a header', (bytes: Buffer) => bytes.subarray(0, 700), 1],
    ['damaged in a header', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 512), Buffer.alloc(512, 'x'), bytes.subarray(1024)]), 1],
    ['no tar at all', () => Buffer.alloc(2000, 'kind: Pod\n'), 0],
  ])('is refused when it is %s, behind what was whole', async (_, damage, whole) => {
    const names: string[] = [];
    const read = async () => {
      for await (const { name, bytes } of tarEntries(inChunks(damage(await tarOf(MEMBERS)), 100))) {
        names.push(name);
        await collect(bytes);
      }
    };
    await expect(read()).rejects.toMatchObject({ code: 'archive-broken', ends: 'file' });
    expect(names.length).toBeGreaterThanOrEqual(whole);
    expect(names.length).toBeLessThanOrEqual(whole + 1);
  });

  it('may declare a length that it does not have', async () => {
    const bytes = await tarOf([{ name: 'a', content: 'x' }]);
    bytes.write('07777777777 ', 124);
    const sum = bytes.subarray(0, 512).reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
    bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    await expect(list(bytes)).rejects.toMatchObject({ code: 'archive-broken' });
  });
});
