import { createHash, randomBytes } from 'node:crypto';
import { checkKey, checkList, compareKeys } from '../../src/store/object-key';
import {
  type ListOptions,
  type ObjectStore,
  PreconditionFailed,
  type PresignedPut,
  type StoredObject,
  type WriteCondition,
} from '../../src/store/object-store';
import { keyOfSignedPut, signPut } from '../../src/store/signed-put';

/** Objects in memory, for tests of other rooms: keeps the whole contract of the port. */
export class MemoryObjectStore implements ObjectStore {
  /** What is stored, for tests that look at every byte. */
  readonly objects = new Map<string, Uint8Array>();
  readonly #secret = randomBytes(32);

  /** @param publicUrl where presigned PUTs go to; nobody listens there unless the test does */
  constructor(readonly publicUrl: string | (() => string) = 'http://127.0.0.1:1/objects') {}

  async get(key: string): Promise<StoredObject | undefined> {
    checkKey(key);
    const bytes = this.objects.get(key);
    return bytes && { bytes: bytes.slice(), tag: tagOf(bytes) };
  }

  async read(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const found = await this.get(key);
    return found && chunksOf(found.bytes);
  }

  async put(key: string, bytes: Uint8Array, condition?: WriteCondition): Promise<{ readonly tag: string }> {
    checkKey(key);
    const current = this.objects.get(key);
    const holds =
      condition === undefined ||
      ('ifNoneMatch' in condition ? current === undefined : current !== undefined && tagOf(current) === condition.ifMatch);
    if (!holds) throw new PreconditionFailed(key);
    this.objects.set(key, Uint8Array.from(bytes));
    return { tag: tagOf(bytes) };
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    this.objects.delete(key);
  }

  async list(prefix: string, options: ListOptions = {}): Promise<readonly string[]> {
    const { after, limit } = checkList(prefix, options);
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && compareKeys(key, after) > 0);
    return keys.sort(compareKeys).slice(0, limit);
  }

  async presignPut(key: string, seconds: number): Promise<PresignedPut> {
    checkKey(key);
    return signPut(this.#secret, this.#url(), key, seconds);
  }

  /** As the file store's: the key that a PUT of this URL may write. */
  keyOfPresignedPut(url: string): string | undefined {
    return keyOfSignedPut(this.#secret, this.#url(), url);
  }

  #url(): string {
    return typeof this.publicUrl === 'function' ? this.publicUrl() : this.publicUrl;
  }
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += 65_536) yield bytes.subarray(start, start + 65_536);
}

function tagOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url');
}
