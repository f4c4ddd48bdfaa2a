import { chunksOf, collect, countLines, open, utf8Of, wholeLines } from '../../src/ingest/bytes';
import { inChunks } from '../support/read-bundle';

const never = (): never => {
  throw new Error('too long');
};

describe('chunks', () => {
  it('hand on whole bytes without loss and without copying them', async () => {
    const bytes = Buffer.alloc(2_500_000, 'abc');
    const chunks: Uint8Array[] = [];
    for await (const chunk of chunksOf(bytes)) chunks.push(chunk);
    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks.every((chunk) => chunk.buffer === bytes.buffer)).toBe(true);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });

  it('count line feeds', () => {
    expect(countLines(Buffer.from('a\n\nb\r\nc'))).toBe(3);
    expect(countLines(Buffer.alloc(0))).toBe(0);
  });
});

describe('opening a flow', () => {
  it('shows its beginning and loses nothing of it', async () => {
    const opened = await open(inChunks(Buffer.from('hello world'), 3), 5);
    expect(opened.head.toString()).toBe('hello ');
    expect((await collect(opened.chunks)).toString()).toBe('hello world');
  });

  it('shows all of a flow that is shorter', async () => {
    const opened = await open(inChunks(Buffer.from('hi'), 1), 5);
    expect(opened.head.toString()).toBe('hi');
    expect((await collect(opened.chunks)).toString()).toBe('hi');
  });

  it.each(['read to its end', 'left early', 'given up'])('closes the source when it is %s', async (way) => {
    let isClosed = false;
    async function* source() {
      try {
        yield Buffer.from('ab');
        yield Buffer.from('cd');
        yield Buffer.from('ef');
      } finally {
        isClosed = true;
      }
    }
    const opened = await open(source(), 1);
    expect(isClosed).toBe(false);
    if (way === 'given up') await opened.close();
    else for await (const _ of opened.chunks) if (way === 'left early') break;
    expect(isClosed).toBe(true);
  });
});

describe('whole lines', () => {
  it.each([1, 2, 3, 5, 100])('are the same however the flow was cut (%d bytes a chunk)', async (size) => {
    const text = 'one\ntwo\n\nthree\r\nfour';
    const pieces: string[] = [];
    for await (const piece of wholeLines(inChunks(Buffer.from(text), size), 100, never)) pieces.push(piece.toString());
    expect(pieces.join('')).toBe(text);
    expect(pieces.slice(0, -1).every((piece) => piece.endsWith('\n'))).toBe(true);
  });

  it('stop at a line that never ends', async () => {
    const read = async () => {
      for await (const _ of wholeLines(inChunks(Buffer.alloc(1000, '['), 10), 100, never));
    };
    await expect(read()).rejects.toThrow('too long');
  });
});

describe('text as UTF-8', () => {
  const text = 'kind: Pöd # ☸\n';
  const swapped = Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();
  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16, low byte first', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16, high byte first', swapped],
  ])('is had from %s', async (_, bytes) => {
    for (const size of [1, 2, 3, 7, 100]) expect((await collect(await utf8Of(inChunks(bytes, size)))).toString()).toBe(text);
  });

  it('keeps what is no UTF-8, for whoever parses it to tell', async () => {
    const bytes = Buffer.from([0x61, 0xff, 0xfe, 0x62]);
    expect((await collect(await utf8Of(inChunks(bytes, 2)))).equals(bytes)).toBe(true);
  });
});
