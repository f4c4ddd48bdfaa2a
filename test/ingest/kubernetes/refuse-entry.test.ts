import { refuseEntry } from '../../../src/ingest/kubernetes/refuse-entry';
import { readingOf } from '../../../src/ingest/reading';
import type { Diagnostic } from '../../../src/model/diagnostic';

test('a refused entry says what the API server does and what it means here', () => {
  const told: Diagnostic[] = [];
  const document = { file: 'a.yaml', document: 2, line: 1, object: {}, lineOf: () => 7 };

  const entry = refuseEntry(
    readingOf(document, 'shop/web[NetworkPolicy]', (diagnostic) => told.push(diagnostic)),
    '`spec.ingress` is text',
    {},
  );

  expect(entry).toBeUndefined();
  expect(told).toEqual([
    {
      code: 'invalid-policy',
      severity: 'severe',
      message:
        '`spec.ingress` is text; the API server refuses the whole policy, here the entry matches nothing and the policy still isolates',
      source: { file: 'a.yaml', document: 2, line: 7 },
      resource: 'shop/web[NetworkPolicy]',
    },
  ]);
});
