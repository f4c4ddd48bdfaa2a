import type { Entry } from '../../../src/model/entry';
import { allow, block, chosen, cluster, labels, namespaceLabels } from '../../support/cluster';
import { doorTester, ingress, type ServiceOptions, service, withDoors } from '../../support/door-cluster';

const HOSTS = { appliesTo: { kind: 'none' }, appliesToHosts: labels({ host: 'y' }) } as const;
const CLIENT = '203.0.113.9';
const OTHER = '198.51.100.7';

function edge(options: Partial<Entry> = {}, proxy: ServiceOptions = {}, policy: 'none' | 'edgeOnly' | 'noEgress' = 'edgeOnly') {
  const builder = cluster({ nodesReachableFrom: 'internet' })
    .node('n1', { addresses: ['192.0.2.11'] })
    .namespace('edge', { role: 'edge' })
    .pod('edge/proxy', { app: 'proxy', 'app.kubernetes.io/name': 'traefik' }, { node: 'n1', addresses: ['10.0.2.5'] })
    .pod('shop/front', { app: 'front' }, { node: 'n1', addresses: ['10.0.1.5'] });
  if (policy === 'edgeOnly') builder.policy('shop/edge-only', { ingress: [allow([chosen(namespaceLabels({ role: 'edge' }))])] });
  if (policy === 'noEgress') builder.policy('edge/quiet', { appliesTo: labels({ app: 'proxy' }), egress: [] });
  return doorTester(
    withDoors(builder.snapshot(), {
      services: [service('edge/proxy', { ports: [['web', 80, 8000, 30080]], ...proxy }), service('shop/front')],
      entries: [ingress('shop/web', ['shop/front:80'], options)],
    }),
  );
}

const BALANCER: ServiceOptions = {
  loadBalancer: { sourceRanges: ['203.0.113.0/24'], allocatesNodePorts: false },
  ports: [['web', 80, 8000]],
};

it('lets in whom a front lets in, and shows the backend the controller', () => {
  const { explain } = edge({}, BALANCER);

  expect(explain(CLIENT, 'ingress shop/web:80')).toMatchObject({ verdict: 'allowed', front: 'loadBalancer edge/proxy:80' });
  expect(explain(OTHER, 'ingress shop/web:80').verdict).toBe('denied');
  const relay = explain(CLIENT, 'ingress shop/web:80').shown.steps.find(({ kind }) => kind === 'relay');
  expect(relay).toMatchObject({ by: 'edge/proxy', after: { source: 'edge/proxy', destination: 'shop/front', port: 8080 } });
});

it('is shut where the controller may not reach the backend', () => {
  expect(edge({}, BALANCER, 'noEgress').verdict(CLIENT, 'ingress shop/web:80')).toBe('denied');
});

it('is shut where the controller has Services and none leads in from outside', () => {
  expect(edge({}, { type: 'ClusterIP' }).explain(CLIENT, 'ingress shop/web:80').shown.steps).toMatchObject([
    { kind: 'door', verdict: 'denied', reason: 'no door from outside leads to `edge/proxy[Pod]`' },
  ]);
});

it('is open where nothing leads to the controller and nobody knows what does', () => {
  const { explain } = edge({}, { selector: { app: 'other' } });

  expect(explain(CLIENT, 'ingress shop/web:80')).toMatchObject({
    verdict: 'indeterminate',
    dependsOn: [{ kind: 'door', text: 'which door leads to `edge/proxy[Pod]`' }],
  });
});

it('is reached by the address of its status where no door of the input leads to it', () => {
  const { verdict } = edge({ addresses: ['198.51.100.200'], scope: 'internet' }, { selector: { app: 'other' } });

  expect(verdict(CLIENT, 'ingress shop/web:80')).toBe('allowed');
});

describe('with source ranges of its own', () => {
  const sourceRanges = ['203.0.113.0/24'];

  it('admits by the address that the controller sees', () => {
    const { verdict } = edge({ sourceRanges }, { type: 'NodePort', externalTrafficPolicy: 'Local' });

    expect([CLIENT, OTHER].map((client) => verdict(client, 'ingress shop/web:80'))).toEqual(['allowed', 'denied']);
  });

  it('is open where nodes may hide the client', () => {
    const { explain } = edge({ sourceRanges }, { type: 'NodePort' });

    expect(explain(CLIENT, 'ingress shop/web:80')).toMatchObject({ verdict: 'indeterminate', dependsOn: [{ kind: 'address' }] });
  });
});

describe('with a controller that is not in the input', () => {
  it('rests on where that may be', () => {
    const open = edge({ className: 'haproxy' }, {}, 'none').explain(CLIENT, 'ingress shop/web:80');
    expect(open.verdict).toBe('allowed');
    expect(open.assumptions).toEqual([
      'the controller of `shop/web[Ingress]` faces the internet: nothing in the input says that it is internal',
      'the ingress controller `haproxy` is not in the input, and runs in a namespace of its own',
    ]);

    const picky = edge({ className: 'haproxy' }).explain(CLIENT, 'ingress shop/web:80');
    expect(picky).toMatchObject({ verdict: 'indeterminate', dependsOn: [{ kind: 'namespace-labels' }] });
  });

  it('keeps its scope and its ranges', () => {
    const { verdict } = edge({ className: 'haproxy', scope: 'internal' }, {}, 'none');
    expect(verdict(CLIENT, 'ingress shop/web:80')).toBe('denied');

    const ranged = edge({ className: 'haproxy', sourceRanges: ['203.0.113.0/24'] }, {}, 'none');
    expect([CLIENT, OTHER].map((client) => ranged.verdict(client, 'ingress shop/web:80'))).toEqual(['allowed', 'denied']);
  });

  it('may have any address', () => {
    const snapshot = cluster()
      .pod('shop/front', { app: 'front' })
      .policy('shop/some', { ingress: [allow([block('10.0.0.0/8')])] })
      .snapshot();
    const { explain } = doorTester(
      withDoors(snapshot, { services: [service('shop/front')], entries: [ingress('shop/web', ['shop/front:80'])] }),
    );

    expect(explain(CLIENT, 'ingress shop/web:80').verdict).toBe('indeterminate');
  });
});

describe('with a load balancer of the cloud', () => {
  const from = (policy: Parameters<typeof allow>[0], { hosts = false } = {}) => {
    const builder = cluster()
      .node('n1', { addresses: ['192.0.2.11'] })
      .pod('shop/front', { app: 'front' })
      .policy('shop/some', { ingress: [allow(policy)] });
    const snapshot = (
      hosts ? builder.host('n1/n1-eth0', { labels: { host: 'y' } }).policy('early', { ...HOSTS, hook: 'preDNAT', ingress: [] }) : builder
    ).snapshot();
    const entries = [ingress('shop/web', ['shop/front:80'], { className: 'alb' })];
    return doorTester(withDoors(snapshot, { services: [service('shop/front')], entries })).explain(CLIENT, 'ingress shop/web:80');
  };

  it('rules for pods do not mean it, and rules for addresses may', () => {
    expect(from([chosen({ kind: 'network', network: 'pod' })]).verdict).toBe('denied');
    expect(from([block('10.0.0.0/8')])).toMatchObject({
      verdict: 'indeterminate',
      dependsOn: [{ kind: 'address', text: 'the address of `the load balancer alb`' }],
    });
    expect(from([block('0.0.0.0/0')])).toMatchObject({
      verdict: 'allowed',
      assumptions: [
        expect.stringContaining('faces the internet'),
        expect.stringMatching(/^the load balancer `alb` is outside the cluster/),
      ],
    });
  });

  it('no policy holds where it starts', () => {
    expect(from([block('0.0.0.0/0')]).shown.steps.map((step) => (step.kind === 'point' ? step.place : step.kind))).toEqual([
      'door',
      'relay',
      'ingress',
    ]);
  });

  it('where host endpoints act, nobody tells which of them it meets', () => {
    expect(from([block('0.0.0.0/0')], { hosts: true })).toMatchObject({ verdict: 'indeterminate' });
  });
});

it('of which something is not told is open at most', () => {
  expect(edge({ unknowns: ['a Gateway'] }, BALANCER).explain(CLIENT, 'ingress shop/web:80')).toMatchObject({
    verdict: 'indeterminate',
    dependsOn: [{ kind: 'door', text: 'a Gateway' }],
  });
});
