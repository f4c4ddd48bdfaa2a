import { isSystemNamespace } from '../../src/findings/system-namespaces';

describe('namespaces of the distribution', () => {
  it.each(['kube-system', 'kube-public', 'kube-node-lease', 'openshift-dns', 'openshift', 'calico-system', 'tigera-operator'])(
    '%s is one',
    (name) => {
      expect(isSystemNamespace(name)).toBe(true);
    },
  );

  it.each(['default', 'kube-system-copy', 'my-openshift-app', 'calico', 'constructor', ''])('%j is none', (name) => {
    expect(isSystemNamespace(name)).toBe(false);
  });
});
