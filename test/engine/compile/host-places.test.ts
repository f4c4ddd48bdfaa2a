import { findHostKinds } from '../../../src/engine/compile/host-kinds';
import { ANYWHERE, HostPlaces } from '../../../src/engine/compile/host-places';
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
});
