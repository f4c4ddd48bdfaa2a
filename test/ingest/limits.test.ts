import { DEFAULT_LIMITS } from '../../src/ingest/document';
import { budgetOf, Refusal, textOf } from '../../src/ingest/limits';

const MEBIBYTE = 1024 * 1024;

function refusalOf(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a budget', () => {
  it('counts what was spent', () => {
    const budget = budgetOf(DEFAULT_LIMITS);
    budget.file();
    budget.document();
    budget.document();
    budget.submitted(10);
    expect(budget.spent).toEqual({ files: 1, documents: 2, bytes: 10 });
  });

  it('allows as much as the limit and not one more', () => {
    const budget = budgetOf({ ...DEFAULT_LIMITS, files: 2, documents: 2, bytes: 2 });
    for (let i = 0; i < 2; i++) {
      budget.file();
      budget.document();
      budget.submitted(1);
    }
    expect(refusalOf(() => budget.file())).toMatchObject({
      code: 'too-many-files',
      ends: 'bundle',
      message: 'the bundle has more than 2 files',
    });
    expect(refusalOf(() => budget.document())).toMatchObject({ code: 'too-many-documents', ends: 'bundle' });
    expect(refusalOf(() => budget.submitted(1))).toMatchObject({ code: 'bundle-too-large', ends: 'bundle' });
  });

  it('weighs each archive by itself, and all together', () => {
    const budget = budgetOf({ ...DEFAULT_LIMITS, ratio: 100, unpackedBytes: 100 * MEBIBYTE });
    const dense = budget.meter();
    dense.packed(MEBIBYTE / 4);
    dense.unpacked(25 * MEBIBYTE);
    expect(refusalOf(() => dense.unpacked(1))).toMatchObject({ code: 'packed-too-densely', ends: 'file' });
    const other = budget.meter();
    other.packed(10 * MEBIBYTE);
    other.unpacked(70 * MEBIBYTE);
    expect(refusalOf(() => other.unpacked(5 * MEBIBYTE))).toMatchObject({ code: 'unpacked-too-large', ends: 'bundle' });
  });

  it('lets small archives be as dense as they like', () => {
    const meter = budgetOf({ ...DEFAULT_LIMITS, ratio: 2 }).meter();
    meter.packed(10);
    expect(() => meter.unpacked(10 * MEBIBYTE)).not.toThrow();
  });
});

describe('the text of a document', () => {
  it('is decoded from UTF-8', () => {
    expect(textOf(Buffer.from('größe: ☸'), 1, DEFAULT_LIMITS)).toBe('größe: ☸');
  });

  it.each([
    ['not-text', Buffer.from('a\nb\n\0c'), 12],
    ['invalid-utf8', Buffer.from([0x61, 0x0a, 0x62, 0x0a, 0x63, 0xff]), 12],
    ['invalid-utf8', Buffer.from([0xc3, 0x0a, 0x62]), 10],
  ])('is refused as %s with its line', (code, bytes, line) => {
    expect(refusalOf(() => textOf(bytes, 10, DEFAULT_LIMITS))).toMatchObject({ code, line, ends: 'document' });
  });

  it('is refused when it is too large to be parsed at once', () => {
    const refusal = refusalOf(() => textOf(Buffer.alloc(2 * MEBIBYTE, 'a'), 3, { ...DEFAULT_LIMITS, objectBytes: MEBIBYTE }));
    expect(refusal).toMatchObject({ code: 'document-too-large', line: 3, message: 'the document is larger than 1 MiB' });
  });
});
