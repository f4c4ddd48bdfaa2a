import { load } from 'js-yaml';
import {
  commonLabels,
  denyEgressButDns,
  denyIngress,
  everythingButMetadata,
  proposalFor,
  type Target,
  webOnlyEgress,
} from '../../src/findings/remediation';
import { egressSubjects } from '../../src/findings/subjects';
import { METADATA_ADDRESSES, metadataAddressesOf } from '../../src/model/metadata-addresses';
import { cluster } from '../support/cluster';
import { scene, selecting, surveyFor } from './support/scene';

const SNAPSHOT = cluster().namespace('shop', {}).pod('shop/web', { app: 'web' }).snapshot();
const SHOP: Target = { namespace: 'shop', labels: [] };

interface Manifest {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: {
    readonly podSelector: unknown;
    readonly policyTypes: unknown;
    readonly egress?: readonly { readonly to: readonly object[]; readonly ports?: readonly object[] }[];
  };
}

function read(manifest: string): Manifest {
  return load(manifest) as Manifest;
}

describe('default deny for ingress', () => {
  it('selects every pod and allows nothing', () => {
    expect(read(denyIngress(SNAPSHOT, 'deny', SHOP).manifest)).toEqual({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'deny', namespace: 'shop', labels: { 'generated-by': 'leasttrust' } },
      spec: { podSelector: {}, policyTypes: ['Ingress'] },
    });
    expect(denyIngress(SNAPSHOT, 'deny', SHOP).policy).toMatchObject({ tier: 'default', ingress: [] });
  });
});

describe('default deny for egress', () => {
  it('keeps the DNS of the cluster and of the node', () => {
    const { spec } = read(denyEgressButDns(SNAPSHOT, 'deny', SHOP).manifest);
    expect(spec.egress).toEqual([
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
            podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
          },
          { ipBlock: { cidr: '169.254.20.10/32' } },
        ],
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
    ]);
  });

  it('knows the DNS of OpenShift', () => {
    const openshift = cluster().namespace('openshift-dns', {}).namespace('shop', {}).snapshot();
    const [rule] = read(denyEgressButDns(openshift, 'deny', SHOP).manifest).spec.egress!;
    expect(JSON.stringify(rule)).toContain('openshift-dns');
    expect(rule!.ports).toContainEqual({ protocol: 'UDP', port: 5353 });
  });
});

describe('a block of the metadata service', () => {
  it('cuts out every address of the platform in both families, and spares what is DNS as well', () => {
    const { spec } = read(everythingButMetadata(SNAPSHOT, 'block', SHOP, metadataAddressesOf('azure')).manifest);
    expect(spec.egress).toEqual([
      {
        to: [
          { namespaceSelector: {} },
          { ipBlock: { cidr: '0.0.0.0/0', except: ['168.63.129.16/32', '169.254.169.254/32'] } },
          { ipBlock: { cidr: '::/0' } },
        ],
      },
      {
        to: [{ ipBlock: { cidr: '168.63.129.16/32' } }],
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
    ]);
  });

  it('names each address once, however many platforms share it', () => {
    const [everything] = read(everythingButMetadata(SNAPSHOT, 'block', SHOP, METADATA_ADDRESSES).manifest).spec.egress!;
    const excepted = everything!.to.flatMap((peer) => ('ipBlock' in peer ? ((peer.ipBlock as { except?: string[] }).except ?? []) : []));
    expect(new Set(excepted).size).toBe(excepted.length);
    expect(new Set(excepted.map((cidr) => cidr.split('/')[0]))).toEqual(new Set(METADATA_ADDRESSES.map(({ address }) => address)));
  });
});

describe('egress for the web only', () => {
  it('leaves the inside of cluster and organisation as it is', () => {
    const facts = cluster({ organisationRanges: ['8.0.0.0/8'] })
      .namespace('shop', {})
      .snapshot();
    const { spec } = read(webOnlyEgress(facts, 'web', SHOP).manifest);
    expect(spec.egress![0]!.to).toContainEqual({ ipBlock: { cidr: '8.0.0.0/8' } });
    expect(spec.egress!.at(-1)!.ports).toEqual([
      { protocol: 'TCP', port: 80 },
      { protocol: 'TCP', port: 443 },
    ]);
  });
});

describe('the labels that endpoints share', () => {
  const endpoints = cluster()
    .pod('a/p1', { app: 'web', 'pod-template-hash': 'x', shard: '1', constructor: 'c' })
    .pod('a/p2', { app: 'web', 'pod-template-hash': 'x', shard: '2', constructor: 'c' })
    .snapshot().endpoints;

  it('are those with one value, without what controllers make up', () => {
    expect(commonLabels(endpoints)).toEqual([
      ['app', 'web'],
      ['constructor', 'c'],
    ]);
    expect(commonLabels([])).toEqual([]);
  });

  it('select a workload in a proposal; without any there is none', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/web', { app: 'web' })
        .pod('shop/bare', {})
        .pod('shop/agent', {}, { network: 'host' })
        .policy('shop/x', selecting('shop', { x: '1' }, { egress: [] }))
        .pod('shop/x', { x: '1' }),
    );
    const survey = surveyFor(snapshot);
    const subjects = egressSubjects(survey, survey.namespaces[0]!, () => 'yes');
    const offered = subjects.map((subject) => [
      subject.name,
      proposalFor(snapshot, subject, 'deny', (name, target) => denyIngress(snapshot, name, target))?.policy.ref.name,
    ]);
    expect(offered).toEqual([
      ['shop/bare[Pod]', undefined],
      ['shop/web[Pod]', 'deny-web'],
      ['shop/x[Pod]', 'deny-x'],
      ['shop[Namespace]', undefined],
    ]);
  });

  it('never make a name longer than Kubernetes takes', () => {
    const name = 'w'.repeat(253);
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod(`shop/${name}`, { app: 'web' })
        .pod('shop/x', { x: '1' })
        .policy('shop/x', selecting('shop', { x: '1' }, { egress: [] })),
    );
    const survey = surveyFor(snapshot);
    const subject = egressSubjects(survey, survey.namespaces[0]!, () => 'yes').find(
      ({ kind, name: subjectName }) => kind === 'workload' && subjectName.includes('www'),
    )!;
    expect(proposalFor(snapshot, subject, 'deny', (made, target) => denyIngress(snapshot, made, target))!.policy.ref.name).toHaveLength(
      253,
    );
  });
});
