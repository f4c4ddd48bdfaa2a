import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecordedRequest {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Answers one request; the connection may also be destroyed. */
export type Answer = (response: ServerResponse, request: RecordedRequest) => void;

/** An S3 error as the protocol has it; some servers leave the body out. */
export function failure(status: number, code?: string): Answer {
  return (response) => {
    const body = code === undefined ? '' : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
    response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
  };
}

export const stored: Answer = (response) => void response.writeHead(200, { etag: '"tag"' }).end();

export function object(bytes: string): Answer {
  return (response) => void response.writeHead(200, { etag: '"tag"', 'content-length': Buffer.byteLength(bytes) }).end(bytes);
}

/** The request arrived and was perhaps obeyed; its answer does not. */
export const lost: Answer = (response) => void response.destroy();

/** A server that gives the answers of a script one after the other, the last one again and again. */
export async function startScriptedS3(...script: readonly Answer[]): Promise<{
  readonly endpoint: string;
  readonly requests: readonly RecordedRequest[];
  close(): Promise<void>;
}> {
  const requests: RecordedRequest[] = [];
  const server = createServer(async (request, response) => {
    const parts: Uint8Array[] = [];
    for await (const part of request) parts.push(part);
    const recorded = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(parts) };
    requests.push(recorded);
    script[Math.min(requests.length, script.length) - 1]!(response, recorded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}
