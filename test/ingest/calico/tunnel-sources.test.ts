import { ingestText } from '../../support/ingest-text';

const NODES = ['10.0.0.1', '10.0.0.2']
  .map(
    (address, index) =>
      `apiVersion: v1\nkind: Node\nmetadata: {name: n${index}, annotations: {projectcalico.org/IPv4VXLANTunnelAddr: 10.244.${index}.0}}\nstatus: {addresses: [{type: InternalIP, address: ${address}}]}\n---\n`,
  )
  .join('');
const POD =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {app: web}}\nspec: {containers: [{name: c, image: c}]}\n---\n';
const policy = (peer: string, kind = 'GlobalNetworkPolicy', direction = 'ingress', more = '') => {
  const side = direction === 'ingress' ? 'source' : 'destination';
  return `apiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata: {name: p}\nspec: {${more}types: [Ingress, Egress], ${direction}: [{action: Allow, ${side}: ${peer}}]}\n---\n`;
};
const pool = (mode: string) =>
  `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: p}\nspec: {cidr: 10.244.0.0/16, vxlanMode: ${mode}}\n---\n`;

async function told(text: string, cni = 'calico') {
  const { diagnostics } = await ingestText(POD + text, { cni });
  return diagnostics.filter(({ message }) => message.includes('tunnels')).map(({ code, resource }) => `${code} ${resource}`);
}

const TOLD = ['partly-modelled p[GlobalNetworkPolicy]'];

test.each([
  ['the own address of a node', '{nets: [10.0.0.1/32]}'],
  ['the own addresses of all nodes', '{nets: [10.0.0.0/24]}'],
  ['the addresses of pods, which tunnels have too', '{nets: [10.244.0.0/16]}'],
  ['all but the addresses of pods', '{notNets: [10.244.0.0/16]}'],
])('a rule that lets in %s is told', async (_case, peer) => {
  expect(await told(NODES + policy(peer))).toEqual(TOLD);
});

test.each([
  ['everybody', '{}'],
  ['all addresses', '{nets: [0.0.0.0/0]}'],
  ['both addresses', '{nets: [10.0.0.0/24, 10.244.0.0/16]}'],
  ['neither', '{nets: [192.0.2.0/24]}'],
  ['addresses of the other family', '{nets: ["fd00::/8"]}'],
  ['pods by their labels', '{selector: has(app)}'],
])('a rule that lets in %s is not', async (_case, peer) => {
  expect(await told(NODES + policy(peer))).toEqual([]);
});

test('it is told only where no pool tells what travels through tunnels', async () => {
  const text = NODES + policy('{nets: [10.0.0.0/24]}');

  for (const mode of ['Always', 'CrossSubnet', 'Never']) expect(await told(text + pool(mode))).toEqual([]);
  expect(await told(text.replaceAll('VXLANTunnelAddr', 'Other'))).toEqual([]);
});

test('it is told only of policies about what comes to pods', async () => {
  const of = (more: string) => told(NODES + policy('{nets: [10.0.0.0/24]}', 'GlobalNetworkPolicy', 'ingress', more));

  expect(await of("selector: app == 'web', ")).toEqual(TOLD);
  expect(await of("selector: host == 'y', ")).toEqual([]);
  expect(await of("selector: host == 'y', applyOnForward: true, ")).toEqual(TOLD);
});

test('a policy about pods is told of behind one that says the same about nodes', async () => {
  const hosts = policy('{nets: [10.0.0.0/24]}', 'GlobalNetworkPolicy', 'ingress', "order: 1, selector: host == 'y', ").replace(
    'name: p',
    'name: a',
  );

  expect(await told(NODES + hosts + policy('{nets: [10.0.0.0/24]}'))).toEqual(TOLD);
});

test('neither is what leaves, nor what does not count', async () => {
  expect(await told(NODES + policy('{nets: [10.0.0.0/24]}', 'GlobalNetworkPolicy', 'egress'))).toEqual([]);
  expect(await told(NODES + policy('{nets: [10.0.0.0/24]}', 'StagedGlobalNetworkPolicy'))).toEqual([]);
  expect(await told(NODES + policy('{nets: [10.0.0.0/24]}'), 'cilium')).toEqual([]);
});
