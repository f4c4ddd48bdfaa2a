import { ingestText } from '../../support/ingest-text';

const NODES = ['10.0.0.1', '10.0.0.2']
  .map(
    (address, index) =>
      `apiVersion: v1\nkind: Node\nmetadata: {name: n${index}, annotations: {projectcalico.org/IPv4VXLANTunnelAddr: 10.244.${index}.0}}\nstatus: {addresses: [{type: InternalIP, address: ${address}}]}\n---\n`,
  )
  .join('');
const policy = (peer: string, kind = 'GlobalNetworkPolicy', direction = 'ingress') => {
  const side = direction === 'ingress' ? 'source' : 'destination';
  return `apiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata: {name: p}\nspec: {types: [Ingress, Egress], ${direction}: [{action: Allow, ${side}: ${peer}}]}\n---\n`;
};
const pool = (mode: string) =>
  `apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: p}\nspec: {cidr: 10.244.0.0/16, vxlanMode: ${mode}}\n---\n`;

async function told(text: string, cni = 'calico') {
  const { diagnostics } = await ingestText(text, { cni });
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

test('it is told only where something travels through tunnels', async () => {
  const text = NODES + policy('{nets: [10.0.0.0/24]}');

  expect(await told(text + pool('Always'))).toEqual(TOLD);
  expect(await told(text + pool('CrossSubnet'))).toEqual(TOLD);
  expect(await told(text + pool('Never'))).toEqual([]);
  expect(await told(text.replaceAll('VXLANTunnelAddr', 'Other'))).toEqual([]);
});

test('neither is what leaves, nor what does not count', async () => {
  expect(await told(NODES + policy('{nets: [10.0.0.0/24]}', 'GlobalNetworkPolicy', 'egress'))).toEqual([]);
  expect(await told(NODES + policy('{nets: [10.0.0.0/24]}', 'StagedGlobalNetworkPolicy'))).toEqual([]);
  expect(await told(NODES + policy('{nets: [10.0.0.0/24]}'), 'cilium')).toEqual([]);
});
