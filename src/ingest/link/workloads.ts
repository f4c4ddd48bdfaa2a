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
  readonly top?: ControllerDraft;
  /** Controllers beneath it. */
  readonly beneath: ControllerDraft[];
  readonly pods: PodDraft[];
}

export interface LinkedWorkloads {
  /** By namespace, name and kind. */
  readonly workloads: readonly LinkedWorkload[];
  readonly controllerAt: ControllerAt;
}

/** The controller of the input that a reference means, in a namespace. */
type ControllerAt = (reference: OwnerReference, namespace: string) => ControllerDraft | undefined;

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
  const objects = new Map(
    controllers.map((controller) => [keyOf({ ...controller.origin, namespace: namespaceOf(controller.origin) }), controller]),
  );
  const controllerAt = (reference: OwnerReference, namespace: string) => objects.get(keyOf({ ...reference, namespace }));
  const climb = climber(controllerAt, report);
  const workloads = new Map<string, LinkedWorkload>();
  const workloadAt = (top: Top, source: Source): LinkedWorkload => {
    const key = keyOf(top);
    let workload = workloads.get(key);
    if (!workload) {
      const { controller } = top;
      const { apiVersion, kind, namespace, name } = top;
      workload = {
        apiVersion,
        kind,
        namespace,
        name,
        source: controller?.origin.source ?? source,
        ...(controller && { top: controller }),
        beneath: [],
        pods: [],
      };
      workloads.set(key, workload);
    }
    return workload;
  };
  for (const controller of controllers) {
    const workload = workloadAt(climb(topOf(controller, namespaceOf(controller.origin)), undefined), controller.origin.source);
    if (workload.top !== controller) workload.beneath.push(controller);
  }
  for (const pod of pods) {
    const namespace = namespaceOf(pod.origin);
    const top = pod.owner ? climb({ ...pod.owner, namespace }, pod) : { ...pod.origin, namespace };
    workloadAt(top, pod.origin.source).pods.push(pod);
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

interface Top extends OwnerReference {
  readonly namespace: string;
  readonly controller?: ControllerDraft | undefined;
}

function keyOf({ group, kind, namespace, name }: Omit<Top, 'apiVersion' | 'controller'>): string {
  return `${group}\n${kind}\n${namespace}\n${name}`;
}

function topOf(controller: ControllerDraft, namespace: string): Top {
  return { ...controller.origin, namespace, controller };
}

/** Finds the top of the chain that begins at an owner; `pod` is a pod that names the owner. Each chain is climbed once. */
function climber(controllerAt: ControllerAt, report: Report): (start: Top, pod: PodDraft | undefined) => Top {
  const known = new Map<string, Top>();
  const inInput = (reference: OwnerReference, namespace: string): Top => {
    const controller = controllerAt(reference, namespace);
    return controller ? topOf(controller, namespace) : { ...reference, namespace };
  };
  return (start, pod) => {
    const before = known.get(keyOf(start));
    if (before) return before;
    const first = inInput(start, start.namespace);
    const visited = new Set<string>();
    let top = first;
    for (;;) {
      visited.add(keyOf(top));
      const owner = top.controller
        ? top.controller.owner
        : missingOwner(top, pod).find((candidate) => controllerAt(candidate, top.namespace));
      // Custom resources that own controllers do not make pods themselves: the controller is what users know.
      if (!owner || !isController(owner.group, owner.kind)) break;
      top = inInput(owner, top.namespace);
      if (visited.has(keyOf(top))) {
        const message = 'this object is among its own owners; it stands for itself';
        report(diagnose('owner-cycle', message, first.controller?.origin.source, formatRef(first)));
        top = first;
        break;
      }
    }
    known.set(keyOf(start), top);
    return top;
  };
}

/**
 * Who may own a controller that the input lacks, if the input has the owner; names leave no doubt then. A ReplicaSet is named after its Deployment and
 * the hash that its pods carry, a Job after its CronJob and the minute, a ReplicationController after its DeploymentConfig and a number.
 * Without the owner a ReplicaSet stays one: it can stand alone.
 */
function missingOwner({ group, kind, name }: Top, pod: PodDraft | undefined): readonly OwnerReference[] {
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
