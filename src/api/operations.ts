import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Stage } from '../findings/finding';
import { settleFacts } from '../model/facts';
import type { PresignedPut } from '../store/object-store';
import type { Scan, ScanRequest } from '../store/scan';
import type { ClusterEntry, ScanRepository } from '../store/scan-repository';
import { ApiError } from './errors';
import { OpenScan, type ScanResults } from './open-scan';
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

export interface OperationsDeps {
  readonly repository: ScanRepository;
  readonly queue: ScanQueue;
  readonly results: ScanResults & { forget(tenant: string, scanId: string): void };
  readonly clock: () => Date;
  /** A new id at each call: letters, digits and dashes, unguessable. */
  readonly newId: () => string;
}

export interface Upload extends PresignedPut {
  readonly uploadId: string;
}

export interface ScanStart {
  /** An upload, or the bundle's bytes themselves. */
  readonly bundle: { readonly uploadId: string } | { readonly bytes: Uint8Array };
  readonly cluster: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly stage: Stage;
  /** The same key gives the same scan, for ever. */
  readonly idempotencyKey?: string | undefined;
}

/** How long a place for an upload stays open. */
const UPLOAD_SECONDS = 3_600;

const ID = /^[A-Za-z0-9_-]{1,64}$/;
const CLUSTER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/**
 * The use cases behind every face. The tenant is always the caller's own, as its authentication told; whatever belongs to another tenant is `NOT_FOUND`,
 * as if it were not there.
 */
export class Operations {
  readonly #deps: OperationsDeps;

  constructor(deps: OperationsDeps) {
    this.#deps = deps;
  }

  /** Opens a place for a bundle that is too large for a request's body. */
  async createUpload(tenant: string): Promise<Upload> {
    const uploadId = this.#deps.newId();
    return { uploadId, ...(await this.#deps.repository.presignUpload(tenant, uploadId, UPLOAD_SECONDS)) };
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
    const id = idempotencyKey === undefined ? newId() : digestOf('scan', tenant, idempotencyKey);
    // Equal bytes under one key have one name, so that comparing requests compares bundles.
    const uploadId = 'bytes' in bundle ? digestOf('upload', tenant, id, createHash('sha256').update(bundle.bytes).digest('hex')) : bundle.uploadId;
    const request: ScanRequest = { uploadId, cluster, facts, stage };
    const known = idempotencyKey === undefined ? undefined : await repository.get(tenant, id);
    if (known) return this.#again(known, request);
    if ('bytes' in bundle) await repository.putUpload(tenant, uploadId, bundle.bytes);
    else if (!(await repository.hasUpload(tenant, uploadId))) throw uploadNotFound(uploadId);
    const scan: Scan = { id, tenant, request, status: 'QUEUED', createdAt: clock().toISOString() };
    if (!(await repository.create(scan))) {
      const winner = await repository.get(tenant, id);
      if (winner) return this.#again(winner, request);
      throw notFound(id);
    }
    await queue.send({ tenant, scanId: id });
    return scan;
  }

  async #again(scan: Scan, request: ScanRequest): Promise<Scan> {
    if (!isDeepStrictEqual(scan.request, request)) {
      throw new ApiError('IDEMPOTENCY_CONFLICT', `the idempotency key belongs to scan \`${scan.id}\`, which was asked for with another request`);
    }
    if (scan.status === 'QUEUED') await this.#deps.queue.send({ tenant: scan.tenant, scanId: scan.id });
    return scan;
  }

  /** @throws ApiError `NOT_FOUND` */
  async openScan(tenant: string, id: string): Promise<OpenScan> {
    const scan = ID.test(id) ? await this.#deps.repository.get(tenant, id) : undefined;
    if (!scan) throw notFound(id);
    return new OpenScan(scan, this.#deps.results);
  }
}

function checkStart({ bundle, cluster, facts, idempotencyKey }: ScanStart): void {
  const details = settleFacts(new Map(Object.entries(facts))).problems.map((message) => ({ path: 'facts', message }));
  if (!CLUSTER.test(cluster)) {
    details.push({ path: 'cluster', message: 'a cluster is named with 1 to 128 letters, digits, dots, dashes and underscores, beginning with a letter or digit' });
  }
  if ('uploadId' in bundle && !ID.test(bundle.uploadId)) details.push({ path: 'uploadId', message: 'this is no id of an upload' });
  if ('bytes' in bundle && bundle.bytes.length === 0) details.push({ path: 'body', message: 'the bundle is empty' });
  if (idempotencyKey !== undefined && !/^[\x20-\x7e]{1,255}$/.test(idempotencyKey)) {
    details.push({ path: 'idempotencyKey', message: 'a key is 1 to 255 printable ASCII characters' });
  }
  if (details.length > 0) throw new ApiError('INVALID_REQUEST', details.map(({ message }) => message).join('; '), details);
}
