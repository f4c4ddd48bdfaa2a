import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import type { ApiError } from '../../../src/api/errors';
import { ItemBudget, LIMIT_RULES, MOST_ALIASES, MOST_DEPTH, MOST_ITEMS } from '../../../src/api/graphql/limits';

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));

function refusals(query: string) {
  return validate(schema, parse(query), LIMIT_RULES).map(({ originalError }) => (originalError as ApiError).code);
}

test('a query through every level of the schema is within the limits', () => {
  const trace = 'trace { direction trigger action certain tier policy rule isolatedBy file line sentence dependsOn { kind text } }';
  const query = `{ clusters(first: 5) { edges { node { name scans(first: 2) { edges { node { status findings(first: 10) { edges { node {
    title severity evidence { flow { from to } ${trace} } remediation { summary manifest wouldCut } } } pageInfo { endCursor } } } } } } } } }`;

  expect(refusals(query)).toEqual([]);
});

test('a full page of findings with all their fields is within the limits', () => {
  const query = `{ scan(id: "s") { findings(first: 100) { nodes { id fingerprint state checkCode check { code title rationale } title severity certainty gate subject
    namespace object direction sentence evidence { flow { from to protocol port } trace { direction trigger action certain tier policy rule isolatedBy file line
    sentence dependsOn { kind text } } nearestCandidates assumptions verify details { label text } } remediation { summary manifest wouldCut }
    source { file document line } references } pageInfo { hasNextPage endCursor } totalCount } } }`;

  expect(refusals(query)).toEqual([]);
});

test('a full page of exposure with all its fields is within the limits', () => {
  const door =
    'key kind object source { file line } protocol port servicePort addresses hostnames hosts gateway controller { name isInInput } sourceRanges scope scopeEvidence';
  const decidedBy =
    'decidedBy { sentence step { direction trigger action certain tier policy rule isolatedBy file line sentence dependsOn { kind text } } }';
  const query = `{ scan(id: "s") { exposure(first: 100) { edges { cursor node { workload { id ref } openTo newPods strangers { protocol ranges { low high } }
    doors { door { ${door} } front { ${door} } portOutside portInside endpoints internet assumptions clients { verdict ranges clients ${decidedBy} dependsOn { kind text } } }
    services { door { ${door} } portInside endpoints newPods example allowedCount conditionalCount workloadCount names ${decidedBy} } } }
    pageInfo { hasNextPage endCursor } } } }`;

  expect(refusals(query)).toEqual([]);
});

test('a query that is too deep is refused, also through fragments', () => {
  const depth = (levels: number) => `{ clusters { nodes { ${'latestScan { cluster { '.repeat(levels)}name${' } }'.repeat(levels)} } } }`;
  const throughFragments = `{ clusters { nodes { ...A } } } fragment A on Cluster { latestScan { cluster { latestScan { cluster { latestScan { cluster { ...B } } } } } } }
    fragment B on Cluster { latestScan { cluster { latestScan { cluster { latestScan { cluster { latestScan { cluster { name } } } } } } } } }`;

  expect(refusals(depth((MOST_DEPTH - 3) / 2))).toEqual([]);
  expect(refusals(depth((MOST_DEPTH - 3) / 2 + 1))).toEqual(['QUERY_TOO_EXPENSIVE']);
  expect(refusals(throughFragments)).toEqual(['QUERY_TOO_EXPENSIVE']);
});

test('large pages inside large pages are refused', () => {
  const query = (first: number) => `{ scans(first: ${first}) { nodes { findings(first: ${first}) { nodes { title } } } } }`;

  expect(refusals(query(20))).toEqual([]);
  expect(refusals(query(100))).toEqual(['QUERY_TOO_EXPENSIVE']);
});

test('a flood of aliases is refused', () => {
  const query = (aliases: number) => `{ ${Array.from({ length: aliases }, (_, index) => `a${index}: viewer { tenant }`).join(' ')} }`;

  expect(refusals(query(MOST_ALIASES))).toEqual([]);
  expect(refusals(query(MOST_ALIASES + 1))).toContain('QUERY_TOO_EXPENSIVE');
});

test('fragments that contain each other end in an error, not in a loop', () => {
  const query =
    '{ clusters { nodes { ...A } } } fragment A on Cluster { latestScan { cluster { ...B } } } fragment B on Cluster { latestScan { cluster { ...A } } }';

  expect(() => refusals(query)).not.toThrow();
});

test('the items of all pages are paid from one budget', () => {
  const budget = new ItemBudget();

  budget.spend(MOST_ITEMS);
  expect(() => budget.spend(1)).toThrow(expect.objectContaining({ code: 'QUERY_TOO_EXPENSIVE' }));
});
