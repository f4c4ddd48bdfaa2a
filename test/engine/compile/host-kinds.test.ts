import { findHostKinds, NOBODY } from '../../../src/engine/compile/host-kinds';
import type { Snapshot } from '../../../src/model/snapshot';
import { allow, type ClusterBuilder, cluster, deny, labels, type PolicyOptions } from '../../support/cluster';

const EVERYWHERE: PolicyOptions = { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, ingress: [deny()] };

/** Two nodes, of which the first has addresses, and a forward policy for all host endpoints. */
function nodes(): ClusterBuilder {
  return cluster()
    .node('n1', { addresses: ['192.168.0.1'] })
    .node('n2')
    .policy('p', { ...EVERYWHERE, forward: true });
}

function kindsOf(snapshot: Snapshot) {
  return findHostKinds(snapshot)!;
}

describe('kinds of host endpoints', () => {
  it('are not looked for where there are none', () => {
    expect(findHostKinds(nodes().snapshot())).toBeUndefined();
  });

  it('are one for host endpoints that no policy tells apart, whatever they are called', () => {
    const { kinds, passing, own } = kindsOf(
      nodes()
        .host('n1/a', { labels: { role: 'x' } })
        .host('n2/b', { labels: { role: 'y' } })
        .snapshot(),
    );
    expect(passing.get('n1')).toEqual(passing.get('n2'));
    expect(own.get('n1')).toEqual(own.get('n2'));
    // What is passed on has no profile, so that there are two sorts of the one.
    expect(kinds.map(({ profileAction }) => profileAction).sort()).toEqual(['Allow', 'Deny']);
  });

  it.each<[string, (builder: ClusterBuilder) => ClusterBuilder]>([
    [
      'a policy chooses one of them',
      (b) =>
        b
          .host('n1/a', { labels: { role: 'x' } })
          .host('n2/b')
          .policy('x', { ...EVERYWHERE, appliesToHosts: labels({ role: 'x' }) }),
    ],
    ['their profiles say something else', (b) => b.host('n1/a').host('n2/b', { profileAction: 'Allow' })],
    [
      'a failsafe port counts on one node alone',
      (b) =>
        b
          .host('n1/a')
          .host('n2/b')
          .network({ failsafeInbound: [{ protocol: 'TCP', port: [22, 22], nodes: ['n1'] }] }),
    ],
    ['one of them is of a single interface', (b) => b.host('n1/a').host('n2/b', { interfaceName: 'eth0' })],
  ])('are two where %s', (_, change) => {
    const { own } = kindsOf(change(nodes()).snapshot());
    expect(own.get('n1')!.outward).not.toEqual(own.get('n2')!.outward);
  });

  it('have the policies that select them in order, perhaps or certainly, but no staged ones', () => {
    const builder = nodes()
      .host('n1/a', { labels: { role: 'x' } })
      .policy('staged', { ...EVERYWHERE, staged: true })
      .policy('for pods', { ingress: [allow()] })
      .policy('first', { ...EVERYWHERE, order: 1, appliesToHosts: labels({ role: 'x' }) });
    const snapshot = builder.snapshot();
    const { kinds, policies, own } = kindsOf(snapshot);
    expect(policies.map((index) => snapshot.policies[index]!.ref.name)).toEqual(['first', 'p']);
    expect(kinds[own.get('n1')!.inner]!.entries).toEqual([0, 2]);
    const unsure = {
      ...snapshot,
      hostEndpoints: snapshot.hostEndpoints.map((host) => ({ ...host, labels: { ...host.labels, values: {}, complete: false } })),
    };
    const found = kindsOf(unsure);
    expect(found.kinds[found.own.get('n1')!.inner]!.entries).toEqual([1, 2]);
  });
});

describe('who governs an interface', () => {
  const isSomebody = (kinds: readonly number[]) => kinds.map((kind) => kind !== NOBODY);

  it('is for pods and loopback the host endpoint of all interfaces, or nobody', () => {
    const { own } = kindsOf(nodes().host('n1/all').host('n2/eth', { interfaceName: 'eth0' }).snapshot());
    expect(isSomebody([own.get('n1')!.inner, own.get('n1')!.loopback])).toEqual([true, true]);
    expect(isSomebody([own.get('n2')!.inner, own.get('n2')!.loopback])).toEqual([false, false]);
  });

  it('is for the outside the one with an address of the node', () => {
    const { own, kinds } = kindsOf(
      nodes()
        .host('n1/all')
        .host('n1/eth0', { interfaceName: 'eth0', addresses: ['192.168.0.9'], profileAction: 'Allow' })
        .host('n1/eth1', { interfaceName: 'eth1', addresses: ['192.168.0.1'], profileAction: 'Deny' })
        .snapshot(),
    );
    const { outward, inner } = own.get('n1')!;
    expect(outward).toHaveLength(1);
    expect(outward[0]).not.toBe(inner);
    expect(kinds[outward[0]!]!.profileAction).toBe('Deny');
  });

  it('is for the outside any of several, or the one of all interfaces, where the input does not tell', () => {
    const several = nodes().host('n2/eth0', { interfaceName: 'eth0' }).host('n2/eth1', { interfaceName: 'eth1', profileAction: 'Allow' });
    expect(isSomebody(kindsOf(several.snapshot()).own.get('n2')!.outward)).toEqual([true, true, false]);
  });

  it('is for the outside any of several that have addresses of the node', () => {
    const two = cluster()
      .node('n1', { addresses: ['192.168.0.1', '192.168.1.1'] })
      .host('n1/all')
      .host('n1/eth0', { interfaceName: 'eth0', addresses: ['192.168.0.1'] })
      .host('n1/eth1', { interfaceName: 'eth1', addresses: ['192.168.1.1'], profileAction: 'Allow' });
    const { own, kinds } = kindsOf(two.snapshot());
    expect(own.get('n1')!.outward.map((kind) => kinds[kind]!.profileAction)).toEqual(['Deny', 'Allow']);
  });

  it('is for what is wrapped the one of the tunnel', () => {
    const { own } = kindsOf(nodes().host('n1/all').host('n1/tunnel', { interfaceName: 'tunl0', profileAction: 'Allow' }).snapshot());
    expect(own.get('n1')!.tunnel).not.toEqual([own.get('n1')!.inner]);
    expect(own.get('n1')!.outward).toEqual([own.get('n1')!.inner]);
  });
});

describe('what host endpoints police', () => {
  it.each<[string, PolicyOptions | undefined, 'Allow' | 'Deny', boolean, boolean]>([
    ['nothing without policies and with open profiles', undefined, 'Allow', false, false],
    ['the own traffic of nodes by a profile', undefined, 'Deny', false, true],
    ['the own traffic of nodes by a normal policy', EVERYWHERE, 'Allow', false, true],
    ['both by a forward policy, which is a normal one as well', { ...EVERYWHERE, forward: true }, 'Allow', true, true],
    ['both by a policy before translation', { ...EVERYWHERE, hook: 'preDNAT' }, 'Allow', true, true],
    ['nothing by an untracked policy on all interfaces', { ...EVERYWHERE, hook: 'untracked' }, 'Allow', false, false],
  ])('is %s', (_, policy, profileAction, forwarded, own) => {
    const builder = cluster().node('n1').host('n1/a', { profileAction });
    const { policesForwarded, policesOwn } = kindsOf((policy ? builder.policy('p', policy) : builder).snapshot());
    expect([policesForwarded, policesOwn]).toEqual([forwarded, own]);
  });

  it('asks for a way back only where an untracked policy allows something on a single interface', () => {
    const allows = (interfaceName: string, rules = [allow()]) =>
      kindsOf(
        cluster()
          .node('n1')
          .host('n1/a', { interfaceName })
          .policy('p', { ...EVERYWHERE, hook: 'untracked', ingress: rules })
          .snapshot(),
      ).allowsUntracked;
    expect([allows('eth0'), allows('*'), allows('eth0', [deny()])]).toEqual([true, false, false]);
  });
});
