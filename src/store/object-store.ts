/**
 * The port to whatever keeps objects: S3, or files on one machine. Keys are slash-separated, relative, without `.` or `..` segments.
 * Writes are atomic: a reader sees the old bytes, the new bytes or nothing.
 */
export interface ObjectStore {
  /** Undefined when there is none. */
  get(key: string): Promise<StoredObject | undefined>;
  /** Streams an object whose size may exceed memory's share; undefined when there is none. */
  read(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /**
   * @param condition `ifNoneMatch: '*'` writes only a new key, `ifMatch` only over the version with that tag.
   * @returns the new version's tag
   * @throws PreconditionFailed when the condition does not hold, or another conditional write was faster
   */
  put(key: string, bytes: Uint8Array, condition?: WriteCondition): Promise<{ readonly tag: string }>;
  /** Deletes if it exists. */
  delete(key: string): Promise<void>;
  /** Keys with this prefix, in bytewise order, after `after`, at most `limit` (≤ 1,000). */
  list(prefix: string, options?: { readonly after?: string; readonly limit?: number }): Promise<readonly string[]>;
  /** A URL to which a client may PUT the object's bytes without further authorisation, for `seconds`. */
  presignPut(key: string, seconds: number): Promise<PresignedPut>;
}

export interface StoredObject {
  readonly bytes: Uint8Array;
  /** Opaque version of the content, for `ifMatch`. */
  readonly tag: string;
}

export type WriteCondition = { readonly ifNoneMatch: '*' } | { readonly ifMatch: string };

export interface PresignedPut {
  readonly url: string;
  /** Headers that the client must send along. */
  readonly headers: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly expiresAt: string;
}

/** A conditional write lost: the key exists, has another version, or a concurrent write won. */
export class PreconditionFailed extends Error {
  override readonly name = 'PreconditionFailed';
  constructor(readonly key: string) {
    super(`the condition on \`${key}\` does not hold`);
  }
}
