import { profileIndex } from '../../../src/ingest/calico/profiles';
import { withWorkloadPods } from '../../../src/ingest/calico/workload-pods';
import type { PodDraft, ProfileDraft, WorkloadEndpointDraft } from '../../../src/ingest/draft';
import { NO_LABELS } from '../../../src/model/selector';
import { namespace, originOf } from '../../support/calico';

function endpoint(name: string, parts: Partial<WorkloadEndpointDraft> = {}): WorkloadEndpointDraft {
  return {
    kind: 'workloadEndpoint',
    origin: originOf('WorkloadEndpoint', name, 'shop'),
    pod: undefined,
    workload: undefined,
    node: undefined,
    serviceAccount: undefined,
    labels: [],
    addresses: [],
    profiles: ['kns.shop'],
    ports: [],
    hostPorts: [],
    ...parts,
  };
}

const profile = (name: string, rules: ProfileDraft['rules'], labels: ProfileDraft['labels'] = []): ProfileDraft => ({
  kind: 'profile',
  origin: originOf('Profile', name),
  labels,
  rules,
});
const profileAt = profileIndex(
  [
    profile('open', 'allowAll', [
      ['role', 'open'],
      ['rack', '1'],
    ]),
    profile('quiet', 'none', [['role', 'quiet']]),
    profile('odd', 'other'),
  ],
  [namespace('shop')],
);

const POD: PodDraft = {
  kind: 'pod',
  origin: { ...originOf('Pod', 'web-1', 'shop', 'v1'), group: '' },
  shape: { labels: NO_LABELS, serviceAccount: 'default', hostNetwork: false, ports: [], images: [] },
  node: 'n1',
  addresses: ['10.1.0.1'],
  finished: false,
  owner: undefined,
};

function podsOf(workloadEndpoint: readonly WorkloadEndpointDraft[], pod: readonly PodDraft[] = []) {
  const told: string[] = [];
  const namespaceOf = ({ namespace: scope }: { readonly namespace: string | undefined }) => scope ?? 'default';
  const pods = withWorkloadPods({ workloadEndpoint, pod, profileAt, namespaceOf }, ({ code, message }) => told.push(`${code} ${message}`));
  return { pods, told };
}

test('the endpoint of a pod of the input adds nothing', () => {
  expect(podsOf([endpoint('n1-k8s-web--1-eth0', { pod: 'web-1', labels: [['app', 'other']] })], [POD])).toEqual({ pods: [POD], told: [] });
});

test('an endpoint without its pod becomes one, which is told', () => {
  const ports = [{ name: 'http', protocol: 'TCP', port: 80 }] as const;
  const hostPorts = [{ protocol: 'TCP', hostPort: 8080, containerPort: 80 }] as const;
  const parts = { pod: 'api-1', node: 'n1', serviceAccount: 'robot', labels: [['app', 'api']], addresses: ['10.1.0.2'] } as const;
  const { pods, told } = podsOf([endpoint('n1-k8s-api--1-eth0', { ...parts, ports, hostPorts })], [POD]);

  expect(pods).toEqual([
    POD,
    {
      kind: 'pod',
      origin: { ...originOf('Pod', 'api-1', 'shop', 'v1'), group: '' },
      shape: {
        labels: { values: { app: 'api' }, unknownKeys: [], complete: true },
        serviceAccount: 'robot',
        hostNetwork: false,
        ports,
        hostPorts,
        images: [],
      },
      node: 'n1',
      addresses: ['10.1.0.2'],
      finished: false,
      owner: undefined,
    },
  ]);
  expect(told).toEqual(['pods-made the input has no pod for this workload endpoint: pods are made of them']);
});

test('it is named after its pod, its workload, or itself', () => {
  const named = podsOf([endpoint('a', { pod: 'p', workload: 'w' }), endpoint('b', { workload: 'w' }), endpoint('c')]);
  expect(named.pods.map(({ origin }) => origin.name)).toEqual(['p', 'w', 'c']);
  expect(named.told).toEqual([expect.stringContaining('this workload endpoint and 2 more')]);
});

test('two interfaces of one pod are one pod with the addresses of both', () => {
  const { pods } = podsOf([
    endpoint('a-eth0', { pod: 'a', addresses: ['10.1.0.2', 'fd00::2'] }),
    endpoint('a-net1', { pod: 'a', addresses: ['10.1.0.2', '10.2.0.2'] }),
  ]);
  expect(pods.map(({ addresses }) => addresses)).toEqual([['10.1.0.2', 'fd00::2', '10.2.0.2']]);
});

test('labels that Calico adds are not the pod’s own, and tell its account', () => {
  const labels = [
    ['app', 'web'],
    ['projectcalico.org/namespace', 'shop'],
    ['projectcalico.org/orchestrator', 'k8s'],
    ['projectcalico.org/serviceaccount', 'robot'],
  ] as const;
  const [pod] = podsOf([endpoint('a', { labels })]).pods;
  expect(pod!.shape).toMatchObject({ labels: { values: { app: 'web' } }, serviceAccount: 'robot' });
  expect(podsOf([endpoint('a')]).pods[0]!.shape.serviceAccount).toBe('default');
});

test('labels of profiles are inherited: own ones win, then those of the earlier profile', () => {
  const [pod] = podsOf([endpoint('a', { profiles: ['quiet', 'open'], labels: [['rack', '2']] })]).pods;
  expect(pod!.shape.labels.values).toEqual({ rack: '2', role: 'quiet' });
});

describe('profiles that do something else than to allow everything', () => {
  const partly = (profiles: readonly string[], pod?: PodDraft) =>
    podsOf([endpoint('a', { pod: 'web-1', profiles })], pod ? [pod] : []).told.filter((text) => text.startsWith('partly-modelled'));

  test.each([[['kns.shop']], [['ksa.shop.robot', 'kns.shop']], [['open']], [['quiet', 'open', 'odd']]])('%j do not', (profiles) => {
    expect(partly(profiles)).toEqual([]);
  });

  test.each([[[]], [['quiet']], [['odd', 'open']], [['gone', 'open']], [['kns.gone']]])('%j do, which is told', (profiles) => {
    expect(partly(profiles)).toEqual([expect.stringContaining('are taken to allow it, at this workload endpoint')]);
  });

  test('of a pod of the input count only where they do not follow from it', () => {
    expect(partly(['kns.shop', 'ksa.shop.default'], POD)).toEqual([]);
    expect(partly(['kns.shop', 'open'], POD)).toHaveLength(1);
  });
});
