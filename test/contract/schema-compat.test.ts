import { readFileSync } from 'node:fs';
import { buildSchema, findBreakingChanges, type GraphQLSchema } from 'graphql';

/*
 * `schema-v1.graphql` is everything that was ever promised to callers of the GraphQL api. It only grows: when the first test fails, look at what would
 * break for whom and take it back; when the second fails, append what it names, so that it cannot be taken away later. Descriptions are free to change.
 */
const PROMISED = buildSchema(readFileSync('test/contract/schema-v1.graphql', 'utf8'));
const SDL = readFileSync('schema/schema.graphql', 'utf8');
const CURRENT = buildSchema(SDL);

function breaks(before: GraphQLSchema, after: GraphQLSchema): readonly string[] {
  return findBreakingChanges(before, after).map(({ description }) => description);
}

test('nothing that was promised is gone', () => {
  expect(breaks(PROMISED, CURRENT)).toEqual([]);
});

test('everything that is there is promised', () => {
  // Seen backwards, what is new is what would be gone.
  expect(breaks(CURRENT, PROMISED)).toEqual([]);
});

test.each([
  ['a field that goes', (sdl: string) => sdl.replace('  fingerprint: String!', '  print: String!'), 'Finding.fingerprint was removed.'],
  [
    'a field that may be null',
    (sdl: string) => sdl.replace('  fingerprint: String!', '  fingerprint: String'),
    'Finding.fingerprint changed type from String! to String.',
  ],
  [
    'an argument that is required',
    (sdl: string) => sdl.replace('external: Boolean = true', 'external: Boolean!'),
    'Scan.flows arg external has changed type from Boolean to Boolean!.',
  ],
  ['a value that goes', (sdl: string) => sdl.replace('  "Has no ports."\n  ICMPv6\n', ''), 'ICMPv6 was removed from enum type Protocol.'],
  [
    'a part of an input that is required',
    (sdl: string) => sdl.replace('  idempotencyKey: String\n', '  idempotencyKey: String!\n'),
    'StartScanInput.idempotencyKey changed type from String to String!.',
  ],
])('%s would be noticed', (_, change, description) => {
  const changed = change(SDL);

  expect(changed).not.toBe(SDL);
  expect(breaks(PROMISED, buildSchema(changed))).toContain(description);
});

test('every type, field, argument and value is described', () => {
  const undescribed: string[] = [];
  for (const type of Object.values(CURRENT.getTypeMap())) {
    if (type.name.startsWith('__') || ['String', 'Int', 'Float', 'Boolean', 'ID'].includes(type.name)) continue;
    if (!type.description) undescribed.push(type.name);
    const fields = 'getFields' in type ? Object.values(type.getFields()) : [];
    for (const field of fields) {
      if (!field.description) undescribed.push(`${type.name}.${field.name}`);
      if ('args' in field)
        for (const argument of field.args) if (!argument.description) undescribed.push(`${type.name}.${field.name}(${argument.name})`);
    }
    if ('getValues' in type) for (const value of type.getValues()) if (!value.description) undescribed.push(`${type.name}.${value.name}`);
  }
  expect(undescribed).toEqual([]);
});

test('lists without an end are connections', () => {
  const query = CURRENT.getQueryType()!;
  for (const name of ['clusters', 'scans'] as const) expect(String(query.getFields()[name]!.type)).toMatch(/Connection!$/);
  for (const type of Object.values(CURRENT.getTypeMap())) {
    if (!type.name.endsWith('Connection') || !('getFields' in type)) continue;
    expect(Object.keys(type.getFields())).toEqual(expect.arrayContaining(['edges', 'nodes', 'pageInfo']));
  }
});
