import { isLabelKey, isLabelValue, isSubdomain, labelSet } from '../../../src/ingest/kubernetes/labels';
import { NO_LABELS } from '../../../src/model/selector';
import { deployment, endpointOf, ingestText, problemsOf } from '../../support/ingest-text';

test.each([
  ['app', true],
  ['app.kubernetes.io/name', true],
  ['a'.repeat(63), true],
  ['a'.repeat(64), false],
  ['', false],
  ['-app', false],
  ['app/', false],
  ['Example.com/app', false],
  ['a/b/c', false],
  ['a-b.c/app', true],
  ['a..b/app', false],
  ['a.-b/app', false],
  [`${'a'.repeat(253)}/app`, true],
  [`${'a'.repeat(254)}/app`, false],
])('label key `%s` is valid: %s', (key, expected) => {
  expect(isLabelKey(key)).toBe(expected);
});

test.each([
  ['kns.shop', true],
  ['a'.repeat(253), true],
  ['a'.repeat(254), false],
  ['', false],
  ['.fun', false],
  ['Web', false],
  ['a..b', false],
])('`%s` is a DNS name: %s', (text, expected) => {
  expect(isSubdomain(text)).toBe(expected);
});

test.each([
  ['', true],
  ['v1.10', true],
  ['Web_2', true],
  ['two words', false],
  ['trailing-', false],
  ['a'.repeat(64), false],
])('label value `%s` is valid: %s', (value, expected) => {
  expect(isLabelValue(value)).toBe(expected);
});

describe('labels as written', () => {
  test.each<[string, string, Record<string, string>, readonly string[]]>([
    ['texts', '{app: web, tier: ""}', { app: 'web', tier: '' }, []],
    ['a null value is the empty text', '{app: null}', { app: '' }, []],
    ['a boolean is told and read as its text', '{live: true}', { live: 'true' }, ['label-not-text:5']],
    ['a number is told and read as its text', '{version: 2}', { version: '2' }, ['label-not-text:5']],
    ['a list is told and left out', '{app: web, list: [a]}', { app: 'web' }, ['label-not-text:5']],
    ['an impossible value is told and kept', '{app: "my web"}', { app: 'my web' }, ['invalid-label:5']],
    ['an impossible key is told and kept', '{my app: web}', { 'my app': 'web' }, ['invalid-label:5']],
    ['labels that are no mapping', '[app]', {}, ['wrong-type:5']],
  ])('%s', async (_case, labels, values, problems) => {
    const ingested = await ingestText(deployment('web', labels));

    expect(endpointOf(ingested.snapshot, 'shop/web (template)').labels.values).toEqual(values);
    expect(problemsOf(ingested)).toEqual(problems);
  });

  test('keys named like parts of JavaScript are plain keys', async () => {
    const ingested = await ingestText(deployment('web', '{__proto__: a, constructor: b, toString: c}'));
    const { values } = endpointOf(ingested.snapshot, 'shop/web (template)').labels;

    expect(Object.keys(values).sort()).toEqual(['__proto__', 'constructor', 'toString']);
    expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
  });
});

test('no labels are one shared value', () => {
  expect(labelSet([])).toBe(NO_LABELS);
  expect(labelSet([], ['x'])).toEqual({ values: {}, unknownKeys: ['x'], complete: true });
});
