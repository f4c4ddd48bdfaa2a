import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

/** A member of a tar archive; what is not said is a file of this content. */
export type TarMember = Partial<Header> & { readonly name: string; readonly content?: string | Buffer };

export async function tarOf(members: readonly TarMember[]): Promise<Buffer> {
  const archive = pack();
  for (const { content, ...header } of members) archive.entry(header, content ?? '');
  archive.finalize();
  const parts: Buffer[] = [];
  for await (const part of archive as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

export async function tarGzOf(members: readonly TarMember[]): Promise<Buffer> {
  return gzipSync(await tarOf(members));
}

/** A member of a zip archive, and the lies it tells. */
export interface ZipMember {
  readonly name: string;
  readonly content?: string | Buffer;
  /** Stored rather than deflated. */
  readonly isStored?: boolean;
  readonly isEncrypted?: boolean;
  readonly checksum?: number;
  readonly size?: number;
  readonly method?: number;
  /** Unix mode with its type bits. */
  readonly mode?: number;
}

const STORED = 0;
const DEFLATED = 8;
const UTF8_NAME = 0x800;

/** A zip archive as PKWARE's APPNOTE has it, without extras. */
export function zipOf(members: readonly ZipMember[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const content = Buffer.from(member.content ?? '');
    const packed = member.isStored ? content : deflateRawSync(content);
    const name = Buffer.from(member.name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(UTF8_NAME | (member.isEncrypted ? 1 : 0), 2);
    common.writeUInt16LE(member.method ?? (member.isStored ? STORED : DEFLATED), 4);
    common.writeUInt32LE(member.checksum ?? crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(member.size ?? content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((member.mode ?? 0) << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), common, tail, name]));
    locals.push(local);
    offset += local.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(listing.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, listing, Buffer.from('PK\x05\x06'), end]);
}
