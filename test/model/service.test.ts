import { type LoadBalancer, nodePortOf, type Service, type ServicePort } from '../../src/model/service';

const PORT: ServicePort = { name: '', protocol: 'TCP', port: 80, targetPort: 8080 };
const NUMBERED: ServicePort = { ...PORT, nodePort: 30080 };
const balancer = (allocatesNodePorts: boolean): LoadBalancer => ({ addresses: [], hostnames: [], allocatesNodePorts, scope: 'unknown' });

test.each<[string, Pick<Service, 'type' | 'loadBalancer'>, ServicePort, ReturnType<typeof nodePortOf>]>([
  ['a node port with a number', { type: 'NodePort' }, NUMBERED, 30080],
  ['a node port whose number the cluster picks', { type: 'NodePort' }, PORT, 'unknown'],
  ['a load balancer has node ports too', { type: 'LoadBalancer', loadBalancer: balancer(true) }, PORT, 'unknown'],
  ['a load balancer that allocates none', { type: 'LoadBalancer', loadBalancer: balancer(false) }, PORT, undefined],
  ['a number stays where none is allocated any more', { type: 'LoadBalancer', loadBalancer: balancer(false) }, NUMBERED, 30080],
  ['inside the cluster there is none', { type: 'ClusterIP' }, NUMBERED, undefined],
  ['nor behind a name', { type: 'ExternalName' }, PORT, undefined],
])('%s', (_case, service, port, expected) => {
  expect(nodePortOf(service, port)).toBe(expected);
});
