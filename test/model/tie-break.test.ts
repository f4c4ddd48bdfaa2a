import { calicoTieBreak, kubernetesTieBreak, tieBreakOfRef } from '../../src/model/tie-break';

const source = { file: 'p.yaml', document: 1, line: 1 };

describe('what orders policies of one tier and order', () => {
  it('is the name first since names are free, and the namespace first before', () => {
    const name = { name: 'web', namespace: 'shop', kind: 'NetworkPolicy' };
    expect([calicoTieBreak(name, true), calicoTieBreak(name, false)]).toEqual(['web/shop/NetworkPolicy', 'shop/default.web']);
    expect(calicoTieBreak({ ...name, name: 'sec.web', namespace: undefined }, false)).toBe('sec.web');
  });

  it('is a name of its own for NetworkPolicies of Kubernetes', () => {
    expect([kubernetesTieBreak('web', 'shop', true), kubernetesTieBreak('web', 'shop', false)]).toEqual([
      'web/shop/KubernetesNetworkPolicy',
      'shop/knp.default.web',
    ]);
  });

  it('is told by the reference of a policy, unless its kind has an order of its own', () => {
    const ref = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace: 'shop', name: 'web', source };
    expect(tieBreakOfRef(ref, false)).toBe('shop/knp.default.web');
    expect(tieBreakOfRef({ ...ref, apiVersion: 'projectcalico.org/v3' }, false)).toBe('shop/default.web');
    expect(tieBreakOfRef({ apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkPolicy', name: 'all', source }, true)).toBe(
      'all//GlobalNetworkPolicy',
    );
    expect(tieBreakOfRef({ ...ref, kind: 'AdminNetworkPolicy' }, true)).toBeUndefined();
  });
});
