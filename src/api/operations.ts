import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Stage } from '../findings/finding';
import { settleFacts } from '../model/facts';
import { isClusterName, isId, positionOf } from '../store/keys';
import type { PresignedPut } from '../store/object-store';
import type { Scan, ScanRequest } from '../store/scan';
import type { ClusterEntry, ScanRepository } from '../store/scan-repository';
import { ApiError, type ErrorDetail } from './errors';
import type { ModelCache } from './model-cache';
import { OpenScan } from './open-scan';
import { decodeCursor, encodeCursor, type Page, type PageRequest } from './paging';

/** What tells a worker to run a scan: keys only, no data. */
export interface ScanMessage {
  readonly tenant: string;
  readonly scanId: string;
}

/** Delivers every message at least once. */
export interface ScanQueue {
  send(message: ScanMessage): Promise<void>;
}

/** What the use cases are made of. */
export interface OperationsDeps {
  readonly repository: ScanRepository;
  readonly queue: ScanQueue;
  readonly results: ModelCache;
  readonly clock: () => Date;
  /** A new unguessable id at each call: letters, digits and dashes. */
  readonly newId: () => string;
}

/** A place for a bundle, open to whoever has its URL. */
export interface Upload extends PresignedPut {
  readonly uploadId: string;
  /** The scan that starts when the bundle has arrived; absent when none was asked for. */
  readonly scanId?: string;
}

/** What a bundle is to be scanned as. */
export interface ScanTarget {
  readonly cluster: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly stage: Stage;
}

/** What is to be scanned, and as what. */
export interface ScanStart extends ScanTarget {
  /** An upload, or the bundle's bytes themselves. */
  readonly bundle: { readonly uploadId: string } | { readonly bytes: Uint8Array };
  /** The same key gives the same scan, until that is deleted. */
  readonly idempotencyKey?: string | undefined;
}

/** How long a place for an upload stays open. */
const UPLOAD_SECONDS = 3_600;

/**
 * The use cases behind every face. The tenant is always the caller's own, as its authentication told; whatever belongs to another tenant is `NOT_FOUND`,
 * as if it were not there.
 */
export class Operations {
  readonly #deps: OperationsDeps;

  constructor(deps: OperationsDeps) {
    this.#deps = deps;
  }

  /**
   * Opens a place for a bundle that is too large for a request's body.
   * @param scan what to scan the bundle as once it has arrived; the scan has the upload's id, since a notice of the store names nothing else
   * @throws ApiError `INVALID_REQUEST`
   */
  async createUpload(tenant: string, scan?: ScanTarget): Promise<Upload> {
    const { repository, clock, newId } = this.#deps;
    const uploadId = newId();
    if (scan) {
      checkTarget(scan);
      const { cluster, facts, stage } = scan;
      const request: ScanRequest = { uploadId, cluster, facts, stage };
      await repository.create({ id: uploadId, tenant, request, status: 'QUEUED', createdAt: clock().toISOString() });
    }
    const place = await repository.presignUpload(tenant, uploadId, UPLOAD_SECONDS);
    return { uploadId, ...(scan && { scanId: uploadId }), ...place };
  }

  /**
   * Queues a scan. A repeated call with the same idempotency key gives the same scan; it also queues it again if it is still waiting, which heals a
   * crash between storing and queueing.
   * @throws ApiError `INVALID_REQUEST`, `NOT_FOUND` for the upload, `IDEMPOTENCY_CONFLICT` when the key was used for another request
   */
  async startScan(tenant: string, start: ScanStart): Promise<Scan> {
    checkStart(start);
    const { repository, queue, clock, newId } = this.#deps;
    const { idempotencyKey, bundle, cluster, facts, stage } = start;
    const id = idempotencyKey === undefined ? newId() : digestOf('scan', idempotencyKey);
    // Equal bytes under one key have one name, so that comparing requests compares bundles.
    const uploadId = 'bytes' in bundle ? digestOf('upload', id, bundle.bytes) : bundle.uploadId;
    const request: ScanRequest = { uploadId, cluster, facts, stage };
    const known = idempotencyKey === undefined ? undefined : await repository.get(tenant, id);
    if (known) return this.#again(known, request);
    if ('bytes' in bundle) await repository.putUpload(tenant, uploadId, bundle.bytes);
    else if (!(await repository.hasUpload(tenant, uploadId))) throw new ApiError('NOT_FOUND', `there is no upload \`${uploadId}\``);
    const scan: Scan = { id, tenant, request, status: 'QUEUED', createdAt: clock().toISOString() };
    if (await repository.create(scan)) {
      try {
        await queue.send({ tenant, scanId: id });
      } catch (error) {
        // Nobody could ever queue a scan without key again; with one, the caller's next try does.
        if (idempotencyKey === undefined) await repository.delete(tenant, id);
        throw error;
      }
      return scan;
    }
    // Somebody was faster with the same key. Bytes that are of no use to that scan expire with all uploads.
    const winner = await repository.get(tenant, id);
    if (!winner) throw scanNotFound(id);
    return this.#again(winner, request);
  }

  async #again(scan: Scan, request: ScanRequest): Promise<Scan> {
    if (!isDeepStrictEqual(scan.request, request)) {
      throw new ApiError(
        'IDEMPOTENCY_CONFLICT',
        `the idempotency key belongs to scan \`${scan.id}\`, which was asked for by another request`,
      );
    }
    if (scan.status === 'QUEUED') await this.#deps.queue.send({ tenant: scan.tenant, scanId: scan.id });
    return scan;
  }

  /** @throws ApiError `NOT_FOUND` */
  async openScan(tenant: string, id: string): Promise<OpenScan> {
    const scan = await this.#deps.repository.get(tenant, id);
    if (!scan) throw scanNotFound(id);
    return new OpenScan(scan, this.#deps.results);
  }

  /** Scans of one cluster, or of all, the newest first; each opened, so that a list can be asked on. */
  async listScans(tenant: string, cluster: string | undefined, { limit, cursor }: PageRequest): Promise<Page<OpenScan>> {
    const scope = ['scans', cluster];
    const after = cursor === undefined ? undefined : decodeCursor(scope, cursor);
    const { scans, next } = await this.#deps.repository.list(tenant, { cluster, after, limit });
    const items = scans.map((scan) => ({ value: new OpenScan(scan, this.#deps.results), cursor: encodeCursor(scope, positionOf(scan)) }));
    return { items, hasMore: next !== undefined, hasPrevious: after !== undefined };
  }

  /** Clusters that have scans. */
  async listClusters(tenant: string, { limit, cursor }: PageRequest): Promise<Page<ClusterEntry>> {
    const scope = ['clusters'];
    const after = cursor === undefined ? undefined : decodeCursor(scope, cursor);
    const { clusters, next } = await this.#deps.repository.clusters(tenant, { after, limit });
    const items = clusters.map((value) => ({ value, cursor: encodeCursor(scope, value.name) }));
    return { items, hasMore: next !== undefined, hasPrevious: after !== undefined };
  }

  /**
   * Deletes a scan with its results, and its upload if that is still waiting.
   * @throws ApiError `NOT_FOUND`
   */
  async deleteScan(tenant: string, id: string): Promise<void> {
    const { repository, results } = this.#deps;
    const scan = await repository.get(tenant, id);
    // A deletion that broke off has no scan any more, and is taken up again by asking for it.
    if (!(await repository.delete(tenant, id))) throw scanNotFound(id);
    if (!scan) return;
    await repository.deleteUpload(tenant, scan.request.uploadId);
    results.forget(scan);
  }
}

/** @throws ApiError `INVALID_REQUEST` that names every part that is wrong */
function checkTarget(target: ScanTarget): void {
  refuse(problemsOf(target));
}

function checkStart({ bundle, idempotencyKey, ...target }: ScanStart): void {
  const details = problemsOf(target);
  if ('uploadId' in bundle && !isId(bundle.uploadId)) details.push({ path: 'uploadId', message: 'this is no id of an upload' });
  if ('bytes' in bundle && bundle.bytes.length === 0) details.push({ path: 'body', message: 'the bundle is empty' });
  if (idempotencyKey !== undefined && !/^[\x21-\x7e]{1,255}$/.test(idempotencyKey)) {
    details.push({ path: 'idempotencyKey', message: 'a key is 1 to 255 printable ASCII characters without spaces' });
  }
  refuse(details);
}

function problemsOf({ cluster, facts }: ScanTarget): ErrorDetail[] {
  const details: ErrorDetail[] = settleFacts(new Map(Object.entries(facts))).problems.map((message) => ({ path: 'facts', message }));
  if (!isClusterName(cluster))
    details.push({ path: 'cluster', message: 'a cluster is named with 1 to 200 bytes without control characters' });
  return details;
}

function refuse(details: readonly ErrorDetail[]): void {
  if (details.length > 0) throw new ApiError('INVALID_REQUEST', details.map(({ message }) => message).join('; '), details);
}

function scanNotFound(id: string): ApiError {
  return new ApiError('NOT_FOUND', `there is no scan \`${id.slice(0, 100)}\``);
}

/** An id that equal parts give again. */
function digestOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex').slice(0, 32);
}
