import { Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import type { Chunks } from '../bytes';
import { type ArchiveEntry, brokenArchive } from './entry';

/** Members of a tar archive as it flows. */
export async function* tarEntries(chunks: Chunks): AsyncGenerator<ArchiveEntry> {
  const input = Readable.from(chunks, { objectMode: false });
  const archive = extract();
  input.on('error', (error) => archive.destroy(error));
  input.pipe(archive);
  // One damage, told where it is noticed first, however often it is met.
  let failure: Error | undefined;
  const failed = (error: unknown): Error => {
    failure ??= brokenArchive(error, 'tar archive');
    return failure;
  };
  try {
    for await (const entry of archive) {
      const bytes = contentsOf(entry as AsyncIterable<Uint8Array>, failed);
      yield { name: entry.header.name, type: typeOf(entry.header.type), bytes };
      while (!(await bytes.next()).done);
    }
  } catch (error) {
    throw failed(error);
  } finally {
    input.destroy();
    archive.destroy();
  }
}

interface Contents extends AsyncIterable<Uint8Array> {
  next(): Promise<IteratorResult<Uint8Array, undefined>>;
}

/** The bytes of a member. To stop reading it must not end it: tar-stream would end the whole archive with it. */
function contentsOf(entry: AsyncIterable<Uint8Array>, failed: (error: unknown) => Error): Contents {
  const iterator = entry[Symbol.asyncIterator]();
  const next = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    try {
      const { value, done } = await iterator.next();
      return done ? { value: undefined, done } : { value, done: false };
    } catch (error) {
      throw failed(error);
    }
  };
  return { next, [Symbol.asyncIterator]: () => ({ next }) };
}

/** Types that tar-stream does not know, such as sparse files, come as null. */
function typeOf(type: Header['type'] | null): ArchiveEntry['type'] {
  switch (type) {
    case 'file':
    case 'contiguous-file':
      return 'file';
    case 'directory':
      return 'folder';
    case 'link':
    case 'symlink':
      return 'link';
    default:
      return 'special';
  }
}
