import type { PathStep, Tuple } from '../../../src/model/door';
import type { Facts } from '../../../src/model/facts';
import { allow, block, chosen, cluster, deny, labels, to } from '../../support/cluster';
import { doorTester, service, withDoors } from '../../support/door-cluster';

const CLIENT = '203.0.113.9';
const OTHER = '198.51.100.7';
const OPEN: Partial<Facts> = { nodesReachableFrom: 'internet' };

/** Two nodes, a front on the first, and a policy that lets one range of clients in. */
function shop(facts: Partial<Facts> = OPEN) {
  return cluster(facts)
    .node('n1', { addresses: ['192.0.2.11'] })
    .node('n2', { addresses: ['192.0.2.12'] })
    .pod('shop/front', { app: 'front' }, { addresses: ['10.0.1.5'], node: 'n1', ports: [['http', 'TCP', 8080]] });
}

const CLIENTS_ONLY = { ingress: [allow([block('203.0.113.0/24')], to('TCP', 8080))] } as const;

function tuples(steps: readonly PathStep[]): readonly string[] {
  const text = ({ source, destination, port }: Tuple) => `${source} → ${destination}:${port}`;
  return steps.map((step) => {
    if (step.kind === 'door') return `door ${text(step.tuple)} ${step.verdict}`;
    if (step.kind === 'point') return `${step.place}${step.node === undefined ? '' : ` ${step.node}`} ${text(step.tuple)} ${step.verdict}`;
    return `${step.kind === 'translation' ? step.side : 'relay'} ${text(step.before)} ⇒ ${text(step.after)}`;
  });
}

describe('a node port with externalTrafficPolicy Cluster', () => {
  const front = service('shop/front', { type: 'NodePort', ports: [['http', 80, 'http', 30080]] });

  it('lets through what no policy forbids', () => {
    const { verdict } = doorTester(withDoors(shop().snapshot(), { services: [front] }));

    expect(verdict(CLIENT, 'nodePort shop/front:80')).toBe('allowed');
  });

  it('shows policy the client where the pod is on the node, and the node where it is not', () => {
    const { explain } = doorTester(withDoors(shop().policy('shop/clients', CLIENTS_ONLY).snapshot(), { services: [front] }));
    const { verdict, ways } = explain(CLIENT, 'nodePort shop/front:80');

    expect(ways.map((way) => [way.text, way.verdict])).toEqual([
      ['enters at `n1`, which runs the backend', 'allowed'],
      ['enters at `n2`, which sends it to another node with its own address as the source', 'denied'],
    ]);
    expect(tuples(ways[1]!.steps)).toEqual([
      'door 203.0.113.9 → 192.0.2.12:30080 allowed',
      'destination 203.0.113.9 → n2[Node]:30080 ⇒ 203.0.113.9 → shop/front:8080',
      'source 203.0.113.9 → shop/front:8080 ⇒ n2[Node] → shop/front:8080',
      'ingress n1 n2[Node] → shop/front:8080 denied',
    ]);
    // The client may choose the node that it dials.
    expect(verdict).toBe('allowed');
    expect(explain(OTHER, 'nodePort shop/front:80').verdict).toBe('denied');
  });

  it('is open where nobody knows which node runs the pod, and names that', () => {
    const snapshot = cluster(OPEN)
      .node('n1', { addresses: ['192.0.2.11'] })
      .node('n2', { addresses: ['192.0.2.12'] })
      .template('shop/front', { app: 'front' }, { ports: [['http', 'TCP', 8080]] })
      .policy('shop/clients', CLIENTS_ONLY)
      .snapshot();
    const { explain } = doorTester(withDoors(snapshot, { services: [front] }));
    const explanation = explain(CLIENT, 'nodePort shop/front:80');

    expect(explanation.verdict).toBe('indeterminate');
    expect(explanation.dependsOn.map(({ kind }) => kind)).toEqual(['placement', 'placement']);
    expect(explanation.dependsOn[0]!.text).toMatch(/^whether `front` runs on node `n1`: elsewhere/);
  });

  it('opens to every client by a rule that was meant for nodes', () => {
    const nodesOnly = { ingress: [allow([block('192.0.2.0/24')])] };
    const { verdict } = doorTester(withDoors(shop().policy('shop/nodes', nodesOnly).snapshot(), { services: [front] }));

    expect(verdict(OTHER, 'nodePort shop/front:80')).toBe('allowed');
  });

  it('keeps the client everywhere under an eBPF dataplane, and may do either where nobody tells', () => {
    const ebpf = doorTester(
      withDoors(
        shop({ ...OPEN, serviceProxy: 'ebpf' })
          .policy('shop/clients', CLIENTS_ONLY)
          .snapshot(),
        { services: [front] },
      ),
    );
    expect(ebpf.explain(CLIENT, 'nodePort shop/front:80').ways.map(({ verdict }) => verdict)).toEqual(['allowed', 'allowed']);

    const unknown = doorTester(
      withDoors(
        shop({ ...OPEN, serviceProxy: 'unknown' })
          .pod('shop/away', { app: 'away' }, { addresses: ['10.0.1.6'], node: 'n3' })
          .policy('shop/clients', CLIENTS_ONLY)
          .snapshot(),
        { services: [service('shop/away', { type: 'NodePort', ports: [['', 80, 8080, 30081]], externalTrafficPolicy: 'Cluster' })] },
      ),
    );
    expect(unknown.verdict(CLIENT, 'nodePort shop/away:80')).toBe('allowed');
  });

  it.each([
    ['internet', CLIENT, 'allowed'],
    ['nobody', CLIENT, 'denied'],
    ['organisation', CLIENT, 'denied'],
    ['organisation', '10.9.0.1', 'indeterminate'],
    ['unknown', CLIENT, 'indeterminate'],
  ] as const)('with nodes reachable from %s, %s is %s', (nodesReachableFrom, client, expected) => {
    const { explain } = doorTester(withDoors(shop({ nodesReachableFrom }).snapshot(), { services: [front] }));
    const { verdict, dependsOn } = explain(client, 'nodePort shop/front:80');

    expect(verdict).toBe(expected);
    if (expected === 'indeterminate') expect(dependsOn.map(({ kind }) => kind)).toEqual(['fact']);
  });

  it('is reached by addresses of the organisation alone where a fact says so', () => {
    const facts = { nodesReachableFrom: 'organisation', organisationRanges: ['198.51.100.0/24'] } as const;
    const { verdict } = doorTester(withDoors(shop(facts).snapshot(), { services: [front] }));

    expect([verdict(OTHER, 'nodePort shop/front:80'), verdict('10.9.0.1', 'nodePort shop/front:80')]).toEqual(['allowed', 'denied']);
  });
});

describe('externalTrafficPolicy Local', () => {
  const front = service('shop/front', { type: 'NodePort', externalTrafficPolicy: 'Local', ports: [['http', 80, 8080, 30080]] });

  it('keeps the client, and only the node of the pod answers', () => {
    const { explain } = doorTester(withDoors(shop().policy('shop/clients', CLIENTS_ONLY).snapshot(), { services: [front] }));

    expect(explain(CLIENT, 'nodePort shop/front:80').verdict).toBe('allowed');
    expect(explain(OTHER, 'nodePort shop/front:80').verdict).toBe('denied');
    expect(explain(CLIENT, 'nodePort shop/front:80').ways.map(({ text }) => text)).toEqual(['enters at `n1`']);
  });

  it('does not depend on where the pod is', () => {
    const snapshot = cluster(OPEN).template('shop/front', { app: 'front' }).policy('shop/clients', CLIENTS_ONLY).snapshot();
    const { verdict } = doorTester(withDoors(snapshot, { services: [front] }));

    expect([verdict(CLIENT, 'nodePort shop/front:80'), verdict(OTHER, 'nodePort shop/front:80')]).toEqual(['allowed', 'denied']);
  });

  it('answers for no backend outside the cluster', () => {
    const outside = service('shop/db', {
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      ports: [['', 5432, 5432, 30432]],
      backendSets: [
        { addresses: ['198.51.100.99'], ports: [{ name: '', protocol: 'TCP', port: 5432 }], source: { file: 'a', document: 1, line: 1 } },
      ],
    });
    const { explain } = doorTester(withDoors(shop().snapshot(), { services: [outside] }));

    expect(explain(CLIENT, 'nodePort shop/db:5432').shown.steps).toMatchObject([
      { kind: 'door', verdict: 'denied', reason: 'externalTrafficPolicy Local: no node of the cluster has this backend' },
    ]);
  });
});

describe('a load balancer', () => {
  const sourceRanges = ['203.0.113.0/24'];
  const guarded = service('shop/front', { loadBalancer: { sourceRanges }, ports: [['http', 80, 8080, 30080]] });

  it('admits its source ranges alone, and its node port knows nothing of them', () => {
    const { verdict, explain } = doorTester(withDoors(shop().snapshot(), { services: [guarded] }));

    expect(verdict(CLIENT, 'loadBalancer shop/front:80')).toBe('allowed');
    expect(explain(OTHER, 'loadBalancer shop/front:80').shown.steps).toMatchObject([
      { verdict: 'denied', reason: 'source ranges of `shop/front[Service]`' },
    ]);
    expect(verdict(OTHER, 'nodePort shop/front:80')).toBe('allowed');
  });

  it('has no node port where none is allocated', () => {
    const alone = service('shop/front', { loadBalancer: { allocatesNodePorts: false } });
    const { doors } = doorTester(withDoors(shop().snapshot(), { services: [alone] }));

    expect(doors.filter(({ object }) => object.kind === 'Service').map(({ id }) => id)).toEqual([
      'clusterIP shop/front:80',
      'loadBalancer shop/front:80',
    ]);
  });

  it('is taken to face the internet unless something says otherwise, and says that it is', () => {
    const unknown = doorTester(withDoors(shop().snapshot(), { services: [service('shop/front', { loadBalancer: {} })] }));
    expect(unknown.explain(CLIENT, 'loadBalancer shop/front:80')).toMatchObject({
      verdict: 'allowed',
      assumptions: ['the load balancer of `shop/front[Service]` faces the internet: nothing in the input says that it is internal'],
    });

    const internal = doorTester(
      withDoors(shop().snapshot(), { services: [service('shop/front', { loadBalancer: { scope: 'internal' } })] }),
    );
    expect(internal.verdict(CLIENT, 'loadBalancer shop/front:80')).toBe('denied');
    expect(internal.verdict('10.9.0.1', 'loadBalancer shop/front:80')).toBe('indeterminate');
  });

  it('is open where nodes disagree, since it chooses the node', () => {
    const snapshot = shop().policy('shop/clients', CLIENTS_ONLY).snapshot();
    const { explain } = doorTester(withDoors(snapshot, { services: [service('shop/front', { loadBalancer: {} })] }));
    const { verdict, dependsOn } = explain(CLIENT, 'loadBalancer shop/front:80');

    expect(verdict).toBe('indeterminate');
    expect(dependsOn.map(({ text }) => text)).toEqual(['which node it is sent to: allowed at `n1`; denied at `n2`']);
  });
});

describe('host endpoints on the way', () => {
  const front = service('shop/front', { type: 'NodePort', ports: [['http', 80, 8080, 30080]] });
  const hosts = labels({ host: 'y' });
  const atHosts = { appliesTo: { kind: 'none' }, appliesToHosts: hosts } as const;
  const guardedShop = () =>
    shop()
      .host('n1/n1-eth0', { interfaceName: 'eth0', labels: { host: 'y' }, addresses: ['192.0.2.11'] })
      .host('n2/n2-eth0', { interfaceName: 'eth0', labels: { host: 'y' }, addresses: ['192.0.2.12'] });

  it('see the node port before translation and the pod port after it', () => {
    const byNodePort = { ...atHosts, hook: 'preDNAT', ingress: [deny('any', to('TCP', 30080))] } as const;
    const byPodPort = { ...atHosts, hook: 'preDNAT', ingress: [deny('any', to('TCP', 8080))] } as const;
    const forwardNodePort = { ...atHosts, forward: true, ingress: [deny('any', to('TCP', 30080)), allow()] } as const;
    const forwardPodPort = { ...atHosts, forward: true, ingress: [deny('any', to('TCP', 8080)), allow()] } as const;
    const verdicts = [byNodePort, byPodPort, forwardNodePort, forwardPodPort].map((policy) =>
      doorTester(withDoors(guardedShop().policy('guard', policy).snapshot(), { services: [front] })).verdict(
        CLIENT,
        'nodePort shop/front:80',
      ),
    );

    // Denying the pod's port before translation stops what nodes pass to each other, but not what comes to the pod's own node.
    expect(verdicts).toEqual(['denied', 'allowed', 'allowed', 'denied']);
  });

  it('tell both tuples of one passage', () => {
    const policies = guardedShop()
      .policy('early', { ...atHosts, hook: 'preDNAT', order: 1, ingress: [deny('any', to('TCP', 31000))] })
      .policy('late', { ...atHosts, forward: true, ingress: [allow([block('203.0.113.0/24')])] });
    const { explain } = doorTester(withDoors(policies.snapshot(), { services: [front] }));
    const { shown } = explain(OTHER, 'nodePort shop/front:80');

    expect(tuples(shown.steps)).toEqual([
      'door 198.51.100.7 → 192.0.2.11:30080 allowed',
      'hostIn n1 198.51.100.7 → n1[Node]:30080 allowed',
      'destination 198.51.100.7 → n1[Node]:30080 ⇒ 198.51.100.7 → shop/front:8080',
      'hostIn n1 198.51.100.7 → shop/front:8080 denied',
    ]);
  });

  it('see the client when it leaves for another node, and the node when it comes there', () => {
    const clients = {
      ...atHosts,
      forward: true,
      ingress: [allow([block('203.0.113.0/24'), block('192.0.2.0/24')])],
      egress: [allow()],
    } as const;
    const { explain } = doorTester(
      withDoors(
        guardedShop()
          .network({ pools: [{ net: '10.0.0.0/16', encapsulation: 'never', natOutgoing: true }] })
          .policy('late', clients)
          .snapshot(),
        { services: [front] },
      ),
    );
    const other = explain(CLIENT, 'nodePort shop/front:80').ways.find(({ node }) => node === 'n2')!;

    expect(tuples(other.steps)).toEqual([
      'door 203.0.113.9 → 192.0.2.12:30080 allowed',
      'destination 203.0.113.9 → n2[Node]:30080 ⇒ 203.0.113.9 → shop/front:8080',
      'hostIn n2 203.0.113.9 → shop/front:8080 allowed',
      'hostOut n2 203.0.113.9 → shop/front:8080 allowed',
      'source 203.0.113.9 → shop/front:8080 ⇒ n2[Node] → shop/front:8080',
      'hostIn n1 n2[Node] → shop/front:8080 allowed',
      'ingress n1 n2[Node] → shop/front:8080 allowed',
    ]);
  });

  it('that let a packet pass before translation do not open the pod', () => {
    const policies = guardedShop()
      .policy('early', { ...atHosts, hook: 'preDNAT', ingress: [allow()] })
      .policy('shop/none', { ingress: [] });
    const { verdict } = doorTester(withDoors(policies.snapshot(), { services: [front] }));

    expect(verdict(CLIENT, 'nodePort shop/front:80')).toBe('denied');
  });

  it('of a node that the input does not tell make it open', () => {
    const snapshot = guardedShop()
      .pod('shop/adrift', { app: 'adrift' }, { addresses: ['10.0.1.9'] })
      .policy('late', { ...atHosts, hook: 'preDNAT', ingress: [deny('any', to('TCP', 22))] })
      .snapshot();
    const adrift = service('shop/adrift', { type: 'NodePort', externalTrafficPolicy: 'Local', ports: [['', 80, 8080, 30090]] });
    const { explain } = doorTester(withDoors(snapshot, { services: [adrift] }));

    expect(explain(CLIENT, 'nodePort shop/adrift:80')).toMatchObject({
      verdict: 'indeterminate',
      dependsOn: [{ kind: 'placement', text: 'which node `adrift` runs on, hence which host endpoints it meets' }],
    });
  });

  it('that deny one node port leave a node port of unknown number open', () => {
    const one = { ...atHosts, hook: 'preDNAT', ingress: [deny('any', to('TCP', 30500))] } as const;
    const untold = service('shop/front', { type: 'NodePort', ports: [['http', 80, 8080]] });
    const { explain } = doorTester(withDoors(guardedShop().policy('guard', one).snapshot(), { services: [untold] }));

    expect(explain(CLIENT, 'nodePort shop/front:80')).toMatchObject({
      verdict: 'indeterminate',
      dependsOn: [{ kind: 'door', text: 'the number of the node port, which the cluster gives' }],
    });
  });
});

describe('ports of nodes', () => {
  const hostPorts = { 'shop/front': [{ protocol: 'TCP', hostPort: 8443, containerPort: 8080 }] } as const;

  it('lead by hostPort to the pod on that node alone, with the client as the source', () => {
    const { explain } = doorTester(withDoors(shop().policy('shop/clients', CLIENTS_ONLY).snapshot(), { hostPorts }));

    expect(explain(CLIENT, 'hostPort shop/front:8443').verdict).toBe('allowed');
    expect(explain(OTHER, 'hostPort shop/front:8443').verdict).toBe('denied');
    expect(tuples(explain(CLIENT, 'hostPort shop/front:8443').shown.steps)).toEqual([
      'door 203.0.113.9 → 192.0.2.11:8443 allowed',
      'destination 203.0.113.9 → n1[Node]:8443 ⇒ 203.0.113.9 → shop/front:8080',
      'ingress n1 203.0.113.9 → shop/front:8080 allowed',
    ]);
  });

  it('are those of hostNetwork pods, whatever policies say of pods', () => {
    const snapshot = shop()
      .pod('shop/exporter', { app: 'x' }, { network: 'host', node: 'n1', addresses: ['192.0.2.11'], ports: [['m', 'TCP', 9100]] })
      .policy('shop/none', { ingress: [] })
      .snapshot();
    const { verdict } = doorTester(withDoors(snapshot, {}));

    expect(verdict(CLIENT, 'hostNetwork shop/exporter:9100')).toBe('allowed');
    expect(verdict(CLIENT, 'hostNetwork shop/exporter:any', undefined, 6060)).toBe('allowed');
  });

  it('are guarded by host endpoints, failsafe ports but for', () => {
    const snapshot = shop()
      .host('n1/n1-eth0', { interfaceName: 'eth0', addresses: ['192.0.2.11'] })
      .network({ failsafeInbound: [{ protocol: 'TCP', port: [22, 22] }] })
      .snapshot();
    const { verdict } = doorTester(withDoors(snapshot, {}));

    expect(verdict(CLIENT, 'hostNetwork n1[Node]:any', undefined, 9100)).toBe('denied');
    expect(verdict(CLIENT, 'hostNetwork n1[Node]:any', undefined, 22)).toBe('allowed');
  });

  it('of a node port lead to hostNetwork pods as to the node itself', () => {
    const snapshot = shop()
      .pod('shop/edge', { app: 'edge' }, { network: 'host', node: 'n1', addresses: ['192.0.2.11'] })
      .host('n1/n1-eth0', { interfaceName: 'eth0', addresses: ['192.0.2.11'], labels: { host: 'y' } })
      .policy('in', { appliesTo: { kind: 'none' }, appliesToHosts: labels({ host: 'y' }), ingress: [allow([block('203.0.113.0/24')])] })
      .snapshot();
    const edge = service('shop/edge', { type: 'NodePort', ports: [['', 80, 8080, 30080]] });
    const { explain } = doorTester(withDoors(snapshot, { services: [edge] }));

    expect(explain(CLIENT, 'nodePort shop/edge:80').ways.map(({ verdict }) => verdict)).toEqual(['allowed', 'denied']);
    expect(explain(OTHER, 'nodePort shop/edge:80').verdict).toBe('denied');
  });
});

it('an external address is dialled as it is, and taken to lead to the nodes', () => {
  const outer = service('shop/front', { externalAddresses: ['198.51.100.200'] });
  const { explain } = doorTester(withDoors(shop().snapshot(), { services: [outer] }));
  const { verdict, assumptions, shown } = explain(CLIENT, 'externalIP shop/front:80');

  expect(verdict).toBe('allowed');
  expect(assumptions[0]).toBe('what is sent to `198.51.100.200` comes to the nodes');
  expect(tuples(shown.steps)[1]).toBe('destination 203.0.113.9 → 198.51.100.200:80 ⇒ 203.0.113.9 → shop/front:8080');
});

it('a door of one family is none for clients of the other', () => {
  const outer = service('shop/front', { externalAddresses: ['198.51.100.200'] });
  const { explain } = doorTester(withDoors(shop().snapshot(), { services: [outer] }));

  expect(explain('2a00::1', 'externalIP shop/front:80').shown.steps).toMatchObject([
    { verdict: 'denied', reason: 'it has no IPv6 address' },
  ]);
});

it('a backend that only may be one makes the answer open', () => {
  const snapshot = cluster(OPEN)
    .template('shop/front', { tier: 'x' }, { unknownKeys: ['app'] })
    .snapshot();
  const front = service('shop/front', { type: 'NodePort', ports: [['', 80, 8080, 30080]] });
  const { explain } = doorTester(withDoors(snapshot, { services: [front] }));

  expect(explain(CLIENT, 'nodePort shop/front:80')).toMatchObject({ verdict: 'indeterminate', dependsOn: [{ kind: 'pod-labels' }] });
});

it('nobody outside gets to a cluster address', () => {
  const front = service('shop/front', { clusterAddresses: ['10.96.0.10'] });
  const { verdict } = doorTester(withDoors(shop().snapshot(), { services: [front] }));

  expect(verdict(CLIENT, 'clusterIP shop/front:80')).toBe('denied');
});

it('rules that choose pods never let the outside in', () => {
  const snapshot = shop()
    .policy('shop/pods', { ingress: [allow([chosen({ kind: 'all' })])] })
    .snapshot();
  const front = service('shop/front', { type: 'NodePort', externalTrafficPolicy: 'Local', ports: [['', 80, 8080, 30080]] });
  const { verdict } = doorTester(withDoors(snapshot, { services: [front] }));

  expect(verdict(CLIENT, 'nodePort shop/front:80')).toBe('denied');
});
