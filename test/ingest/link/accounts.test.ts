import { accountLabels } from '../../../src/ingest/link/accounts';
import { originOf } from '../../support/calico';

test('the labels of an account are those of its object, and unknown without one', () => {
  const labels = { values: { role: 'x' }, unknownKeys: [], complete: true };
  const origin = { ...originOf('ServiceAccount', 'runner'), namespace: undefined };
  const labelsOf = accountLabels([{ kind: 'serviceAccount', origin, labels }], ({ namespace }) => namespace ?? 'default');

  expect(labelsOf('default', 'runner')).toBe(labels);
  expect(labelsOf('shop', 'runner')).toEqual({ values: {}, unknownKeys: [], complete: false });
});
