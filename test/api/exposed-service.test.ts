import { InsideReaches } from '../../src/api/exposed-service';
import { type Analysis, catalogueOf, doorsOf } from '../../src/engine/index';
import { DASHBOARD_CHART } from '../support/dashboard-chart';
import { analysisOf, DOORS_BUNDLE } from '../support/doors-bundle';

function inside(analysis: Analysis, name: string) {
  const catalogue = catalogueOf(analysis);
  const index = Array.from({ length: catalogue.workloadCount() }, (_, at) => at).find((at) => catalogue.workload(at).name === name)!;
  const doors = doorsOf(analysis).filter(
    ({ kind, backends }) =>
      kind === 'clusterIP' && backends.some(({ endpoint }) => endpoint !== undefined && catalogue.endpoint(endpoint).workload === index),
  );
  return [...new InsideReaches(analysis).views([index], () => doors)][0]!;
}

describe('a Service', () => {
  it('is open to any pod where nothing holds one back', async () => {
    const { services, strangers, newPods, callers } = inside(await analysisOf(DOORS_BUNDLE), 'web');
    expect(services).toMatchObject([
      { id: 'clusterIP shop/web:80', portInside: 8080, endpoints: [], newPods: 'any', workloads: { allowed: 6, conditional: 0, total: 6 } },
    ]);
    expect(services[0]!.decidedBy).toMatchObject([
      { kind: 'policy', step: { trigger: 'rule', policy: 'shop/web[NetworkPolicy]', rule: 1 } },
    ]);
    expect({ strangers, newPods, callers }).toEqual({ strangers: { TCP: [[8080, 8080]] }, newPods: 'any', callers: 6 });
  });

  it('is open to some, and to whoever makes a pod with the right labels', async () => {
    const { services, strangers, newPods, callers } = inside(await analysisOf(DOORS_BUNDLE), 'db');
    expect(services).toMatchObject([
      {
        newPods: 'some',
        example: 'one labelled `app=web` in namespace `shop`',
        // Of a headless Service clients dial the pods, on the port that it tells.
        portInside: 'any',
        workloads: { allowed: 1, conditional: 0, total: 6, names: ['shop/web[Deployment]'] },
      },
    ]);
    expect({ strangers, newPods, callers }).toEqual({ strangers: {}, newPods: 'some', callers: 1 });
  });

  it('with internalTrafficPolicy Local is open to pods on some nodes, and says so', async () => {
    const local = DOORS_BUNDLE.replace('clusterIP: 10.43.0.9', 'clusterIP: 10.43.0.9, internalTrafficPolicy: Local').replace(
      'ports: [{ port: 443 }]',
      'ports: [{ port: 8200 }]',
    );
    const { services } = inside(await analysisOf(local), 'vault');
    expect(services).toMatchObject([{ workloads: { allowed: 0, conditional: 1, names: ['shop/web[Deployment]'] } }]);
    expect(services[0]!.decidedBy).toMatchObject([
      { kind: 'door', sentence: 'only from nodes that run a pod behind it: internalTrafficPolicy Local' },
      { kind: 'policy' },
    ]);
  });

  it('is open to nobody where it leads to a port that no rule lists', async () => {
    const { services, newPods } = inside(await analysisOf(DOORS_BUNDLE), 'vault');
    expect(services).toMatchObject([{ newPods: 'none', workloads: { allowed: 0, conditional: 0, names: [] } }]);
    expect(services[0]!.decidedBy).toMatchObject([{ step: { trigger: 'end-of-tier', isolatedBy: ['shop/vault[NetworkPolicy]'] } }]);
    // On another port there is somebody.
    expect(newPods).toBe('some');
  });

  it('is perhaps open where the input does not tell', async () => {
    const unsure = DOORS_BUNDLE.replace(
      '{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 5432 }] }',
      '{ from: [{ namespaceSelector: { matchLabels: { team: a } } }] }',
    );
    const { services } = inside(await analysisOf(unsure.replace('metadata: { name: shop }\n', 'metadata: { name: other }\n')), 'db');
    expect(services).toMatchObject([{ newPods: 'some', workloads: { allowed: 0, conditional: 6 } }]);
  });
});

test('what is perhaps open to pods yet to be created says on what that depends', async () => {
  const byAddress = DOORS_BUNDLE.replace(
    '{ from: [{ podSelector: { matchLabels: { app: web } } }]',
    '{ from: [{ ipBlock: { cidr: 198.51.100.0/24 } }]',
  );
  const analysis = await analysisOf(byAddress);
  const { services } = inside(analysis, 'db');
  expect(services).toMatchObject([{ newPods: 'perhaps' }]);
  expect(services[0]!.dependsOn!.map(({ text }) => text)).toContain('the address of `a new pod`');
  expect(inside(await analysisOf(DOORS_BUNDLE), 'db').services[0]!.dependsOn).toBeUndefined();
});

test('the policy of the dashboard leaves three holes, each for what it is', async () => {
  const chart = await analysisOf(DASHBOARD_CHART);
  const told = (name: string) => {
    const { newPods, decidedBy } = inside(chart, name).services[0]!;
    return [newPods, decidedBy.map(({ step }) => [step!.trigger, step!.policy ?? step!.isolatedBy?.[0]])];
  };
  const policy = 'kubernetes-dashboard/kubernetes-dashboard[NetworkPolicy]';
  // A policy selects them, and its rule names no peers.
  expect(told('web')).toEqual(['any', [['rule', policy]]]);
  expect(told('api')).toEqual(['any', [['rule', policy]]]);
  // The same policy selects them, and lists no port of theirs.
  expect(told('auth')).toEqual(['none', [['end-of-tier', policy]]]);
  expect(told('metrics-scraper')).toEqual(['none', [['end-of-tier', policy]]]);
  // No policy selects the proxy in front of them.
  expect(told('kong')).toEqual(['any', [['not-selected', undefined]]]);
});

test('a workload without pods is open to nobody', async () => {
  const analysis = await analysisOf(
    DOORS_BUNDLE.replace(
      'metadata: { name: worker, namespace: shop }\nspec:',
      'metadata: { name: worker, namespace: shop }\nspec:\n  replicas: 0',
    ),
  );
  expect(inside(analysis, 'worker')).toEqual({ services: [], strangers: {}, newPods: 'none', callers: 0 });
});
