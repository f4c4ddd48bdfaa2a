import type { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { type Entry, fromBufferPromise, getFileNameLowLevel, type ZipFile } from 'yauzl';
import { type Meter, Refusal } from '../limits';
import { type ArchiveEntry, brokenArchive } from './entry';

/** Members of a zip archive, which must be in hand as a whole since its directory is at its end. */
export async function* zipEntries(bytes: Buffer, meter: Meter): AsyncGenerator<ArchiveEntry> {
  meter.packed(bytes.length);
  try {
    // Names are decoded here and not by yauzl, which would end the archive at the first unsafe one.
    const archive = await fromBufferPromise(bytes, { decodeStrings: false, lazyEntries: true });
    for await (const entry of archive.eachEntry()) {
      meter.unpacked(0);
      const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
      yield { name, type: typeOf(entry, name), bytes: contentsOf(archive, entry, meter) };
    }
  } catch (error) {
    throw brokenArchive(error, 'zip archive');
  }
}

async function* contentsOf(archive: ZipFile, entry: Entry, meter: Meter): AsyncGenerator<Uint8Array> {
  let checksum = 0;
  try {
    for await (const chunk of (await archive.openReadStreamPromise(entry)) as AsyncIterable<Uint8Array>) {
      meter.unpacked(chunk.length);
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(
      'archive-entry-broken',
      `the file is ${entry.isEncrypted() ? 'encrypted' : 'damaged, or packed in an unknown way'}`,
      'file',
    );
  }
  if (checksum !== entry.crc32) throw new Refusal('archive-entry-broken', 'the file is damaged: its checksum is wrong', 'file');
}

/** Unix keeps the type of a file in the upper half of the outer attributes. */
const TYPE_BITS = 0o170000;
const REGULAR = 0o100000;
const FOLDER = 0o040000;
const LINK = 0o120000;

function typeOf(entry: Entry, name: string): ArchiveEntry['type'] {
  const type = (entry.externalFileAttributes >>> 16) & TYPE_BITS;
  if (type === LINK) return 'link';
  if (type === FOLDER || name.endsWith('/')) return 'folder';
  return type === 0 || type === REGULAR ? 'file' : 'special';
}
