import { requestContext } from '../../src/api/context';
import type { OpenScan } from '../../src/api/open-scan';
import type { Operations } from '../../src/api/operations';

function counting() {
  const opened: string[] = [];
  const operations = {
    openScan: async (tenant: string, id: string) => {
      opened.push(`${tenant}/${id}`);
      if (id === 'none') throw new Error('no such scan');
      return { scan: { id } } as OpenScan;
    },
  } as unknown as Operations;
  return { operations, opened };
}

test('a request opens each scan once, in its own tenant', async () => {
  const { operations, opened } = counting();
  const context = requestContext(operations, 'acme');

  const [a, again, b] = await Promise.all([context.openScan('a'), context.openScan('a'), context.openScan('b')]);

  expect(a).toBe(again);
  expect(a).not.toBe(b);
  expect(opened).toEqual(['acme/a', 'acme/b']);
});

test('a scan that is not there is not looked for again', async () => {
  const { operations, opened } = counting();
  const context = requestContext(operations, 'acme');

  await expect(context.openScan('none')).rejects.toThrow('no such scan');
  await expect(context.openScan('none')).rejects.toThrow('no such scan');
  expect(opened).toEqual(['acme/none']);
});

test('another request sees the scan as it is then', async () => {
  const { operations, opened } = counting();

  await requestContext(operations, 'acme').openScan('a');
  await requestContext(operations, 'acme').openScan('a');

  expect(opened).toEqual(['acme/a', 'acme/a']);
});
