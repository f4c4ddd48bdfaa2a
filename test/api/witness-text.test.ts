import { toldWitness, witnessText } from '../../src/api/witness-text';

const PLAIN = {
  namespace: 'new',
  isNewNamespace: true,
  namespaceLabels: {},
  labels: {},
  serviceAccount: 'default',
  serviceAccountLabels: {},
  portNames: [],
};

test.each([
  [{}, 'one without labels in a new namespace'],
  [{ namespaceLabels: { team: 'a' } }, 'one without labels in a new namespace labelled `team=a`'],
  [{ labels: { a: '1', b: '2' }, isNewNamespace: false, namespace: 'shop' }, 'one labelled `a=1`, `b=2` in namespace `shop`'],
  [{ serviceAccount: 'admin', portNames: ['http'] }, 'one without labels in a new namespace, service account `admin`, a port named `http`'],
])('a pod that somebody could create is put in words: %s', (parts, text) => {
  expect(witnessText({ ...PLAIN, ...parts })).toBe(text);
});

test('a pod that is told has its words beside it', () => {
  expect(toldWitness(PLAIN)).toEqual({ ...PLAIN, text: 'one without labels in a new namespace' });
});
