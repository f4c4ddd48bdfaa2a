import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Chunks } from '../bytes';
import type { Meter } from '../limits';
import { brokenArchive } from './entry';

const OUTPUT_BYTES = 256 * 1024;

/** Unpacks gzip as it flows, also several members after each other. Its checksum is only known at its end: most of what came before has then been read. */
export async function* gunzip(chunks: Chunks, meter: Meter): AsyncGenerator<Uint8Array> {
  const input = Readable.from(weighed(chunks, meter), { objectMode: false });
  const output = createGunzip({ chunkSize: OUTPUT_BYTES });
  input.on('error', (error) => output.destroy(error));
  input.pipe(output);
  try {
    for await (const chunk of output as AsyncIterable<Uint8Array>) {
      meter.unpacked(chunk.length);
      yield chunk;
    }
  } catch (error) {
    throw brokenArchive(error, 'gzip file');
  } finally {
    input.destroy();
    output.destroy();
  }
}

async function* weighed(chunks: Chunks, meter: Meter): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    meter.packed(chunk.length);
    yield chunk;
  }
}
