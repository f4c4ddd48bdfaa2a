import { readCalicoLabels, readPolicyName } from '../../../src/ingest/calico/metadata';
import { originOf, readingOfObject } from '../../support/calico';

const STORED = 'crd.projectcalico.org/v1';

function object(annotation: unknown, labels: unknown = undefined, spec: unknown = {}) {
  return { metadata: { labels, annotations: { 'projectcalico.org/metadata': annotation } }, spec };
}

function labelsOf(apiVersion: string, annotation: unknown, labels?: unknown) {
  const { reading, problems } = readingOfObject(object(annotation, labels));
  return { labels: Object.fromEntries(readCalicoLabels(reading, originOf('NetworkSet', 'x', 'ns', apiVersion))), problems };
}

function nameOf(name: string, annotation: unknown, spec: unknown = {}, apiVersion = STORED) {
  const { reading } = readingOfObject(object(annotation, undefined, spec));
  return readPolicyName(reading, originOf('NetworkPolicy', name, 'ns', apiVersion));
}

test('labels of a stored object are also in its annotation, where they win', () => {
  expect(labelsOf(STORED, '{"labels":{"role":"ext","zone":"a"}}', { zone: 'b', 'projectcalico.org/tier': 'x' })).toEqual({
    labels: { role: 'ext', zone: 'a', 'projectcalico.org/tier': 'x' },
    problems: [],
  });
});

test('a served object has its labels itself', () => {
  expect(labelsOf('projectcalico.org/v3', '{"labels":{"role":"ext"}}', { zone: 'b' }).labels).toEqual({ zone: 'b' });
});

test.each([['{"labels":'], ['[]'], ['"text"'], [{ labels: {} }]])(
  'an annotation that is %j is told, and the labels of the object are left',
  (annotation) => {
    expect(labelsOf(STORED, annotation, { zone: 'b' })).toEqual({
      labels: { zone: 'b' },
      problems: [expect.stringContaining('bad-annotation annotation `projectcalico.org/metadata`')],
    });
  },
);

test('keys that plain objects trip over are keys like any other', () => {
  const { reading } = readingOfObject(object('{"labels":{"__proto__":"x","constructor":"y"}}'));
  expect(readCalicoLabels(reading, originOf('NetworkSet', 'x', 'ns', STORED))).toEqual([
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ]);
});

test.each([
  ['default.web', undefined, {}, 'default.web'],
  ['default.web', '{}', {}, 'web'],
  ['default.web', '{}', { tier: 'default' }, 'web'],
  ['default.default.web', '{}', {}, 'default.web'],
  ['sec.web', '{}', { tier: 'sec' }, 'sec.web'],
  ['default.web', '{}', { tier: 'sec' }, 'default.web'],
  ['default.web', '{"name":"default.web"}', {}, 'default.web'],
  ['x', '{"name":"web"}', {}, 'web'],
  ['x', '{"name":"a/b"}', {}, 'x'],
  ['default.web', '[', {}, 'default.web'],
])('a policy stored as %s with annotation %s and spec %j is called %s', (name, annotation, spec, expected) => {
  expect(nameOf(name, annotation, spec)).toBe(expected);
});

test('the name of a served policy is its name', () => {
  expect(nameOf('default.web', '{"name":"other"}', {}, 'projectcalico.org/v3')).toBe('default.web');
});
