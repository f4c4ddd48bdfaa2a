import { outsideDoors } from '../../src/findings/outside-doors';
import type { Facts } from '../../src/model/facts';
import type { Service } from '../../src/model/service';
import { allow, block, type ClusterBuilder, to } from '../support/cluster';
import { scene, selecting, service, surveyFor } from './support/scene';

const LOAD_BALANCER = service('shop/front', 'LoadBalancer', { app: 'web' }, 8080);

function doors(
  services: readonly Service[],
  given: Partial<Facts> = {},
  more: (builder: ClusterBuilder) => ClusterBuilder = (builder) => builder,
) {
  const snapshot = scene(
    ['other', 'shop'],
    (builder) =>
      more(
        builder
          .pod('shop/web', { app: 'web', tier: 'front' }, { ports: [['http', 'TCP', 8080]] })
          .pod('shop/db', { app: 'db' })
          .pod('other/web', { app: 'web' }),
      ),
    { services, given },
  );
  return [...outsideDoors(surveyFor(snapshot))].map(([{ ref }, door]) => [`${ref.namespace}/${ref.name}`, door.assumptions.length > 0]);
}

describe('doors from outside', () => {
  it('are load balancers, which are taken to be public', () => {
    expect(doors([LOAD_BALANCER])).toEqual([['shop/web', true]]);
  });

  it('are not load balancers inside the organisation, nor those that admit no public address', () => {
    const balancer = LOAD_BALANCER.loadBalancer!;
    expect(doors([{ ...LOAD_BALANCER, loadBalancer: { ...balancer, scope: 'internal' } }])).toEqual([]);
    expect(doors([{ ...LOAD_BALANCER, loadBalancer: { ...balancer, sourceRanges: ['10.0.0.0/8'] } }])).toEqual([]);
    expect(doors([{ ...LOAD_BALANCER, loadBalancer: { ...balancer, sourceRanges: ['52.0.0.0/8'] } }])).toEqual([['shop/web', true]]);
  });

  it('are ports of a node that lead to a pod, but not those on which something might listen', () => {
    const build = (builder: ClusterBuilder) =>
      builder.node('n1', { addresses: ['10.1.0.1'] }).pod('shop/agent', {}, { network: 'host', node: 'n1', ports: [['m', 'TCP', 9100]] });
    expect(doors([], { nodesReachableFrom: 'internet' }, build)).toEqual([['shop/agent', false]]);
    expect(doors([], { nodesReachableFrom: 'internet' }, (builder) => builder.pod('shop/agent', {}, { network: 'host' }))).toEqual([]);
    expect(doors([], {}, build)).toEqual([]);
  });

  it('are node ports only where a fact says that the internet reaches the nodes', () => {
    const nodePort = service('shop/front', 'NodePort', { app: 'web' }, 8080);
    expect(doors([nodePort])).toEqual([]);
    expect(doors([nodePort], { nodesReachableFrom: 'organisation' })).toEqual([]);
    expect(doors([nodePort], { nodesReachableFrom: 'internet' })).toEqual([['shop/web', false]]);
    expect(doors([LOAD_BALANCER], { nodesReachableFrom: 'internet' })).toEqual([['shop/web', false]]);
  });

  it.each([
    ['a Service inside the cluster', service('shop/front', 'ClusterIP', { app: 'web' }, 8080)],
    ['a Service without a selector', service('shop/front', 'LoadBalancer', {}, 8080)],
    ['a Service that selects nothing', service('shop/front', 'LoadBalancer', { app: 'web', tier: 'back' }, 8080)],
    ['a Service of another namespace', service('nowhere/front', 'LoadBalancer', { app: 'web' }, 8080)],
    ['a port name that no pod has', service('shop/front', 'LoadBalancer', { app: 'web' }, 'grpc')],
  ])('are not opened by %s', (_case, closed) => {
    expect(doors([closed])).toEqual([]);
  });

  it('find the port by its name on the pod', () => {
    expect(doors([service('shop/front', 'LoadBalancer', { app: 'web' }, 'http')])).toEqual([['shop/web', true]]);
  });

  it('are shut by a policy that lets nobody from outside in on that port', () => {
    const restrict = (rule: ReturnType<typeof allow>) => (builder: ClusterBuilder) =>
      builder.policy('shop/in', selecting('shop', { app: 'web' }, { ingress: [rule] }));
    expect(doors([LOAD_BALANCER], {}, restrict(allow([block('10.0.0.0/8')])))).toEqual([]);
    expect(doors([LOAD_BALANCER], {}, restrict(allow('any', to('TCP', 9090))))).toEqual([]);
    const partner = restrict(allow([block('52.1.2.3/32')], to('TCP', 8080)));
    expect(doors([{ ...LOAD_BALANCER, externalTrafficPolicy: 'Local' }], {}, partner)).toEqual([['shop/web', true]]);
    // Through another node the pod sees that node in place of the partner.
    expect(doors([LOAD_BALANCER], {}, partner)).toEqual([]);
  });
});
