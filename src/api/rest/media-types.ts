/** `type/subtype` of a Content-Type header in lower case, without its parameters; undefined when there is none. */
export function mediaTypeOf(contentType: string | undefined): string | undefined {
  const essence = contentType?.split(';', 1).join('').trim().toLowerCase();
  return essence === '' ? undefined : essence;
}

/**
 * Picks what the Accept header likes best of `offered`, the earlier one among equals; undefined when it likes none (RFC 9110, section 12.5.1).
 * No header accepts everything.
 */
export function negotiate<T extends string>(accept: string | undefined, offered: readonly T[]): T | undefined {
  if (accept === undefined || accept.trim() === '') return offered[0];
  const ranges = accept.split(',', MOST_RANGES).map(readRange);
  let best: { readonly type: T; readonly quality: number } | undefined;
  for (const type of offered) {
    const quality = qualityOf(type, ranges);
    if (quality > (best?.quality ?? 0)) best = { type, quality };
  }
  return best?.type;
}

/** Browsers send about eight; the rest of a longer list is not read. */
const MOST_RANGES = 64;

interface MediaRange {
  readonly range: string;
  readonly quality: number;
}

function readRange(text: string): MediaRange {
  const [range, ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { range: range!, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

/** The most specific range that covers the type decides. */
function qualityOf(type: string, ranges: readonly MediaRange[]): number {
  for (const covering of [type, `${type.split('/')[0]}/*`, '*/*']) {
    const match = ranges.find(({ range }) => range === covering);
    if (match) return match.quality;
  }
  return 0;
}
