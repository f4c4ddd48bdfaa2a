import { entryNodesOf, pathContext } from '../../../src/engine/doors/path-context';
import { cluster, deny, labels, to } from '../../support/cluster';
import { doorWorldOf } from './door-world';

const HOSTS = { appliesTo: { kind: 'none' }, appliesToHosts: labels({ host: 'y' }), hook: 'preDNAT' } as const;

it('nodes are those of the input; where it has no Nodes, those that pods name and perhaps others', () => {
  const names = (snapshot: ReturnType<ReturnType<typeof cluster>['snapshot']>) =>
    entryNodesOf(doorWorldOf(snapshot)).map(({ name, exists }) => `${name ?? 'other'}${exists ? '' : '?'}`);

  expect(names(cluster().node('n1').node('n2').pod('shop/a', {}, { node: 'n1' }).snapshot())).toEqual(['n1', 'n2']);
  expect(names(cluster().pod('shop/a', {}, { node: 'n1' }).snapshot())).toEqual(['n1', 'other?']);
  expect(names(cluster().pod('shop/a').snapshot())).toEqual(['other']);
});

it('a node that is not in the input has some address, in the ranges that the facts give', () => {
  const context = pathContext(
    doorWorldOf(
      cluster({ nodeRanges: ['192.0.2.0/24'] })
        .pod('shop/a', {}, { node: 'n1' })
        .snapshot(),
    ),
  );

  expect(context.entryNode('n1').party).toMatchObject({ endpoint: { name: 'n1', addresses: [], addressRanges: ['192.0.2.0/24'] } });
});

it('samples of node ports are told apart by every rule before translation', () => {
  const snapshot = cluster()
    .policy('one', { ...HOSTS, ingress: [deny('any', to('TCP', 80, 30500, [31000, 40000]))] })
    .policy('after', { ...HOSTS, hook: 'normal', ingress: [deny('any', to('TCP', 30600))] })
    .snapshot();

  expect(pathContext(doorWorldOf(snapshot)).nodePortSamples).toEqual([30_000, 30_500, 30_501, 31_000]);
});

it('what acts at hosts is kept apart, with the failsafe ports', () => {
  const snapshot = cluster()
    .pod('shop/a')
    .host('n1/all', { labels: { host: 'y' } })
    .network({ failsafeInbound: [{ protocol: 'TCP', port: [22, 22] }] })
    .policy('one', { ...HOSTS, ingress: [deny()] })
    .policy('shop/pods', { ingress: [] })
    .snapshot();
  const { hostPolicies, policing } = pathContext(doorWorldOf(snapshot));

  expect(hostPolicies.policies.map(({ ref }) => ref.name)).toEqual(['one']);
  expect(hostPolicies.nodeNetwork!.failsafeInbound).toHaveLength(1);
  expect(policing).toEqual({ forwarded: true, own: true });
});
