import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import type { Log } from '../api/errors';
import { graphqlApp } from '../api/graphql/server';
import { ModelCache } from '../api/model-cache';
import { Operations } from '../api/operations';
import { restApp } from '../api/rest';
import { runScan } from '../api/scan-worker';
import { FileObjectStore } from '../store/file-object-store';
import { UPLOADS_PREFIX } from '../store/keys';
import type { Scan } from '../store/scan';
import { ScanRepository } from '../store/scan-repository';
import { EXAMPLE_CLUSTER, exampleBundle } from './example';
import { sameMachineOnly } from './guard';
import { pageApp } from './page';
import { LocalScanQueue } from './scan-queue';
import { OBJECTS_PATH, uploadApp } from './uploads';

/** Where the service listens and what it keeps. */
export interface LocalOptions {
  /** 0 takes any port that is free. */
  readonly port: number;
  readonly host: string;
  /** Folder of the file store, made when missing. */
  readonly data: string;
  readonly log: Log;
}

/** A service that runs. */
export interface LocalService {
  readonly url: string;
  /** Scans the example and answers its finished scan. */
  scanExample(): Promise<Scan>;
  /** Takes no more requests, lets the running ones and the running scan end, and closes. */
  close(): Promise<void>;
}

/** The one tenant of a machine's own service. */
const TENANT = 'local';
const MODEL_CACHE_BYTES = 256 * 1024 * 1024;
/** No Lambda is in the way, so that exchanges may be larger than there. */
const LIMITS = { bodyBytes: 64 * 1024 * 1024, answerBytes: 64 * 1024 * 1024 };
/** Scans that are looked through for unfinished ones at start. */
const MOST_RECENT = 500;
/** Uploads that nobody scanned within a day go, as in the cloud. */
const UPLOAD_MILLISECONDS = 24 * 60 * 60 * 1_000;
/** How long a request may go on after closing began. */
const PATIENCE_MILLISECONDS = 5_000;

/**
 * Serves REST, GraphQL and the landing page from one process over a folder: the same operations and the same worker as in the cloud.
 * @throws NodeJS.ErrnoException when it cannot listen
 */
export async function startLocalService({ port, host, data, log }: LocalOptions): Promise<LocalService> {
  await mkdir(data, { recursive: true });
  let url = '';
  const store = new FileObjectStore({ root: data, publicUrl: () => url + OBJECTS_PATH });
  const repository = new ScanRepository(store);
  const results = new ModelCache(repository, MODEL_CACHE_BYTES);
  const [clock, newId] = [() => new Date(), () => randomUUID()];
  const queue = new LocalScanQueue((message, attempt) => runScan({ repository, clock, newId, log }, message, attempt), log);
  const operations = new Operations({ repository, queue, results, clock, newId });
  const deps = { operations, tenantOf: () => TENANT, log, newId };
  const rest = restApp({ ...deps, limits: LIMITS });
  const graphql = graphqlApp({ ...deps, introspection: true });
  const app = new Hono()
    .use(sameMachineOnly(host))
    .route('/', pageApp())
    .route(
      '/',
      uploadApp(store, async (key) => queue.send({ tenant: TENANT, scanId: key.slice(key.lastIndexOf('/') + 1) })),
    )
    .all('/graphql', (context) => graphql.fetch(context.req.raw))
    .all('*', (context) => rest.fetch(context.req.raw));
  const server = createServer(getRequestListener(app.fetch));
  url = await listen(server, port, host);
  await store.expire(UPLOADS_PREFIX, UPLOAD_MILLISECONDS);
  await resume(repository, queue);
  return {
    url,
    async scanExample() {
      const { id } = await operations.startScan(TENANT, {
        bundle: { bytes: exampleBundle() },
        cluster: EXAMPLE_CLUSTER,
        facts: {},
        stage: 'production',
      });
      await queue.idle();
      return (await operations.openScan(TENANT, id)).scan;
    },
    close: () => close(server, queue),
  };
}

/** @returns the address as a client writes it */
async function listen(server: Server, port: number, host: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { address, port: taken } = server.address() as AddressInfo;
  return `http://${address.includes(':') ? `[${address}]` : address}:${taken}`;
}

/** Queues again what an earlier process left unfinished. */
async function resume(repository: ScanRepository, queue: LocalScanQueue): Promise<void> {
  const { scans } = await repository.list(TENANT, { limit: MOST_RECENT });
  for (const { id, status, request } of [...scans].reverse()) {
    // A queued scan without its upload waits for that to arrive.
    if (status === 'RUNNING' || (status === 'QUEUED' && (await repository.hasUpload(TENANT, request.uploadId)))) {
      await queue.send({ tenant: TENANT, scanId: id });
    }
  }
}

/** No new requests, patience with the running ones, and the running scan to its end. */
async function close(server: Server, queue: LocalScanQueue): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const patience = setTimeout(() => server.closeAllConnections(), PATIENCE_MILLISECONDS);
  await Promise.all([closed, queue.close()]);
  clearTimeout(patience);
}
