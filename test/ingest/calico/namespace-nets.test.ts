import { namespaceNets } from '../../../src/ingest/calico/namespace-nets';
import type { LabelTest, Selector } from '../../../src/model/selector';
import { hostEndpoint, namespace, networkSet, worldOf } from '../../support/calico';

const { labelled } = worldOf({
  networkSets: [
    networkSet('shop', [], ['11.0.0.0/8'], 'shop'),
    networkSet('back', [], ['12.0.0.0/8'], 'back'),
    networkSet('gone', [], ['13.0.0.0/8'], 'gone'),
    networkSet('global', [['pcns.team', 'a']], ['14.0.0.0/8']),
  ],
  hostEndpoints: [hostEndpoint('n1')],
  namespaces: [namespace('shop', { team: 'a' }), namespace('back'), namespace('gone', {}, false)],
}).sides;

const label = (key: string, test: LabelTest): Selector => ({ kind: 'label', owner: 'namespace', key, test });

test.each<[string, Selector, readonly string[], readonly string[]]>([
  ['no test: every set of a namespace', { kind: 'all' }, ['11.0.0.0/8', '12.0.0.0/8', '13.0.0.0/8'], []],
  // A label of a global set that looks like one of a namespace is one, to Calico.
  ['a value', label('team', { operator: 'in', values: ['a'] }), ['11.0.0.0/8', '14.0.0.0/8'], ['13.0.0.0/8']],
  ['another value', label('team', { operator: 'in', values: ['b'] }), [], ['13.0.0.0/8']],
  ['presence', label('team', { operator: 'exists' }), ['11.0.0.0/8', '14.0.0.0/8'], ['13.0.0.0/8']],
  ['absence: also what has no namespace', label('team', { operator: 'doesNotExist' }), ['10.0.0.1/32', '12.0.0.0/8'], ['13.0.0.0/8']],
  [
    'no such value',
    label('zone', { operator: 'notIn', values: ['b'] }),
    ['10.0.0.1/32', '11.0.0.0/8', '12.0.0.0/8', '14.0.0.0/8'],
    ['13.0.0.0/8'],
  ],
  [
    'both',
    { kind: 'and', of: [label('team', { operator: 'exists' }), label('projectcalico.org/name', { operator: 'in', values: ['shop'] })] },
    ['11.0.0.0/8'],
    [],
  ],
])('namespaces by %s', (_case, selector, certain, perhaps) => {
  const found = namespaceNets(selector, labelled);

  expect(found).toMatchObject({ certain, perhaps });
  expect(found.unknowns).toHaveLength(perhaps.length);
});

test('what a set of a namespace that is not in the input depends on is the labels of that', () => {
  const { unknowns } = namespaceNets(label('team', { operator: 'exists' }), labelled);
  expect(unknowns).toEqual([{ kind: 'namespace-labels', text: 'label `team` of namespace `gone`, which is not in the input' }]);
});

test('anything but tests of labels is a bug', () => {
  expect(() => namespaceNets({ kind: 'network', network: 'pod' }, labelled)).toThrow('bug: a selector of labels');
});
