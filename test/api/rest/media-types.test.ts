import { mediaTypeOf, negotiate } from '../../../src/api/rest/media-types';

const OFFERED = ['application/json', 'application/sarif+json', 'application/xml'] as const;

test.each([
  [undefined, 'application/json'],
  ['', 'application/json'],
  ['*/*', 'application/json'],
  ['application/*', 'application/json'],
  ['application/sarif+json', 'application/sarif+json'],
  ['APPLICATION/XML', 'application/xml'],
  ['application/json;q=0.5, application/xml', 'application/xml'],
  ['application/json;q=0, */*', 'application/sarif+json'],
  ['*/*;q=0.1, application/xml;q=0.2', 'application/xml'],
  ['text/html, application/xml;q=0.9, */*;q=0.8', 'application/xml'],
  ['application/json; charset=utf-8', 'application/json'],
])('of JSON, SARIF and JUnit, `%s` likes %s best', (accept, chosen) => {
  expect(negotiate(accept, OFFERED)).toBe(chosen);
});

test.each(['text/html', 'image/*', 'application/json;q=0', 'application/json;q=2', 'application/json;q=x', ',', ';q=1'])(
  '`%s` likes none of them',
  (accept) => {
    expect(negotiate(accept, OFFERED)).toBeUndefined();
  },
);

test('a header of a million ranges is cut short', () => {
  expect(negotiate(`${'text/a,'.repeat(1_000_000)}application/json`, OFFERED)).toBeUndefined();
});

test.each([
  ['application/YAML; charset=utf-8', 'application/yaml'],
  [' text/yaml ', 'text/yaml'],
  ['', undefined],
  [undefined, undefined],
])('the media type of `%s` is %s', (header, type) => {
  expect(mediaTypeOf(header)).toBe(type);
});
