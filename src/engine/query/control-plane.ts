import type { Analysis } from '../analyze';

/** Where the control plane is, as far as the input tells. */
export interface ControlPlane {
  /** Addresses of API servers, canonical text; empty where nothing tells them. */
  readonly apiAddresses: readonly string[];
  /** Port of the API servers; absent where nothing tells it. */
  readonly apiPort?: number;
  /** Indices of the nodes that run it. */
  readonly nodes: readonly number[];
}

/** kubernetes.io/docs/reference/labels-annotations-taints; the second one is the older. */
const ROLES: readonly string[] = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];
/** Static pods of a control plane, which are named after their node (kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details). */
const PARTS = /^(?:kube-apiserver|kube-controller-manager|kube-scheduler|etcd)-/;

/** API servers by the Service `default/kubernetes`; nodes by the label of their role, or by the parts of a control plane that run on them. */
export function controlPlaneOf({ directory }: Analysis): ControlPlane {
  const service = directory.services.find(({ ref }) => ref.namespace === 'default' && ref.name === 'kubernetes');
  const sets = service?.backendSets ?? [];
  const port = sets.flatMap(({ ports }) => ports).find(({ protocol }) => protocol === 'TCP')?.port;
  const system = directory.namespaces.findIndex(({ name }) => name === 'kube-system');
  const hosts = new Set<string>();
  const nodes: { readonly index: number; readonly name: string; readonly hasRole: boolean }[] = [];
  for (let index = 0; index < directory.endpointCount; index++) {
    const { kind, name, namespace, network, node, labels } = directory.endpoint(index);
    if (kind === 'node') nodes.push({ index, name, hasRole: ROLES.some((role) => Object.hasOwn(labels.values, role)) });
    if (kind === 'pod' && namespace === system && network === 'host' && node !== undefined && PARTS.test(name)) hosts.add(node);
  }
  return {
    apiAddresses: [...new Set(sets.flatMap(({ addresses }) => addresses))],
    ...(port !== undefined && { apiPort: port }),
    nodes: nodes.filter(({ name, hasRole }) => hasRole || hosts.has(name)).map(({ index }) => index),
  };
}
