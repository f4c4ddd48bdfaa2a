import { cutRanges, doorStarts, familiesOf, outsideRanges, policyStarts, startsOf } from '../../../src/engine/doors/cuts';
import { doorSession } from '../../../src/engine/doors/session';
import { analyze } from '../../../src/engine/index';
import type { Snapshot } from '../../../src/model/snapshot';
import { formatRange, parseRange } from '../../../src/util/address-set';
import { formatAddress, parseCidr } from '../../../src/util/ip';
import { allow, block, cluster, labels, to } from '../../support/cluster';
import { doorNamed, service, withDoors } from '../../support/door-cluster';

const text = (starts: readonly bigint[]) =>
  [...new Set(starts)]
    .filter((value) => value < 2n ** 32n)
    .sort((a, b) => (a < b ? -1 : 1))
    .map((value) => formatAddress({ family: 4, value }));
const SHOP = cluster({ podRanges: ['10.0.0.0/16'], nodeRanges: ['192.0.2.0/24'] })
  .node('n1', { addresses: ['192.0.2.11'] })
  .pod('shop/front', { app: 'front' }, { node: 'n1', addresses: ['10.0.1.5'] })
  .policy('shop/some', { ingress: [allow([block('203.0.113.0/24')], to('TCP', 8080)), allow([block('8.0.0.0/8')], to('TCP', 9090))] })
  .policy('other/far', { ingress: [allow([block('9.0.0.0/8')])] });
const front = (snapshot: Snapshot) => snapshot.endpoints.find(({ name }) => name === 'front')!;

it('what the facts give to the cluster is not outside', () => {
  const session = doorSession(analyze(SHOP.snapshot()));

  expect(outsideRanges(session, 4).map(formatRange)).toEqual([
    '0.0.0.0-9.255.255.255',
    '10.1.0.0-192.0.1.255',
    '192.0.3.0-255.255.255.255',
  ]);
});

it('ranges are cut where nets begin and behind their ends, in order and each once', () => {
  const starts = startsOf([parseCidr('10.0.0.0/8')!, parseCidr('10.64.0.0/10')!, parseCidr('2000::/3')!], 4);

  expect(cutRanges([parseRange('9.0.0.0-10.127.255.255')!], [...starts, ...starts]).map(formatRange)).toEqual([
    '9.0.0.0-9.255.255.255',
    '10.0.0.0-10.63.255.255',
    '10.64.0.0-10.127.255.255',
  ]);
});

it('the policies of the endpoint cut where their verdict on the packet changes, and no others', () => {
  const snapshot = SHOP.snapshot();
  const session = doorSession(analyze(snapshot));

  expect(text(policyStarts(session, front(snapshot), { protocol: 'TCP', port: 8080 }, 4))).toEqual([
    '0.0.0.0',
    '203.0.113.0',
    '203.0.114.0',
  ]);
});

it('with host endpoints, every net of a policy on the way cuts', () => {
  const snapshot = SHOP.host('n1/n1-eth0', { interfaceName: 'eth0', labels: { host: 'y' } })
    .network({ failsafeInbound: [{ protocol: 'TCP', port: [22, 22], net: '7.0.0.0/8' }] })
    .policy('hosts', {
      appliesTo: { kind: 'none' },
      appliesToHosts: labels({ host: 'y' }),
      hook: 'preDNAT',
      ingress: [allow([block('6.0.0.0/8')])],
    })
    .snapshot();
  const session = doorSession(analyze(snapshot));

  expect(text(policyStarts(session, front(snapshot), { protocol: 'TCP', port: 8080 }, 4))).toEqual([
    '6.0.0.0',
    '7.0.0.0',
    '8.0.0.0',
    '203.0.113.0',
    '203.0.114.0',
  ]);
});

it('a door cuts at its source ranges, and at the organisation where that matters', () => {
  const snapshot = withDoors(
    cluster({ organisationRanges: ['10.64.0.0/10'] })
      .pod('shop/front', { app: 'front' })
      .snapshot(),
    {
      services: [service('shop/front', { loadBalancer: { scope: 'internal', sourceRanges: ['203.0.113.0/24'] } })],
    },
  );
  const analysis = analyze(snapshot);
  const starts = (id: string) => text(doorStarts(doorSession(analysis), doorNamed(analysis, id), 4));

  expect(starts('loadBalancer shop/front:80')).toEqual(['10.64.0.0', '10.128.0.0', '203.0.113.0', '203.0.114.0']);
  expect(starts('nodePort shop/front:80')).toEqual([]);
});

it('a door has the families that it and the endpoint have', () => {
  const snapshot = withDoors(
    cluster()
      .node('n1', { addresses: ['192.0.2.11', '2001:db8::11'] })
      .pod('shop/front', { app: 'front' }, { addresses: ['10.0.1.5', '2001:db8::5'], node: 'n1' })
      .pod('shop/old', { app: 'front' }, { addresses: ['10.0.1.6'], node: 'n1' })
      .snapshot(),
    {
      services: [
        service('shop/front', { type: 'NodePort', externalAddresses: ['198.51.100.200'] }),
        service('shop/six', { type: 'NodePort', selector: { app: 'front' }, families: [6] }),
      ],
    },
  );
  const analysis = analyze(snapshot);
  const old = snapshot.endpoints.find(({ name }) => name === 'old')!;

  expect(familiesOf(doorNamed(analysis, 'nodePort shop/front:80'), front(snapshot))).toEqual([4, 6]);
  expect(familiesOf(doorNamed(analysis, 'nodePort shop/front:80'), old)).toEqual([4]);
  expect(familiesOf(doorNamed(analysis, 'externalIP shop/front:80'), front(snapshot))).toEqual([4]);
  expect(familiesOf(doorNamed(analysis, 'nodePort shop/six:80'), front(snapshot))).toEqual([6]);
  expect(familiesOf(doorNamed(analysis, 'nodePort shop/six:80'), old)).toEqual([]);
});
