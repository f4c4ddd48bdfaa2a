import { canonicalAddress, canonicalAddresses } from '../../../src/ingest/kubernetes/addresses';
import { readingOf } from '../../../src/ingest/reading';
import type { Diagnostic } from '../../../src/model/diagnostic';

test.each([
  ['10.0.0.1', '10.0.0.1'],
  ['FD00:0::1', 'fd00::1'],
  ['10.0.0.1/24', undefined],
  ['', undefined],
])('the canonical form of `%s` is %s', (text, canonical) => {
  expect(canonicalAddress(text)).toBe(canonical);
});

test('addresses are in canonical form, each once, and what is none is told', () => {
  const diagnostics: Diagnostic[] = [];
  const document = { file: 'a.yaml', document: 1, line: 3, object: {}, lineOf: () => 9 };
  const reading = readingOf(document, 'shop/web[Pod]', (diagnostic) => diagnostics.push(diagnostic));

  const addresses = canonicalAddresses(reading, ['10.0.0.1', 'FD00:0::1', 'fd00::1', '10.0.0.1/32', 'web'], 'status.podIPs', {});

  expect(addresses).toEqual(['10.0.0.1', 'fd00::1']);
  expect(diagnostics.map(({ code, source, resource }) => [code, source?.line, resource])).toEqual([
    ['bad-address', 9, 'shop/web[Pod]'],
    ['bad-address', 9, 'shop/web[Pod]'],
  ]);
});
