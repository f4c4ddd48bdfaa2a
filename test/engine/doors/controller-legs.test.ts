import { controllerLegs } from '../../../src/engine/doors/controller-legs';
import { doorSession } from '../../../src/engine/doors/session';
import { analyze } from '../../../src/engine/index';
import { cluster, labels } from '../../support/cluster';
import { doorNamed, ingress, service, withDoors } from '../../support/door-cluster';

const TRAEFIK = { app: 'proxy', 'app.kubernetes.io/name': 'traefik' };

it('of the pods of a controller one of each kind is asked, and of a front only those', () => {
  const builder = cluster().pod('edge/other', { app: 'proxy' }, { workload: 'other' });
  for (const name of ['a', 'b', 'c'])
    builder.pod(`edge/${name}`, { ...TRAEFIK, ...(name === 'c' && { shut: 'yes' }) }, { workload: 'proxy' });
  const snapshot = withDoors(builder.policy('edge/shut', { appliesTo: labels({ shut: 'yes' }), ingress: [] }).snapshot(), {
    services: [service('edge/proxy', { type: 'NodePort' })],
    entries: [ingress('edge/web', [])],
  });
  const analysis = analyze(snapshot);
  const legs = controllerLegs(doorSession(analysis));
  const [door, front] = ['ingress edge/web:80', 'nodePort edge/proxy:80'].map((id) => doorNamed(analysis, id));
  const names = (endpoints: readonly (number | undefined)[]) => endpoints.map((endpoint) => snapshot.endpoints[endpoint!]!.name);

  expect(names(front!.backends.map(({ endpoint }) => endpoint))).toEqual(['a', 'b', 'c', 'other']);
  expect(names(legs.front(door!, front!).backends.map(({ endpoint }) => endpoint))).toEqual(['a', 'c']);
  const few = legs.withFewPods(door!).controller;
  expect(few?.kind === 'pods' && names(few.endpoints)).toEqual(['a', 'c']);
  expect(legs.withFewPods(front!)).toBe(front);
});
