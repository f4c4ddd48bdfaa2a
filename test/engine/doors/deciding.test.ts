import { decidingSteps, shutEntries } from '../../../src/engine/doors/deciding';
import type { DecidingStep } from '../../../src/model/door';
import { allow, block, cluster, deny, labels, log, to } from '../../support/cluster';
import { doorTester, ingress, service, withDoors } from '../../support/door-cluster';

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

describe('a node port at two nodes', () => {
  const guard = deny('any', to('TCP', 30080));
  function shutAt(hosts: readonly string[], more: Partial<Parameters<ReturnType<typeof shop>['policy']>[1]> = {}) {
    const builder = shop().node('n2', { addresses: ['192.0.2.12'] });
    for (const node of hosts) builder.host(`${node}/${node}-eth0`, { interfaceName: 'eth0', labels: { host: 'y' } });
    builder.policy('early', {
      appliesTo: { kind: 'none' },
      appliesToHosts: labels({ host: 'y' }),
      hook: 'preDNAT',
      ingress: [guard],
      ...more,
    });
    const front = service('shop/front', { type: 'NodePort', ports: [['', 80, 8080, 30080]] });
    const explained = doorTester(withDoors(builder.snapshot(), { services: [front] })).explain('203.0.113.9', 'nodePort shop/front:80');
    return shutEntries(explained).map((step) => step.kind === 'policy' && [step.hit.policy?.name, step.hit.host?.node, step.entries]);
  }

  it('tells what shuts one node where the other is open', () => {
    expect(shutAt(['n1'])).toEqual([['early', 'n1', { shut: 'n1', other: 'n2' }]]);
    expect(shutAt(['n2'])).toEqual([['early', 'n2', { shut: 'n2', other: 'n1' }]]);
  });

  it('has nothing to tell where both are open or both are shut', () => {
    expect(shutAt(['n1'], { ingress: [allow('any')] })).toEqual([]);
    expect(shutAt(['n1', 'n2'])).toEqual([]);
  });
});

it.each([
  ['edge/clients', undefined],
  ['shop/own', true],
] as const)('tells the connection of a controller from that of the client: %s', (policy, isRelayed) => {
  const snapshot = shop()
    .pod('edge/proxy', { app: 'proxy', 'app.kubernetes.io/name': 'traefik' }, { addresses: ['10.0.2.5'] })
    .policy(policy, { ingress: [] })
    .snapshot();
  const services = [service('shop/front'), service('edge/proxy', { type: 'NodePort', ports: [['web', 80, 8000, 30080]] })];
  const tester = doorTester(withDoors(snapshot, { services, entries: [ingress('shop/web', ['shop/front:80'])] }));
  const steps = decidingSteps(tester.explain('203.0.113.9', 'ingress shop/web:80').shown);
  expect(steps.map((step) => step.kind === 'policy' && [step.hit.trigger, step.isRelayed])).toEqual([['end-of-tier', isRelayed]]);
});
