import type { Source } from '../../model/source';
import { formatRef } from '../../model/source';
import { compareText } from '../../util/order';
import { diagnose } from '../codes';
import type { Report } from '../document';
import type { ControllerDraft, Origin, OwnerReference, PodDraft } from '../draft';
import { isController } from '../kubernetes/controller-kinds';

/** A workload under construction: the controller at the top of owner chains, with everything beneath it. */
export interface LinkedWorkload {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Of its own object, or of the first object that names it. */
  readonly source: Source;
  /** Its own object, where the input has it and it is a controller. */
  readonly top: ControllerDraft | undefined;
  /** Controllers beneath it. */
  readonly beneath: ControllerDraft[];
  readonly pods: PodDraft[];
}

/** All workloads of the bundle, also those that only references name. */
export interface LinkedWorkloads {
  /** By namespace, name and kind. */
  readonly workloads: readonly LinkedWorkload[];
  readonly controllerAt: ControllerAt;
}

/** The controller of the input that a reference means, in a namespace. */
type ControllerAt = (reference: Named, namespace: string) => ControllerDraft | undefined;

type NamespaceOf = (origin: Origin) => string;

/**
 * Collapses pods and controllers into workloads, by following owner references upwards through kinds that make pods: Pod, ReplicaSet, Deployment.
 * An owner that the input lacks is a workload all the same, known by the reference alone.
 */
export function linkWorkloads(
  controllers: readonly ControllerDraft[],
  pods: readonly PodDraft[],
  namespaceOf: NamespaceOf,
  report: Report,
): LinkedWorkloads {
  const objects = new Map(controllers.map((controller) => [keyOf(controller.origin, namespaceOf(controller.origin)), controller]));
  const controllerAt = (reference: Named, namespace: string) => objects.get(keyOf(reference, namespace));
  const climb = climber(controllerAt, report);
  const workloads = new Map<string, LinkedWorkload>();
  const workloadAt = (key: string, make: () => LinkedWorkload): LinkedWorkload => {
    let workload = workloads.get(key);
    if (!workload) {
      workload = make();
      workloads.set(key, workload);
    }
    return workload;
  };
  for (const controller of controllers) {
    const { origin } = controller;
    const top = climb(origin, namespaceOf(origin), undefined);
    const workload = workloadAt(top.key, () => newWorkload(top, origin.source));
    if (workload.top !== controller) workload.beneath.push(controller);
  }
  for (const pod of pods) {
    const { origin, owner } = pod;
    const namespace = namespaceOf(origin);
    const top = owner && climb(owner, namespace, pod);
    const workload = workloadAt(top?.key ?? keyOf(origin, namespace), () =>
      newWorkload(top ?? { reference: origin, namespace }, origin.source),
    );
    workload.pods.push(pod);
  }
  const sorted = [...workloads.values()].sort(
    (a, b) =>
      compareText(a.namespace, b.namespace) ||
      compareText(a.name, b.name) ||
      compareText(a.kind, b.kind) ||
      compareText(a.apiVersion, b.apiVersion),
  );
  return { workloads: sorted, controllerAt };
}

function newWorkload({ reference, namespace, controller }: Omit<Top, 'key'>, source: Source): LinkedWorkload {
  const { apiVersion, kind, name } = controller?.origin ?? reference;
  return { apiVersion, kind, namespace, name, source: controller?.origin.source ?? source, top: controller, beneath: [], pods: [] };
}

type Named = Pick<OwnerReference, 'group' | 'kind' | 'name'>;

/** The top of a chain of owners: by reference, and by the object where the input has it. */
interface Top {
  readonly key: string;
  readonly reference: OwnerReference;
  readonly namespace: string;
  readonly controller?: ControllerDraft | undefined;
}

function keyOf({ group, kind, name }: Named, namespace: string): string {
  return `${group}\n${kind}\n${namespace}\n${name}`;
}

/**
 * Finds the top of the chain that begins at an owner; `pod` is a pod that names the owner. What was climbed once is known for the whole chain, so that
 * long chains cost no more than short ones. Objects that own each other in a circle count as the first of them by name.
 */
function climber(controllerAt: ControllerAt, report: Report): (start: OwnerReference, namespace: string, pod: PodDraft | undefined) => Top {
  const known = new Map<string, Top>();
  const topAt = (reference: OwnerReference, namespace: string): Top => {
    return { key: keyOf(reference, namespace), reference, namespace, controller: controllerAt(reference, namespace) };
  };
  return (start, namespace, pod) => {
    const before = known.get(keyOf(start, namespace));
    if (before) return before;
    const path = new Map<string, Top>();
    let top = topAt(start, namespace);
    for (;;) {
      if (path.has(top.key)) {
        top = firstOfCircle(path, top, report);
        break;
      }
      path.set(top.key, top);
      const owner = top.controller
        ? top.controller.owner
        : missingOwner(top.reference, pod).find((candidate) => controllerAt(candidate, namespace));
      // Custom resources that own controllers do not make pods themselves: the controller is what users know.
      if (!owner || !isController(owner.group, owner.kind)) break;
      const above = known.get(keyOf(owner, namespace));
      top = above ?? topAt(owner, namespace);
      if (above) break;
    }
    for (const key of path.keys()) known.set(key, top);
    return top;
  };
}

/** A path has come back to one of its own objects. */
function firstOfCircle(path: ReadonlyMap<string, Top>, again: Top, report: Report): Top {
  const steps = [...path.values()];
  const circle = steps.slice(steps.findIndex(({ key }) => key === again.key)).sort((a, b) => compareText(a.key, b.key));
  const [first] = circle;
  const { reference, namespace, controller } = first!;
  const message =
    circle.length === 1 ? 'this object owns itself' : `${circle.length} objects own each other in a circle; they count as this one`;
  report(diagnose('owner-cycle', message, controller?.origin.source, formatRef({ ...reference, namespace })));
  return first!;
}

/**
 * Who may own a controller that the input lacks, if the input has the owner; names leave no doubt then. A ReplicaSet is named after its Deployment and
 * the hash that its pods carry, a Job after its CronJob and the minute, a ReplicationController after its DeploymentConfig and a number.
 * Without the owner a ReplicaSet stays one: it can stand alone.
 */
function missingOwner({ group, kind, name }: Named, pod: PodDraft | undefined): readonly OwnerReference[] {
  if (group === 'apps' && kind === 'ReplicaSet') {
    return OWNERS_BY_HASH.flatMap(({ label, ...owner }) => {
      const values = pod?.shape.labels.values ?? {};
      const hash = Object.hasOwn(values, label) ? values[label] : undefined;
      return hash && name.endsWith(`-${hash}`) ? [{ ...owner, name: name.slice(0, -hash.length - 1) }] : [];
    });
  }
  const [, stem = '', number = ''] = /^(.+)-(\d+)$/.exec(name) ?? [];
  // Minutes (once: seconds) since the epoch.
  if (group === 'batch' && kind === 'Job' && number.length >= 8) return [{ apiVersion: 'batch/v1', group, kind: 'CronJob', name: stem }];
  if (group !== '' || kind !== 'ReplicationController' || stem === '') return [];
  return [{ apiVersion: 'apps.openshift.io/v1', group: 'apps.openshift.io', kind: 'DeploymentConfig', name: stem }];
}

const OWNERS_BY_HASH = [
  { apiVersion: 'apps/v1', group: 'apps', kind: 'Deployment', label: 'pod-template-hash' },
  { apiVersion: 'argoproj.io/v1alpha1', group: 'argoproj.io', kind: 'Rollout', label: 'rollouts-pod-template-hash' },
] as const;
