import { isPrivateAddress } from '../../model/internet';
import type { LoadBalancer } from '../../model/service';
import type { Annotations } from './annotations';

/*
 * Where a load balancer is to be met: inside the organisation or on the internet. What the cloud has given it outweighs what its manifest asks for,
 * since a changed annotation does not move a load balancer that is there.
 */

/** Where a door is, and what tells so. */
export type DoorScope = Pick<LoadBalancer, 'scope' | 'scopeEvidence'>;

interface Hint {
  readonly name: string;
  readonly internal: RegExp;
  readonly internet?: RegExp;
}

const TRUE = /^\s*true\s*$/i;
const FALSE = /^\s*false\s*$/i;

/** Annotations of clouds' controllers (kubernetes.io/docs/concepts/services-networking/service, "internal load balancer", and their own manuals). */
const SERVICE_HINTS: readonly Hint[] = [
  { name: 'service.beta.kubernetes.io/aws-load-balancer-scheme', internal: /^internal$/, internet: /^internet-facing$/ },
  // Anything but `false` and the empty text; `0.0.0.0/0` is what the first releases asked for.
  { name: 'service.beta.kubernetes.io/aws-load-balancer-internal', internal: /^(?!\s*false\s*$)./i, internet: FALSE },
  { name: 'networking.gke.io/load-balancer-type', internal: /^internal$/i },
  { name: 'cloud.google.com/load-balancer-type', internal: /^internal$/i },
  { name: 'service.beta.kubernetes.io/azure-load-balancer-internal', internal: TRUE, internet: FALSE },
  { name: 'service.beta.kubernetes.io/oci-load-balancer-internal', internal: TRUE, internet: FALSE },
  { name: 'oci-network-load-balancer.oraclecloud.com/internal', internal: TRUE, internet: FALSE },
  { name: 'service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type', internal: /^intranet$/, internet: /^internet$/ },
  { name: 'service.beta.kubernetes.io/alicloud-loadbalancer-address-type', internal: /^intranet$/, internet: /^internet$/ },
  { name: 'service.beta.kubernetes.io/openstack-internal-load-balancer', internal: TRUE },
  { name: 'service.beta.kubernetes.io/do-loadbalancer-network', internal: /^internal$/i, internet: /^external$/i },
  { name: 'service.beta.kubernetes.io/cce-load-balancer-internal-vpc', internal: TRUE, internet: FALSE },
  { name: 'service.kubernetes.io/qcloud-loadbalancer-internal-subnetid', internal: /./ },
  { name: 'service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type', internal: /^private$/, internet: /^public$/ },
  { name: 'load-balancer.hetzner.cloud/disable-public-network', internal: TRUE },
  { name: 'service.beta.kubernetes.io/scw-loadbalancer-private', internal: TRUE, internet: FALSE },
  { name: 'yandex.cloud/load-balancer-type', internal: /^internal$/, internet: /^external$/ },
];

/** Annotations of controllers that make a cloud's load balancer for an Ingress. Names of classes do not tell, but for those of GKE. */
const INGRESS_HINTS: readonly Hint[] = [
  { name: 'alb.ingress.kubernetes.io/scheme', internal: /^internal$/, internet: /^internet-facing$/ },
  { name: 'appgw.ingress.kubernetes.io/use-private-ip', internal: TRUE, internet: FALSE },
  { name: 'kubernetes.io/ingress.class', internal: /^gce-internal$/, internet: /^gce$/ },
];

const HINTS = { service: SERVICE_HINTS, ingress: INGRESS_HINTS } as const;

/** GatewayClasses of GKE (docs.cloud.google.com/kubernetes-engine, "GatewayClasses"). */
const INTERNAL_CLASS = /^gke-l7-(?:rilb|cross-regional-internal-managed)(?:-mc)?$/;
const INTERNET_CLASS = /^gke-l7-(?:gxlb|global-external-managed|regional-external-managed)(?:-mc)?$/;

/** Classic and application load balancers of AWS are named `internal-NAME-ID.REGION…` when they are (docs.aws.amazon.com/elasticloadbalancing). */
const AWS_INTERNAL_NAME = /^internal-[^.]+\.[a-z0-9-]+\.elb\.amazonaws\.com(?:\.cn)?$/i;
/** Network load balancers, `NAME.elb.REGION…`, do not tell by their names. */
const AWS_NAME = /^(?:dualstack\.)?[^.]+\.[a-z0-9-]+\.elb\.amazonaws\.com(?:\.cn)?$/i;

/** What may tell where one door is to be met; signs may be missing, and may contradict each other. */
export interface DoorSigns {
  readonly annotations: Annotations;
  /** Whose annotations these are. */
  readonly owner: keyof typeof HINTS;
  /** By status, canonical text. */
  readonly addresses: readonly string[];
  readonly hostnames: readonly string[];
  readonly requestedAddresses?: readonly string[];
  /** Class of a Gateway. */
  readonly className?: string | undefined;
}

/** Judges where a door is. Without any sign it is unknown: whether clouds default to public differs. */
export function doorScope(signs: DoorSigns): DoorScope {
  const { addresses, hostnames, className = '', requestedAddresses = [] } = signs;
  return (
    scopeOfAddresses(addresses, 'status address') ??
    scopeOfNames(hostnames) ??
    scopeOfAnnotations(signs) ??
    scopeOfClass(className) ??
    scopeOfAddresses(requestedAddresses, 'requested address') ?? { scope: 'unknown' }
  );
}

/** One public address is enough to be met on the internet. */
function scopeOfAddresses(addresses: readonly string[], what: string): DoorScope | undefined {
  const [first] = addresses;
  if (first === undefined) return undefined;
  const open = addresses.find((address) => !isPrivateAddress(address));
  return open === undefined
    ? { scope: 'internal', scopeEvidence: `${what} \`${first}\` is private` }
    : { scope: 'internet', scopeEvidence: `${what} \`${open}\` is public` };
}

function scopeOfNames(hostnames: readonly string[]): DoorScope | undefined {
  const known = hostnames.filter((name) => AWS_NAME.test(name));
  const open = known.find((name) => !AWS_INTERNAL_NAME.test(name));
  if (open !== undefined) return { scope: 'internet', scopeEvidence: `host name \`${open}\` of AWS is a public one` };
  const [first] = known;
  return first === undefined ? undefined : { scope: 'internal', scopeEvidence: `host name \`${first}\` of AWS is an internal one` };
}

function scopeOfClass(className: string): DoorScope | undefined {
  const scopeEvidence = `class \`${className}\``;
  if (INTERNAL_CLASS.test(className)) return { scope: 'internal', scopeEvidence };
  return INTERNET_CLASS.test(className) ? { scope: 'internet', scopeEvidence } : undefined;
}

function scopeOfAnnotations({ annotations, owner }: DoorSigns): DoorScope | undefined {
  for (const { name, internal, internet } of HINTS[owner]) {
    const value = annotations(name);
    if (value === undefined) continue;
    const scopeEvidence = `annotation \`${name}\``;
    if (internal.test(value)) return { scope: 'internal', scopeEvidence };
    if (internet?.test(value)) return { scope: 'internet', scopeEvidence };
  }
  return undefined;
}
