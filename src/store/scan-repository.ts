import { createHash } from 'node:crypto';
import type { Finding } from '../findings/finding';
import { invariant } from '../util/invariant';
import {
  decodeFindings,
  decodeResults,
  decodeScan,
  encodeResults,
  encodeScan,
  findingsBytes,
  pack,
  type StoredScan,
  unpack,
} from './codec';
import {
  ARTEFACTS,
  type Artefact,
  artefactKey,
  clusterNameKey,
  clusterNameOf,
  clusterNamesPrefix,
  isClusterName,
  isId,
  isPosition,
  isTenant,
  positionOf,
  positionsPrefix,
  resultsKey,
  resultsPrefix,
  type ScanName,
  scanIdOf,
  scanKey,
  uploadKey,
} from './keys';
import { type ObjectStore, PreconditionFailed, type PresignedPut } from './object-store';
import type { Scan } from './scan';

/** What a finished scan leaves: the two encodings of its analysis, and its findings. */
export interface ScanArtefacts {
  readonly model: Uint8Array;
  readonly directory: Uint8Array;
  readonly findings: readonly Finding[];
}

/** A cluster as far as scans tell of it; `latestFinishedAt` is missing while its latest scan is not finished. */
export interface ClusterEntry {
  readonly name: string;
  readonly latestScanId: string;
  readonly latestFinishedAt?: string;
}

/** One page of the scans of a tenant, or of one of its clusters. */
export interface ListScansOptions {
  readonly cluster?: string | undefined;
  /** The `next` of the page before. */
  readonly after?: string | undefined;
  /** 1 to 500. */
  readonly limit: number;
}

/** One page of the clusters of a tenant. */
export interface ListClustersOptions {
  /** The `next` of the page before. */
  readonly after?: string | undefined;
  /** 1 to 500. */
  readonly limit: number;
}

const MAXIMUM_PAGE = 500;
/** Objects read or deleted at once. */
const BATCH = 50;
/** Far more writers than one scan ever has. */
const TRANSITION_ATTEMPTS = 50;

/**
 * Scans and what belongs to them, per tenant. Whatever is asked for under an id, tenant, cluster or position that cannot exist is not there.
 *
 * Every method may break off at any line and be called again, and any number of processes may call at once: what makes something exist is one conditional
 * write each (of the record for a scan, of the named digest for its results), everything else is written before it or is found and skipped by readers.
 */
export class ScanRepository {
  readonly #objects: ObjectStore;

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  /** Stores a new scan and lists it under its tenant and cluster; false, with nothing changed, when the id is taken. */
  async create(scan: Scan): Promise<boolean> {
    await this.#putEntries(scan);
    if (await this.#putNew(scanKey(scan.tenant, scan.id), encodeScan(scan))) return true;
    await this.#deleteEntries(scan, await this.get(scan.tenant, scan.id));
    return false;
  }

  /** Undefined also while it is being deleted. @throws StoredFormatError when a newer version wrote it, or it is damaged */
  async get(tenant: string, id: string): Promise<Scan | undefined> {
    const found = await this.#find(tenant, id);
    return found?.scan.deleting ? undefined : found?.scan;
  }

  /**
   * Changes a scan's record over the version that `change` saw, which is called again when somebody else was faster.
   * @param change answers the new record, or undefined to leave it; id, tenant, cluster and creation stay
   * @returns the scan as it stands afterwards, changed or left; undefined when there is none
   */
  async transition(tenant: string, id: string, change: (scan: Scan) => Scan | undefined): Promise<Scan | undefined> {
    return this.#change(tenant, id, (scan) => (scan.deleting ? undefined : change(scan)));
  }

  /**
   * Stores the results of a scan, before the scan is said to have succeeded. The first that are stored whole stay; later ones change nothing, so that
   * model, directory and findings always are of one run. Of a deleted scan nothing stays.
   * @param createdAt that of the scan that was run, lest its results go to a later scan of the same id; by default that of the scan as it stands
   */
  async saveResults(tenant: string, id: string, { model, directory, findings }: ScanArtefacts, createdAt?: string): Promise<void> {
    const current = await this.get(tenant, id);
    if (current === undefined || (createdAt ?? current.createdAt) !== current.createdAt) return;
    const scan: ScanName = { tenant, id, createdAt: current.createdAt };
    const artefacts: Readonly<Record<Artefact, Uint8Array>> = { findings: findingsBytes(findings), model, directory };
    const digest = digestOf(ARTEFACTS.map((artefact) => artefacts[artefact]));
    await Promise.all(
      ARTEFACTS.map(async (artefact) => this.#putNew(artefactKey(scan, digest, artefact), await pack(artefact, artefacts[artefact]))),
    );
    await this.#putNew(resultsKey(scan), encodeResults({ digest }));
    // A deletion that began before may have missed what was written just now; one that begins later will not.
    if ((await this.get(tenant, id))?.createdAt !== scan.createdAt) await this.#deleteResults(scan);
  }

  /** Both encodings of the analysis; undefined until results are stored. */
  async model(tenant: string, id: string): Promise<{ readonly model: Uint8Array; readonly directory: Uint8Array } | undefined> {
    const [model, directory] = await this.#artefacts(tenant, id, ['model', 'directory']);
    return model && directory && { model: await unpack('model', model), directory: await unpack('directory', directory) };
  }

  /** Undefined until results are stored. */
  async findings(tenant: string, id: string): Promise<readonly Finding[] | undefined> {
    const [findings] = await this.#artefacts(tenant, id, ['findings']);
    return findings && decodeFindings(findings);
  }

  /** A tenant's scans, or one cluster's, newest first. */
  async list(
    tenant: string,
    { cluster, after, limit }: ListScansOptions,
  ): Promise<{ readonly scans: readonly Scan[]; readonly next?: string }> {
    checkLimit(limit);
    const isPossible = isTenant(tenant) && (cluster === undefined || isClusterName(cluster)) && (after === undefined || isPosition(after));
    const scans: Scan[] = [];
    for await (const scan of isPossible ? this.#scans(tenant, cluster, after, limit + 1) : []) {
      if (scans.length === limit) return { scans, next: positionOf(scans.at(-1)!) };
      scans.push(scan);
    }
    return { scans };
  }

  /** A tenant's clusters that have scans, in bytewise order of their encoded names, each with its newest scan. */
  async clusters(
    tenant: string,
    { after, limit }: ListClustersOptions,
  ): Promise<{ readonly clusters: readonly ClusterEntry[]; readonly next?: string }> {
    checkLimit(limit);
    const isPossible = isTenant(tenant) && (after === undefined || isClusterName(after));
    const clusters: ClusterEntry[] = [];
    for await (const entry of isPossible ? this.#clusters(tenant, after, limit + 1) : []) {
      if (clusters.length === limit) return { clusters, next: clusters.at(-1)!.name };
      clusters.push(entry);
    }
    return { clusters };
  }

  /** Deletes everything of a scan; false when there is none. One that broke off is taken up again by the next call. */
  async delete(tenant: string, id: string): Promise<boolean> {
    const scan = await this.#change(tenant, id, (stored) => ({ ...stored, deleting: true }));
    if (scan === undefined) return false;
    await this.#deleteEntries(scan);
    await this.#deleteResults(scan);
    await this.#objects.delete(scanKey(tenant, id));
    return true;
  }

  /** Key of an upload's object; the ids are valid ones. */
  uploadKey(tenant: string, uploadId: string): string {
    return uploadKey(tenant, uploadId);
  }

  /** Opens a new upload to whoever has the URL, for `seconds`. */
  presignUpload(tenant: string, uploadId: string, seconds: number): Promise<PresignedPut> {
    return this.#objects.presignPut(uploadKey(tenant, uploadId), seconds);
  }

  /** Stores an upload whose bytes are in hand, over what is there; the ids are valid ones. */
  async putUpload(tenant: string, uploadId: string, bytes: Uint8Array): Promise<void> {
    await this.#objects.put(uploadKey(tenant, uploadId), bytes);
  }

  /** Costs one list call and no byte of the upload. */
  async hasUpload(tenant: string, uploadId: string): Promise<boolean> {
    if (!isTenant(tenant) || !isId(uploadId)) return false;
    const key = uploadKey(tenant, uploadId);
    return (await this.#objects.list(key, { limit: 1 }))[0] === key;
  }

  /** Streams an upload; undefined when it never came, has expired or was deleted. The caller iterates it. */
  async getUpload(tenant: string, uploadId: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    return isTenant(tenant) && isId(uploadId) ? this.#objects.read(uploadKey(tenant, uploadId)) : undefined;
  }

  /** Also where there is none; nothing of its scan goes with it. */
  async deleteUpload(tenant: string, uploadId: string): Promise<void> {
    if (isTenant(tenant) && isId(uploadId)) await this.#objects.delete(uploadKey(tenant, uploadId));
  }

  async #find(tenant: string, id: string): Promise<{ readonly scan: StoredScan; readonly tag: string } | undefined> {
    if (!isTenant(tenant) || !isId(id)) return undefined;
    const found = await this.#objects.get(scanKey(tenant, id));
    return found && { scan: decodeScan(found.bytes), tag: found.tag };
  }

  async #change(tenant: string, id: string, change: (scan: StoredScan) => StoredScan | undefined): Promise<StoredScan | undefined> {
    for (let attempt = 0; attempt < TRANSITION_ATTEMPTS; attempt++) {
      const found = await this.#find(tenant, id);
      if (found === undefined) return undefined;
      const changed = change(found.scan);
      if (changed === undefined) return found.scan.deleting ? undefined : found.scan;
      invariant(
        changed.id === id && changed.tenant === tenant && positionKeysOf(changed).join() === positionKeysOf(found.scan).join(),
        'a transition changes what a scan is found by',
      );
      try {
        await this.#objects.put(scanKey(tenant, id), encodeScan(changed), { ifMatch: found.tag });
        return changed;
      } catch (error) {
        if (!(error instanceof PreconditionFailed)) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(2 ** attempt, 100)));
      }
    }
    throw new Error(`scan \`${id}\` is changed by too many at once`);
  }

  /** Lists a scan: its positions first, so that a cluster's name never goes while a scan of it is coming. */
  async #putEntries(scan: Scan): Promise<void> {
    await Promise.all(positionKeysOf(scan).map((key) => this.#objects.put(key, new Uint8Array())));
    await this.#objects.put(clusterNameKey(scan.tenant, scan.request.cluster), new Uint8Array());
  }

  /** Takes a scan from the lists, but for the entries that are another's too. */
  async #deleteEntries(scan: Scan, other?: Scan): Promise<void> {
    const {
      tenant,
      request: { cluster },
    } = scan;
    const kept = other ? positionKeysOf(other) : [];
    await Promise.all(
      positionKeysOf(scan)
        .filter((key) => !kept.includes(key))
        .map((key) => this.#objects.delete(key)),
    );
    const prefix = positionsPrefix(tenant, cluster);
    const hasScans = async () => (await this.#objects.list(prefix, { limit: 1 })).length > 0;
    if (await hasScans()) return;
    await this.#objects.delete(clusterNameKey(tenant, cluster));
    // Another scan of the cluster may have been created in between.
    if (await hasScans()) await this.#objects.put(clusterNameKey(tenant, cluster), new Uint8Array());
  }

  async #deleteResults(scan: ScanName): Promise<void> {
    for await (const keys of this.#pages(resultsPrefix(scan), undefined, BATCH))
      await Promise.all(keys.map((key) => this.#objects.delete(key)));
  }

  async #artefacts(tenant: string, id: string, artefacts: readonly Artefact[]): Promise<readonly (Uint8Array | undefined)[]> {
    const scan = await this.get(tenant, id);
    if (scan === undefined) return [];
    const results = await this.#objects.get(resultsKey(scan));
    if (results === undefined) return [];
    const { digest } = decodeResults(results.bytes);
    return Promise.all(artefacts.map(async (artefact) => (await this.#objects.get(artefactKey(scan, digest, artefact)))?.bytes));
  }

  /** Scans in the order of their positions. A position without its scan is left of a creation or a deletion that broke off, or is under way. */
  async *#scans(tenant: string, cluster: string | undefined, after: string | undefined, expected: number): AsyncGenerator<Scan> {
    const prefix = positionsPrefix(tenant, cluster);
    for await (const keys of this.#pages(prefix, after && `${prefix}${after}`, expected)) {
      const scans = await Promise.all(keys.map((key) => this.get(tenant, scanIdOf(key))));
      for (const [i, scan] of scans.entries()) {
        if (scan && positionKeysOf(scan).includes(keys[i]!)) yield scan;
      }
    }
  }

  async *#clusters(tenant: string, after: string | undefined, expected: number): AsyncGenerator<ClusterEntry> {
    for await (const keys of this.#pages(clusterNamesPrefix(tenant), after && clusterNameKey(tenant, after), expected)) {
      yield* (await Promise.all(keys.map((key) => this.#cluster(tenant, clusterNameOf(key))))).flat();
    }
  }

  async #cluster(tenant: string, name: string): Promise<readonly ClusterEntry[]> {
    for await (const { id, finishedAt } of this.#scans(tenant, name, undefined, 1)) {
      return [{ name, latestScanId: id, ...(finishedAt !== undefined && { latestFinishedAt: finishedAt }) }];
    }
    return [];
  }

  async *#pages(prefix: string, after: string | undefined, expected: number): AsyncGenerator<readonly string[]> {
    const limit = Math.min(expected, BATCH);
    for (let start = after; ; ) {
      const keys = await this.#objects.list(prefix, { after: start, limit });
      if (keys.length > 0) yield keys;
      if (keys.length < limit) return;
      start = keys.at(-1);
    }
  }

  /** Writes what is written once; false when it is there already. */
  async #putNew(key: string, bytes: Uint8Array): Promise<boolean> {
    try {
      await this.#objects.put(key, bytes, { ifNoneMatch: '*' });
      return true;
    } catch (error) {
      if (error instanceof PreconditionFailed) return false;
      throw error;
    }
  }
}

/** Where the lists have a scan: among its tenant's and among its cluster's. */
function positionKeysOf({ tenant, request: { cluster }, ...scan }: Scan): readonly string[] {
  return [positionsPrefix(tenant), positionsPrefix(tenant, cluster)].map((prefix) => `${prefix}${positionOf(scan)}`);
}

/** Over several byte strings, told apart from any other cut of the same bytes. */
function digestOf(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.byteLength}:`).update(part);
  return hash.digest('hex');
}

function checkLimit(limit: number): void {
  invariant(Number.isInteger(limit) && limit >= 1 && limit <= MAXIMUM_PAGE, `a page of ${limit}`);
}
