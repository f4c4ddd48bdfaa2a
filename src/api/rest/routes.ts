import type { Context } from 'hono';
import openapi from '../../../schema/openapi.yaml';
import { junitReport, sarifLog } from '../../findings/catalog';
import type { RequestContext } from '../context';
import { ApiError } from '../errors';
import { EXPOSURE_FORMAT_VERSION } from '../exposure';
import { FLOWS_FORMAT_VERSION } from '../flows';
import { nextCursorOf, valuesOf } from '../paging';
import { readBody } from './body';
import { mediaTypeOf, negotiate } from './media-types';
import {
  CHECKS_DOCUMENT,
  CLUSTERS_QUERY,
  EXPOSURE_QUERY,
  FINDINGS_DOCUMENT_QUERY,
  FINDINGS_QUERY,
  FLOWS_QUERY,
  NO_QUERY,
  readJson,
  readQuery,
  SCAN_DOCUMENT,
  SCAN_QUERY,
  SCANS_QUERY,
  UPLOAD_DOCUMENT,
} from './requests';
import { findingView, scanListView, scanView, verdictView } from './views';

/** What a route is given beside the request. */
export interface Exchange {
  readonly c: Context;
  readonly context: RequestContext;
  /** Most bytes of a body. */
  readonly bodyBytes: number;
}

/** What a route gives; a body that is no text is sent as JSON. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly body?: unknown;
}

/** One method of one path. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** As Hono writes it. */
  readonly path: string;
  /** Open routes are answered without a tenant. */
  readonly answer: { readonly open: () => Answer } | { readonly own: (exchange: Exchange) => Promise<Answer> };
}

const YAML = 'application/yaml';
const JSON_TYPE = 'application/json';
const SARIF = 'application/sarif+json';
const JUNIT = 'application/xml';

/** Media types under which a bundle may be a body. Which of the formats it is in is seen from its bytes. */
const BUNDLE_TYPES: readonly string[] = [
  YAML,
  'application/x-yaml',
  'text/yaml',
  'text/x-yaml',
  'application/x-ndjson',
  'application/ndjson',
  'application/zip',
  'application/gzip',
  'application/x-gzip',
  'application/x-tar',
  'application/octet-stream',
];

/** Every route of the api, in the order of the documentation. */
export const ROUTES: readonly Route[] = [
  { method: 'POST', path: '/v1/uploads', answer: { own: createUpload } },
  { method: 'POST', path: '/v1/scans', answer: { own: startScan } },
  { method: 'GET', path: '/v1/scans', answer: { own: listScans } },
  { method: 'GET', path: '/v1/scans/:id', answer: { own: getScan } },
  { method: 'DELETE', path: '/v1/scans/:id', answer: { own: deleteScan } },
  { method: 'GET', path: '/v1/scans/:id/findings', answer: { own: listFindings } },
  { method: 'GET', path: '/v1/scans/:id/flows', answer: { own: listFlows } },
  { method: 'GET', path: '/v1/scans/:id/exposure', answer: { own: listExposure } },
  { method: 'POST', path: '/v1/scans/:id/checks', answer: { own: askAll } },
  { method: 'GET', path: '/v1/clusters', answer: { own: listClusters } },
  { method: 'GET', path: '/v1/health', answer: { open: () => ({ body: { status: 'ok' } }) } },
  { method: 'GET', path: '/v1/openapi.yaml', answer: { open: () => ({ type: YAML, body: openapi }) } },
];

async function createUpload({ c, context, bodyBytes }: Exchange): Promise<Answer> {
  readQuery(NO_QUERY, c.req.url);
  const body = await readBody(c.req.raw, bodyBytes);
  const { scan } = body.length > 0 ? readJson(UPLOAD_DOCUMENT, body) : {};
  const upload = await context.operations.createUpload(context.tenant, scan);
  return { status: 201, body: { method: 'PUT', ...upload } };
}

async function startScan({ c, context, bodyBytes }: Exchange): Promise<Answer> {
  const encoding = c.req.header('content-encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new ApiError('UNSUPPORTED_MEDIA_TYPE', 'a body has no content encoding; send a packed bundle as `application/gzip`');
  }
  const idempotencyKey = c.req.header('idempotency-key');
  const scan = await context.operations.startScan(context.tenant, { ...(await readStart(c, bodyBytes)), idempotencyKey });
  return { status: 202, headers: { location: `/v1/scans/${scan.id}` }, body: scanView(scan) };
}

/** JSON is a bundle when the query says of which cluster, and otherwise tells of an upload. */
async function readStart(c: Context, bodyBytes: number) {
  const type = mediaTypeOf(c.req.header('content-type'));
  if (type === JSON_TYPE && !new URL(c.req.url).searchParams.has('cluster')) {
    readQuery(NO_QUERY, c.req.url);
    const { uploadId, ...start } = readJson(SCAN_DOCUMENT, await readBody(c.req.raw, bodyBytes));
    return { ...start, bundle: { uploadId } };
  }
  if (type === undefined || (type !== JSON_TYPE && !BUNDLE_TYPES.includes(type))) {
    throw new ApiError(
      'UNSUPPORTED_MEDIA_TYPE',
      `a scan is asked for as \`${JSON_TYPE}\`, or with a bundle as ${BUNDLE_TYPES.map((each) => `\`${each}\``).join(', ')}`,
    );
  }
  const { cluster, stage, fact } = readQuery(SCAN_QUERY, c.req.url);
  return { cluster, stage, facts: fact, bundle: { bytes: await readBody(c.req.raw, bodyBytes) } };
}

async function listScans({ c, context }: Exchange): Promise<Answer> {
  const { cluster, ...page } = readQuery(SCANS_QUERY, c.req.url);
  const scans = await context.operations.listScans(context.tenant, cluster, page);
  return { body: { scans: valuesOf(scans).map(({ scan }) => scanListView(scan)), nextCursor: nextCursorOf(scans) } };
}

async function getScan({ c, context }: Exchange): Promise<Answer> {
  readQuery(NO_QUERY, c.req.url);
  const { scan } = await context.openScan(idOf(c));
  return { body: scanView(scan) };
}

async function deleteScan({ c, context }: Exchange): Promise<Answer> {
  readQuery(NO_QUERY, c.req.url);
  await context.operations.deleteScan(context.tenant, idOf(c));
  return { status: 204 };
}

async function listFindings({ c, context }: Exchange): Promise<Answer> {
  const type = negotiate(c.req.header('accept'), [JSON_TYPE, SARIF, JUNIT]);
  if (type === undefined) throw new ApiError('NOT_ACCEPTABLE', `findings come as \`${JSON_TYPE}\`, \`${SARIF}\` or \`${JUNIT}\``);
  if (type === JSON_TYPE) {
    const { limit, cursor, order, ...filter } = readQuery(FINDINGS_QUERY, c.req.url);
    const scan = await context.openScan(idOf(c));
    const page = await scan.findingsPage({ ...filter, orderBy: order }, { limit, cursor });
    return { body: { total: page.total, findings: valuesOf(page).map(findingView), nextCursor: nextCursorOf(page) } };
  }
  const { order, ...filter } = readQuery(FINDINGS_DOCUMENT_QUERY, c.req.url);
  const scan = await context.openScan(idOf(c));
  const findings = await scan.findings({ ...filter, orderBy: order });
  const { diagnostics = [], request } = scan.scan;
  return {
    type,
    body: type === SARIF ? sarifLog(findings, { diagnostics, stage: request.stage }) : junitReport(findings, { stage: request.stage }),
  };
}

async function listFlows({ c, context }: Exchange): Promise<Answer> {
  const { limit, cursor, icmp, ...question } = readQuery(FLOWS_QUERY, c.req.url);
  const scan = await context.openScan(idOf(c));
  const page = await scan.flowsPage({ ...question, possibleIcmp: icmp }, { limit, cursor });
  return {
    body: {
      formatVersion: FLOWS_FORMAT_VERSION,
      endpoints: page.endpoints,
      flows: valuesOf(page),
      notes: page.notes,
      nextCursor: nextCursorOf(page),
    },
  };
}

async function listExposure({ c, context }: Exchange): Promise<Answer> {
  const { limit, cursor, ...question } = readQuery(EXPOSURE_QUERY, c.req.url);
  const scan = await context.openScan(idOf(c));
  const page = await scan.exposurePage(question, { limit, cursor });
  const workloads = valuesOf(page).map(({ exposed }) => exposed);
  const { deadEnds, waysOut } = page;
  return { body: { formatVersion: EXPOSURE_FORMAT_VERSION, workloads, deadEnds, waysOut, nextCursor: nextCursorOf(page) } };
}

async function askAll({ c, context, bodyBytes }: Exchange): Promise<Answer> {
  readQuery(NO_QUERY, c.req.url);
  if (mediaTypeOf(c.req.header('content-type')) !== JSON_TYPE)
    throw new ApiError('UNSUPPORTED_MEDIA_TYPE', `questions are put as \`${JSON_TYPE}\``);
  const questions = readJson(CHECKS_DOCUMENT, await readBody(c.req.raw, bodyBytes));
  const scan = await context.openScan(idOf(c));
  return { body: { verdicts: (await scan.askAll(questions)).map(verdictView) } };
}

async function listClusters({ c, context }: Exchange): Promise<Answer> {
  const clusters = await context.operations.listClusters(context.tenant, readQuery(CLUSTERS_QUERY, c.req.url));
  return { body: { clusters: valuesOf(clusters), nextCursor: nextCursorOf(clusters) } };
}

function idOf(c: Context): string {
  return c.req.param('id') ?? '';
}
