import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';

export type HttpHandler = (event: APIGatewayProxyEventV2, context: Context) => Promise<unknown>;

/** What Lambda takes and gives in one synchronous call, in bytes of the serialised payload. */
const PAYLOAD_LIMIT = 6 * 1024 * 1024;

export interface AdapterOptions {
  /** Path prefix → handler, as the routes of the HTTP API are. */
  readonly routes: Readonly<Record<string, HttpHandler>>;
  /** Claims that the authorizer found in the caller's token; undefined: the caller has none and is turned away, except on open routes. */
  readonly claimsOf: (request: IncomingMessage) => Readonly<Record<string, string>> | undefined;
  /** Routes without authorizer, as `GET /v1/health`. */
  readonly open: readonly string[];
}

/** An HTTP server in front of Lambda handlers, as API Gateway's HTTP API (payload format 2.0) is. */
export function lambdaHttpServer({ routes, claimsOf, open }: AdapterOptions): Server {
  return createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = new URL(request.url!, 'http://gateway').pathname;
    const prefix = Object.keys(routes).find((candidate) => path.startsWith(candidate));
    const claims = claimsOf(request);
    if (!prefix) return void response.writeHead(404).end('{"message":"Not Found"}');
    if (!claims && !open.includes(`${request.method} ${path}`)) return void response.writeHead(401).end('{"message":"Unauthorized"}');
    const event = JSON.stringify(eventOf(request, Buffer.concat(chunks), claims));
    if (event.length > PAYLOAD_LIMIT) return void response.writeHead(413).end('{"message":"Request Too Long"}');
    const answer = await routes[prefix]!(JSON.parse(event) as APIGatewayProxyEventV2, { awsRequestId: 'request-1' } as Context).catch(
      () => undefined,
    );
    const payload = JSON.stringify(answer);
    if (payload === undefined || payload.length > PAYLOAD_LIMIT)
      return void response.writeHead(502).end('{"message":"Internal Server Error"}');
    const { statusCode = 200, headers = {}, body = '', isBase64Encoded } = JSON.parse(payload) as APIGatewayProxyStructuredResultV2;
    response.writeHead(statusCode, headers as Record<string, string>).end(isBase64Encoded ? Buffer.from(body, 'base64') : body);
  });
}

function eventOf(request: IncomingMessage, body: Buffer, claims: Readonly<Record<string, string>> | undefined): APIGatewayProxyEventV2 {
  const { pathname, search, searchParams } = new URL(request.url!, 'http://gateway');
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const isText = /json|yaml|text/.test(headers['content-type'] ?? 'text');
  const event = {
    version: '2.0',
    routeKey: '$default',
    rawPath: pathname,
    rawQueryString: search.slice(1),
    queryStringParameters: Object.fromEntries(searchParams),
    headers,
    isBase64Encoded: !isText,
    ...(body.length > 0 && { body: isText ? body.toString('utf8') : body.toString('base64') }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'api.example.com',
      domainPrefix: 'api',
      requestId: 'request-1',
      routeKey: '$default',
      stage: '$default',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: 1_767_225_600_000,
      http: {
        method: request.method!,
        path: pathname,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      ...(claims && { authorizer: { jwt: { claims, scopes: null } } }),
    },
  };
  return event as unknown as APIGatewayProxyEventV2;
}
