import { readBody } from '../../../src/api/rest/body';

/** A body of unknown length in chunks of ten bytes, that tells how many were taken. */
function stream(chunks: number) {
  let taken = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (taken === chunks) return controller.close();
        taken++;
        controller.enqueue(new Uint8Array(10).fill(taken));
      },
    },
    { highWaterMark: 0 },
  );
  return { request: new Request('http://leasttrust.test/', { method: 'POST', body, duplex: 'half' }), taken: () => taken };
}

test('a body is read to its end', async () => {
  expect((await readBody(stream(3).request, 30)).length).toBe(30);
  expect((await readBody(new Request('http://leasttrust.test/', { method: 'POST' }), 30)).length).toBe(0);
});

test('a body is not read past the limit', async () => {
  const { request, taken } = stream(1_000_000);

  await expect(readBody(request, 30)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE', status: 413 });
  expect(taken()).toBeLessThan(6);
});

test('a declared length above the limit is refused before anything is read', async () => {
  const request = new Request('http://leasttrust.test/', { method: 'POST', body: 'x', headers: { 'content-length': '99999999999' } });

  await expect(readBody(request, 30)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
  expect(request.bodyUsed).toBe(false);
});
