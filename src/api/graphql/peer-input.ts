import { parseRange } from '../../util/address-set';
import { ApiError } from '../errors';

/** One peer as the schema takes it: exactly one part is there, which `@oneOf` sees to. */
export interface PeerInput {
  readonly name?: string;
  readonly address?: string;
  readonly internet?: boolean;
}

/** Longest name of a peer: two names of 253 letters, a kind and what holds them together. */
const LONGEST = 600;

/**
 * The peer's name as `peers.ts` reads it.
 * @throws ApiError `INVALID_REQUEST` for an address that is none, or `internet: false`
 */
export function readPeer({ name, address, internet }: PeerInput, path: string): string {
  const text = name ?? address ?? 'internet';
  if (text.length > LONGEST) throw refusal(`${path} is longer than any peer's name`, path);
  if (address !== undefined && parseRange(address.replace(/^ip:/, '')) === undefined)
    throw refusal(`\`${address}\` is no address, CIDR or range`, `${path}.address`);
  if (internet === false) throw refusal('a peer that is not the internet is named by `name` or `address`', `${path}.internet`);
  return text;
}

function refusal(message: string, path: string): ApiError {
  return new ApiError('INVALID_REQUEST', message, [{ path, message }]);
}
