import { bounded } from '../../../src/ingest/gateway/bounded';
import { readingOfObject } from '../../support/calico';

test('a list as long as the API server admits is all of it', () => {
  const { reading, problems } = readingOfObject({});

  expect(bounded(reading, [1, 2], 2, 'spec.rules')).toEqual([1, 2]);
  expect(problems).toEqual([]);
});

test('a longer one is cut, which is told', () => {
  const { reading, problems } = readingOfObject({});

  expect(bounded(reading, [1, 2, 3], 2, 'spec.rules')).toEqual([1, 2]);
  expect(problems).toEqual(['bad-entry `spec.rules` has 3 entries where the API server admits 2; the first 2 are read']);
});
