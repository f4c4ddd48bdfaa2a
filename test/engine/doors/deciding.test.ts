import { decidingSteps } from '../../../src/engine/doors/deciding';
import type { DecidingStep } from '../../../src/model/door';
import { allow, block, cluster, deny, labels, log, to } from '../../support/cluster';
import { doorTester, service, withDoors } from '../../support/door-cluster';

function shop() {
  return cluster({ nodesReachableFrom: 'internet' })
    .node('n1', { addresses: ['192.0.2.11'] })
    .pod('shop/front', { app: 'front' }, { node: 'n1', addresses: ['10.0.1.5'] });
}

function deciding(builder: ReturnType<typeof shop>, client: string): readonly string[] {
  const front = service('shop/front', { type: 'NodePort', ports: [['', 80, 8080, 30080]] });
  const { shown } = doorTester(withDoors(builder.snapshot(), { services: [front] })).explain(client, 'nodePort shop/front:80');
  return decidingSteps(shown).map((step: DecidingStep) =>
    step.kind === 'door' ? `door: ${step.reason}` : `${step.hit.trigger} ${step.hit.policy?.name ?? ''}#${step.hit.rule ?? ''}`,
  );
}

const SOME = { ingress: [log(), allow([block('203.0.113.0/24')])] };

it('is the door where no policy acts', () => {
  expect(deciding(shop(), '203.0.113.9')).toEqual(['door: fact `nodesReachableFrom`']);
});

it('is the step that denies, where one does', () => {
  expect(deciding(shop().policy('shop/some', SOME), '198.51.100.7')).toEqual(['end-of-tier #']);
});

it('is what lets it through at each point, Log rules left out', () => {
  const builder = shop()
    .policy('shop/some', SOME)
    .host('n1/n1-eth0', { interfaceName: 'eth0', labels: { host: 'y' }, addresses: ['192.0.2.11'] })
    .policy('early', {
      appliesTo: { kind: 'none' },
      appliesToHosts: labels({ host: 'y' }),
      hook: 'preDNAT',
      ingress: [deny('any', to('TCP', 22)), allow('any', to('TCP', 30080))],
    });

  expect(deciding(builder, '203.0.113.9')).toEqual(['rule early#1', 'rule some#1']);
});

it('is the door as well where that is what is open', () => {
  const unknown = cluster().pod('shop/front', { app: 'front' }).policy('shop/some', SOME);
  expect(deciding(unknown, '203.0.113.9')[0]).toBe('door: fact `nodesReachableFrom`');
});

it('is the door that shuts', () => {
  expect(deciding(cluster({ nodesReachableFrom: 'nobody' }).pod('shop/front', { app: 'front' }), '203.0.113.9')).toEqual([
    'door: fact `nodesReachableFrom`',
  ]);
});
