import type { Endpoint } from '../../model/endpoint';
import type { Entry } from '../../model/entry';
import type { Snapshot } from '../../model/snapshot';
import type { ResourceRef } from '../../model/source';

/*
 * Which pods listen for Ingresses, Routes and Gateways. Nothing in the objects says it: controllers are known by the labels that their own manifests and
 * charts give them, or by their images. A controller that nobody here knows is judged as a stand-in, which is never wrong and decides less.
 */

/** What a kind of controller looks like. */
interface ControllerLook {
  readonly name: string;
  readonly serves: readonly Entry['kind'][];
  /** In the name of an IngressClass or GatewayClass that leads to it. */
  readonly classes: RegExp;
  /** In the name by which a class calls its controller; absent: as `classes`. */
  readonly controllers?: RegExp;
  /** One of these sets of labels is on its pods. */
  readonly labels: readonly Readonly<Record<string, string>>[];
  /** In the reference of an image. */
  readonly images?: RegExp;
}

const BY_NAME = 'app.kubernetes.io/name';
const COMPONENT = 'app.kubernetes.io/component';

const LOOKS: readonly ControllerLook[] = [
  {
    name: 'ingress-nginx',
    serves: ['ingress'],
    classes: /nginx/i,
    controllers: /ingress-nginx/,
    labels: [
      { [BY_NAME]: 'ingress-nginx', [COMPONENT]: 'controller' },
      { app: 'nginx-ingress', component: 'controller' },
    ],
    images: /(?:^|\/)(?:ingress-nginx\/controller|nginx-ingress-controller)(?:[:@]|$)/,
  },
  {
    name: 'nginx-ingress',
    serves: ['ingress'],
    classes: /nginx/i,
    controllers: /^nginx\.org/,
    labels: [{ [BY_NAME]: 'nginx-ingress' }, { app: 'nginx-ingress' }],
    images: /(?:^|\/)nginx(?:inc)?\/nginx-ingress(?:[:@]|$)/,
  },
  {
    name: 'traefik',
    serves: ['ingress', 'gateway'],
    classes: /traefik/i,
    labels: [{ [BY_NAME]: 'traefik' }, { app: 'traefik' }, { 'k8s-app': 'traefik-ingress-lb' }],
    images: /(?:^|\/)traefik(?:[:@]|$)/,
  },
  {
    name: 'haproxy',
    serves: ['ingress', 'gateway'],
    classes: /haproxy/i,
    labels: [{ [BY_NAME]: 'kubernetes-ingress' }, { [BY_NAME]: 'haproxy-ingress' }, { run: 'haproxy-ingress' }],
    images: /haproxy(?:tech)?\/kubernetes-ingress|haproxy-ingress(?:[:@]|$)/,
  },
  {
    name: 'contour',
    serves: ['ingress', 'gateway'],
    classes: /contour/i,
    labels: [{ app: 'envoy', [BY_NAME]: 'contour' }, { [COMPONENT]: 'envoy', [BY_NAME]: 'contour' }, { app: 'envoy' }],
  },
  {
    name: 'kong',
    serves: ['ingress', 'gateway'],
    classes: /kong/i,
    labels: [
      { [BY_NAME]: 'kong', [COMPONENT]: 'app' },
      { [BY_NAME]: 'gateway', [COMPONENT]: 'app' },
      { app: 'ingress-kong' },
      { app: 'proxy-kong' },
    ],
    images: /(?:^|\/)kong(?:\/kong(?:-gateway)?)?(?:[:@]|$)/,
  },
  {
    name: 'istio-ingressgateway',
    serves: ['ingress', 'gateway'],
    classes: /istio/i,
    labels: [{ istio: 'ingressgateway' }, { app: 'istio-ingressgateway' }, { istio: 'ingress' }],
  },
  {
    name: 'openshift-router',
    serves: ['route', 'ingress'],
    classes: /openshift|^default$/i,
    controllers: /openshift/,
    labels: [{ router: 'router-default' }, { router: 'router' }],
    images: /haproxy-router(?:[:@]|$)/,
  },
  {
    name: 'nginx-gateway-fabric',
    serves: ['gateway'],
    classes: /nginx/i,
    labels: [{ [BY_NAME]: 'nginx-gateway-fabric' }, { [BY_NAME]: 'nginx-gateway' }],
  },
  {
    name: 'envoy-gateway',
    serves: ['gateway'],
    classes: /envoy|^eg$/i,
    labels: [{ [BY_NAME]: 'envoy', 'app.kubernetes.io/managed-by': 'envoy-gateway' }],
  },
  {
    name: 'emissary',
    serves: ['ingress', 'gateway'],
    classes: /ambassador|emissary/i,
    labels: [{ [BY_NAME]: 'emissary-ingress' }, { service: 'ambassador' }],
  },
  { name: 'apisix', serves: ['ingress', 'gateway'], classes: /apisix/i, labels: [{ [BY_NAME]: 'apisix' }] },
  { name: 'skipper', serves: ['ingress', 'route'], classes: /skipper/i, labels: [{ application: 'skipper-ingress' }] },
  { name: 'cilium', serves: ['ingress', 'gateway'], classes: /cilium/i, labels: [{ 'k8s-app': 'cilium-envoy' }] },
];

/** Classes whose load balancer is the cloud's own: no pod of the cluster listens for them. */
const OF_CLOUDS = /\balb\b|\bgce\b|\bgke-|application-gateway|azure-alb|vpc-lattice|ingress-gce/i;
/** Classes that are served by pods which nobody here knows. */
const OF_OTHERS = /cloudflare/i;

/** The routers of OpenShift carry the name of the IngressController that they serve. */
const ROUTER_LABEL = 'ingresscontroller.operator.openshift.io/deployment-ingresscontroller';
/** What controllers that make pods for each Gateway put on them: the Gateway's name (gateway-api.sigs.k8s.io/geps/gep-1762), and where it is. */
const GATEWAY_LABELS: readonly { readonly name: string; readonly namespace?: string }[] = [
  { name: 'gateway.networking.k8s.io/gateway-name' },
  { name: 'gateway.envoyproxy.io/owning-gateway-name', namespace: 'gateway.envoyproxy.io/owning-gateway-namespace' },
  { name: 'istio.io/gateway-name' },
];

/** Pods of one controller. */
export interface ControllerPods {
  /** Such as `traefik`. */
  readonly controller: string;
  /** `namespace/name` of the Gateway that they were made for. */
  readonly gateway?: string;
  /** Name of the OpenShift router. */
  readonly router?: string;
  /** Index of the workload that they belong to. */
  readonly workload: number;
  readonly endpoints: readonly number[];
}

/** The controllers in the input, by workload, in their order. Looks at what a stored directory no longer has: all labels, and images. */
export function controllersOf({ workloads, endpoints, namespaces, entries }: Snapshot): readonly ControllerPods[] {
  // Without an entry nobody asks for controllers, and what looks like one may be anything.
  if (entries.length === 0) return [];
  return workloads.flatMap(({ endpoints: own, images }, workload): readonly ControllerPods[] => {
    const first = endpoints[own[0] ?? -1];
    if (!first) return [];
    const common = { workload, endpoints: own };
    const gateway = gatewayOf(first, namespaces[first.namespace]?.name ?? '');
    const router = labelOf(first, ROUTER_LABEL);
    const look = LOOKS.find((candidate) => looksLike(first, images, candidate));
    if (gateway !== undefined) return [{ controller: look?.name ?? 'gateway', gateway, ...common }];
    if (router !== undefined) return [{ controller: 'openshift-router', router, ...common }];
    return look ? [{ controller: look.name, ...common }] : [];
  });
}

function looksLike(endpoint: Endpoint, images: readonly string[], { labels, images: pattern }: ControllerLook): boolean {
  const isLabelled = labels.some((set) => Object.entries(set).every(([key, value]) => labelOf(endpoint, key) === value));
  return isLabelled || (pattern !== undefined && images.some((image) => pattern.test(image)));
}

/** The Gateway that a pod was made for; in the pod's own namespace unless its labels say otherwise. */
function gatewayOf(endpoint: Endpoint, home: string): string | undefined {
  for (const { name, namespace } of GATEWAY_LABELS) {
    const gateway = labelOf(endpoint, name);
    if (gateway !== undefined) return `${(namespace === undefined ? undefined : labelOf(endpoint, namespace)) ?? home}/${gateway}`;
  }
  return undefined;
}

function labelOf({ labels }: Endpoint, key: string): string | undefined {
  return Object.hasOwn(labels.values, key) ? labels.values[key] : undefined;
}

/** What tells who listens for an entry. */
export interface ControllerWorld {
  readonly controllers: readonly ControllerPods[];
  workload(index: number): { readonly ref: ResourceRef };
}

/**
 * The controllers that listen for an entry: those made for its Gateway, else those that its class names, else the only kind there is. Empty: none that
 * is in the input, as far as anything tells.
 */
export function controllersFor(world: ControllerWorld, entry: Entry): readonly ControllerPods[] {
  const { controllers } = world;
  const { kind, gateway, className, controller } = entry;
  if (gateway) {
    const own = controllers.filter((candidate) => candidate.gateway === `${gateway.namespace ?? ''}/${gateway.name}`);
    if (own.length > 0) return own;
  }
  if (isOfCloud(entry) || OF_OTHERS.test(controller ?? className ?? '')) return [];
  const able = controllers.filter((candidate) => candidate.gateway === undefined && lookNamed(candidate.controller)?.serves.includes(kind));
  if (kind === 'route') {
    const named = able.filter(({ router }) => router !== undefined && (className === undefined || router === className));
    if (named.length > 0) return named;
  }
  if (controller !== undefined) {
    const named = able.filter((candidate) => answersTo(candidate, controller));
    return nearest(world, named, className);
  }
  const ofClass = className === undefined ? [] : able.filter((candidate) => lookNamed(candidate.controller)!.classes.test(className));
  // A class that bears the name of a kind which is not in the input is not served by another kind.
  const namesAnother = className !== undefined && LOOKS.some(({ serves, classes }) => serves.includes(kind) && classes.test(className));
  const candidates = ofClass.length > 0 || namesAnother ? ofClass : able;
  return new Set(candidates.map((candidate) => candidate.controller)).size === 1 ? nearest(world, candidates, className) : [];
}

/** Is it a load balancer of the cloud that listens for an entry, so that what comes from it comes from no pod? */
export function isOfCloud({ className, controller }: Entry): boolean {
  return OF_CLOUDS.test(controller ?? className ?? '');
}

/** Is this the kind that a class calls by its controller's name? */
function answersTo(candidate: ControllerPods, controller: string): boolean {
  const { classes, controllers = classes } = lookNamed(candidate.controller)!;
  return controllers.test(controller);
}

/** Of several installations of one kind those whose workload or namespace is named after the class, if any is. */
function nearest(
  { workload }: ControllerWorld,
  candidates: readonly ControllerPods[],
  className: string | undefined,
): readonly ControllerPods[] {
  if (candidates.length < 2 || className === undefined) return candidates;
  const isNamed = (name: string) => name === className || name.endsWith(`-${className}`) || name.startsWith(`${className}-`);
  const named = candidates.filter((candidate) => {
    const { name, namespace = '' } = workload(candidate.workload).ref;
    return isNamed(name) || isNamed(namespace);
  });
  return named.length > 0 ? named : candidates;
}

function lookNamed(name: string): ControllerLook | undefined {
  return LOOKS.find((look) => look.name === name);
}
