import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { tarOf } from '../../src/local/tar';

async function unpack(archive: Uint8Array): Promise<readonly (readonly [string, string])[]> {
  const files: [string, string][] = [];
  const unpacker = extract();
  Readable.from([Buffer.from(archive)]).pipe(unpacker);
  for await (const entry of unpacker) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    files.push([entry.header.name, Buffer.concat(chunks).toString()]);
  }
  return files;
}

describe('tarOf', () => {
  it('makes an archive that others can read', async () => {
    const files = [
      ['shop/empty.yaml', ''],
      ['shop/web.yaml', 'kind: Pod\n'],
      ['shop/block.yaml', 'x'.repeat(512)],
      ['shop/more.yaml', 'y'.repeat(513)],
    ] as const;
    const archive = tarOf(files.map(([path, text]) => ({ path, bytes: Buffer.from(text) })));
    expect(archive.byteLength % 512).toBe(0);
    expect(await unpack(archive)).toEqual(files);
  });
});
