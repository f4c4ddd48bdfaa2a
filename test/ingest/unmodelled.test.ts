import { consequenceOf, type Significance, significanceOf } from '../../src/ingest/unmodelled';

test.each<[string, string, Significance]>([
  ['projectcalico.org', 'NetworkPolicy', 'policy'],
  ['projectcalico.org', 'GlobalNetworkSet', 'policy'],
  ['projectcalico.org', 'SomethingNew', 'policy'],
  ['crd.projectcalico.org', 'HostEndpoint', 'policy'],
  ['crd.projectcalico.org', 'IPAMBlock', 'irrelevant'],
  ['policy.networking.k8s.io', 'ExternalNetworkSet', 'policy'],
  ['networking.k8s.aws', 'ClusterNetworkPolicy', 'policy'],
  ['cilium.io', 'CiliumClusterwideNetworkPolicy', 'policy'],
  ['cilium.io', 'CiliumEndpoint', 'irrelevant'],
  ['k8s.ovn.org', 'EgressFirewall', 'policy'],
  ['security.istio.io', 'AuthorizationPolicy', 'policy'],
  ['networking.istio.io', 'DestinationRule', 'irrelevant'],
  ['networking.istio.io', 'Gateway', 'door'],
  ['gateway.networking.k8s.io', 'ListenerSet', 'door'],
  ['gateway.networking.k8s.io', 'BackendTLSPolicy', 'irrelevant'],
  ['networking.x-k8s.io', 'HTTPRoute', 'door'],
  ['traefik.io', 'IngressRouteTCP', 'door'],
  ['traefik.io', 'Middleware', 'irrelevant'],
  ['projectcontour.io', 'HTTPProxy', 'door'],
  ['getambassador.io', 'Mapping', 'door'],
  ['configuration.konghq.com', 'TCPIngress', 'door'],
  ['serving.knative.dev', 'Route', 'door'],
  ['elbv2.k8s.aws', 'TargetGroupBinding', 'door'],
  ['apisix.apache.org', 'ApisixRoute', 'door'],
  ['apps.kruise.io', 'CloneSet', 'pods'],
  ['kubevirt.io', 'VirtualMachine', 'pods'],
  ['', 'ConfigMap', 'irrelevant'],
  ['', 'Secret', 'irrelevant'],
  ['rbac.authorization.k8s.io', 'ClusterRole', 'irrelevant'],
  ['autoscaling', 'HorizontalPodAutoscaler', 'irrelevant'],
  ['apiextensions.k8s.io', 'CustomResourceDefinition', 'irrelevant'],
  ['example.com', 'Widget', 'unknown'],
  ['example.com', 'TenantNetworkPolicy', 'policy'],
  ['constructor', 'Widget', 'unknown'],
])('%s %s: %s', (group, kind, expected) => {
  expect(significanceOf(group, kind)).toBe(expected);
});

test('each thing that matters has its consequence', () => {
  const sentences = (['policy', 'door', 'pods'] as const).map(consequenceOf);

  expect(new Set(sentences).size).toBe(3);
});
