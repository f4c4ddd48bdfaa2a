/*
 * Kinds that are read by nobody, and what leaving them out means. Matched by API group: a NetworkPolicy of another group is another kind.
 */

/**
 * `policy`: can allow or deny traffic · `door`: a way into the cluster · `pods`: makes pods of its own ·
 * `irrelevant`: known to have no part in reachability · `unknown`: nobody knows.
 */
export type Significance = 'policy' | 'door' | 'pods' | 'irrelevant' | 'unknown';

/** Kinds of one group; `rest` is what every other kind of the group is. */
interface GroupKinds {
  readonly policy?: readonly string[];
  readonly door?: readonly string[];
  readonly pods?: readonly string[];
  readonly irrelevant?: readonly string[];
  readonly rest: Significance;
}

const IRRELEVANT: GroupKinds = { rest: 'irrelevant' };

/** Objects of Calico that configure address management, routing or its own components, not who may talk to whom. */
const CALICO_PLUMBING = [
  'BGPConfiguration',
  'BGPFilter',
  'BGPPeer',
  'BlockAffinity',
  'CalicoNodeStatus',
  'ClusterInformation',
  'IPAMBlock',
  'IPAMConfig',
  'IPAMConfiguration',
  'IPAMHandle',
  'IPReservation',
];
const CALICO: GroupKinds = { irrelevant: CALICO_PLUMBING, rest: 'policy' };
const ISTIO_NETWORKING: GroupKinds = { door: ['Gateway', 'VirtualService'], policy: ['EnvoyFilter', 'Sidecar'], rest: 'irrelevant' };
const TRAEFIK: GroupKinds = { door: ['IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP'], rest: 'irrelevant' };
const AMBASSADOR: GroupKinds = { door: ['Host', 'Listener', 'Mapping', 'TCPMapping'], rest: 'irrelevant' };
const NGINX: GroupKinds = { door: ['GlobalConfiguration', 'TransportServer', 'VirtualServer', 'VirtualServerRoute'], rest: 'irrelevant' };

const GROUPS = new Map<string, GroupKinds>(
  Object.entries({
    // Kubernetes' own
    '': IRRELEVANT,
    apps: IRRELEVANT,
    batch: IRRELEVANT,
    extensions: IRRELEVANT,
    'networking.k8s.io': IRRELEVANT,
    'policy.networking.k8s.io': { rest: 'policy' },
    'gateway.networking.k8s.io': { irrelevant: ['BackendLBPolicy', 'BackendTLSPolicy'], rest: 'door' },
    'gateway.networking.x-k8s.io': { door: ['XListenerSet'], rest: 'irrelevant' },
    'networking.x-k8s.io': { irrelevant: ['BackendPolicy', 'GatewayClass', 'ReferencePolicy'], rest: 'door' },
    'multicluster.x-k8s.io': { door: ['ServiceExport'], rest: 'irrelevant' },
    'admissionregistration.k8s.io': IRRELEVANT,
    'apiextensions.k8s.io': IRRELEVANT,
    'apiregistration.k8s.io': IRRELEVANT,
    'authentication.k8s.io': IRRELEVANT,
    'authorization.k8s.io': IRRELEVANT,
    autoscaling: IRRELEVANT,
    'autoscaling.k8s.io': IRRELEVANT,
    'certificates.k8s.io': IRRELEVANT,
    'coordination.k8s.io': IRRELEVANT,
    'discovery.k8s.io': IRRELEVANT,
    'events.k8s.io': IRRELEVANT,
    'flowcontrol.apiserver.k8s.io': IRRELEVANT,
    'kustomize.config.k8s.io': IRRELEVANT,
    'metrics.k8s.io': IRRELEVANT,
    'node.k8s.io': IRRELEVANT,
    policy: IRRELEVANT,
    'rbac.authorization.k8s.io': IRRELEVANT,
    'resource.k8s.io': IRRELEVANT,
    'scheduling.k8s.io': IRRELEVANT,
    'snapshot.storage.k8s.io': IRRELEVANT,
    'storage.k8s.io': IRRELEVANT,
    // Network plugins
    'projectcalico.org': CALICO,
    'crd.projectcalico.org': CALICO,
    'cilium.io': {
      policy: [
        'CiliumCIDRGroup',
        'CiliumClusterwideNetworkPolicy',
        'CiliumEgressGatewayPolicy',
        'CiliumLocalRedirectPolicy',
        'CiliumNetworkPolicy',
      ],
      rest: 'irrelevant',
    },
    'crd.antrea.io': { policy: ['ClusterGroup', 'ClusterNetworkPolicy', 'Group', 'NetworkPolicy', 'Tier'], rest: 'irrelevant' },
    'k8s.ovn.org': { irrelevant: ['EgressQoS', 'RouteAdvertisements'], rest: 'policy' },
    'network.openshift.io': { policy: ['EgressNetworkPolicy', 'NetNamespace'], rest: 'irrelevant' },
    'k8s.cni.cncf.io': { rest: 'policy' },
    'vpcresources.k8s.aws': { policy: ['SecurityGroupPolicy'], rest: 'irrelevant' },
    'networking.gke.io': { policy: ['FQDNNetworkPolicy'], door: ['MultiClusterIngress', 'ServiceAttachment'], rest: 'irrelevant' },
    'net.gke.io': { door: ['ServiceExport'], rest: 'irrelevant' },
    'cloud.google.com': IRRELEVANT,
    'elbv2.k8s.aws': { door: ['TargetGroupBinding'], rest: 'irrelevant' },
    'gateway.k8s.aws': IRRELEVANT,
    'metallb.io': IRRELEVANT,
    'externaldns.k8s.io': IRRELEVANT,
    // Meshes
    'security.istio.io': { rest: 'policy' },
    'networking.istio.io': ISTIO_NETWORKING,
    'policy.linkerd.io': { rest: 'policy' },
    'kuma.io': { policy: ['MeshTrafficPermission', 'TrafficPermission'], rest: 'irrelevant' },
    'consul.hashicorp.com': { policy: ['ServiceIntentions'], door: ['IngressGateway'], rest: 'irrelevant' },
    // Ways in
    'route.openshift.io': { rest: 'door' },
    'apisix.apache.org': { door: ['ApisixRoute'], rest: 'irrelevant' },
    'gateway.solo.io': { door: ['Gateway', 'RouteTable', 'VirtualService'], rest: 'irrelevant' },
    'gateway.envoyproxy.io': IRRELEVANT,
    'ingress.v1.haproxy.org': { door: ['TCP'], rest: 'irrelevant' },
    'voyager.appscode.com': { door: ['Ingress'], rest: 'irrelevant' },
    'zalando.org': { door: ['RouteGroup'], rest: 'irrelevant' },
    'traefik.io': TRAEFIK,
    'traefik.containo.us': TRAEFIK,
    'projectcontour.io': { door: ['HTTPProxy'], rest: 'irrelevant' },
    'getambassador.io': AMBASSADOR,
    'x.getambassador.io': AMBASSADOR,
    'configuration.konghq.com': { door: ['TCPIngress', 'UDPIngress'], rest: 'irrelevant' },
    'k8s.nginx.org': NGINX,
    'serving.knative.dev': { pods: ['Configuration', 'Revision', 'Service'], door: ['DomainMapping', 'Route'], rest: 'irrelevant' },
    'networking.internal.knative.dev': { door: ['Ingress'], rest: 'irrelevant' },
    // Other makers of pods
    'apps.kruise.io': {
      pods: ['AdvancedCronJob', 'BroadcastJob', 'CloneSet', 'DaemonSet', 'StatefulSet', 'UnitedDeployment'],
      rest: 'irrelevant',
    },
    'batch.volcano.sh': { pods: ['CronJob', 'Job'], rest: 'irrelevant' },
    'kubevirt.io': {
      pods: ['VirtualMachine', 'VirtualMachineInstance', 'VirtualMachineInstanceReplicaSet', 'VirtualMachinePool'],
      rest: 'irrelevant',
    },
    // OpenShift's and others' objects that nothing travels through
    'apps.openshift.io': IRRELEVANT,
    'build.openshift.io': IRRELEVANT,
    'image.openshift.io': IRRELEVANT,
    'project.openshift.io': IRRELEVANT,
    'security.openshift.io': IRRELEVANT,
    'template.openshift.io': { rest: 'unknown' },
    'monitoring.coreos.com': { pods: ['Alertmanager', 'Prometheus', 'PrometheusAgent', 'ThanosRuler'], rest: 'irrelevant' },
    'cert-manager.io': IRRELEVANT,
  } satisfies Record<string, GroupKinds>),
);

/** What it means that an object of this kind is left out. */
export function significanceOf(group: string, kind: string): Significance {
  const kinds = GROUPS.get(group);
  if (kinds?.policy?.includes(kind)) return 'policy';
  if (kinds?.door?.includes(kind)) return 'door';
  if (kinds?.pods?.includes(kind)) return 'pods';
  if (kinds?.irrelevant?.includes(kind)) return 'irrelevant';
  // Nobody calls a kind so that is not one, in whatever group.
  if (/(NetworkPolicy|AuthorizationPolicy|Firewall|FirewallPolicy)$/.test(kind)) return 'policy';
  return kinds?.rest ?? 'unknown';
}

const CONSEQUENCES = {
  policy: 'it can change who may talk to whom, and the verdicts leave it out',
  door: 'it may be a way into the cluster, which is left out',
  pods: 'it makes pods, and unless the input has them they are missing',
} as const;

/** What follows from leaving out an object of a kind that matters. */
export function consequenceOf(significance: keyof typeof CONSEQUENCES): string {
  return CONSEQUENCES[significance];
}
