import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, readlink, rename, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { invariant } from '../util/invariant';
import { directoryPath, objectPath, readFileName, segmentOf } from './file-name';
import { checkKey, checkList, compareKeys } from './object-key';
import {
  type ListOptions,
  type ObjectStore,
  PreconditionFailed,
  type PresignedPut,
  type StoredObject,
  type WriteCondition,
} from './object-store';
import { keyOfSignedPut, signPut } from './signed-put';

/*
 *   <root>/objects/…   one file an object, named as `file-name.ts` says
 *   <root>/temp/…      what is being written; moved over the object in one step
 *   <root>/locks/xx/…  at most 256 locks; a key's hash chooses its lock
 *
 * Every change of a key happens under its lock, so that a condition holds from its check to the write, among any number of processes.
 */

/** Only the root has to be told; `publicUrl` is needed for presigned PUTs alone. */
export interface FileObjectStoreOptions {
  /** Directory of its own; made when missing. Readable for its owner only. */
  readonly root: string;
  /** Where the local server takes presigned PUTs, such as `http://127.0.0.1:4000/objects`; a function where the port is known only later. */
  readonly publicUrl?: string | (() => string);
  /** Signs URLs; by default a random one, so that a URL lives as long as the process. */
  readonly secret?: Uint8Array;
}

/** What a crash left in `temp` is removed after this time. */
const LEFTOVER_MILLISECONDS = 60 * 60 * 1000;
/** A lock is held for milliseconds; a holder of which the machine cannot tell whether it lives is taken for dead after this time. */
const UNKNOWN_HOLDER_MILLISECONDS = 60_000;
const PATIENCE_MILLISECONDS = 120_000;
const PUBLISH_ATTEMPTS = 100;

/** Objects as files below one directory, for any number of processes of one machine: the embedded default. */
export class FileObjectStore implements ObjectStore {
  readonly #objects: string;
  readonly #temp: string;
  readonly #locks: FileLocks;
  readonly #publicUrl: string | (() => string) | undefined;
  readonly #secret: Uint8Array;
  #prepared: Promise<void> | undefined;

  constructor({ root, publicUrl, secret = randomBytes(32) }: FileObjectStoreOptions) {
    this.#objects = `${root}/objects`;
    this.#temp = `${root}/temp`;
    this.#locks = new FileLocks(`${root}/locks`, this.#temp);
    this.#publicUrl = publicUrl;
    this.#secret = secret;
  }

  async get(key: string): Promise<StoredObject | undefined> {
    checkKey(key);
    const bytes = await orUndefined(readFile(this.#path(key)));
    return bytes && { bytes, tag: tagOf(bytes) };
  }

  async read(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    checkKey(key);
    const handle = await orUndefined(open(this.#path(key)));
    return handle?.createReadStream();
  }

  async put(key: string, bytes: Uint8Array, condition?: WriteCondition): Promise<{ readonly tag: string }> {
    checkKey(key);
    await this.#write(key, (handle) => handle.writeFile(bytes), condition);
    return { tag: tagOf(bytes) };
  }

  /**
   * Writes an object while it arrives, in bounded memory: what a server does with the body of a presigned PUT.
   * @returns false, with nothing written, when there are more than `limit` bytes
   */
  async putStream(key: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, limit: number): Promise<boolean> {
    checkKey(key);
    try {
      await this.#write(key, async (handle) => {
        let size = 0;
        for await (const chunk of chunks) {
          size += chunk.byteLength;
          if (size > limit) throw new TooLarge();
          await handle.writeFile(chunk);
        }
      });
      return true;
    } catch (error) {
      if (error instanceof TooLarge) return false;
      throw error;
    }
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    await this.#prepare();
    await this.#locks.hold(key, async () => {
      const path = this.#path(key);
      if ((await orUndefined(unlink(path).then(() => true))) === undefined) return;
      await syncDirectory(parentOf(path));
      // Removes directories that are empty now. A write that is about to use one finds it gone and makes it again.
      for (let parent = parentOf(path); parent !== this.#objects; parent = parentOf(parent)) {
        if (!(await isRemoved(parent))) return;
      }
    });
  }

  async list(prefix: string, options: ListOptions = {}): Promise<readonly string[]> {
    const { after, limit } = checkList(prefix, options);
    const keys: string[] = [];
    for await (const key of this.#walk(directoryOf(prefix), prefix, after)) {
      keys.push(key);
      if (keys.length === limit) break;
    }
    return keys;
  }

  /** Deletes what was written longer ago than that: what a lifecycle rule does on S3. */
  async expire(prefix: string, milliseconds: number): Promise<void> {
    checkList(prefix, {});
    for await (const key of this.#walk(directoryOf(prefix), prefix, '')) {
      const written = await orUndefined(stat(this.#path(key)));
      if (written && Date.now() - written.mtimeMs > milliseconds) await this.delete(key);
    }
  }

  async presignPut(key: string, seconds: number): Promise<PresignedPut> {
    checkKey(key);
    return signPut(this.#secret, this.#url(), key, seconds);
  }

  /** The key that a PUT of this URL (or of its path and query alone) may write; undefined when the URL is none of ours, tampered with or expired. */
  keyOfPresignedPut(url: string): string | undefined {
    return keyOfSignedPut(this.#secret, this.#url(), url);
  }

  #url(): string {
    const url = typeof this.#publicUrl === 'function' ? this.#publicUrl() : this.#publicUrl;
    invariant(url !== undefined, 'a file store without a server cannot presign');
    return url;
  }

  #path(key: string): string {
    return `${this.#objects}/${objectPath(key)}`;
  }

  async #write(key: string, write: (handle: FileHandle) => Promise<void>, condition?: WriteCondition): Promise<void> {
    await this.#prepare();
    const temp = `${this.#temp}/${randomBytes(16).toString('hex')}`;
    try {
      const handle = await open(temp, 'wx', 0o600);
      try {
        await write(handle);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await this.#locks.hold(key, async () => {
        if (condition && !(await this.#holds(key, condition))) throw new PreconditionFailed(key);
        await publish(temp, this.#path(key));
      });
    } finally {
      await rm(temp, { force: true });
    }
  }

  async #holds(key: string, condition: WriteCondition): Promise<boolean> {
    if ('ifNoneMatch' in condition) return (await orUndefined(stat(this.#path(key)))) === undefined;
    return (await this.get(key))?.tag === condition.ifMatch;
  }

  /** Keys below a directory in order: a directory sorts as its name with a slash, which all its keys begin with. */
  async *#walk(directory: string, prefix: string, after: string): AsyncGenerator<string> {
    const entries = await namesIn(`${this.#objects}/${directoryPath(directory.slice(0, -1))}`);
    const keys = entries.flatMap(({ kind, name }) => {
      const segment = segmentOf(name);
      return segment === undefined ? [] : [`${directory}${segment}${kind === 'directory' ? '/' : ''}`];
    });
    const mayHold = (key: string, text: string) => key.endsWith('/') && text.startsWith(key);
    const wanted = keys.filter(
      (key) => (key.startsWith(prefix) || mayHold(key, prefix)) && (compareKeys(key, after) > 0 || mayHold(key, after)),
    );
    for (const key of wanted.sort(compareKeys)) {
      if (key.endsWith('/')) yield* this.#walk(key, prefix, after);
      else yield key;
    }
  }

  /** Makes the directories and removes what crashes left, once a process. */
  #prepare(): Promise<void> {
    this.#prepared ??= (async () => {
      for (const directory of [this.#objects, this.#temp, this.#locks.directory]) await mkdir(directory, { recursive: true, mode: 0o700 });
      for (const name of await readdir(this.#temp)) {
        const path = `${this.#temp}/${name}`;
        const age = Date.now() - ((await orUndefined(stat(path)))?.mtimeMs ?? Number.POSITIVE_INFINITY);
        if (age > LEFTOVER_MILLISECONDS) await rm(path, { recursive: true, force: true });
      }
    })().catch((error: unknown) => {
      this.#prepared = undefined;
      throw error;
    });
    return this.#prepared;
  }
}

class TooLarge extends Error {}

/**
 * Locks that survive crashes. A lock is a directory with one file, whose name says which process holds it: moving a prepared directory to the lock's place
 * succeeds only if nothing or an empty directory is there, in one step. Whoever finds a dead holder removes *that holder's* file, which cannot hurt a
 * lock that somebody else has taken meanwhile.
 */
class FileLocks {
  /** In one process the waiting line is here, so that only its head asks the file system. */
  readonly #lines = new Map<string, Promise<unknown>>();

  constructor(
    readonly directory: string,
    readonly temp: string,
  ) {}

  async hold<T>(key: string, action: () => Promise<T>): Promise<T> {
    const slot = createHash('sha256').update(key).digest('hex').slice(0, 2);
    const turn = (this.#lines.get(slot) ?? Promise.resolve()).then(() => this.#holdSlot(`${this.directory}/${slot}`, action));
    const line = turn.catch(() => undefined);
    this.#lines.set(slot, line);
    try {
      return await turn;
    } finally {
      if (this.#lines.get(slot) === line) this.#lines.delete(slot);
    }
  }

  async #holdSlot<T>(lock: string, action: () => Promise<T>): Promise<T> {
    const holder = `${await thisProcess()}.${randomBytes(8).toString('hex')}`;
    const prepared = `${this.temp}/lock-${holder}`;
    await mkdir(prepared, { mode: 0o700 });
    await (await open(`${prepared}/${holder}`, 'wx', 0o600)).close();
    try {
      await this.#take(prepared, lock);
      return await action();
    } finally {
      await rm(prepared, { recursive: true, force: true });
      await orUndefined(unlink(`${lock}/${holder}`));
      await isRemoved(lock);
    }
  }

  async #take(prepared: string, lock: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MILLISECONDS;
    for (let attempt = 0; ; attempt++) {
      const refusal = await rename(prepared, lock).then(() => undefined, codeOf);
      if (refusal === undefined) return;
      // Somebody is there. Windows says EPERM or EACCES, of an empty directory as well.
      if (!['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES'].includes(refusal)) throw new Error(`cannot lock \`${lock}\`: ${refusal}`);
      const holders = (await orUndefined(readdir(lock))) ?? [];
      if (holders.length === 0) await isRemoved(lock);
      for (const holder of holders) {
        if (await this.#isDead(lock, holder)) await orUndefined(unlink(`${lock}/${holder}`));
      }
      if (Date.now() > deadline) throw new Error(`lock \`${lock}\` is held by ${holders.join(', ')}`);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(2 ** attempt, 32)));
    }
  }

  async #isDead(lock: string, holder: string): Promise<boolean> {
    const [space, pid, start] = holder.split('.');
    const [ownSpace] = (await thisProcess()).split('.');
    if (space === ownSpace) {
      const born = await startOf(Number(pid));
      if (born !== 'unknown') return born !== start;
    }
    const written = await orUndefined(stat(`${lock}/${holder}`));
    return written !== undefined && Date.now() - written.mtimeMs > UNKNOWN_HOLDER_MILLISECONDS;
  }
}

let identity: Promise<string> | undefined;

/** `<space>.<pid>.<start>`: process ids mean something only within one boot and one process-id namespace (a container has its own). */
function thisProcess(): Promise<string> {
  identity ??= (async () => {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
    const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
    return `${`${boot}${namespace}`.replace(/[^0-9a-z]/g, '')}.${process.pid}.${await startOf(process.pid)}`;
  })();
  return identity;
}

/** When a process started, in whatever unit the system has; `none` when it does not run, `unknown` where the system does not say. */
async function startOf(pid: number): Promise<string> {
  // After the command's name, which may hold anything, come the state and, 19 fields later, the start (proc_pid_stat(5)).
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')).split(') ').at(-1)!.split(' ');
  if (fields[19] !== undefined) return fields[0] === 'Z' || fields[0] === 'X' ? 'none' : fields[19];
  try {
    process.kill(pid, 0);
    return 'unknown';
  } catch (error) {
    return codeOf(error) === 'ESRCH' ? 'none' : 'unknown';
  }
}

/** Moves a finished file to its place, and makes the place and the move durable. */
async function publish(temp: string, path: string): Promise<void> {
  let top = parentOf(path);
  for (let attempt = 0; attempt < PUBLISH_ATTEMPTS; attempt++) {
    // A deletion beside may remove a directory, which is still empty, at any moment until the file is in it.
    const moved = await orUndefined(
      (async () => {
        const made = await mkdir(parentOf(path), { recursive: true, mode: 0o700 });
        if (made !== undefined && parentOf(made).length < top.length) top = parentOf(made);
        await rename(temp, path);
        return true;
      })(),
    );
    if (moved === undefined) continue;
    for (let directory = parentOf(path); directory.length >= top.length; directory = parentOf(directory)) await syncDirectory(directory);
    return;
  }
  throw new Error(`cannot move \`${temp}\` to \`${path}\``);
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await orUndefined(open(path));
  // Windows cannot sync a directory and says so.
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** Names in a directory, with those of the directories in which a long name goes on. */
async function namesIn(path: string, before = ''): Promise<readonly { readonly kind: 'object' | 'directory'; readonly name: string }[]> {
  const entries = (await orUndefined(readdir(path)))?.map(readFileName) ?? [];
  const names = await Promise.all(
    entries.map(async ({ kind, name }) =>
      kind === 'continued' ? namesIn(`${path}/${name}+`, before + name) : [{ kind, name: before + name }],
    ),
  );
  return names.flat();
}

/** The whole segments of a prefix. */
function directoryOf(prefix: string): string {
  return prefix.slice(0, prefix.lastIndexOf('/') + 1);
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function tagOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url');
}

/** Removes a directory if it is empty. */
function isRemoved(directory: string): Promise<boolean> {
  return rmdir(directory).then(
    () => true,
    () => false,
  );
}

/** Undefined where there is no such file or directory. */
async function orUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  return typeof code === 'string' ? code : String(error);
}
