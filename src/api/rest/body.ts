import { ApiError } from '../errors';

/**
 * Reads a request's body, never holding more than `most` bytes.
 * @throws ApiError `PAYLOAD_TOO_LARGE`
 */
export async function readBody(request: Request, most: number): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > most) throw tooLarge(most);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > most) throw tooLarge(most);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(most: number): ApiError {
  return new ApiError('PAYLOAD_TOO_LARGE', `a body has at most ${most} bytes; a larger bundle goes by way of \`POST /v1/uploads\``);
}
