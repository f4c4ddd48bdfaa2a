import { conjunction } from '../../../src/ingest/kubernetes/conjunction';
import type { Selector } from '../../../src/model/selector';

const pod: Selector = { kind: 'network', network: 'pod' };
const shop: Selector = { kind: 'inNamespace', names: ['shop'] };

test.each<[string, readonly Selector[], Selector]>([
  ['nothing is all', [], { kind: 'all' }],
  ['all is dropped', [{ kind: 'all' }, pod], pod],
  ['one part is itself', [pod], pod],
  ['two parts', [pod, shop], { kind: 'and', of: [pod, shop] }],
  ['nested conjunctions are flattened', [pod, { kind: 'and', of: [shop, pod] }], { kind: 'and', of: [pod, shop, pod] }],
  ['none absorbs', [pod, { kind: 'none' }], { kind: 'none' }],
  ['none absorbs from inside', [pod, { kind: 'and', of: [shop, { kind: 'none' }] }], { kind: 'none' }],
])('%s', (_case, parts, expected) => {
  expect(conjunction(parts)).toEqual(expected);
});
