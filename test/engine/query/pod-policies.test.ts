import { analyze } from '../../../src/engine/analyze';
import { PodPolicies } from '../../../src/engine/query/pod-policies';
import { cluster, labels } from '../../support/cluster';

const { directory } = analyze(
  cluster()
    .namespace('a')
    .namespace('b')
    .policy('a/in', { ingress: [] })
    .policy('a/out', { egress: [] })
    .policy('b/in', { ingress: [] })
    .policy('global', { appliesTo: labels({ app: 'x' }), ingress: [] })
    .policy('staged', { appliesTo: { kind: 'all' }, ingress: [], staged: true })
    .policy('at-hosts', { appliesTo: { kind: 'none' }, ingress: [] })
    .policy('elsewhere', { appliesTo: { kind: 'inNamespace', names: ['tomorrow'] }, ingress: [] })
    .snapshot(),
);

function names(direction: 'ingress' | 'egress', namespace?: string) {
  const index = directory.namespaces.findIndex(({ name }) => name === namespace);
  const place = index < 0 ? { index: undefined } : { index, namespace: directory.namespaces[index]! };
  return PodPolicies.of(directory, direction)
    .at(place)
    .map(({ policy }) => policy.ref.name);
}

describe('the policies that may select pods', () => {
  it('of a namespace are its own and those over all namespaces', () => {
    expect(names('ingress', 'a').sort()).toEqual(['global', 'in']);
    expect(names('egress', 'a')).toEqual(['out']);
    expect(names('egress', 'b')).toEqual([]);
  });

  it('of a new namespace are those over all namespaces, and those that wait for it by name', () => {
    expect(names('ingress').sort()).toEqual(['elsewhere', 'global']);
  });

  it('are found once for a directory', () => {
    expect(PodPolicies.of(directory, 'ingress')).toBe(PodPolicies.of(directory, 'ingress'));
    expect(PodPolicies.of(directory, 'ingress')).not.toBe(PodPolicies.of(directory, 'egress'));
  });
});
