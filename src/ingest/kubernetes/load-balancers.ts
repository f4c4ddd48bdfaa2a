import type { LoadBalancer } from '../../model/service';
import { formatAddress, formatCidr, parseAddress } from '../../util/ip';
import { flagIn, listIn, type Mapping, mappingIn, mappingsIn, type Reading, textIn } from '../reading';
import { canonicalAddresses } from './addresses';
import type { Annotations } from './annotations';
import { readCidr } from './cidr';
import { doorScope } from './door-scope';

/** Older than the field, and still read where the field is empty (k8s.io/api/core/v1/annotation_key_constants.go). */
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';

/** Annotations by which controllers are asked for addresses, separated by commas, as `spec.loadBalancerIP` asks for one. */
const REQUESTED_ADDRESSES: readonly string[] = [
  'metallb.io/loadBalancerIPs',
  'metallb.universe.tf/loadBalancerIPs',
  'lbipam.cilium.io/ips',
  'io.cilium/lb-ipam-ips',
  'kube-vip.io/loadbalancerIPs',
];

/** Annotations that narrow down the clients of a cloud's load balancer in ways that are not understood. */
const OTHER_FENCES: readonly string[] = [
  'service.beta.kubernetes.io/aws-load-balancer-security-groups',
  'service.beta.kubernetes.io/aws-load-balancer-extra-security-groups',
  'service.beta.kubernetes.io/azure-allowed-ip-ranges',
  'service.beta.kubernetes.io/azure-allowed-service-tags',
  'service.beta.kubernetes.io/do-loadbalancer-allow-rules',
  'service.beta.kubernetes.io/do-loadbalancer-deny-rules',
  'service.beta.kubernetes.io/alibaba-cloud-loadbalancer-acl-id',
];

/** Reads what a Service of type LoadBalancer asks of its cloud, and what it has got. */
export function readLoadBalancer(reading: Reading, spec: Mapping | undefined, annotations: Annotations): LoadBalancer {
  const given = readLoadBalancerStatus(reading);
  const requestedAddresses = readRequestedAddresses(reading, spec, annotations);
  const sourceRanges = readSourceRanges(reading, spec, annotations);
  const className = textIn(reading, spec, 'loadBalancerClass', 'spec');
  const fence = OTHER_FENCES.find((name) => annotations(name));
  if (fence !== undefined)
    reading.report(
      'partly-modelled',
      `annotation \`${fence}\` narrows down who may use the load balancer, which is left out: every client counts as admitted`,
    );
  return {
    ...given,
    ...(requestedAddresses.length > 0 && { requestedAddresses }),
    ...(className && { className }),
    ...(sourceRanges && { sourceRanges }),
    allocatesNodePorts: flagIn(reading, spec, 'allocateLoadBalancerNodePorts', 'spec') ?? true,
    ...doorScope({ annotations, owner: 'service', ...given, requestedAddresses }),
  };
}

/** Addresses and names that `status.loadBalancer.ingress` of a Service or an Ingress lists. */
export function readLoadBalancerStatus(reading: Reading): Pick<LoadBalancer, 'addresses' | 'hostnames'> {
  const status = mappingIn(reading, mappingIn(reading, reading.document.object, 'status', ''), 'loadBalancer', 'status');
  const path = 'status.loadBalancer.ingress';
  const ingress = mappingsIn(reading, status, 'ingress', 'status.loadBalancer');
  const texts = (field: string) =>
    ingress.map((entry) => textIn(reading, entry, field, path)).filter((text) => text !== undefined && text !== '');
  const hostnames = [...new Set(texts('hostname') as string[])];
  return { addresses: canonicalAddresses(reading, texts('ip') as string[], path, status), hostnames };
}

function readRequestedAddresses(reading: Reading, spec: Mapping | undefined, annotations: Annotations): readonly string[] {
  const own = textIn(reading, spec, 'loadBalancerIP', 'spec');
  const asked = REQUESTED_ADDRESSES.flatMap((name) => annotations(name)?.split(',') ?? []);
  // Such annotations may hold other things than addresses (ranges, `0.0.0.0` for any), which ask for none.
  const addresses = [own ?? '', ...asked]
    .map((text) => parseAddress(text.trim()))
    .filter((address) => address !== undefined && address.value !== 0n);
  return [...new Set(addresses.map((address) => formatAddress(address!)))];
}

/** The field wins where it has an entry. What is no CIDR is left out; when nothing is left, every client counts as admitted. */
function readSourceRanges(reading: Reading, spec: Mapping | undefined, annotations: Annotations): readonly string[] | undefined {
  const field = listIn(reading, spec, 'loadBalancerSourceRanges', 'spec') ?? [];
  const annotation = annotations(SOURCE_RANGES)?.trim() ?? '';
  const isField = field.length > 0;
  const written: readonly unknown[] = isField ? field : annotation === '' ? [] : annotation.split(',');
  const path = isField ? 'spec.loadBalancerSourceRanges' : SOURCE_RANGES;
  const ranges = new Set<string>();
  for (const entry of written) {
    const range = readCidr(reading, typeof entry === 'string' ? entry.trim() : entry, path, isField ? field : undefined);
    if (typeof range === 'string') reading.report('bad-service', `${range}; it is left out`, isField ? field : undefined);
    else ranges.add(formatCidr(range));
  }
  return ranges.size > 0 ? [...ranges] : undefined;
}

/** Tells of source ranges of a Service that is no load balancer. */
export function reportIdleSourceRanges(reading: Reading, spec: Mapping | undefined, annotations: Annotations): void {
  const { loadBalancerSourceRanges: field } = spec ?? {};
  const name =
    Array.isArray(field) && field.length > 0 ? 'spec.loadBalancerSourceRanges' : annotations(SOURCE_RANGES) ? SOURCE_RANGES : undefined;
  if (name === undefined) return;
  reading.report(
    'without-effect',
    `\`${name}\` restricts load balancers only, and this Service is of another type: it admits every client`,
    spec,
  );
}
