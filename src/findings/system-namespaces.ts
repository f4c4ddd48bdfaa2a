/** Namespaces that the cluster's distribution fills: their owners are not the users of the cluster. A trailing `*` stands for any rest of the name. */
const SYSTEM_NAMESPACES: readonly { readonly name: string; readonly source: string }[] = [
  { name: 'kube-system', source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/' },
  { name: 'kube-public', source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/' },
  { name: 'kube-node-lease', source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/' },
  { name: 'openshift', source: 'https://docs.openshift.com/container-platform/latest/applications/projects/working-with-projects.html' },
  { name: 'openshift-*', source: 'https://docs.openshift.com/container-platform/latest/applications/projects/working-with-projects.html' },
  { name: 'tigera-operator', source: 'https://docs.tigera.io/calico/latest/getting-started/kubernetes/' },
  { name: 'calico-system', source: 'https://docs.tigera.io/calico/latest/reference/installation/api' },
  { name: 'calico-apiserver', source: 'https://docs.tigera.io/calico/latest/reference/installation/api' },
];

const NAMES = new Set(SYSTEM_NAMESPACES.map(({ name }) => name).filter((name) => !name.endsWith('*')));
const PREFIXES = SYSTEM_NAMESPACES.map(({ name }) => name)
  .filter((name) => name.endsWith('*'))
  .map((name) => name.slice(0, -1));

/** Findings in such a namespace are told to whoever maintains the distribution, and weigh less here. */
export function isSystemNamespace(name: string): boolean {
  return NAMES.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix));
}
