import { analyze } from '../../src/engine/index';
import { answer } from '../support/ask-shop';
import { allow, cluster, deny, to } from '../support/cluster';

describe('an answer', () => {
  it('assumes that pods may send packets of tunnels where nobody says so, and only where that matters', () => {
    const plain = analyze(cluster({ cni: 'calico' }).pod('shop/web').pod('shop/db').pod('shop/agent', {}, { network: 'host' }).snapshot());
    const assumed = 'nodes pass what carries other packets where one of their pods sends it (fact `tunnelPacketsOfPods`)';
    const isAssumed = (from: string, to: string, packet: object) => answer(from, to, packet, plain).assumptions.includes(assumed);
    expect(isAssumed('shop/web', 'shop/db', { protocol: 'UDP', port: 4789 })).toBe(true);
    expect(isAssumed('shop/web', 'shop/db', { protocol: '4' })).toBe(true);
    expect(isAssumed('shop/web', 'shop/db', { port: 4789 })).toBe(false);
    expect(isAssumed('shop/web', 'shop/web', { protocol: 'UDP', port: 4789 })).toBe(false);
    expect(isAssumed('shop/agent', 'shop/db', { protocol: 'UDP', port: 4789 })).toBe(false);
  });

  it('names what a node does with packets of its own pods, where Calico is the plugin', () => {
    const scene = (more: Parameters<typeof cluster>[0]) =>
      analyze(
        cluster({ cni: 'calico', ...more })
          .node('n1')
          .pod('a/x', {}, { node: 'n1' })
          .pod('a/y', {}, { node: 'n1' })
          .snapshot(),
      );
    const own = 'nodes take what their own pods send to them (fact `endpointToHostAction`)';
    expect(answer('a/x', 'n1[Node]', { port: 22 }, scene({})).assumptions).toContain(own);
    expect(answer('n1[Node]', 'a/x', { port: 22 }, scene({})).assumptions).not.toContain(own);
    expect(answer('a/x', 'a/y', { port: 22 }, scene({})).assumptions).not.toContain(own);
    expect(answer('a/x', 'n1[Node]', { port: 22 }, scene({ endpointToHostAction: 'drop' })).assumptions).not.toContain(own);
  });

  it('names the release of Calico where equal orders contradict each other', () => {
    const scene = analyze(
      cluster({ cni: 'calico' })
        .pod('a/x')
        .pod('a/y')
        .policy('default.x', {
          order: 1,
          tieBreak: 'default.x',
          appliesTo: { kind: 'all' },
          ingress: [deny('any', to('TCP', 22)), allow()],
        })
        .policy('e', { order: 1, tieBreak: 'e', appliesTo: { kind: 'all' }, ingress: [allow()] })
        .snapshot(),
    );
    const release = expect.stringContaining('fact `calicoVersion`');
    expect(answer('a/x', 'a/y', { port: 22 }, scene).assumptions).toContainEqual(release);
    expect(answer('a/x', 'a/y', { port: 80 }, scene).assumptions).not.toContainEqual(release);
  });

  it('names facts that nobody told, where they matter', () => {
    expect(answer('other/lone', 'shop/api').assumptions).toEqual(['the network plugin enforces these policies (fact `cni`)']);
    expect(answer('shop/web-1', 'shop/api').assumptions).toEqual([]);
    expect(answer('shop/agent', 'shop/web-1').assumptions).toEqual(['policies do not apply to hostNetwork pods (fact `hostNetworkPods`)']);
  });

  it('names that a bundle is not a cluster', () => {
    const analysis = analyze(cluster().template('a/x').template('a/y').snapshot());
    expect(answer('a/x', 'a/y', { port: 1 }, analysis).assumptions).toEqual([
      'the input holds every policy of the cluster, and pods are as their templates say',
    ]);
  });
});
