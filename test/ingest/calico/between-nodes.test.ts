import { FELIX_TIER, type Rule } from '../../../src/model/policy';
import { ingestText } from '../../support/ingest-text';

const object = (kind: string, name: string, spec: string) =>
  `apiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: ${spec}\n---\n`;
const HOST = object('HostEndpoint', 'h', "{node: n1, interfaceName: '*'}");
const FREE = object('HostEndpoint', 'h', "{node: n1, interfaceName: '*', profiles: [projectcalico-default-allow]}");
const felix = (spec: string) => object('FelixConfiguration', 'default', spec);
const pool = (cidr: string, spec = '') => object('IPPool', cidr.startsWith('f') ? 'six' : 'four', `{cidr: '${cidr}'${spec}}`);
const IPIP = pool('10.1.0.0/16', ', ipipMode: Always');
const VXLAN = pool('10.1.0.0/16', ', vxlanMode: CrossSubnet');

async function tierOf(text: string, facts: Readonly<Record<string, string>> = { cni: 'calico' }) {
  const { tiers, policies } = (await ingestText(text, facts)).snapshot;
  const policy = policies.find(({ tier }) => tier === FELIX_TIER);
  return { isFirst: tiers[0]?.name === FELIX_TIER && policies[0] === policy, policy };
}

const told = ({ action, packets, peer }: Rule) => {
  const [{ protocol, ports, numbers }] = packets as readonly [
    { protocol: string; ports?: readonly unknown[]; numbers?: readonly unknown[] },
  ];
  const peers = peer === 'any' ? ['any'] : peer.map(({ selector, nets }) => `${selector ? 'nodes ' : ''}${nets}`);
  return `${action} ${protocol} ${[ports ?? numbers].flat(2)[0]} ${peers.join(' or ')}`;
};

async function rulesOf(text: string, facts?: Readonly<Record<string, string>>) {
  const { policy } = await tierOf(text, facts);
  return policy && { ingress: policy.ingress!.map(told), egress: policy.egress!.map(told) };
}

/** What all nodes drop, without any host endpoint. */
async function dropsOf(text: string, facts: Readonly<Record<string, string>> = { cni: 'calico' }) {
  const { droppedAtNodes = [] } = (await ingestText(text, facts)).snapshot.nodeNetwork;
  return droppedAtNodes.map(({ packets: { protocol, ports, numbers }, family, exempt }) => {
    return `${protocol} ${[ports ?? numbers].flat(2)[0]} ${family === 4 ? '0.0.0.0/0' : '::/0'} but ${exempt}`;
  });
}

test('it is a tier of its own before all others, at host endpoints alone', async () => {
  const { isFirst, policy } = await tierOf(HOST + IPIP + object('Tier', 'a', '{order: -1.0e+300}'));

  expect(isFirst).toBe(true);
  expect(policy).toMatchObject({ appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, hook: 'normal', staged: false });
  expect(policy).not.toHaveProperty('forward');
  expect(policy!.ref).toMatchObject({ kind: 'IPPool', name: 'four', source: { line: 6 } });
});

test.each([
  [IPIP, ['other 4 nodes 0.0.0.0/0']],
  [VXLAN, ['UDP 4789 nodes 0.0.0.0/0']],
  [VXLAN + felix('{vxlanPort: 8472}'), ['UDP 8472 nodes 0.0.0.0/0']],
  [VXLAN + pool('fd00::/64', ', vxlanMode: Always'), ['UDP 4789 nodes 0.0.0.0/0', 'UDP 4789 nodes ::/0']],
  [IPIP + felix('{externalNodesList: [192.0.2.1, 198.51.100.0/24]}'), ['other 4 nodes 0.0.0.0/0 or 192.0.2.1/32,198.51.100.0/24']],
  [IPIP + felix("{externalNodesList: ['2001:db8::/32']}"), ['other 4 nodes 0.0.0.0/0']],
  [pool('10.1.0.0/16') + felix('{ipipEnabled: true, vxlanEnabled: true}'), ['other 4 nodes 0.0.0.0/0', 'UDP 4789 nodes 0.0.0.0/0']],
])('%s: nodes reach each other with %j, and nobody else reaches any of them so', async (text, wrapped) => {
  const allowed = wrapped.map((packets) => `Allow ${packets}`);
  expect(await rulesOf(HOST + text)).toEqual({ ingress: allowed, egress: allowed });
  const dropped = wrapped.map((packets) =>
    packets.replace(/ nodes (\S+)(?: or (\S+))?/, (_, net, exempt) => ` ${net} but ${exempt ?? ''}`),
  );
  expect(await dropsOf(text)).toEqual(dropped);
});

test('nothing is dropped where nodes wrap nothing, nor under another plugin', async () => {
  expect(await dropsOf(pool('10.1.0.0/16') + felix('{wireguardEnabled: true}'))).toEqual([]);
  expect(await dropsOf(IPIP + felix('{ipipEnabled: false}'))).toEqual([]);
  expect(await dropsOf(IPIP, { cni: 'cilium' })).toEqual([]);
  // Nobody tells which of the two ways it is.
  expect(await dropsOf('', { cni: 'calico', encapsulation: 'always', podRanges: '10.1.0.0/16' })).toEqual([]);
});

test('WireGuard passes from and to anybody, in its own family and at its own port', async () => {
  const four = ['Allow UDP 51820 0.0.0.0/0'];
  const six = ['Allow UDP 51900 ::/0'];

  expect(await rulesOf(HOST + felix('{wireguardEnabled: true}'))).toEqual({ ingress: four, egress: four });
  expect(await rulesOf(HOST + felix('{wireguardEnabledV6: true, wireguardListeningPortV6: 51900}'))).toEqual({ ingress: six, egress: six });
  expect((await tierOf(HOST + felix('{wireguardEnabled: true}'))).policy!.ref.kind).toBe('FelixConfiguration');
});

test('a fact that packets are wrapped means either kind', async () => {
  const facts = { cni: 'calico', encapsulation: 'always', podRanges: '10.1.0.0/16,fd00::/64' };

  expect((await rulesOf(HOST, facts))!.egress).toEqual([
    'Allow other 4 nodes 0.0.0.0/0',
    'Allow UDP 4789 nodes 0.0.0.0/0',
    'Allow UDP 4789 nodes ::/0',
  ]);
  expect((await tierOf(HOST, facts)).policy!.ref).toMatchObject({ kind: 'FelixConfiguration', name: 'default', source: { line: 1 } });
  expect(await rulesOf(HOST + pool('10.1.0.0/16'), facts)).toBeUndefined();
});

test.each([
  ['no pool wraps packets', HOST + pool('10.1.0.0/16')],
  ['nothing is known of pools', HOST],
  ['the configuration says that nodes wrap nothing', HOST + IPIP + felix('{ipipEnabled: false}')],
  ['there is no host endpoint', IPIP],
  ['host endpoints hold nothing back', FREE + IPIP],
  ['only a staged policy would', FREE + IPIP + object('StagedGlobalNetworkPolicy', 's', '{selector: all()}')],
])('there is none where %s', async (_case, text) => {
  expect((await tierOf(text)).policy).toBeUndefined();
});

test('there is one where a policy holds back what profiles allow, and none under another plugin', async () => {
  expect((await tierOf(FREE + IPIP + object('GlobalNetworkPolicy', 'p', '{types: [Ingress]}'))).isFirst).toBe(true);
  expect((await tierOf(HOST + IPIP, { cni: 'cilium' })).policy).toBeUndefined();
});
