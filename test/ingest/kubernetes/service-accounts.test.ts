import { readServiceAccount } from '../../../src/ingest/kubernetes/service-accounts';
import { originOf, readingOfObject } from '../../support/calico';

test('a service account has labels', () => {
  const { reading, problems } = readingOfObject({ metadata: { name: 'runner', labels: { role: 'x', '-': 'y' } } });
  const origin = originOf('ServiceAccount', 'runner', 'shop');

  expect(readServiceAccount(reading, origin)).toEqual({
    kind: 'serviceAccount',
    origin,
    labels: { values: { '-': 'y', role: 'x' }, unknownKeys: [], complete: true },
  });
  expect(problems).toEqual([expect.stringContaining('invalid-label')]);
});
