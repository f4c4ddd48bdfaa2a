import { readIngressClass } from '../../../src/ingest/kubernetes/ingress-classes';
import { originOf, readingOfObject } from '../../support/calico';

const DEFAULT = 'ingressclass.kubernetes.io/is-default-class';

test.each([
  [{ spec: { controller: 'k8s.io/ingress-nginx' } }, { controller: 'k8s.io/ingress-nginx', isDefault: false }],
  [{ metadata: { annotations: { [DEFAULT]: 'true' } }, spec: {} }, { isDefault: true }],
  [{ metadata: { annotations: { [DEFAULT]: 'false' } } }, { isDefault: false }],
])('%j', (object, expected) => {
  const { reading, problems } = readingOfObject(object);
  const origin = originOf('IngressClass', 'nginx');

  expect(readIngressClass(reading, origin)).toEqual({ kind: 'entryClass', origin, of: 'ingress', ...expected });
  expect(problems).toEqual([]);
});
