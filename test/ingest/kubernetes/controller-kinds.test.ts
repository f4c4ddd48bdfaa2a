import { apiVersionOf, CONTROLLER_KINDS, currentGroup, groupOf, isController } from '../../../src/ingest/kubernetes/controller-kinds';
import { endpointOf, ingestText } from '../../support/ingest-text';

async function labelsOf(apiVersion: string, kind: string, spec: string) {
  const text = `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: web, namespace: shop}, spec: ${spec}}`;
  return endpointOf((await ingestText(text)).snapshot, 'shop/web (template)').labels;
}

const TEMPLATE = 'template: {metadata: {labels: {app: web}}, spec: {containers: []}}';

describe('labels that controllers add', () => {
  test.each<[string, string, string, Record<string, string>, readonly string[]]>([
    ['apps/v1', 'Deployment', `{${TEMPLATE}}`, {}, ['pod-template-hash']],
    ['apps/v1', 'ReplicaSet', `{${TEMPLATE}}`, {}, []],
    ['v1', 'ReplicationController', `{${TEMPLATE}}`, {}, []],
    [
      'apps/v1',
      'StatefulSet',
      `{${TEMPLATE}}`,
      {},
      ['apps.kubernetes.io/pod-index', 'controller-revision-hash', 'statefulset.kubernetes.io/pod-name'],
    ],
    ['apps/v1', 'DaemonSet', `{${TEMPLATE}}`, {}, ['controller-revision-hash', 'pod-template-generation']],
    [
      'batch/v1',
      'Job',
      `{${TEMPLATE}}`,
      { 'batch.kubernetes.io/job-name': 'web', 'job-name': 'web' },
      ['batch.kubernetes.io/controller-uid', 'controller-uid'],
    ],
    ['batch/v1', 'Job', `{manualSelector: true, ${TEMPLATE}}`, {}, []],
    [
      'batch/v1',
      'Job',
      `{completionMode: Indexed, ${TEMPLATE}}`,
      { 'batch.kubernetes.io/job-name': 'web', 'job-name': 'web' },
      ['batch.kubernetes.io/controller-uid', 'controller-uid', 'batch.kubernetes.io/job-completion-index'],
    ],
    [
      'batch/v1',
      'CronJob',
      `{jobTemplate: {spec: {${TEMPLATE}}}}`,
      {},
      ['batch.kubernetes.io/job-name', 'job-name', 'batch.kubernetes.io/controller-uid', 'controller-uid'],
    ],
    ['apps.openshift.io/v1', 'DeploymentConfig', `{${TEMPLATE}}`, { deploymentconfig: 'web' }, ['deployment']],
    ['argoproj.io/v1alpha1', 'Rollout', `{${TEMPLATE}}`, {}, ['rollouts-pod-template-hash']],
  ])('%s %s %s', async (apiVersion, kind, spec, known, unknownKeys) => {
    expect(await labelsOf(apiVersion, kind, spec)).toEqual({ values: { app: 'web', ...known }, unknownKeys, complete: true });
  });

  test('a label that the template has already is known', async () => {
    const spec = '{template: {metadata: {labels: {pod-template-hash: abc12}}, spec: {containers: []}}}';

    expect(await labelsOf('apps/v1', 'Deployment', spec)).toEqual({
      values: { 'pod-template-hash': 'abc12' },
      unknownKeys: [],
      complete: true,
    });
  });
});

test('labels come from the template, never from the controller itself', async () => {
  const text = `{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web, namespace: shop, labels: {tier: front}}, spec: {${TEMPLATE}}}`;

  expect(endpointOf((await ingestText(text)).snapshot, 'shop/web (template)').labels.values).toEqual({ app: 'web' });
});

test('the group of an object is the one its kind has today', () => {
  expect(currentGroup('extensions/v1beta1', 'Deployment')).toBe('apps');
  expect(currentGroup('v1', 'DeploymentConfig')).toBe('apps.openshift.io');
  expect(currentGroup('v1', 'Pod')).toBe('');
  expect(currentGroup('apps.kruise.io/v1alpha1', 'StatefulSet')).toBe('apps.kruise.io');
  expect([groupOf('v1'), groupOf('apps/v1')]).toEqual(['', 'apps']);
  expect(['Deployment', 'ReplicationController', 'Pod'].map(apiVersionOf)).toEqual(['apps/v1', 'v1', 'v1']);
});

test('kinds of other groups are other kinds', () => {
  expect(isController('apps', 'StatefulSet')).toBe(true);
  expect(isController('apps.kruise.io', 'StatefulSet')).toBe(false);
  expect(isController('', 'Pod')).toBe(false);
  expect(new Set(CONTROLLER_KINDS.map(({ kind }) => kind)).size).toBe(CONTROLLER_KINDS.length);
});
