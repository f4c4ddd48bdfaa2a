import { type DoorSigns, doorScope } from '../../../src/ingest/kubernetes/door-scope';

function scope(signs: Partial<Omit<DoorSigns, 'annotations'>> & { readonly annotations?: Readonly<Record<string, string>> }) {
  const { annotations = {}, ...rest } = signs;
  return doorScope({ owner: 'service', addresses: [], hostnames: [], ...rest, annotations: (name) => annotations[name] });
}

test.each([
  ['service.beta.kubernetes.io/aws-load-balancer-scheme', 'internal', 'internet-facing'],
  ['service.beta.kubernetes.io/aws-load-balancer-internal', '0.0.0.0/0', 'false'],
  ['service.beta.kubernetes.io/aws-load-balancer-internal', 'true', 'False'],
  ['networking.gke.io/load-balancer-type', 'Internal', undefined],
  ['cloud.google.com/load-balancer-type', 'internal', undefined],
  ['service.beta.kubernetes.io/azure-load-balancer-internal', 'true', 'false'],
  ['service.beta.kubernetes.io/oci-load-balancer-internal', 'true', 'false'],
  ['oci-network-load-balancer.oraclecloud.com/internal', 'true', 'false'],
  ['service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type', 'intranet', 'internet'],
  ['service.beta.kubernetes.io/alicloud-loadbalancer-address-type', 'intranet', 'internet'],
  ['service.beta.kubernetes.io/openstack-internal-load-balancer', 'true', undefined],
  ['service.beta.kubernetes.io/do-loadbalancer-network', 'INTERNAL', 'EXTERNAL'],
  ['service.beta.kubernetes.io/cce-load-balancer-internal-vpc', 'true', 'false'],
  ['service.kubernetes.io/qcloud-loadbalancer-internal-subnetid', 'subnet-1', undefined],
  ['service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type', 'private', 'public'],
  ['load-balancer.hetzner.cloud/disable-public-network', 'true', undefined],
  ['service.beta.kubernetes.io/scw-loadbalancer-private', 'true', 'false'],
  ['yandex.cloud/load-balancer-type', 'internal', 'external'],
])('annotation `%s` of a Service tells', (name, internal, internet) => {
  const evidence = { scopeEvidence: `annotation \`${name}\`` };

  expect(scope({ annotations: { [name]: internal } })).toEqual({ scope: 'internal', ...evidence });
  if (internet !== undefined) expect(scope({ annotations: { [name]: internet } })).toEqual({ scope: 'internet', ...evidence });
  expect(scope({ annotations: { [name]: '' } })).toEqual({ scope: 'unknown' });
  expect(scope({ owner: 'ingress', annotations: { [name]: internal } })).toEqual({ scope: 'unknown' });
});

test.each([
  ['alb.ingress.kubernetes.io/scheme', 'internal', 'internal'],
  ['alb.ingress.kubernetes.io/scheme', 'internet-facing', 'internet'],
  ['appgw.ingress.kubernetes.io/use-private-ip', 'true', 'internal'],
  ['kubernetes.io/ingress.class', 'gce-internal', 'internal'],
  ['kubernetes.io/ingress.class', 'gce', 'internet'],
  ['kubernetes.io/ingress.class', 'nginx-internal', 'unknown'],
])('annotation `%s: %s` of an Ingress is %s', (name, value, expected) => {
  expect(scope({ owner: 'ingress', annotations: { [name]: value } }).scope).toBe(expected);
});

test.each([
  ['a private address', ['10.0.0.5'], 'internal', 'status address `10.0.0.5` is private'],
  ['a private IPv6 address', ['fd00::5'], 'internal', 'status address `fd00::5` is private'],
  ['shared space of carriers', ['100.64.0.1'], 'internal', 'status address `100.64.0.1` is private'],
  ['a public address', ['52.0.0.1'], 'internet', 'status address `52.0.0.1` is public'],
  ['an address that stands for a public one', ['203.0.113.9'], 'internet', 'status address `203.0.113.9` is public'],
  ['one of both', ['10.0.0.5', '2600::1'], 'internet', 'status address `2600::1` is public'],
])('%s tells', (_case, addresses, expected, scopeEvidence) => {
  expect(scope({ addresses })).toEqual({ scope: expected, scopeEvidence });
});

test.each([
  ['internal-a1b2-1234.eu-west-1.elb.amazonaws.com', 'internal'],
  ['internal-a1b2-1234.cn-north-1.elb.amazonaws.com.cn', 'internal'],
  ['a1b2-1234.eu-west-1.elb.amazonaws.com', 'internet'],
  ['internal.a1b2-1234.eu-west-1.elb.amazonaws.com', 'unknown'],
  ['internal-a1b2-1234.elb.eu-west-1.amazonaws.com', 'unknown'],
  ['a1b2-1234.eu-west-1.elb.amazonaws.com.example.org', 'unknown'],
  ['internal-shop.example.org', 'unknown'],
])('host name %s is %s', (hostname, expected) => {
  expect(scope({ hostnames: [hostname] }).scope).toBe(expected);
});

test('one public host name is enough', () => {
  const hostnames = ['internal-a-1.eu-west-1.elb.amazonaws.com', 'b-1.eu-west-1.elb.amazonaws.com'];

  expect(scope({ hostnames })).toEqual({
    scope: 'internet',
    scopeEvidence: 'host name `b-1.eu-west-1.elb.amazonaws.com` of AWS is a public one',
  });
});

test('what is there outweighs what is asked for, and annotations outweigh a requested address', () => {
  const annotations = { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' };

  expect(scope({ annotations, addresses: ['52.0.0.1'] }).scope).toBe('internet');
  expect(scope({ annotations, requestedAddresses: ['52.0.0.1'] }).scope).toBe('internal');
  expect(scope({ requestedAddresses: ['52.0.0.1'] })).toEqual({
    scope: 'internet',
    scopeEvidence: 'requested address `52.0.0.1` is public',
  });
});

test('a value that no controller knows does not hide the next annotation', () => {
  const annotations = {
    'service.beta.kubernetes.io/aws-load-balancer-scheme': 'private',
    'service.beta.kubernetes.io/aws-load-balancer-internal': 'true',
  };

  expect(scope({ annotations }).scopeEvidence).toBe('annotation `service.beta.kubernetes.io/aws-load-balancer-internal`');
});

test.each([
  ['gke-l7-rilb', 'internal'],
  ['gke-l7-cross-regional-internal-managed-mc', 'internal'],
  ['gke-l7-gxlb', 'internet'],
  ['gke-l7-global-external-managed', 'internet'],
  ['gke-l7-rilb-of-mine', 'unknown'],
  ['internal', 'unknown'],
])('class `%s` of a Gateway is %s', (className, expected) => {
  expect(scope({ className }).scope).toBe(expected);
});
