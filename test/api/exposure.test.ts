import { type ExposedWorkload, type ExposureQuestion, exposedWorkloads, exposure, exposureJson, workloadsOf } from '../../src/api/exposure';
import type { Analysis } from '../../src/engine/index';
import { DASHBOARD_CHART } from '../support/dashboard-chart';
import { analysisOf, DOORS_BUNDLE, wayOutBundle } from '../support/doors-bundle';

let shop: Analysis;
beforeAll(async () => {
  shop = await analysisOf(DOORS_BUNDLE);
});

function listed(question: ExposureQuestion = {}, analysis = shop): readonly ExposedWorkload[] {
  return [...exposure(analysis, question).workloads];
}

function openness(question: ExposureQuestion = {}, analysis = shop) {
  return Object.fromEntries(listed(question, analysis).map(({ id, openTo }) => [id, openTo]));
}

describe('how far workloads are open', () => {
  it('is told for each, by the widest circle that reaches it', () => {
    expect(openness()).toEqual({
      'shop/admin[Deployment]': 'internetPerhaps',
      'shop/api[Deployment]': 'internet',
      'shop/db[Deployment]': 'pods',
      'shop/metrics[Deployment]': 'internetPerhaps',
      'shop/vault[Deployment]': 'pods',
      'shop/web[Deployment]': 'internet',
      'shop/worker[Deployment]': 'cluster',
    });
  });

  it('is the outside alone where a door admits no public address', async () => {
    const closed = await analysisOf(DOORS_BUNDLE, { nodesReachableFrom: 'nobody' });
    // Addresses for documentation are none of the internet.
    expect(openness({ workload: 'shop/admin' }, closed)).toEqual({ 'shop/admin[Deployment]': 'outside' });
  });

  it('depends on who reaches the nodes, where only a node port leads there', async () => {
    const told = async (fact: string) =>
      openness({ workload: 'shop/metrics' }, await analysisOf(DOORS_BUNDLE, { nodesReachableFrom: fact }))['shop/metrics[Deployment]'];
    expect(await told('internet')).toBe('internet');
    expect(await told('organisation')).toBe('outsidePerhaps');
    expect(await told('nobody')).toBe('cluster');
  });

  it('is nobody where no pod at all gets through', async () => {
    const chart = await analysisOf(DASHBOARD_CHART);
    expect(openness({ namespace: ['kubernetes-dashboard'] }, chart)).toEqual({
      'kubernetes-dashboard/api[Pod]': 'cluster',
      'kubernetes-dashboard/auth[Pod]': 'nobody',
      'kubernetes-dashboard/kong[Pod]': 'cluster',
      'kubernetes-dashboard/metrics-scraper[Pod]': 'nobody',
      'kubernetes-dashboard/web[Pod]': 'cluster',
    });
  });
});

describe('a question', () => {
  it('may be about one workload, by any of its names, or about namespaces', () => {
    expect(listed({ workload: 'shop/web' }).map(({ id }) => id)).toEqual(['shop/web[Deployment]']);
    expect(listed({ workload: 'shop/web[Deployment]', namespace: ['shop'] })).toHaveLength(1);
    expect(listed({ workload: 'shop/web', namespace: ['other'] })).toEqual([]);
    expect(listed({ namespace: ['shop'] })).toHaveLength(7);
    expect(listed({ namespace: [] })).toEqual([]);
  });

  it('about clients lists what they get to, and only them', () => {
    const [partner] = listed({ from: '203.0.113.9', workload: 'shop/admin' });
    expect(partner!.doors.map(({ id, clients }) => [id, clients.map((group) => [group.verdict, group.ranges])])).toEqual([
      ['loadBalancer shop/admin:443', [['allowed', ['203.0.113.9-203.0.113.9']]]],
      ['nodePort shop/admin:443', [['indeterminate', ['203.0.113.9-203.0.113.9']]]],
    ]);
    expect(partner).not.toHaveProperty('strangers');
    expect(partner!.services).toEqual([]);
    expect(Object.keys(openness({ from: '9.9.9.9' }))).not.toContain('shop/worker[Deployment]');
    expect(listed({ from: 'internet' }).map(({ id }) => id)).toContain('shop/web[Deployment]');
  });

  it('about something else is refused, even where nothing would be listed', () => {
    for (const question of [
      { from: 'shop/web' },
      { from: 'nonsense' },
      { from: 'shop/web', namespace: [] },
      { workload: '10.0.0.0/8' },
      { workload: 'shop/wbe' },
    ])
      expect(() => exposure(shop, question)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  });
});

describe('doors that lead nowhere', () => {
  it('are told once a port, with every way in', () => {
    expect(exposure(shop, {}).deadEnds).toEqual([
      {
        object: 'shop/old[Service]',
        file: 'all.yaml',
        line: expect.any(Number),
        kinds: ['clusterIP', 'nodePort'],
        protocol: 'TCP',
        port: 80,
      },
    ]);
  });

  it('belong to a namespace, and to no workload and no client', () => {
    expect(exposure(shop, { namespace: ['shop'] }).deadEnds).toHaveLength(1);
    expect(exposure(shop, { namespace: ['other'] }).deadEnds).toEqual([]);
    expect(exposure(shop, { workload: 'shop/web' }).deadEnds).toEqual([]);
    expect(exposure(shop, { from: 'internet' }).deadEnds).toEqual([]);
  });
});

describe('doors that lead out of the cluster', () => {
  it('are told with where they lead, and lead to no workload', async () => {
    const analysis = await analysisOf(wayOutBundle('LoadBalancer'));
    const { waysOut, deadEnds } = exposure(analysis, {});
    expect(waysOut).toEqual([
      {
        object: 'shop/legacy[Service]',
        file: 'all.yaml',
        line: expect.any(Number),
        kinds: ['loadBalancer', 'nodePort'],
        protocol: 'TCP',
        port: 80,
        portInside: 8080,
        leadsTo: ['198.51.100.50', '198.51.100.51'],
      },
    ]);
    expect(deadEnds).toEqual(exposure(shop, {}).deadEnds);
    expect(exposure(analysis, { namespace: ['other'] }).waysOut).toEqual([]);
    expect(exposure(analysis, { from: 'internet' }).waysOut).toEqual([]);
  });

  it('are none where only clients inside get to them', async () => {
    expect(exposure(await analysisOf(wayOutBundle('ClusterIP')), {}).waysOut).toEqual([]);
  });
});

describe('the list', () => {
  it('is the same in pieces of any size', () => {
    const all = workloadsOf(shop, {});
    const whole = [...exposedWorkloads(shop, {}, all)];
    expect([...exposedWorkloads(shop, {}, all, 2)]).toEqual(whole);
    expect([...exposedWorkloads(shop, {}, all.slice(3), 1)]).toEqual(whole.slice(3));
  });

  it('shows the door of the most exposed first', () => {
    const [admin] = listed({ workload: 'shop/admin' });
    expect(admin!.doors.map(({ kind, internet }) => [kind, internet])).toEqual([
      ['nodePort', 'perhaps'],
      ['loadBalancer', 'none'],
    ]);
  });

  it('is one JSON document', () => {
    const diagnostics = [{ code: 'no-policies', severity: 'notice', message: 'none' }] as const;
    const document = JSON.parse([...exposureJson(exposure(shop, { workload: 'shop/web' }), diagnostics)].join(''));
    expect(document).toEqual({
      formatVersion: 1,
      workloads: [expect.objectContaining({ id: 'shop/web[Deployment]' })],
      deadEnds: [],
      waysOut: [],
      diagnostics,
    });
    expect(JSON.parse([...exposureJson({ workloads: [], deadEnds: [], waysOut: [] }, [])].join(''))).toMatchObject({ workloads: [] });
  });
});
