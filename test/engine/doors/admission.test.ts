import { admissionOf, isOfOrganisation } from '../../../src/engine/doors/admission';
import type { Door } from '../../../src/model/door';
import { type FactBase, type Facts, settleFacts } from '../../../src/model/facts';
import { parseAddress } from '../../../src/util/ip';

const DOOR: Door = {
  id: 'loadBalancer shop/front:80',
  kind: 'loadBalancer',
  object: { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'front', source: { file: 'a.yaml', document: 1, line: 1 } },
  protocol: 'TCP',
  port: 80,
  addresses: [],
  hostnames: [],
  scope: 'internet',
  backends: [],
};

function admit(client: string, door: Partial<Door> = {}, facts: Partial<Facts> = {}) {
  const settled = settleFacts(new Map());
  const base: FactBase = { ...settled, facts: { ...settled.facts, ...facts } };
  const { match, reason, assumptions } = admissionOf(base, { ...DOOR, ...door }, parseAddress(client)!, client);
  return [match.truth, reason, assumptions.length];
}

it.each<[string, string, Partial<Door>, Partial<Facts>, readonly unknown[]]>([
  ['the internet', '203.0.113.9', {}, {}, ['yes', 'it is on the internet', 0]],
  ['its evidence', '203.0.113.9', { scopeEvidence: 'status' }, {}, ['yes', 'it is on the internet: status', 0]],
  [
    'an unknown scope',
    '203.0.113.9',
    { scope: 'unknown' },
    {},
    ['yes', 'the load balancer of `shop/front[Service]` faces the internet', 1],
  ],
  ['the organisation, from outside', '203.0.113.9', { scope: 'internal' }, {}, ['no', 'it is inside the organisation', 0]],
  ['the organisation, perhaps', '10.9.0.1', { scope: 'internal' }, {}, ['maybe', 'it is inside the organisation', 0]],
  ['source ranges, inside', '203.0.113.9', { sourceRanges: ['203.0.113.0/24'] }, {}, ['yes', 'source ranges of `shop/front[Service]`', 0]],
  ['source ranges, outside', '198.51.100.7', { sourceRanges: ['203.0.113.0/24'] }, {}, ['no', 'source ranges of `shop/front[Service]`', 0]],
  ['the nodes', '203.0.113.9', { scope: 'nodes' }, {}, ['maybe', 'fact `nodesReachableFrom`', 0]],
  ['nodes of the internet', '203.0.113.9', { scope: 'nodes' }, { nodesReachableFrom: 'internet' }, ['yes', 'fact `nodesReachableFrom`', 0]],
  ['nodes of nobody', '203.0.113.9', { scope: 'nodes' }, { nodesReachableFrom: 'nobody' }, ['no', 'fact `nodesReachableFrom`', 0]],
  ['nobody', '203.0.113.9', { scope: 'nobody' }, {}, ['no', 'only clients in the cluster get to it', 0]],
  ['the other family', '2a00::1', { addresses: ['198.51.100.200'] }, {}, ['no', 'it has no IPv6 address', 0]],
  ['a Service of the other family', '2a00::1', { families: [4] }, {}, ['no', '`shop/front[Service]` takes no IPv6', 0]],
  [
    'a name of either family',
    '2a00::1',
    { addresses: ['198.51.100.200'], hostnames: ['a.example'] },
    {},
    ['yes', 'it is on the internet', 0],
  ],
  ['what may not exist', '203.0.113.9', { unknowns: [{ kind: 'door', text: 'x' }] }, {}, ['maybe', 'it is on the internet', 0]],
  [
    'source ranges of a node port, which keeps none',
    '1.1.1.1',
    { kind: 'nodePort', sourceRanges: ['10.0.0.0/8'] },
    {},
    ['yes', 'it is on the internet', 0],
  ],
])('%s', (_case, client, door, facts, expected) => {
  expect(admit(client, door, facts)).toEqual(expected);
});

it('the organisation is what the facts say, else perhaps what is private', () => {
  const settled = settleFacts(new Map([['organisationRanges', '198.51.100.0/24']]));

  expect([isOfOrganisation(settled, '198.51.100.7').truth, isOfOrganisation(settled, '10.0.0.1').truth]).toEqual(['yes', 'no']);
  const unknown = settleFacts(new Map());
  expect([isOfOrganisation(unknown, '198.51.100.7').truth, isOfOrganisation(unknown, '10.0.0.1').truth]).toEqual(['no', 'maybe']);
});

it('whoever asks about a packet that comes to a node takes it to get there, unless a fact says otherwise', () => {
  const settled = settleFacts(new Map());
  const at = (nodesReachableFrom: Facts['nodesReachableFrom']) => {
    const base: FactBase = { ...settled, facts: { ...settled.facts, nodesReachableFrom } };
    const { match, assumptions } = admissionOf(base, { ...DOOR, scope: 'nodes' }, parseAddress('203.0.113.9')!, '203.0.113.9', true);
    return [match.truth, assumptions];
  };

  expect(at('unknown')).toEqual(['yes', ['the client gets to the nodes (fact `nodesReachableFrom`)']]);
  expect([at('nobody')[0], at('internet')]).toEqual(['no', ['yes', []]]);
});
