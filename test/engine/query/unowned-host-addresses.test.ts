import { analyze } from '../../../src/engine/analyze';
import { unownedHostAddresses } from '../../../src/engine/query/unowned-host-addresses';
import { ingestText } from '../../support/ingest-text';

const text = (interfaceName: string, address: string) => `
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: InternalIP, address: 10.0.0.5}]}
---
apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: {name: n1-${interfaceName}}
spec: {node: n1, interfaceName: ${interfaceName}, expectedIPs: [${address}]}
`;

test('an address that a host endpoint has beside those of its node belongs to nobody', async () => {
  const analysis = analyze((await ingestText(text('eth1', '172.16.0.5'))).snapshot);
  const found = [{ address: '172.16.0.5', host: 'n1-eth1', node: 'n1' }];

  expect(unownedHostAddresses(analysis)).toEqual(found);
  expect(unownedHostAddresses(analysis)).toBe(unownedHostAddresses(analysis));
});

test('an address of the node is the node', async () => {
  const analysis = analyze((await ingestText(text('eth0', '10.0.0.5'))).snapshot);

  expect(unownedHostAddresses(analysis)).toEqual([]);
});
