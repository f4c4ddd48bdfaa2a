import { matchSelector } from '../../../src/model/selector';
import { diagnosticOf, ingestText, networkPolicy, policyOf, problemsOf } from '../../support/ingest-text';

async function selectorOf(written: string) {
  const ingested = await ingestText(networkPolicy('ingress:', `  - from: [{podSelector: ${written}}]`));
  const { peer } = policyOf(ingested.snapshot).ingress![0]!;
  return { selector: peer === 'any' ? undefined : peer[0]?.selector, problems: problemsOf(ingested), ingested };
}

async function isChosen(written: string, labels: Readonly<Record<string, string>>): Promise<string> {
  const { selector } = await selectorOf(written);
  const values = { values: labels, unknownKeys: [], complete: true };
  return matchSelector(selector!, { labels: values, network: 'pod', namespace: { name: 'shop', labels: values } }).truth;
}

describe('a valid selector', () => {
  const app = { app: 'web' };
  test.each<[string, string, Record<string, string>, Record<string, string>]>([
    ['matchLabels', '{matchLabels: {app: web}}', { app: 'web', tier: 'a' }, { app: 'db' }],
    ['all of matchLabels', '{matchLabels: {app: web, tier: a}}', { app: 'web', tier: 'a' }, app],
    ['In', '{matchExpressions: [{key: app, operator: In, values: [db, web]}]}', app, {}],
    ['NotIn holds for an absent key', '{matchExpressions: [{key: app, operator: NotIn, values: [db]}]}', {}, { app: 'db' }],
    ['NotIn holds for another value', '{matchExpressions: [{key: app, operator: NotIn, values: [db]}]}', app, { app: 'db' }],
    ['Exists holds for the empty value', '{matchExpressions: [{key: app, operator: Exists}]}', { app: '' }, {}],
    ['Exists with an empty list of values', '{matchExpressions: [{key: app, operator: Exists, values: []}]}', app, {}],
    ['DoesNotExist', '{matchExpressions: [{key: app, operator: DoesNotExist}]}', {}, { app: '' }],
    [
      'labels and expressions together',
      '{matchLabels: {app: web}, matchExpressions: [{key: tier, operator: Exists}]}',
      { app: 'web', tier: '' },
      app,
    ],
    ['a null value is the empty text', '{matchLabels: {app: null}}', { app: '' }, {}],
    ['a key like a method of objects', '{matchLabels: {constructor: web}}', { constructor: 'web' }, {}],
  ])('%s', async (_case, written, chosen, other) => {
    expect((await selectorOf(written)).problems).toEqual([]);
    expect([await isChosen(written, chosen), await isChosen(written, other)]).toEqual(['yes', 'no']);
  });

  test.each(['{}', '{matchLabels: {}}', '{matchLabels: null, matchExpressions: null}', '{matchExpressions: []}'])(
    '%s holds for everything',
    async (written) => {
      expect((await selectorOf(written)).problems).toEqual([]);
      expect(await isChosen(written, {})).toBe('yes');
    },
  );

  test('values are sorted and each there once', async () => {
    const { selector } = await selectorOf('{matchExpressions: [{key: app, operator: In, values: [web, db, web]}]}');

    expect(selector).toMatchObject({ of: [{}, {}, { test: { operator: 'in', values: ['db', 'web'] } }] });
  });
});

describe('an invalid selector matches nothing and is told', () => {
  test.each([
    ['a boolean', '{matchLabels: {live: true}}'],
    ['a number', '{matchLabels: {version: 1.10}}'],
    ['a mapping as value', '{matchLabels: {app: {}}}'],
    ['matchLabels that is a list', '{matchLabels: [app]}'],
    ['no mapping', 'web'],
    ['a list', '[]'],
    ['an unknown operator', '{matchExpressions: [{key: app, operator: Equals, values: [a]}]}'],
    ['an operator in small letters', '{matchExpressions: [{key: app, operator: in, values: [a]}]}'],
    ['no operator', '{matchExpressions: [{key: app}]}'],
    ['no key', '{matchExpressions: [{operator: Exists}]}'],
    ['In without values', '{matchExpressions: [{key: app, operator: In}]}'],
    ['NotIn with no values', '{matchExpressions: [{key: app, operator: NotIn, values: []}]}'],
    ['Exists with values', '{matchExpressions: [{key: app, operator: Exists, values: [a]}]}'],
    ['DoesNotExist with values', '{matchExpressions: [{key: app, operator: DoesNotExist, values: [a]}]}'],
    ['values that are no list', '{matchExpressions: [{key: app, operator: In, values: a}]}'],
    ['a number among the values', '{matchExpressions: [{key: app, operator: In, values: [a, 1]}]}'],
    ['expressions that are no list', '{matchExpressions: {key: app}}'],
    ['an expression that is text', '{matchExpressions: [app]}'],
  ])('%s', async (_case, written) => {
    const { selector, problems, ingested } = await selectorOf(written);

    expect(selector).toEqual({ kind: 'none' });
    expect(problems).toEqual(['invalid-selector:6']);
    expect(diagnosticOf(ingested, 'invalid-selector').severity).toBe('severe');
  });
});

test('a policy with an invalid podSelector selects nothing', async () => {
  const ingested = await ingestText(networkPolicy('podSelector: {matchLabels: {live: yes}}'));

  expect(policyOf(ingested.snapshot).appliesTo).toEqual({ kind: 'none' });
  expect(diagnosticOf(ingested, 'invalid-selector').message).toMatch(/`spec.podSelector.matchLabels` is a boolean, not text: quote it/);
});

test.each([
  ['an unknown field', '{matchLabels: {app: web}, matchexpressions: []}', 'unknown-field:6'],
  ['an unknown field of an expression', '{matchExpressions: [{key: app, operator: Exists, value: a}]}', 'unknown-field:6'],
  ['a label value with a space', '{matchLabels: {app: "my web"}}', 'invalid-label:6'],
])('%s is told, and the rest counts', async (_case, written, problem) => {
  const { selector, problems } = await selectorOf(written);

  expect(problems).toEqual([problem]);
  expect(selector).toMatchObject({ kind: 'and', of: [{}, {}, { key: 'app' }] });
});
