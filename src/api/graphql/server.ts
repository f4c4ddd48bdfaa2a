import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { Hono } from 'hono';
import sdl from '../../../schema/schema.graphql';
import { requestContext } from '../context';
import { ApiError, extensionsOf, type Log, maskError } from '../errors';
import type { Operations } from '../operations';
import { readBody } from '../rest/body';
import { mediaTypeOf } from '../rest/media-types';
import { securityHeaders } from '../security-headers';
import { requireTenant, type TenantOf } from '../tenant';
import type { GraphContext } from './graph-context';
import { ItemBudget, LIMIT_RULES, MOST_REQUEST_BYTES, MOST_TOKENS } from './limits';
import { RESOLVERS } from './resolvers';

/** What the GraphQL api is made of. */
export interface GraphqlDeps {
  readonly operations: Operations;
  readonly tenantOf: TenantOf;
  readonly log: Log;
  /** Ids for entries of the log. */
  readonly newId: () => string;
  /** Whether callers may ask for the schema itself. */
  readonly introspection: boolean;
}

/** `POST /graphql`, behind any HTTP server and behind Lambda. */
export function graphqlApp(deps: GraphqlDeps): Hono {
  const server = apolloServer(deps);
  // A cold start does not wait for it; the first request does.
  server.startInBackgroundHandlingStartupErrorsByLoggingAndFailingAllRequests();
  const app = new Hono();
  app.use('/graphql', securityHeaders());
  app.post('/graphql', async (c) => {
    const tenant = await requireTenant(deps.tenantOf, c.req.raw, c.env);
    const headers = new HeaderMap();
    for (const [name, value] of c.req.raw.headers) headers.set(name, value);
    const answer = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: 'POST', headers, search: '', body: await readJson(c.req.raw) },
      context: async () => ({ ...requestContext(deps.operations, tenant), budget: new ItemBudget() }),
    });
    const body = answer.body.kind === 'complete' ? answer.body.string : '';
    return new Response(body, { status: answer.status ?? 200, headers: [...answer.headers] });
  });
  app.all('/graphql', () => {
    throw new ApiError('METHOD_NOT_ALLOWED', 'queries are sent with POST');
  });
  app.onError((error) => {
    const known = maskError(error, deps.log, deps.newId());
    const allow: Record<string, string> = known.code === 'METHOD_NOT_ALLOWED' ? { allow: 'POST' } : {};
    return Response.json(
      { errors: [{ message: known.message, extensions: extensionsOf(known) }] },
      { status: known.status, headers: allow },
    );
  });
  return app;
}

function apolloServer({ log, newId, introspection }: GraphqlDeps): ApolloServer<GraphContext> {
  const tell = (message: unknown) => log.error('graphql server', { error: String(message) });
  return new ApolloServer<GraphContext>({
    typeDefs: sdl,
    resolvers: RESOLVERS,
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection,
    includeStacktraceInErrorResponses: false,
    validationRules: [...LIMIT_RULES],
    maxRecursiveSelections: true,
    parseOptions: { maxTokens: MOST_TOKENS },
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    // Persisted queries and parsed documents, in bounded memory.
    cache: 'bounded',
    stopOnTerminationSignals: false,
    logger: { debug: () => undefined, info: () => undefined, warn: tell, error: tell },
    formatError: (formatted, error) => formatError(formatted, originOf(error), log, newId),
    // Nothing is told to anybody but the caller.
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}

/** Errors of the query itself are passed on, ours by their own mapping, all others are masked. */
function formatError(formatted: GraphQLFormattedError, error: unknown, log: Log, newId: () => string): GraphQLFormattedError {
  const isOurs = error instanceof ApiError;
  if (!isOurs && formatted.extensions?.code !== 'INTERNAL_SERVER_ERROR') return formatted;
  const known = maskError(error, log, newId());
  return { ...formatted, message: known.message, extensions: extensionsOf(known) };
}

/** What was thrown in the first place, below what graphql and Apollo have wrapped around it. */
function originOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? originOf(error.originalError) : error;
}

/** @throws ApiError `UNSUPPORTED_MEDIA_TYPE`, `PAYLOAD_TOO_LARGE`, `INVALID_REQUEST` */
async function readJson(request: Request): Promise<unknown> {
  // A page of another origin cannot send this type without being asked first, which keeps its users' browsers from being used.
  if (mediaTypeOf(request.headers.get('content-type') ?? undefined) !== 'application/json') {
    throw new ApiError('UNSUPPORTED_MEDIA_TYPE', 'queries are sent as `application/json`');
  }
  const body = await readBody(request, MOST_REQUEST_BYTES);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new ApiError('INVALID_REQUEST', 'the body is not valid JSON');
  }
}
