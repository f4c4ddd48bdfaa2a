/**
 * The port to whatever keeps objects: S3, or files on one machine. Which keys are valid, and their order, is in `object-key.ts`; an invalid one is a bug
 * of the caller. Writes are atomic and, once acknowledged, durable: a reader sees the old bytes, the new bytes or nothing, and every reader that starts
 * after a write sees that write, in lists too.
 */
export interface ObjectStore {
  /** Undefined when there is none. */
  get(key: string): Promise<StoredObject | undefined>;
  /**
   * Streams an object whose size may exceed memory's share; undefined when there is none. The bytes are of one version, whatever is written meanwhile.
   * The caller iterates it, to the end or until it breaks off: that is what frees the file or socket behind it.
   */
  read(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /**
   * @param condition `ifNoneMatch: '*'` writes only a new key, `ifMatch` only over the version with that tag. Among conditional writes that race,
   *   exactly one wins.
   * @returns the new version's tag
   * @throws PreconditionFailed when the condition does not hold, or another conditional write was faster
   */
  put(key: string, bytes: Uint8Array, condition?: WriteCondition): Promise<{ readonly tag: string }>;
  /** Deletes if it exists. */
  delete(key: string): Promise<void>;
  /** Keys with this prefix, in bytewise order, after `after` (exclusive; it need not exist), at most `limit` (1 to 1,000, which is the default). */
  list(prefix: string, options?: ListOptions): Promise<readonly string[]>;
  /** A URL to which a client may PUT the object's bytes without further authorisation, for `seconds` (whole, at least 1). */
  presignPut(key: string, seconds: number): Promise<PresignedPut>;
}

/** An object read whole; bytes and tag are of one version. */
export interface StoredObject {
  readonly bytes: Uint8Array;
  /** Opaque version of the content, for `ifMatch`. Equal content may have equal tags. */
  readonly tag: string;
}

/** The two conditions of S3 (docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html), by which concurrent writers notice each other. */
export type WriteCondition = { readonly ifNoneMatch: '*' } | { readonly ifMatch: string };

/** Which page of a list; absent parts: from the first key on, 1,000 keys. */
export interface ListOptions {
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

/** Whoever has the URL may write that one key, as often as they like, until it expires. */
export interface PresignedPut {
  readonly url: string;
  /** Headers that the client must send along. It should send no `Content-Type` beside them: some S3 servers refuse one that the URL does not sign. */
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
