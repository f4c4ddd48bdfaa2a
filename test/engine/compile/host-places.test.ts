import { compileAddressBlocks } from '../../../src/engine/compile/address-blocks';
import { findHostKinds } from '../../../src/engine/compile/host-kinds';
import { ANYWHERE, HostPlaces } from '../../../src/engine/compile/host-places';
import { Subnets } from '../../../src/engine/compile/subnets';
import { TunnelLooks } from '../../../src/engine/compile/tunnel-looks';
import { PLAIN_NODE_NETWORK } from '../../../src/model/host-endpoint';
import { allow, type ClusterBuilder, cluster, deny, type PolicyOptions } from '../../support/cluster';

const AT_HOSTS: PolicyOptions = { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, ingress: [deny()] };

function placesOf(builder: ClusterBuilder): HostPlaces {
  const snapshot = builder.snapshot();
  return new HostPlaces(findHostKinds(snapshot)!, snapshot.policies);
}

const TWO_NODES = () => cluster().node('n1').node('n2').node('n3');

describe('places', () => {
  it('are all one where nothing is policed, and where nobody knows the node', () => {
    const places = placesOf(
      TWO_NODES()
        .host('n1/a', { profileAction: 'Allow' })
        .policy('p', { ...AT_HOSTS, forward: true }),
    );
    expect([places.placeOf('pod', undefined), places.placeOf('pod', 'n2'), places.placeOf('host', 'unheard-of')]).toEqual([
      ANYWHERE,
      ANYWHERE,
      ANYWHERE,
    ]);
    expect(places.placeOf('pod', 'n1')).not.toBe(ANYWHERE);
  });

  it('stand for many nodes whose host endpoints are alike and of all interfaces', () => {
    const places = placesOf(
      TWO_NODES()
        .host('n1/a')
        .host('n2/b')
        .policy('p', { ...AT_HOSTS, forward: true }),
    );
    for (const network of ['pod', 'host'] as const) {
      expect(places.placeOf(network, 'n1')).toBe(places.placeOf(network, 'n2'));
      expect(places.places[places.placeOf(network, 'n1')]!.isOne).toBe(false);
    }
  });

  it('leave pods where they are if only the own traffic of nodes is policed', () => {
    const places = placesOf(TWO_NODES().host('n1/a', { interfaceName: 'eth0' }).policy('p', AT_HOSTS));
    expect(places.placeOf('pod', 'n1')).toBe(ANYWHERE);
    expect(places.placeOf('host', 'n1')).not.toBe(ANYWHERE);
  });

  it('are single nodes for pods where another host endpoint acts between nodes than on one', () => {
    const places = placesOf(
      TWO_NODES()
        .host('n1/a', { interfaceName: 'eth0' })
        .host('n2/b', { interfaceName: 'eth0' })
        .policy('p', { ...AT_HOSTS, forward: true }),
    );
    const [first, second] = [places.placeOf('pod', 'n1'), places.placeOf('pod', 'n2')];
    expect(first).not.toBe(second);
    expect(places.places[first]!.isOne).toBe(true);
  });

  it('are single nodes for processes where policies act on what arrives from others alone', () => {
    const places = placesOf(
      TWO_NODES()
        .host('n1/a')
        .host('n2/b')
        .policy('p', { ...AT_HOSTS, hook: 'preDNAT', ingress: [allow()] }),
    );
    expect(places.placeOf('host', 'n1')).not.toBe(places.placeOf('host', 'n2'));
    expect(places.placeOf('pod', 'n1')).toBe(places.placeOf('pod', 'n2'));
  });

  it('are apart by subnet, and for processes by what their tunnels look like', () => {
    const links = [
      { node: 'n1', subnets: ['192.168.0.0/24'], tunnels: ['10.0.0.1'] },
      { node: 'n2', subnets: ['192.168.0.0/24'], tunnels: ['10.0.0.9'] },
      { node: 'n3', subnets: [], tunnels: ['11.0.0.1'] },
    ];
    const blocks = compileAddressBlocks([{ nets: ['10.0.0.0/8'], notNets: [], seesPods: 2 }]);
    const tunnels = new TunnelLooks({ ...PLAIN_NODE_NETWORK, links }, blocks);
    const places = new HostPlaces(undefined, [], { subnets: new Subnets(links), tunnels });
    const [n1, n2, n3] = ['n1', 'n2', 'n3'].map((node) => places.placeOf('host', node));

    expect(n1).toBe(n2);
    expect(n3).not.toBe(n1);
    expect([n1, n3]).not.toContain(ANYWHERE);
    expect(places.placeOf('pod', 'n1')).not.toBe(n1);
    expect(places.placeOf('pod', 'n3')).toBe(ANYWHERE);
    expect(places.placeOf('host', 'n9')).toBe(ANYWHERE);
    expect(new HostPlaces(undefined, []).placeOf('host', 'n1')).toBe(ANYWHERE);
  });
});
