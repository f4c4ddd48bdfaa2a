import { API_ERROR_CODES, ApiError, extensionsOf, type Log, maskError, problemOf, refusal } from '../../src/api/errors';

function recordingLog() {
  const entries: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[] = [];
  const log: Log = { info: () => undefined, error: (message, fields) => entries.push({ message, fields }) };
  return { log, entries };
}

test.each(API_ERROR_CODES)('%s has a status of the 4xx or 5xx range and a type that is its code in kebab case', (code) => {
  const problem = problemOf(new ApiError(code, 'what happened'));

  expect(problem.status).toBeGreaterThanOrEqual(400);
  expect(problem.status).toBeLessThan(600);
  expect(problem.type).toMatch(/^urn:leasttrust:problem:[a-z]+(-[a-z]+)*$/);
  expect(problem.type.split(':').at(-1)!.replaceAll('-', '_').toUpperCase()).toBe(code);
});

test.each(API_ERROR_CODES)('the title of %s starts in lower case and has no final stop', (code) => {
  expect(new ApiError(code, 'x').title).toMatch(/^[a-z].*[^.]$/);
});

test('a problem lists what is wrong only when something is listed', () => {
  const details = [{ path: 'facts.cni', message: 'is empty' }];

  expect(problemOf(new ApiError('INVALID_REQUEST', 'not valid', details)).errors).toEqual(details);
  expect(problemOf(new ApiError('NOT_FOUND', 'no scan'))).toEqual({
    type: 'urn:leasttrust:problem:not-found',
    title: 'there is no such thing',
    status: 404,
    detail: 'no scan',
    code: 'NOT_FOUND',
  });
});

test('GraphQL extensions carry the same code and details', () => {
  const details = [{ path: 'first', message: 'is too large' }];

  expect(extensionsOf(new ApiError('INVALID_REQUEST', 'not valid', details))).toEqual({ code: 'INVALID_REQUEST', details });
  expect(extensionsOf(new ApiError('NOT_FOUND', 'no scan'))).toEqual({ code: 'NOT_FOUND' });
});

test('an error that is no ApiError is masked and logged under the id that the caller gets', () => {
  const { log, entries } = recordingLog();

  const masked = maskError(new Error('password=hunter2 at /srv/secret'), log, 'c-1');

  expect(problemOf(masked)).toMatchObject({ status: 500, code: 'INTERNAL', correlationId: 'c-1' });
  expect(JSON.stringify([problemOf(masked), extensionsOf(masked)])).not.toContain('hunter2');
  expect(entries).toHaveLength(1);
  expect(entries[0]!.fields).toMatchObject({ correlationId: 'c-1', error: expect.stringContaining('hunter2') });
});

test('something thrown that is no Error is masked too', () => {
  const { log, entries } = recordingLog();

  expect(maskError('boom', log, 'c-2').code).toBe('INTERNAL');
  expect(entries[0]!.fields).toEqual({ correlationId: 'c-2', error: 'boom' });
});

test('an ApiError passes the mask as it is and is not logged', () => {
  const { log, entries } = recordingLog();
  const error = new ApiError('NOT_FOUND', 'no scan');

  expect(maskError(error, log, 'c-3')).toBe(error);
  expect(entries).toEqual([]);
});

test('a refusal is of one part of the request, and says the same of it and of the whole', () => {
  expect(refusal('from', 'there is no such peer')).toMatchObject({
    code: 'INVALID_REQUEST',
    message: 'there is no such peer',
    details: [{ path: 'from', message: 'there is no such peer' }],
  });
});
