import { DEFAULT_FAILSAFES } from '../../../src/ingest/calico/failsafes';
import { diagnosticOf, ingestText, problemsOf } from '../../support/ingest-text';

const felix = (name: string, spec: string) =>
  `apiVersion: projectcalico.org/v3\nkind: FelixConfiguration\nmetadata: {name: ${name}}\nspec: ${spec}\n---\n`;
const agent = (env: string) =>
  `apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: calico-node, namespace: kube-system}\nspec: {template: {spec: {hostNetwork: true, containers: [{name: calico-node, image: x, env: ${env}}]}}}\n---\n`;
const node = (name: string, labels = '{}') => `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: ${labels}}\n---\n`;
const host = (name: string) =>
  `apiVersion: projectcalico.org/v3\nkind: HostEndpoint\nmetadata: {name: ${name}}\nspec: {node: ${name}, interfaceName: '*'}\n---\n`;
const pool = (cidr: string, spec: string) =>
  `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: "${cidr.replace(/\W/g, '-')}"}\nspec: {cidr: "${cidr}", ${spec}}\n---\n`;

const settled = async (text: string, facts: Readonly<Record<string, string>> = { cni: 'calico' }) => {
  const ingested = await ingestText(text, facts);
  return {
    ...ingested.snapshot,
    diagnostics: ingested.diagnostics,
    problems: problemsOf(ingested).map((problem) => problem.split(':')[0]),
  };
};

describe('what becomes of packets of a pod to its own node', () => {
  const ACCEPT = '[{name: FELIX_DEFAULTENDPOINTTOHOSTACTION, value: ACCEPT}]';
  test.each([
    ['nothing is said', '', 'accept', 'assumed'],
    ['the configuration says so', felix('default', '{defaultEndpointToHostAction: Drop}'), 'drop', 'derived'],
    ['the configuration says nothing of it', felix('default', '{}'), 'accept', 'assumed'],
    ['the environment says so', agent(ACCEPT), 'accept', 'assumed'],
    [
      'the environment goes before the configuration',
      agent(ACCEPT) + felix('default', '{defaultEndpointToHostAction: Drop}'),
      'accept',
      'assumed',
    ],
    [
      'the configuration speaks where the environment does not',
      agent('[]') + felix('default', '{defaultEndpointToHostAction: Return}'),
      'return',
      'derived',
    ],
    ['neither says anything, as all of it is known', agent('[]'), 'drop', 'derived'],
    ['another node says so', felix('node.n1', '{defaultEndpointToHostAction: Drop}'), 'accept', 'assumed'],
  ])('where %s', async (_case, text, action, origin) => {
    const { facts, origins } = await settled(text);
    expect([facts.endpointToHostAction, origins.endpointToHostAction]).toEqual([action, origin]);
  });

  test('is what the user says', async () => {
    const { facts, origins } = await settled(felix('default', '{defaultEndpointToHostAction: Drop}'), {
      cni: 'calico',
      endpointToHostAction: 'accept',
    });
    expect([facts.endpointToHostAction, origins.endpointToHostAction]).toEqual(['accept', 'given']);
  });

  test('is told where it rests on a configuration alone', async () => {
    const text = felix('default', '{defaultEndpointToHostAction: Drop}');

    expect(diagnosticOf(await settled(text), 'fact-derived').message).toContain('the environment of `calico-node` would go before it');
    expect((await settled(text + agent('[]'))).problems).toEqual([]);
  });

  test('is nothing of another plugin', async () => {
    expect((await settled(felix('default', '{defaultEndpointToHostAction: Drop}'), { cni: 'cilium' })).facts.endpointToHostAction).toBe(
      'accept',
    );
  });
});

test.each([
  ['{}', 'kube-proxy', 'assumed'],
  ['{bpfEnabled: false}', 'kube-proxy', 'assumed'],
  ['{bpfEnabled: true}', 'ebpf', 'derived'],
])('with %s the proxy of Services is %s', async (spec, proxy, origin) => {
  const { facts, origins } = await settled(felix('default', spec));
  expect([facts.serviceProxy, origins.serviceProxy]).toEqual([proxy, origin]);
});

describe('packets of tunnels that pods send', () => {
  const VXLAN = { protocol: 'UDP', ports: [[4789, 4789]] };
  const IPIP = { protocol: 'other', numbers: [[4, 4]] };

  test.each([
    ['nothing is said', '', 'pass', 'assumed', undefined],
    ['Felix is configured', felix('default', '{}'), 'drop', 'derived', [VXLAN, IPIP]],
    ['VXLAN passes', felix('default', '{allowVXLANPacketsFromWorkloads: true}'), 'drop', 'derived', [IPIP]],
    ['IPIP passes', felix('default', '{allowIPIPPacketsFromWorkloads: true}'), 'drop', 'derived', [VXLAN]],
    [
      'both pass',
      felix('default', '{allowVXLANPacketsFromWorkloads: true, allowIPIPPacketsFromWorkloads: true}'),
      'pass',
      'derived',
      undefined,
    ],
    [
      'VXLAN has another port',
      felix('default', '{vxlanPort: 8472}'),
      'drop',
      'derived',
      [{ protocol: 'UDP', ports: [[8472, 8472]] }, IPIP],
    ],
    ['only a node is configured', felix('node.n1', '{vxlanPort: 8472}'), 'pass', 'assumed', undefined],
    ['a configuration selects nodes', felix('default', '{nodeSelector: all()}'), 'pass', 'assumed', undefined],
  ])('where %s', async (_case, text, fact, origin, dropped) => {
    const { facts, origins, nodeNetwork } = await settled(text);
    expect([facts.tunnelPacketsOfPods, origins.tunnelPacketsOfPods, nodeNetwork.droppedFromPods]).toEqual([fact, origin, dropped]);
  });

  test('are what the user says, but for what a configuration lets pass', async () => {
    const given = (tunnelPacketsOfPods: string, text = '') => settled(text, { cni: 'calico', tunnelPacketsOfPods });
    expect((await given('drop')).nodeNetwork.droppedFromPods).toEqual([VXLAN, IPIP]);
    expect((await given('drop', felix('default', '{allowIPIPPacketsFromWorkloads: true}'))).nodeNetwork.droppedFromPods).toEqual([VXLAN]);
    expect((await given('pass', felix('default', '{}'))).nodeNetwork).not.toHaveProperty('droppedFromPods');
  });
});

describe('failsafe ports', () => {
  const SSH = { protocol: 'TCP', port: [22, 22] };
  const inbound = async (text: string) => (await settled(text)).nodeNetwork.failsafeInbound;
  const ssh = felix('default', '{failsafeInboundHostPorts: [{port: 22}]}');

  test('are the usual ones, and what the configuration says', async () => {
    const { nodeNetwork } = await settled(felix('default', '{failsafeOutboundHostPorts: []}'));

    expect(nodeNetwork.failsafeInbound).toEqual(DEFAULT_FAILSAFES.inbound);
    expect(nodeNetwork.failsafeOutbound).toEqual([]);
    expect(await inbound(ssh)).toEqual([SSH]);
  });

  test('of a node are its own', async () => {
    const text =
      ssh + felix('node.n2', '{failsafeInboundHostPorts: [{port: 22}, {protocol: udp, port: 53}]}') + host('n1') + host('n2') + host('n3');
    const none = ssh + felix('node.n2', '{failsafeInboundHostPorts: []}') + host('n1') + host('n2');

    expect(await inbound(text)).toEqual([SSH, { protocol: 'UDP', port: [53, 53], nodes: ['n2'] }]);
    expect(await inbound(none)).toEqual([{ ...SSH, nodes: ['n1'] }]);
  });

  test('of nodes that a selector chooses are their own, unless a node says otherwise itself', async () => {
    const some = felix('some', `{nodeSelector: "zone == 'a'", failsafeInboundHostPorts: [{port: 23}]}`);
    const nodes = node('n1', '{zone: a}') + node('n2', '{zone: a}') + node('n3') + ['n1', 'n2', 'n3'].map(host).join('');
    const own = felix('node.n2', '{failsafeInboundHostPorts: [{port: 24}]}');

    expect(await inbound(ssh + some + own + nodes)).toEqual([
      { protocol: 'TCP', port: [23, 23], nodes: ['n1'] },
      { protocol: 'TCP', port: [24, 24], nodes: ['n2'] },
      { ...SSH, nodes: ['n3'] },
    ]);
  });

  test('that other plugins have are unknown to us', async () => {
    expect((await settled(ssh, { cni: 'cilium' })).nodeNetwork).toEqual({ failsafeInbound: [], failsafeOutbound: [], pools: [] });
  });
});

describe('pools of addresses', () => {
  const pools = async (text: string) => (await settled(text)).nodeNetwork.pools;
  const one = pool('10.1.0.0/16', 'vxlanMode: CrossSubnet, natOutgoing: true');

  test('go by their nets', async () => {
    expect(await pools(one + pool('10.0.0.0/16', 'ipipMode: Always') + pool('10.2.0.0/16', 'allowedUses: [LoadBalancer]'))).toEqual([
      { net: '10.0.0.0/16', encapsulation: 'always', natOutgoing: false },
      { net: '10.1.0.0/16', encapsulation: 'acrossSubnets', natOutgoing: true },
    ]);
  });

  test('keep addresses towards nodes where the configuration excludes these from translation', async () => {
    expect(await pools(one + felix('default', '{natOutgoingExclusions: IPPoolsAndHostIPs}'))).toMatchObject([{ natOutgoing: false }]);
    expect(await pools(one + felix('default', '{natOutgoingExclusions: IPPoolsOnly}'))).toMatchObject([{ natOutgoing: true }]);
  });

  test('travel in WireGuard where that is on for their family', async () => {
    const six = pool('fd00::/64', 'vxlanMode: Never');
    expect(await pools(one + six + felix('default', '{wireguardEnabled: true}'))).toMatchObject([
      { encapsulation: 'always' },
      { encapsulation: 'never' },
    ]);
    expect(await pools(one + six + felix('default', '{wireguardEnabledV6: true}'))).toMatchObject([
      { encapsulation: 'acrossSubnets' },
      { encapsulation: 'always' },
    ]);
  });
});

describe('the environment of the agent', () => {
  const told = async (text: string, facts: Readonly<Record<string, string>> = {}) =>
    (await settled(text, { cni: 'calico', ...facts })).problems;
  const accept = agent('[{name: FELIX_DEFAULTENDPOINTTOHOSTACTION, value: ACCEPT}]');
  const drop = felix('default', '{defaultEndpointToHostAction: Drop}');

  test('is told where it sets what nobody reads', async () => {
    const text = agent('[{name: FELIX_BPFENABLED, value: "true"}, {name: FELIX_FAILSAFEINBOUNDHOSTPORTS, value: none}]');

    expect(diagnosticOf(await settled(text), 'environment-not-read').message).toContain(
      '`FELIX_BPFENABLED`, `FELIX_FAILSAFEINBOUNDHOSTPORTS`',
    );
    expect(await told(agent('[{name: FELIX_BPFENABLED, value: "true"}]'), { serviceProxy: 'ebpf' })).toEqual([]);
    expect((await settled(text, { cni: 'cilium' })).problems).toEqual([]);
  });

  test('is told as to packets of tunnels', async () => {
    const text = agent('[{name: FELIX_VXLANPORT, value: "8472"}, {name: FELIX_ALLOWVXLANPACKETSFROMWORKLOADS, value: "true"}]');

    expect(diagnosticOf(await settled(text), 'environment-not-read').message).toContain(
      '`FELIX_ALLOWVXLANPACKETSFROMWORKLOADS`, `FELIX_VXLANPORT`',
    );
  });

  test('is told as to packets of pods to their nodes only where a configuration says otherwise', async () => {
    expect(await told(accept)).toEqual([]);
    expect(await told(accept + felix('default', '{defaultEndpointToHostAction: Accept}'))).toEqual([]);
    expect(await told(accept + drop)).toEqual(['environment-not-read']);
    expect(await told(accept + drop, { endpointToHostAction: 'drop' })).toEqual([]);
  });
});

describe('told is', () => {
  test.each([
    ['a configuration of no node', felix('mine', '{bpfEnabled: true}'), ['without-effect']],
    [
      'what nodes differ in beside failsafe ports',
      felix('default', '{bpfEnabled: true}') + felix('node.n1', '{bpfEnabled: false}'),
      ['partly-modelled'],
    ],
    [
      'nothing where they agree',
      felix('default', '{bpfEnabled: true}') + felix('node.n1', '{bpfEnabled: true, failsafeInboundHostPorts: []}'),
      [],
    ],
  ])('%s', async (_case, text, codes) => {
    expect((await settled(text)).problems).toEqual(codes);
  });
});

describe('facts stand for pools', () => {
  const told = async (facts: Readonly<Record<string, string>>, text = node('n1')) =>
    (await settled(text, { cni: 'calico', podRanges: '10.244.0.0/16,fd00:10::/64', ...facts })).nodeNetwork.pools;

  test('where the input has none, in the ranges of pods', async () => {
    expect(await told({ encapsulation: 'never' })).toEqual([
      { net: '10.244.0.0/16', encapsulation: 'never', natOutgoing: true },
      { net: 'fd00:10::/64', encapsulation: 'never', natOutgoing: true },
    ]);
    expect(await told({ natOutgoing: 'no' })).toContainEqual({ net: '10.244.0.0/16', encapsulation: 'acrossSubnets', natOutgoing: false });
  });

  test('but not beside pools of the input, nor where nobody gave one of them', async () => {
    expect(await told({ encapsulation: 'always' }, pool('10.1.0.0/16', 'natOutgoing: false'))).toEqual([
      { net: '10.1.0.0/16', encapsulation: 'never', natOutgoing: false },
    ]);
    expect(await told({})).toEqual([]);
  });
});
