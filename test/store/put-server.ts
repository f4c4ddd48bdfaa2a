import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that takes presigned PUTs as a local service does: `accept` answers whether it stored the body. */
export async function startPutServer(
  accept: (url: string, body: AsyncIterable<Uint8Array>) => Promise<boolean>,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const isStored = request.method === 'PUT' && (await accept(request.url ?? '', request));
    response.writeHead(isStored ? 200 : 403, { connection: 'close' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/objects`,
    close: () => new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
  };
}
