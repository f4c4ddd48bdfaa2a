import { answeringBackends, whichBackend } from '../../../src/engine/doors/one-door';
import { doorSession } from '../../../src/engine/doors/session';
import { analyze, doorsAtNode, reachFromInside } from '../../../src/engine/index';
import type { Snapshot } from '../../../src/model/snapshot';
import { allow, block, cluster, labels } from '../../support/cluster';
import { backendNamed, doorNamed, service, withDoors } from '../../support/door-cluster';
import { endOf } from '../../support/flow';

const FRONT = { type: 'NodePort', ports: [['', 80, 8080, 30080]] } as const;

function shop(externalTrafficPolicy: 'Cluster' | 'Local' = 'Cluster'): Snapshot {
  const snapshot = cluster({ cni: 'calico' })
    .node('n1', { addresses: ['192.0.2.11'] })
    .node('n2', { addresses: ['192.0.2.12'] })
    .pod('shop/a', { app: 'front' }, { node: 'n1', addresses: ['10.0.1.5'] })
    .pod('shop/b', { app: 'front' }, { node: 'n1', addresses: ['10.0.1.6'] })
    .pod('shop/c', { app: 'front', shut: 'yes' }, { node: 'n2', addresses: ['10.0.2.5'] })
    .pod('shop/client', {}, { node: 'n2', addresses: ['10.0.2.6'] })
    .policy('shop/shut', { appliesTo: { kind: 'label', owner: 'endpoint', key: 'shut', test: { operator: 'exists' } }, ingress: [] })
    .snapshot();
  const hostPorts = {
    'shop/a': [{ protocol: 'TCP', hostPort: 8443, containerPort: 443 }],
    'shop/c': [{ protocol: 'TCP', hostPort: 9443, containerPort: 443, hostAddress: '198.51.100.1' }],
  } as const;
  return withDoors(snapshot, { services: [service('shop/front', { ...FRONT, externalTrafficPolicy })], hostPorts });
}

it('a port of a node leads on by a node port, by a host port of its own pods, and not by one at another address', () => {
  const snapshot = shop();
  const analysis = analyze(snapshot);
  const at = (host: string, port: number, protocol: 'TCP' | 'UDP' = 'TCP') =>
    doorsAtNode(analysis, endOf(snapshot, host) as number, { protocol, port }).map(({ door, node, certainty }) => [
      door.id,
      node,
      certainty,
    ]);

  expect(at('n2', 30080)).toEqual([['nodePort shop/front:80', 'n2', 'yes']]);
  expect(at('n1', 8443)).toEqual([['hostPort shop/a:8443', 'n1', 'yes']]);
  expect([at('n2', 8443), at('n2', 9443), at('n1', 30080, 'UDP'), at('n1', 22), at('shop/a', 30080)]).toEqual([[], [], [], [], []]);
});

it('of backends that nothing tells apart one answers for all, and with Local those of the node alone', () => {
  const named = (policy: 'Cluster' | 'Local', node?: string) => {
    const snapshot = shop(policy);
    const analysis = analyze(snapshot);
    const backends = answeringBackends(doorSession(analysis), doorNamed(analysis, 'nodePort shop/front:80'), node);
    return backends.map(({ endpoint }) => snapshot.endpoints[endpoint!]!.name);
  };

  expect([named('Cluster'), named('Cluster', 'n1'), named('Local', 'n2')]).toEqual([['a', 'c'], ['a', 'c'], ['c']]);
});

it('names which backends are allowed and which denied, and nothing where they agree', () => {
  const snapshot = shop();
  const analysis = analyze(snapshot);
  const door = doorNamed(analysis, 'nodePort shop/front:80');
  const [a, c] = ['shop/a', 'shop/c'].map((name) => backendNamed(snapshot, door, name)) as [never, never];
  const session = doorSession(analysis);

  expect(
    whichBackend(session, [
      { backend: a, verdict: 'allowed' },
      { backend: c, verdict: 'denied' },
    ]),
  ).toEqual([{ kind: 'door', text: 'which backend it is sent to: `shop/a` allowed; `shop/c` denied' }]);
  expect(whichBackend(session, [{ backend: a, verdict: 'allowed' }])).toEqual([]);
});

it('a client inside gets what all backends agree on; its own node leads to all of them in spite of Local', () => {
  const snapshot = shop('Local');
  const analysis = analyze(snapshot);
  const from = endOf(snapshot, 'shop/client') as number;
  const reach = (node: string) => reachFromInside(analysis, { door: 'nodePort shop/front:80', node, from });

  expect(reach('n2')).toMatchObject({ verdict: 'indeterminate', explanations: [{ verdict: 'allowed' }, { verdict: 'denied' }] });
  expect(reach('n1')).toMatchObject({ verdict: 'allowed', explanations: [{ verdict: 'allowed' }], dependsOn: [] });
});

describe('a node that is dialled by one of several addresses', () => {
  const dual = (families?: readonly (4 | 6)[]) =>
    withDoors(
      cluster({ cni: 'calico' })
        .node('n1', { addresses: ['192.0.2.11', '2001:db8::11'] })
        .pod('shop/front', { app: 'front' }, { node: 'n1', addresses: ['10.0.1.5', 'fd00::5'] })
        .pod('shop/old', { app: 'front' }, { node: 'n1', addresses: ['10.0.1.6'] })
        .pod('shop/client', {}, { node: 'n1', addresses: ['10.0.1.7', 'fd00::7'] })
        .policy('shop/front', { appliesTo: labels({ app: 'front' }), ingress: [allow([block('fd00::/8')])] })
        .snapshot(),
      { services: [service('shop/front', { ...FRONT, ...(families && { families }) })] },
    );

  it('leads on where the Service is of its family', () => {
    const at = (families: readonly (4 | 6)[] | undefined, address?: string) =>
      doorsAtNode(analyze(dual(families)), 0, { protocol: 'TCP', port: 30080 }, address).length;

    expect([at(undefined, '2001:db8::11'), at([4], '2001:db8::11'), at([4], '192.0.2.11'), at([4])]).toEqual([1, 0, 1, 1]);
  });

  it('leads to backends of its family by their addresses of it', () => {
    const snapshot = dual();
    const question = { door: 'nodePort shop/front:80', node: 'n1', from: endOf(snapshot, 'shop/client') as number };
    const reach = (more: object = {}) => reachFromInside(analyze(snapshot), { ...question, ...more });

    expect(reach({ address: '2001:db8::11' })).toMatchObject({ verdict: 'allowed', explanations: [{}] });
    expect(reach({ address: '192.0.2.11' }).verdict).toBe('denied');
    expect(reach({ fromAt: '10.0.1.7', address: '192.0.2.11' }).verdict).toBe('denied');
    expect(reach().verdict).toBe('indeterminate');
  });

  it('has host ports that are bound to that one', () => {
    const bound = withDoors(dual(), {
      hostPorts: { 'shop/front': [{ protocol: 'TCP', hostPort: 8443, containerPort: 443, hostAddress: '192.0.2.11' }] },
    });
    const at = (address: string) => doorsAtNode(analyze(bound), 0, { protocol: 'TCP', port: 8443 }, address).length;

    expect([at('192.0.2.11'), at('2001:db8::11')]).toEqual([1, 0]);
  });
});
