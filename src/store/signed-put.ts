import { createHmac, timingSafeEqual } from 'node:crypto';
import { invariant } from '../util/invariant';
import type { PresignedPut } from './object-store';

const EXPIRES = 'expires';
const SIGNATURE = 'signature';

/** The permission to write one key until a moment, as a URL below `base`: what a presigned URL is on S3, for stores whose server is our own. */
export function signPut(secret: Uint8Array, base: string, key: string, seconds: number): PresignedPut {
  invariant(Number.isInteger(seconds) && seconds >= 1, `a permission for ${seconds} seconds`);
  const expires = Math.floor(Date.now() / 1000) + seconds;
  const path = key.split('/').map(encodeURIComponent).join('/');
  return {
    url: `${base.replace(/\/+$/, '')}/${path}?${EXPIRES}=${expires}&${SIGNATURE}=${signatureOf(secret, key, expires)}`,
    headers: {},
    expiresAt: new Date(expires * 1000).toISOString(),
  };
}

/**
 * The key that a request for `url` may write; undefined when the URL is not one of `signPut`'s with this secret, was tampered with or has expired.
 * `base` as it was signed, or its path alone: a server sees only the path of a URL. Hostile input.
 */
export function keyOfSignedPut(secret: Uint8Array, base: string, url: string): string | undefined {
  const [target = '', query = ''] = pathOf(url).split(/\?(.*)/s);
  const path = `${pathOf(base).replace(/\/+$/, '')}/`;
  const key = target.startsWith(path) ? decodePath(target.slice(path.length)) : undefined;
  const parameters = new URLSearchParams(query);
  const expires = parameters.get(EXPIRES) ?? '';
  if (key === undefined || !/^\d{1,12}$/.test(expires)) return undefined;
  const expected = Buffer.from(signatureOf(secret, key, Number(expires)));
  const actual = Buffer.from(parameters.get(SIGNATURE) ?? '');
  const isSigned = expected.length === actual.length && timingSafeEqual(expected, actual);
  return isSigned && Date.now() < Number(expires) * 1000 ? key : undefined;
}

function signatureOf(secret: Uint8Array, key: string, expires: number): string {
  return createHmac('sha256', secret).update(`PUT\n${expires}\n${key}`).digest('hex');
}

function pathOf(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/]*/i, '');
}

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
