import { HIGHEST_PORT, LOWEST_PORT } from '../../model/policy';
import type { Service, ServicePort } from '../../model/service';
import type { Origin, ServiceDraft } from '../draft';
import { integerIn, isAbsent, isMapping, listIn, type Mapping, mappingIn, mappingsIn, type Reading, textIn, typeName } from '../reading';
import { canonicalAddresses } from './addresses';
import { annotationsOf } from './annotations';
import { checkFields } from './known-fields';
import { readLoadBalancer, reportIdleSourceRanges } from './load-balancers';
import { readProtocol } from './pod-shape';

const SERVICE_TYPES: readonly Service['type'][] = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'];
const TRAFFIC_POLICIES = ['Cluster', 'Local'] as const;

/** Fields of `spec` that some version has or had (k8s.io/api/core/v1/types.go, ServiceSpec). Which client goes to which backend is of no matter here. */
const SPEC_FIELDS = [
  'allocateLoadBalancerNodePorts',
  'clusterIP',
  'clusterIPs',
  'externalIPs',
  'externalName',
  'externalTrafficPolicy',
  'healthCheckNodePort',
  'internalTrafficPolicy',
  'ipFamilies',
  'ipFamily',
  'ipFamilyPolicy',
  'loadBalancerClass',
  'loadBalancerIP',
  'loadBalancerSourceRanges',
  'ports',
  'publishNotReadyAddresses',
  'selector',
  'sessionAffinity',
  'sessionAffinityConfig',
  'topologyKeys',
  'trafficDistribution',
  'type',
];
const PORT_FIELDS = ['appProtocol', 'name', 'nodePort', 'port', 'protocol', 'targetPort'];

/** Labels by which the usual proxy of Services leaves one alone (kubernetes pkg/proxy/config, and kubernetes.io/docs/reference/labels-annotations-taints). */
const OTHER_PROXY = 'service.kubernetes.io/service-proxy-name';
const HEADLESS_LABEL = 'service.kubernetes.io/headless';

/** Reads a Service. Its selector is a map of labels, and the empty map means no selector. */
export function readService(reading: Reading, origin: Origin): ServiceDraft {
  const spec = mappingIn(reading, reading.document.object, 'spec', '');
  if (spec) checkFields(reading, spec, SPEC_FIELDS, 'spec');
  reportOtherProxy(reading);
  const type = readType(reading, spec);
  const annotations = annotationsOf(reading);
  const headless = isHeadless(reading, spec, type);
  const selector = readSelector(reading, spec);
  if (type !== 'LoadBalancer') reportIdleSourceRanges(reading, spec, annotations);
  const families = readFamilies(reading, spec);
  const externalName = type === 'ExternalName' ? readExternalName(reading, spec) : undefined;
  const service: ServiceDraft['service'] = {
    type,
    headless,
    // Controllers give an ExternalName no endpoints, whatever it selects.
    ...(selector && type !== 'ExternalName' && { selector }),
    ports: mappingsIn(reading, spec, 'ports', 'spec').flatMap((port) => readServicePort(reading, port, type) ?? []),
    clusterAddresses: type === 'ExternalName' ? [] : readClusterAddresses(reading, spec),
    externalAddresses: readExternalAddresses(reading, spec, headless || type === 'ExternalName'),
    ...(families.length > 0 && { families }),
    ...(externalName !== undefined && { externalName }),
    externalTrafficPolicy: readTrafficPolicy(reading, spec, 'externalTrafficPolicy'),
    internalTrafficPolicy: readTrafficPolicy(reading, spec, 'internalTrafficPolicy'),
    ...(type === 'LoadBalancer' && { loadBalancer: readLoadBalancer(reading, spec, annotations) }),
  };
  return { kind: 'service', origin, service };
}

function readType(reading: Reading, spec: Mapping | undefined): Service['type'] {
  const written = textIn(reading, spec, 'type', 'spec') || 'ClusterIP';
  const type = SERVICE_TYPES.find((known) => known === written);
  if (!type)
    reading.report('bad-service', `\`spec.type\` is \`${written}\`, which is none of ${SERVICE_TYPES.join(', ')}; read as ClusterIP`, spec);
  return type ?? 'ClusterIP';
}

/** A Service whose type opens doors needs an address of the cluster, and the API server refuses one without. */
function isHeadless(reading: Reading, spec: Mapping | undefined, type: Service['type']): boolean {
  if (spec?.clusterIP !== 'None') return false;
  if (type === 'ClusterIP') return true;
  if (type !== 'ExternalName')
    reading.report(
      'bad-service',
      `\`spec.clusterIP\` is \`None\`, which a Service of type ${type} cannot have; read as one with an address`,
      spec,
    );
  return false;
}

function readExternalName(reading: Reading, spec: Mapping | undefined): string | undefined {
  const name = textIn(reading, spec, 'externalName', 'spec')?.replace(/\.$/, '');
  if (name) return name;
  reading.report('bad-service', 'a Service of type ExternalName has no `spec.externalName`, so it leads nowhere', spec);
  return undefined;
}

function readClusterAddresses(reading: Reading, spec: Mapping | undefined): readonly string[] {
  const list = listIn(reading, spec, 'clusterIPs', 'spec') ?? [];
  const texts = [textIn(reading, spec, 'clusterIP', 'spec'), ...list].filter(
    (text) => typeof text === 'string' && text !== '' && text !== 'None',
  );
  return canonicalAddresses(reading, texts as string[], 'spec.clusterIPs', spec);
}

const FAMILIES: ReadonlyMap<unknown, 4 | 6> = new Map([
  ['IPv4', 4],
  ['IPv6', 6],
]);

/** Proxies of Services translate within the families that a Service has (kubernetes.io/docs/concepts/services-networking/dual-stack). */
function readFamilies(reading: Reading, spec: Mapping | undefined): readonly (4 | 6)[] {
  const list = listIn(reading, spec, 'ipFamilies', 'spec') ?? [];
  const families = new Set(list.flatMap((entry) => FAMILIES.get(entry) ?? []));
  if (list.some((entry) => !FAMILIES.has(entry)))
    reading.report('bad-service', '`spec.ipFamilies` lists something that is neither IPv4 nor IPv6; it is left out', list);
  return [...families];
}

/** Proxies of Services take no notice of headless ones and of those that are only a name (kubernetes pkg/proxy/util, ShouldSkipService). */
function readExternalAddresses(reading: Reading, spec: Mapping | undefined, isSkipped: boolean): readonly string[] {
  const list = listIn(reading, spec, 'externalIPs', 'spec') ?? [];
  if (list.length > 0 && isSkipped) {
    reading.report('without-effect', '`spec.externalIPs` has no effect on a Service without an address of the cluster', list);
    return [];
  }
  const texts = list.filter((text) => typeof text === 'string');
  if (texts.length < list.length) reading.report('bad-address', '`spec.externalIPs` holds something that is no text; it is left out', list);
  return canonicalAddresses(reading, texts, 'spec.externalIPs', list);
}

function readTrafficPolicy(
  reading: Reading,
  spec: Mapping | undefined,
  field: 'externalTrafficPolicy' | 'internalTrafficPolicy',
): 'Cluster' | 'Local' {
  const written = textIn(reading, spec, field, 'spec') || 'Cluster';
  const policy = TRAFFIC_POLICIES.find((known) => known === written);
  if (!policy)
    reading.report('bad-service', `\`spec.${field}\` is \`${written}\`, which is neither Cluster nor Local; read as Cluster`, spec);
  return policy ?? 'Cluster';
}

function reportOtherProxy(reading: Reading): void {
  const { metadata } = reading.document.object;
  const labels = isMapping(metadata) && isMapping(metadata.labels) ? metadata.labels : {};
  const label = [OTHER_PROXY, HEADLESS_LABEL].find((name) => Object.hasOwn(labels, name));
  if (label === undefined) return;
  const message = `label \`${label}\` keeps the cluster's proxy away from this Service; it is taken to work as if the proxy served it`;
  reading.report('partly-modelled', message, labels);
}

function readSelector(reading: Reading, spec: Mapping | undefined): Readonly<Record<string, string>> | undefined {
  const selector = mappingIn(reading, spec, 'selector', 'spec');
  if (!selector) return undefined;
  const pairs: [string, string][] = [];
  for (const [key, value] of Object.entries(selector)) {
    if (typeof value === 'object' && value !== null) {
      reading.report(
        'label-not-text',
        `label \`${key}\` of \`spec.selector\` is ${typeName(value)}; the Service is read without a selector`,
        selector,
      );
      return undefined;
    }
    if (typeof value !== 'string' && !isAbsent(value)) {
      const message = `label \`${key}\` of \`spec.selector\` is ${typeName(value)}: the API server refuses it; read as the text \`${value}\`, quote it`;
      reading.report('label-not-text', message, selector);
    }
    pairs.push([key, isAbsent(value) ? '' : String(value)]);
  }
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}

function isPort(port: number | undefined): port is number {
  return port !== undefined && port >= LOWEST_PORT && port <= HIGHEST_PORT;
}

function readServicePort(reading: Reading, entry: Mapping, type: Service['type']): ServicePort | undefined {
  checkFields(reading, entry, PORT_FIELDS, 'spec.ports');
  const port = integerIn(reading, entry, 'port', 'spec.ports');
  const protocol = readProtocol(reading, entry, 'spec.ports');
  if (protocol === undefined) return undefined;
  if (!isPort(port)) {
    reading.report('bad-port', '`spec.ports` has a port that is not between 1 and 65535; it is left out', entry);
    return undefined;
  }
  const targetPort = readTargetPort(reading, entry, port);
  if (targetPort === undefined) return undefined;
  const nodePort = readNodePort(reading, entry, type);
  return { name: textIn(reading, entry, 'name', 'spec.ports') ?? '', protocol, port, targetPort, ...(nodePort && { nodePort }) };
}

/** The API server fills in the port where the target is absent, 0 or the empty name. */
function readTargetPort(reading: Reading, entry: Mapping, port: number): number | string | undefined {
  const { targetPort: written } = entry;
  if (isAbsent(written) || written === 0 || written === '') return port;
  if (typeof written === 'string' && !/^\d+$/.test(written)) return written;
  if (typeof written === 'string')
    reading.report('bad-service', `\`spec.ports.targetPort\` is the text \`${written}\`, which names no port; read as the number`, entry);
  const target = typeof written === 'string' ? Number(written) : written;
  if (typeof target === 'number' && Number.isInteger(target) && isPort(target)) return target;
  reading.report('bad-port', '`spec.ports.targetPort` is neither a name nor a number between 1 and 65535; the port is left out', entry);
  return undefined;
}

function readNodePort(reading: Reading, entry: Mapping, type: Service['type']): number | undefined {
  const nodePort = integerIn(reading, entry, 'nodePort', 'spec.ports');
  // 0 asks the cluster for any.
  if (nodePort === undefined || nodePort === 0) return undefined;
  if (type !== 'NodePort' && type !== 'LoadBalancer') {
    reading.report('bad-service', `\`spec.ports.nodePort\` is set, which a Service of type ${type} cannot have; it is left out`, entry);
    return undefined;
  }
  if (isPort(nodePort)) return nodePort;
  reading.report('bad-port', '`spec.ports.nodePort` is not between 1 and 65535; it counts as not given', entry);
  return undefined;
}
