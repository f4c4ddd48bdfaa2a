import { formatRef } from '../../../src/model/source';
import { endpointNames, ingestText, problemsOf, workloadOf } from '../../support/ingest-text';

interface Owner {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
}

function references(owner: Owner | undefined): string {
  return owner
    ? `, ownerReferences: [{apiVersion: ${owner.apiVersion ?? 'apps/v1'}, kind: ${owner.kind}, name: ${owner.name}, controller: true}]`
    : '';
}

function pod(name: string, owner?: Owner, labels = '{}', status = '{}'): string {
  return `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, namespace: shop, labels: ${labels}${references(owner)}}, spec: {containers: []}, status: ${status}}\n---\n`;
}

function controller(kind: string, name: string, owner?: Owner, replicas = 1, apiVersion = 'apps/v1'): string {
  const template = `{metadata: {labels: {of: ${name}}}, spec: {containers: []}}`;
  const spec = kind === 'CronJob' ? `{jobTemplate: {spec: {template: ${template}}}}` : `{replicas: ${replicas}, template: ${template}}`;
  return `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: ${name}, namespace: shop${references(owner)}}, spec: ${spec}}\n---\n`;
}

const DEPLOYMENT = { kind: 'Deployment', name: 'web' };
const REPLICA_SET = { kind: 'ReplicaSet', name: 'web-abc12' };
const HASHED = '{pod-template-hash: abc12}';

async function linked(...texts: readonly string[]) {
  const ingested = await ingestText(texts.join(''));
  return {
    workloads: ingested.snapshot.workloads.map(({ ref }) => formatRef(ref)),
    endpoints: endpointNames(ingested.snapshot),
    problems: problemsOf(ingested),
    snapshot: ingested.snapshot,
  };
}

describe('owners collapse pods into workloads', () => {
  test('Deployment, ReplicaSet and pods are one workload with the pods', async () => {
    const all = [
      controller('Deployment', 'web'),
      controller('ReplicaSet', 'web-abc12', DEPLOYMENT),
      pod('web-abc12-x', REPLICA_SET),
      pod('web-abc12-y', REPLICA_SET),
    ];
    for (const texts of [all, [...all].reverse()]) {
      const { workloads, endpoints } = await linked(...texts);

      expect(workloads).toEqual(['shop/web[Deployment]']);
      expect(endpoints).toEqual(['shop/web-abc12-x', 'shop/web-abc12-y']);
    }
  });

  test('a missing Deployment is known by the reference of its ReplicaSet', async () => {
    const { workloads, endpoints } = await linked(controller('ReplicaSet', 'web-abc12', DEPLOYMENT), pod('web-abc12-x', REPLICA_SET));

    expect(workloads).toEqual(['shop/web[Deployment]']);
    expect(endpoints).toEqual(['shop/web-abc12-x']);
  });

  test('a missing ReplicaSet is bridged when names leave no doubt and the Deployment is there', async () => {
    const { workloads, endpoints } = await linked(controller('Deployment', 'web'), pod('web-abc12-x', REPLICA_SET, HASHED));

    expect(workloads).toEqual(['shop/web[Deployment]']);
    expect(endpoints).toEqual(['shop/web-abc12-x']);
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['nor when the Deployment is missing too', [pod('web-abc12-x', REPLICA_SET, HASHED)], ['shop/web-abc12[ReplicaSet]']],
    [
      'nor without the hash',
      [controller('Deployment', 'web'), pod('web-abc12-x', REPLICA_SET)],
      ['shop/web[Deployment]', 'shop/web-abc12[ReplicaSet]'],
    ],
    [
      'nor with another hash',
      [controller('Deployment', 'web'), pod('web-abc12-x', REPLICA_SET, '{pod-template-hash: bc12}')],
      ['shop/web[Deployment]', 'shop/web-abc12[ReplicaSet]'],
    ],
  ])('%s', async (_case, texts, workloads) => {
    expect((await linked(...texts)).workloads).toEqual(workloads);
  });

  test.each<[string, string, Owner, string, string]>([
    [
      'Rollout',
      controller('Rollout', 'web', undefined, 1, 'argoproj.io/v1alpha1'),
      REPLICA_SET,
      '{rollouts-pod-template-hash: abc12}',
      'shop/web[Rollout]',
    ],
    [
      'CronJob',
      controller('CronJob', 'web', undefined, 1, 'batch/v1'),
      { apiVersion: 'batch/v1', kind: 'Job', name: 'web-28391234' },
      '{}',
      'shop/web[CronJob]',
    ],
    [
      'DeploymentConfig',
      controller('DeploymentConfig', 'web', undefined, 1, 'apps.openshift.io/v1'),
      { apiVersion: 'v1', kind: 'ReplicationController', name: 'web-3' },
      '{}',
      'shop/web[DeploymentConfig]',
    ],
  ])('a %s is found over its missing middle too', async (_kind, top, owner, labels, workload) => {
    const { workloads, endpoints } = await linked(top, pod('p', owner, labels));

    expect(workloads).toEqual([workload]);
    expect(endpoints).toEqual(['shop/p']);
  });

  test('a Job that only looks numbered is its own', async () => {
    const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'web-2' };
    const { workloads } = await linked(controller('CronJob', 'web', undefined, 1, 'batch/v1'), pod('p', owner));

    expect(workloads).toEqual(['shop/web[CronJob]', 'shop/web-2[Job]']);
  });

  test('custom resources above a controller are not followed', async () => {
    const owner = { apiVersion: 'monitoring.coreos.com/v1', kind: 'Prometheus', name: 'k8s' };
    const { workloads } = await linked(
      controller('StatefulSet', 'prometheus-k8s', owner),
      pod('p', { kind: 'StatefulSet', name: 'prometheus-k8s' }),
    );

    expect(workloads).toEqual(['shop/prometheus-k8s[StatefulSet]']);
  });

  test('an owner of another group with a known kind is another owner', async () => {
    const owner = { apiVersion: 'apps.kruise.io/v1beta1', kind: 'StatefulSet', name: 'db' };
    const { workloads } = await linked(controller('StatefulSet', 'db'), pod('p', owner));

    expect(workloads).toEqual(['shop/db[StatefulSet]', 'shop/db[StatefulSet]']);
  });

  test('owners are found in the namespace of what they own', async () => {
    const { workloads } = await linked(
      controller('DaemonSet', 'agent').replace('namespace: shop', 'namespace: other'),
      pod('p', { kind: 'DaemonSet', name: 'agent' }),
    );

    expect(workloads).toEqual(['other/agent[DaemonSet]', 'shop/agent[DaemonSet]']);
  });

  test('objects that own each other in a circle are one workload, told once, whoever is read first', async () => {
    const circle = [controller('Deployment', 'web', REPLICA_SET), controller('ReplicaSet', 'web-abc12', DEPLOYMENT), pod('p', REPLICA_SET)];
    for (const texts of [circle, [...circle].reverse()]) {
      const { workloads, endpoints, problems } = await linked(...texts);

      expect([workloads, endpoints]).toEqual([['shop/web[Deployment]'], ['shop/p']]);
      expect(problems).toEqual([expect.stringMatching(/^owner-cycle/)]);
    }
  });

  test('what leads into a circle belongs to it', async () => {
    const { workloads } = await linked(
      controller('Deployment', 'web', { kind: 'Deployment', name: 'other' }),
      controller('Deployment', 'other', DEPLOYMENT),
      controller('ReplicaSet', 'web-abc12', DEPLOYMENT),
    );

    expect(workloads).toEqual(['shop/other[Deployment]']);
  });

  test('an object that owns itself is told', async () => {
    expect((await linked(controller('Deployment', 'web', DEPLOYMENT))).problems).toEqual(['owner-cycle:1']);
  });
});

describe('which pods a workload has', () => {
  test('old ReplicaSets of a Deployment make none', async () => {
    const { workloads, endpoints, problems } = await linked(
      controller('Deployment', 'web'),
      controller('ReplicaSet', 'web-old', DEPLOYMENT, 0),
      controller('ReplicaSet', 'web-new', DEPLOYMENT),
    );

    expect([workloads, endpoints, problems]).toEqual([['shop/web[Deployment]'], ['shop/web (template)'], []]);
  });

  test('without the Deployment, those of its ReplicaSets that are scaled up', async () => {
    const { endpoints, snapshot } = await linked(
      controller('ReplicaSet', 'web-old', DEPLOYMENT, 0),
      controller('ReplicaSet', 'web-new', DEPLOYMENT, 2),
    );

    expect(endpoints).toEqual(['shop/web-new (template)']);
    expect(workloadOf(snapshot, 'shop/web[Deployment]')).toMatchObject({ replicas: 2, endpoints: [0] });
  });

  test('pods of one owner with different labels stay apart', async () => {
    const owner = { kind: 'ReplicaSet', name: 'web' };
    const { workloads, snapshot } = await linked(pod('a', owner, '{role: primary}'), pod('b', owner, '{role: replica}'));

    expect(workloads).toEqual(['shop/web[ReplicaSet]']);
    expect(snapshot.endpoints.filter(({ kind }) => kind === 'pod').map(({ labels }) => labels.values)).toEqual([
      { role: 'primary' },
      { role: 'replica' },
    ]);
  });

  test('those of the template when all its pods have ended and it makes new ones', async () => {
    const { endpoints } = await linked(controller('Deployment', 'web'), pod('web-1', DEPLOYMENT, '{}', '{phase: Failed}'));

    expect(endpoints).toEqual(['shop/web (template)']);
  });

  test('a suspended CronJob has those of a Job that still runs', async () => {
    const cron = controller('CronJob', 'web', undefined, 1, 'batch/v1').replace('{jobTemplate', '{suspend: true, jobTemplate');
    const job = controller('Job', 'web-28391234', { apiVersion: 'batch/v1', kind: 'CronJob', name: 'web' }, 1, 'batch/v1');
    const { endpoints, problems, snapshot } = await linked(cron, job);

    expect([endpoints, problems]).toEqual([['shop/web-28391234 (template)'], []]);
    expect(workloadOf(snapshot, 'shop/web[CronJob]').replicas).toBe(1);
  });

  test('a Deployment on its way to zero has its live pods', async () => {
    const { endpoints, problems, snapshot } = await linked(controller('Deployment', 'web', undefined, 0), pod('web-1', DEPLOYMENT));

    expect([endpoints, problems]).toEqual([['shop/web-1'], []]);
    expect(workloadOf(snapshot, 'shop/web[Deployment]').replicas).toBe(1);
  });
});

test('a snapshot has pods, a bundle has none', async () => {
  expect((await linked(pod('a'))).snapshot.mode).toBe('snapshot');
  expect((await linked(controller('Deployment', 'web'))).snapshot.mode).toBe('bundle');
  expect((await linked('')).snapshot.mode).toBe('bundle');
});
