import { ApiError } from '../../../src/api/errors';
import {
  CHECKS_DOCUMENT,
  FINDINGS_DOCUMENT_QUERY,
  FINDINGS_QUERY,
  FLOWS_QUERY,
  NO_QUERY,
  readJson,
  readQuery,
  SCAN_DOCUMENT,
  SCAN_QUERY,
  SCANS_QUERY,
} from '../../../src/api/rest/requests';

const url = (query: string) => `http://leasttrust.test/v1/x?${query}`;
const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

function refusal(act: () => unknown): ApiError {
  try {
    act();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('without parameters a list begins at its start, with the usual page and order', () => {
  expect(readQuery(SCANS_QUERY, url(''))).toEqual({ limit: 20 });
  expect(readQuery(FINDINGS_QUERY, url(''))).toEqual({ limit: 100, order: 'severity' });
  expect(readQuery(FLOWS_QUERY, url(''))).toEqual({ limit: 100, by: 'workload', external: true, icmp: false });
  expect(readQuery(FLOWS_QUERY, url('icmp=true')).icmp).toBe(true);
});

test('a filter takes several values, repeated or separated by commas', () => {
  expect(readQuery(FINDINGS_QUERY, url('severity=high,open&severity=low&namespace=a&check=LT-COV-001&order=check&limit=7'))).toEqual({
    limit: 7,
    order: 'check',
    severity: ['high', 'open', 'low'],
    namespace: ['a'],
    check: ['LT-COV-001'],
  });
});

test('flows are asked for by grouping, ends and whether addresses count', () => {
  expect(readQuery(FLOWS_QUERY, url('by=pod&from=shop/web[Deployment]&to=10.0.0.0/8&external=false&cursor=abc'))).toEqual({
    limit: 100,
    by: 'pod',
    from: 'shop/web[Deployment]',
    to: '10.0.0.0/8',
    external: false,
    icmp: false,
    cursor: 'abc',
  });
});

test.each([
  ['limit=0', 'query.limit'],
  ['limit=501', 'query.limit'],
  ['limit=999999999999', 'query.limit'],
  ['limit=ten', 'query.limit'],
  ['limit=-1', 'query.limit'],
  ['limit=1&limit=2', 'query.limit'],
  ['severity=hig', 'query.severity.0'],
  ['severity=', 'query.severity.0'],
  ['severty=high', 'query'],
  ['__proto__=x', 'query'],
  ['constructor=x', 'query'],
  ['order=random', 'query.order'],
])('`%s` is refused and names %s', (query, path) => {
  const error = refusal(() => readQuery(FINDINGS_QUERY, url(query)));

  expect(error.code).toBe('INVALID_REQUEST');
  expect(error.details.map((detail) => detail.path)).toContain(path);
  expect(error.message.length).toBeLessThan(1_000);
});

test('a filter of hundreds of values and a cursor of thousands of letters are refused', () => {
  expect(refusal(() => readQuery(FINDINGS_QUERY, url(`namespace=${'a,'.repeat(200)}a`))).details[0]!.path).toBe('query.namespace');
  expect(refusal(() => readQuery(FINDINGS_QUERY, url(`cursor=${'a'.repeat(5_000)}`))).details[0]!.path).toBe('query.cursor');
});

test('a whole document of findings has no pages', () => {
  expect(refusal(() => readQuery(FINDINGS_DOCUMENT_QUERY, url('limit=3'))).code).toBe('INVALID_REQUEST');
});

test.each([
  ['limit=0', '`query.limit` is less than 1'],
  ['limit=501', '`query.limit` is more than 500'],
  ['limit=ten', '`query.limit` is no whole number'],
  ['limit=1&limit=2', '`query.limit` is given more than once'],
  ['severity=', '`query.severity.0` is none of `critical`, `high`, `medium`, `low`, `info`, `open`'],
  ['check=', '`query.check.0` is empty'],
  ['severty=high', '`query` has unrecognized members: `severty`'],
  [`cursor=${'a'.repeat(2_049)}`, '`query.cursor` is longer than 2048 characters'],
  [`namespace=${'a,'.repeat(200)}`, '`query.namespace` has more than 100 entries'],
])('what is wrong is a plain sentence: %#', (query, sentence) => {
  expect(refusal(() => readQuery(FINDINGS_QUERY, url(query))).message).toBe(`the query is not as it should be: ${sentence}`);
});

test.each([
  [{ uploadId: 7 }, '`body.uploadId` is no text; `body.cluster` is missing'],
  [[], '`body` is no object'],
  [{ uploadId: 'u', cluster: 'c', facts: { cni: 7 } }, '`body.facts.cni` is neither a text nor a list of texts, or too long'],
])('so is what is wrong with a document: %j', (document, sentence) => {
  expect(refusal(() => readJson(SCAN_DOCUMENT, bytes(document))).message).toBe(`the body is not as it should be: ${sentence}`);
});

test('where no parameter is known, any parameter is refused', () => {
  expect(readQuery(NO_QUERY, url(''))).toEqual({});
  expect(refusal(() => readQuery(NO_QUERY, url('verbose=1'))).code).toBe('INVALID_REQUEST');
});

test('a scan of an upload has defaults, and ranges may be lists', () => {
  expect(readJson(SCAN_DOCUMENT, bytes({ uploadId: 'u', cluster: 'c' }))).toEqual({
    uploadId: 'u',
    cluster: 'c',
    facts: {},
    stage: 'production',
  });
  expect(
    readJson(SCAN_DOCUMENT, bytes({ uploadId: 'u', cluster: 'c', stage: 'lab', facts: { podRanges: ['10.0.0.0/8', '10.1.0.0/16'] } })),
  ).toMatchObject({
    stage: 'lab',
    facts: { podRanges: '10.0.0.0/8,10.1.0.0/16' },
  });
});

test.each([
  [{ cluster: 'c' }, 'body.uploadId'],
  [{ uploadId: 'u' }, 'body.cluster'],
  [{ uploadId: 'u', cluster: 'c', tenant: 'other' }, 'body'],
  [{ uploadId: 'u', cluster: 'c', stage: 'prod' }, 'body.stage'],
  [{ uploadId: 'u', cluster: 'c', facts: { cni: 7 } }, 'body.facts.cni'],
  [{ uploadId: 7, cluster: 'c' }, 'body.uploadId'],
  [[], 'body'],
  [null, 'body'],
  ['"text"', 'body'],
])('the scan document %j is refused and names %s', (document, path) => {
  expect(refusal(() => readJson(SCAN_DOCUMENT, bytes(document))).details.map((detail) => detail.path)).toContain(path);
});

test.each(['', '{', '{"uploadId":', '\u0000', '[1,]', '{"a":1}{"b":2}'])('`%s` is no JSON, and the error does not repeat it', (text) => {
  expect(refusal(() => readJson(SCAN_DOCUMENT, bytes(text)))).toMatchObject({ message: 'the body is not valid JSON', status: 400 });
});

test('bytes that are no UTF-8 are no JSON', () => {
  expect(refusal(() => readJson(SCAN_DOCUMENT, new Uint8Array([0x22, 0xff, 0xfe, 0x22]))).message).toBe('the body is not valid JSON');
});

test('deeply nested JSON is refused', () => {
  expect(refusal(() => readJson(CHECKS_DOCUMENT, bytes('['.repeat(100_000)))).code).toBe('INVALID_REQUEST');
  expect(refusal(() => readJson(CHECKS_DOCUMENT, bytes(`${'['.repeat(50_000)}${']'.repeat(50_000)}`))).code).toBe('INVALID_REQUEST');
});

test('facts of a bundle come as repeated parameters, and keep what follows the first equals sign', () => {
  expect(readQuery(SCAN_QUERY, url('cluster=c&fact=cni=calico&fact=x=a=b'))).toEqual({
    cluster: 'c',
    stage: 'production',
    facts: undefined,
    fact: { cni: 'calico', x: 'a=b' },
  });
});

test.each(['', 'cluster=', 'fact=cni=calico', 'cluster=c&fact=cni', 'cluster=c&fact==x', 'cluster=a&cluster=b', 'cluster=c&tenant=x'])(
  'a bundle with the parameters `%s` is refused',
  (query) => {
    expect(refusal(() => readQuery(SCAN_QUERY, url(query))).code).toBe('INVALID_REQUEST');
  },
);

test('questions are those that the command line takes: a protocol by its number, and null for what is not told', () => {
  const ends = { from: 'a/b', to: 'c/d' };

  expect(readJson(CHECKS_DOCUMENT, bytes([{ ...ends, protocol: 47 }]))).toEqual([{ ...ends, protocol: '47' }]);
  expect(readJson(CHECKS_DOCUMENT, bytes([{ ...ends, protocol: null, port: null, icmp: null, sourcePort: null }]))).toEqual([ends]);
  expect(readJson(CHECKS_DOCUMENT, bytes([{ ...ends, icmp: { type: 8, code: null } }]))).toEqual([{ ...ends, icmp: { type: 8 } }]);
  expect(refusal(() => readJson(CHECKS_DOCUMENT, bytes([{ ...ends, protocol: true }]))).message).toContain(
    'neither the name of a protocol',
  );
});

test('questions come as a list of at most a thousand', () => {
  const question = { from: 'a/b', to: 'internet', protocol: 'TCP', port: 80 };

  expect(readJson(CHECKS_DOCUMENT, bytes([question, { from: 'a/b', to: 'c/d', icmp: { type: 8 } }]))).toHaveLength(2);
  expect(refusal(() => readJson(CHECKS_DOCUMENT, bytes(Array(1_001).fill(question)))).code).toBe('INVALID_REQUEST');
  expect(refusal(() => readJson(CHECKS_DOCUMENT, bytes([{ ...question, prt: 80 }]))).details[0]!.path).toBe('body.0');
  expect(refusal(() => readJson(CHECKS_DOCUMENT, bytes(Array(900).fill({})))).details).toHaveLength(20);
});
