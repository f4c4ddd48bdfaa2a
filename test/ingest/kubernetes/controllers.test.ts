import { endpointNames, endpointOf, ingestText, problemsOf, workloadOf } from '../../support/ingest-text';

const TEMPLATE = '{metadata: {labels: {app: web}}, spec: {containers: [{image: web:1}]}}';

function controller(apiVersion: string, kind: string, spec: string, status = '{}'): string {
  return `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: web, namespace: shop}, spec: ${spec}, status: ${status}}\n---\n`;
}

describe('every kind that makes pods', () => {
  test.each<[string, string, string, number | undefined]>([
    ['apps/v1', 'Deployment', `{replicas: 3, template: ${TEMPLATE}}`, 3],
    ['apps/v1', 'Deployment', `{template: ${TEMPLATE}}`, 1],
    ['apps/v1', 'ReplicaSet', `{replicas: 2, template: ${TEMPLATE}}`, 2],
    ['apps/v1', 'StatefulSet', `{replicas: 2, template: ${TEMPLATE}}`, 2],
    ['apps/v1', 'DaemonSet', `{template: ${TEMPLATE}}`, undefined],
    ['v1', 'ReplicationController', `{template: ${TEMPLATE}}`, 1],
    ['batch/v1', 'Job', `{parallelism: 4, template: ${TEMPLATE}}`, 4],
    ['batch/v1', 'CronJob', `{jobTemplate: {spec: {template: ${TEMPLATE}}}}`, undefined],
    ['apps.openshift.io/v1', 'DeploymentConfig', `{replicas: 2, template: ${TEMPLATE}}`, 2],
    ['argoproj.io/v1alpha1', 'Rollout', `{template: ${TEMPLATE}}`, 1],
  ])('%s %s %s', async (apiVersion, kind, spec, replicas) => {
    const ingested = await ingestText(controller(apiVersion, kind, spec));

    expect(endpointNames(ingested.snapshot)).toEqual(['shop/web (template)']);
    expect(endpointOf(ingested.snapshot, 'shop/web (template)').labels.values).toMatchObject({ app: 'web' });
    const workload = workloadOf(ingested.snapshot, `shop/web[${kind}]`);
    expect(workload).toMatchObject({ ref: { apiVersion }, images: ['web:1'], endpoints: [0] });
    expect(workload.replicas).toBe(replicas);
    expect(problemsOf(ingested)).toEqual([]);
    expect(ingested.snapshot.mode).toBe('bundle');
  });

  test.each([
    ['extensions/v1beta1', 'Deployment'],
    ['extensions/v1beta1', 'DaemonSet'],
    ['extensions/v1beta1', 'ReplicaSet'],
    ['v1', 'DeploymentConfig'],
  ])('%s %s of old groups too, told as such', async (apiVersion, kind) => {
    const ingested = await ingestText(controller(apiVersion, kind, `{template: ${TEMPLATE}}`));

    expect(endpointNames(ingested.snapshot)).toEqual(['shop/web (template)']);
    expect(problemsOf(ingested)).toEqual(['old-api:1']);
  });

  test.each([
    ['apps/v1beta1', 'Deployment'],
    ['apps/v1beta2', 'StatefulSet'],
    ['batch/v1beta1', 'CronJob'],
  ])('%s %s of old versions too', async (apiVersion, kind) => {
    const spec = kind === 'CronJob' ? `{jobTemplate: {spec: {template: ${TEMPLATE}}}}` : `{template: ${TEMPLATE}}`;
    const ingested = await ingestText(controller(apiVersion, kind, spec));

    expect(endpointNames(ingested.snapshot)).toEqual(['shop/web (template)']);
  });
});

describe('a dormant workload has no endpoint, and is told', () => {
  test.each([
    ['scaled to zero', 'apps/v1', 'Deployment', `{replicas: 0, template: ${TEMPLATE}}`, '{}'],
    ['no parallelism', 'batch/v1', 'Job', `{parallelism: 0, template: ${TEMPLATE}}`, '{}'],
    ['a suspended Job', 'batch/v1', 'Job', `{suspend: true, template: ${TEMPLATE}}`, '{}'],
    ['a suspended CronJob', 'batch/v1', 'CronJob', `{suspend: true, jobTemplate: {spec: {template: ${TEMPLATE}}}}`, '{}'],
    ['a Job with completion time', 'batch/v1', 'Job', `{template: ${TEMPLATE}}`, '{completionTime: "2024-01-01T00:00:00Z"}'],
    ['a Job that has failed', 'batch/v1', 'Job', `{template: ${TEMPLATE}}`, '{conditions: [{type: Failed, status: "True"}]}'],
    ['a Job with all its completions', 'batch/v1', 'Job', `{completions: 2, template: ${TEMPLATE}}`, '{succeeded: 2}'],
  ])('%s', async (_case, apiVersion, kind, spec, status) => {
    const ingested = await ingestText(controller(apiVersion, kind, spec, status));

    expect(endpointNames(ingested.snapshot)).toEqual([]);
    expect(workloadOf(ingested.snapshot, `shop/web[${kind}]`)).toMatchObject({ replicas: 0, endpoints: [], images: ['web:1'] });
    expect(problemsOf(ingested)).toEqual(['dormant-workload:1']);
  });

  test.each([
    ['a Job with some of its completions', `{completions: 2, template: ${TEMPLATE}}`, '{succeeded: 1}'],
    ['a Job that has not failed for good', `{template: ${TEMPLATE}}`, '{failed: 3, conditions: [{type: Failed, status: "False"}]}'],
  ])('not %s', async (_case, spec, status) => {
    expect(endpointNames((await ingestText(controller('batch/v1', 'Job', spec, status))).snapshot)).toEqual(['shop/web (template)']);
  });

  test('not a finished Job, when finished pods are kept', async () => {
    const job = controller('batch/v1', 'Job', `{template: ${TEMPLATE}}`, '{succeeded: 1}');
    const ingested = await ingestText(job, { finishedPods: 'keep' });

    expect(endpointNames(ingested.snapshot)).toEqual(['shop/web (template)']);
    expect(workloadOf(ingested.snapshot, 'shop/web[Job]').replicas).toBe(1);
    expect(problemsOf(ingested)).toEqual([]);
  });
});

test.each([
  ['no template', '{replicas: 2}', ['no-template:1']],
  ['no spec', 'null', ['no-template:1']],
  ['a template that is no mapping', '{template: web}', ['no-template:1', 'wrong-type:1']],
  ['replicas that are no number', `{replicas: many, template: ${TEMPLATE}}`, ['wrong-type:1']],
])('%s is told', async (_case, spec, problems) => {
  expect(problemsOf(await ingestText(controller('apps/v1', 'Deployment', spec)))).toEqual(problems);
});

describe('a Rollout with workloadRef', () => {
  const rollout = controller('argoproj.io/v1alpha1', 'Rollout', '{workloadRef: {apiVersion: apps/v1, kind: Deployment, name: base}}');
  const base = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: base, namespace: shop}, spec: {replicas: 0, template: ${TEMPLATE}}}\n---\n`;

  test('has the template of that workload, with the label that rollouts add', async () => {
    const { snapshot } = await ingestText(rollout + base);

    expect(endpointNames(snapshot)).toEqual(['shop/web (template)']);
    expect(endpointOf(snapshot, 'shop/web (template)').labels).toEqual({
      values: { app: 'web' },
      unknownKeys: ['rollouts-pod-template-hash'],
      complete: true,
    });
  });

  test('is told when the input lacks that workload', async () => {
    const ingested = await ingestText(rollout);

    expect(endpointNames(ingested.snapshot)).toEqual([]);
    expect(problemsOf(ingested)).toEqual(['no-template:1']);
  });
});
