import type { Hono } from 'hono';
import type { Log } from '../../src/api/errors';
import { graphqlApp } from '../../src/api/graphql/server';
import { ModelCache } from '../../src/api/model-cache';
import { Operations, type ScanMessage } from '../../src/api/operations';
import { type RestLimits, restApp } from '../../src/api/rest';
import { runScan, type ScanOutcome } from '../../src/api/scan-worker';
import type { ObjectStore } from '../../src/store/object-store';
import { ScanRepository } from '../../src/store/scan-repository';
import { MemoryObjectStore } from './memory-object-store';

export interface LogEntry {
  readonly level: 'info' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface ServiceOptions {
  /** Stands in front of the memory store, to break or watch it. */
  readonly objects?: (memory: MemoryObjectStore) => ObjectStore;
  readonly limits?: RestLimits;
  /** Whether the nth message cannot be sent. */
  readonly queueFails?: (nth: number) => boolean;
  readonly introspection?: boolean;
}

/** The whole api over a store in memory: real operations, engine and faces; its queue is delivered when the test says so. */
export function apiService({ objects: front, limits, queueFails, introspection = true }: ServiceOptions = {}) {
  const memory = new MemoryObjectStore();
  const repository = new ScanRepository(front ? front(memory) : memory);
  const messages: ScanMessage[] = [];
  const entries: LogEntry[] = [];
  const log: Log = {
    info: (message, fields) => entries.push({ level: 'info', message, fields }),
    error: (message, fields) => entries.push({ level: 'error', message, fields }),
  };
  let seconds = 0;
  const clock = () => new Date(Date.UTC(2026, 0, 31, 12) + 1000 * seconds++);
  let ids = 0;
  const newId = () => `id-${++ids}`;
  let sent = 0;
  const queue = {
    async send(message: ScanMessage) {
      if (queueFails?.(++sent)) throw new Error('the queue is away');
      messages.push(message);
    },
  };
  const results = new ModelCache(repository, 64 * 1024 * 1024);
  const operations = new Operations({ repository, queue, results, clock, newId });
  const worker = { repository, clock, newId, log };
  // Tests name the tenant in a header; a real front door takes it from what it has verified.
  const tenantOf = (request: Request) => request.headers.get('x-tenant') ?? undefined;
  const rest = restApp({ operations, tenantOf, log, newId, ...(limits && { limits }) });
  const graphql = graphqlApp({ operations, tenantOf, log, newId, introspection });

  return {
    memory,
    repository,
    operations,
    results,
    messages,
    entries,
    worker,
    rest,
    graphql,
    /** Delivers everything that is queued. */
    async work(): Promise<readonly ScanOutcome[]> {
      const outcomes: ScanOutcome[] = [];
      for (let message = messages.shift(); message; message = messages.shift()) outcomes.push(await runScan(worker, message));
      return outcomes;
    },
    /** One REST request of a tenant, with its JSON body read. */
    call: (method: string, path: string, init: CallInit = {}) => call(rest, method, path, init),
    /** One GraphQL request of a tenant. */
    async query(query: string, variables: object = {}, tenant = 'acme'): Promise<GraphqlAnswer> {
      const { body } = await call(graphql, 'POST', '/graphql', { tenant, json: { query, variables } });
      return body as GraphqlAnswer;
    },
  };
}

export interface GraphqlAnswer {
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the query's
  readonly data?: any;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly string[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

export interface CallInit {
  readonly tenant?: string | undefined;
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CallAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the route's
  readonly body: any;
}

async function call(app: Hono, method: string, path: string, init: CallInit): Promise<CallAnswer> {
  const tenant = 'tenant' in init ? init.tenant : 'acme';
  const headers = {
    ...(tenant !== undefined && { 'x-tenant': tenant }),
    ...(init.json !== undefined && { 'content-type': 'application/json' }),
    ...init.headers,
  };
  const body = init.json === undefined ? init.body : JSON.stringify(init.json);
  const response = await app.request(path, { method, headers, ...(body !== undefined && { body }) });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, text, body: isJson && text !== '' ? JSON.parse(text) : undefined };
}
