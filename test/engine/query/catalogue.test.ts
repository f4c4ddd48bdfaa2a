import { analyze } from '../../../src/engine/analyze';
import { decodeAnalysis, encodeDirectory, encodeModel } from '../../../src/engine/encode/index';
import { catalogueOf } from '../../../src/engine/query/catalogue';
import { allow, cluster, labels } from '../../support/cluster';

const SNAPSHOT = cluster({ cni: 'calico' })
  .namespace('shop')
  .pod('shop/web-1', { app: 'web' }, { workload: 'web', addresses: ['10.0.0.1', 'fd00::1'] })
  .pod('shop/web-2', { app: 'web' }, { workload: 'web', addresses: ['10.0.0.2'] })
  .pod('shop/lonely', {}, { addresses: ['10.0.0.1'], network: 'host' })
  .template('data/db', { app: 'db' })
  .node('n1', { addresses: ['10.0.0.1'] })
  .newPod('shop')
  .policy('shop/web', { appliesTo: labels({ app: 'web' }), ingress: [allow()] })
  .policy('all', { appliesTo: { kind: 'all' }, order: 5, ingress: [], egress: [allow()] })
  .policy('shop/idle', { appliesTo: labels({ app: 'none' }) })
  .snapshot();

const ANALYSIS = analyze(SNAPSHOT);
const STORED = decodeAnalysis(encodeModel(ANALYSIS), encodeDirectory(ANALYSIS));

describe.each([
  ['an analysis', ANALYSIS],
  ['a stored analysis', STORED],
])('the catalogue of %s', (_name, analysis) => {
  const catalogue = catalogueOf(analysis);

  it('names endpoints by what they are', () => {
    const endpoints = Array.from({ length: catalogue.endpointCount() }, (_, index) => catalogue.endpoint(index));
    expect(endpoints.map(({ id, kind, namespace }) => [id, kind, namespace])).toEqual([
      ['n1[Node]', 'node', undefined],
      ['data/db[Deployment]', 'template', 'data'],
      ['shop/lonely', 'pod', 'shop'],
      ['shop/web-1', 'pod', 'shop'],
      ['shop/web-2', 'pod', 'shop'],
      ['shop/*', 'newPod', 'shop'],
    ]);
    expect(endpoints.map(({ index }) => index)).toEqual(endpoints.map((_, index) => index));
    expect(endpoints[2]).toMatchObject({ name: 'lonely', network: 'host', addresses: ['10.0.0.1'] });
  });

  it('knows workloads with their endpoints and where they were written', () => {
    const workloads = Array.from({ length: catalogue.workloadCount() }, (_, index) => catalogue.workload(index));
    expect(workloads).toEqual([
      {
        index: 0,
        id: 'data/db[Deployment]',
        namespace: 'data',
        name: 'db',
        kind: 'Deployment',
        file: 'data/db.yaml',
        line: 1,
        endpoints: [1],
      },
      {
        index: 1,
        id: 'shop/lonely[Pod]',
        namespace: 'shop',
        name: 'lonely',
        kind: 'Pod',
        file: 'shop/lonely.yaml',
        line: 1,
        endpoints: [2],
      },
      {
        index: 2,
        id: 'shop/web[Deployment]',
        namespace: 'shop',
        name: 'web',
        kind: 'Deployment',
        file: 'shop/web-1.yaml',
        line: 1,
        endpoints: [3, 4],
      },
    ]);
    expect([0, 5].map((index) => catalogue.endpoint(index).workload)).toEqual([-1, -1]);
  });

  it('knows policies in the order of evaluation, with their directions and how many pods and templates they select', () => {
    const policies = Array.from({ length: catalogue.policyCount() }, (_, index) => catalogue.policy(index));
    expect(policies).toEqual([
      {
        index: 0,
        id: 'all[GlobalNetworkPolicy]',
        kind: 'GlobalNetworkPolicy',
        namespace: undefined,
        name: 'all',
        tier: 'default',
        order: 5,
        file: 'all.yaml',
        line: 1,
        selected: 4,
        directions: ['ingress', 'egress'],
      },
      expect.objectContaining({ id: 'shop/idle[NetworkPolicy]', selected: 0, directions: [] }),
      expect.objectContaining({ id: 'shop/web[NetworkPolicy]', selected: 2, directions: ['ingress'] }),
    ]);
  });

  it('finds all endpoints that have an address', () => {
    expect(catalogue.endpointsAt('10.0.0.1')).toEqual([0, 2, 3]);
    expect(catalogue.endpointsAt('fd00::1')).toEqual([3]);
    expect(catalogue.endpointsAt('10.0.0.3')).toEqual([]);
    for (const name of ['', '__proto__', 'constructor']) expect(catalogue.endpointsAt(name)).toEqual([]);
  });

  it('has namespaces, mode and facts as they were told', () => {
    expect(catalogue).toMatchObject({ mode: 'snapshot', namespaces: ['data', 'shop'], facts: SNAPSHOT.facts, origins: SNAPSHOT.origins });
  });

  it('is the same object each time', () => {
    expect(catalogueOf(analysis)).toBe(catalogue);
  });
});

describe('the catalogue of another analysis', () => {
  it('is another one', () => {
    expect(catalogueOf(STORED)).not.toBe(catalogueOf(ANALYSIS));
  });

  it('has nothing where there is nothing', () => {
    const catalogue = catalogueOf(analyze(cluster().snapshot()));
    expect([catalogue.endpointCount(), catalogue.workloadCount(), catalogue.policyCount(), catalogue.namespaces]).toEqual([0, 0, 0, []]);
    expect(catalogue.mode).toBe('bundle');
    expect(catalogue.endpointsAt('10.0.0.1')).toEqual([]);
  });
});
