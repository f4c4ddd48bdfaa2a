import { readFileSync } from 'node:fs';
import { buildSchema, isEnumType } from 'graphql';
import { FINDING_ORDERS, SEVERITIES_OR_OPEN } from '../../../src/api/finding-query';
import { ENUM_VALUES } from '../../../src/api/graphql/enums';
import { STAGES } from '../../../src/findings/finding';

const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));

test.each(Object.entries(ENUM_VALUES))('%s has the same values in the table as in the schema', (name, values) => {
  const type = schema.getType(name);

  expect(isEnumType(type) && type.getValues().map((value) => value.name)).toEqual(Object.keys(values));
});

test('enums without a table are spelled alike inside and outside', () => {
  const without = Object.values(schema.getTypeMap()).filter(
    (type) => isEnumType(type) && !type.name.startsWith('__') && !Object.hasOwn(ENUM_VALUES, type.name),
  );

  expect(without.map((type) => type.name).sort()).toEqual(['ScanStatus']);
});

test('the table covers every value that the house has', () => {
  expect(Object.values(ENUM_VALUES.Severity)).toEqual(SEVERITIES_OR_OPEN);
  expect(Object.values(ENUM_VALUES.FindingOrder)).toEqual(FINDING_ORDERS);
  expect(Object.values(ENUM_VALUES.Stage)).toEqual(STAGES);
});
