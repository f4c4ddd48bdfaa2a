import { isMapping, type Mapping } from '../reading';
import type { AddedLabels } from './pod-shape';

/** A kind that makes pods from a template. */
export interface ControllerKind {
  readonly kind: string;
  /** API groups that serve or served it, each with its versions; the first is the one of today. */
  readonly apis: Readonly<Record<string, readonly string[]>>;
  /** Where the pod template is. */
  readonly template: readonly string[];
  /** What it adds to the labels of its template; sources beside each kind. */
  readonly adds: (name: string, object: Mapping) => AddedLabels;
  readonly scale: 'replicas' | 'job' | 'cronJob' | 'everyNode';
}

function added(unknownKeys: readonly string[], known: AddedLabels['known'] = []): () => AddedLabels {
  return () => ({ known, unknownKeys });
}

const JOB_NAME_LABELS = ['batch.kubernetes.io/job-name', 'job-name'];
const JOB_UID_LABELS = ['batch.kubernetes.io/controller-uid', 'controller-uid'];

/*
 * Labels that controllers add: kubernetes.io/docs/reference/labels-annotations-taints, and per kind
 * Deployment: kubernetes pkg/controller/deployment/sync.go · StatefulSet: pkg/controller/statefulset/stateful_set_utils.go ·
 * DaemonSet: pkg/controller/util/daemonset_util.go · Job: pkg/registry/batch/job/strategy.go ·
 * DeploymentConfig: openshift/library-go pkg/apps/appsutil · Rollout: argoproj/argo-rollouts pkg/apis/rollouts/v1alpha1/types.go
 */

/** The kinds of which pod templates are read. */
export const CONTROLLER_KINDS: readonly ControllerKind[] = [
  {
    kind: 'Deployment',
    apis: { apps: ['v1', 'v1beta2', 'v1beta1'], extensions: ['v1beta1'] },
    template: ['spec', 'template'],
    adds: added(['pod-template-hash']),
    scale: 'replicas',
  },
  // What a Deployment adds is in the template of its ReplicaSets already.
  {
    kind: 'ReplicaSet',
    apis: { apps: ['v1', 'v1beta2'], extensions: ['v1beta1'] },
    template: ['spec', 'template'],
    adds: added([]),
    scale: 'replicas',
  },
  { kind: 'ReplicationController', apis: { '': ['v1'] }, template: ['spec', 'template'], adds: added([]), scale: 'replicas' },
  {
    kind: 'StatefulSet',
    apis: { apps: ['v1', 'v1beta2', 'v1beta1'] },
    template: ['spec', 'template'],
    adds: added(['apps.kubernetes.io/pod-index', 'controller-revision-hash', 'statefulset.kubernetes.io/pod-name']),
    scale: 'replicas',
  },
  {
    kind: 'DaemonSet',
    apis: { apps: ['v1', 'v1beta2'], extensions: ['v1beta1'] },
    template: ['spec', 'template'],
    adds: added(['controller-revision-hash', 'pod-template-generation']),
    scale: 'everyNode',
  },
  { kind: 'Job', apis: { batch: ['v1'] }, template: ['spec', 'template'], adds: labelsOfJob, scale: 'job' },
  {
    kind: 'CronJob',
    apis: { batch: ['v1', 'v1beta1', 'v2alpha1'] },
    template: ['spec', 'jobTemplate', 'spec', 'template'],
    adds: added([...JOB_NAME_LABELS, ...JOB_UID_LABELS]),
    scale: 'cronJob',
  },
  {
    kind: 'DeploymentConfig',
    apis: { 'apps.openshift.io': ['v1'], '': ['v1'] },
    template: ['spec', 'template'],
    adds: (name) => ({ known: [['deploymentconfig', name]], unknownKeys: ['deployment'] }),
    scale: 'replicas',
  },
  {
    kind: 'Rollout',
    apis: { 'argoproj.io': ['v1alpha1'] },
    template: ['spec', 'template'],
    adds: added(['rollouts-pod-template-hash']),
    scale: 'replicas',
  },
];

const CURRENT_GROUPS = new Map(
  CONTROLLER_KINDS.flatMap(({ kind, apis }) => {
    const [current] = Object.keys(apis);
    return Object.keys(apis).map((group) => [`${group}/${kind}`, current!] as const);
  }),
);

/** The group in which a kind lives today: old groups of a controller count as that one, any other group stays as it is. */
export function currentGroup(apiVersion: string, kind: string): string {
  const group = groupOf(apiVersion);
  return CURRENT_GROUPS.get(`${group}/${kind}`) ?? group;
}

/** The API version of a kind that is named without one. */
export function apiVersionOf(kind: string): string {
  const [api] = Object.entries(CONTROLLER_KINDS.find((controller) => controller.kind === kind)?.apis ?? {});
  return api && api[0] !== '' ? `${api[0]}/${api[1][0]}` : 'v1';
}

/** The API group of `group/version`; the core group, which is written without one, is empty. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** Does this kind make pods from a template that we read? */
export function isController(group: string, kind: string): boolean {
  return CURRENT_GROUPS.get(`${group}/${kind}`) === group;
}

/** With `manualSelector` the API server adds nothing. */
function labelsOfJob(name: string, object: Mapping): AddedLabels {
  const spec = isMapping(object.spec) ? object.spec : {};
  if (spec.manualSelector === true) return { known: [], unknownKeys: [] };
  const index = spec.completionMode === 'Indexed' ? ['batch.kubernetes.io/job-completion-index'] : [];
  return { known: JOB_NAME_LABELS.map((key) => [key, name] as const), unknownKeys: [...JOB_UID_LABELS, ...index] };
}
