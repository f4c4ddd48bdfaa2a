import { profileLists } from '../../../src/ingest/calico/profile-lists';
import { ALLOW_PROFILE, profileIndex } from '../../../src/ingest/calico/profiles';
import { withWorkloadPods } from '../../../src/ingest/calico/workload-pods';
import type { PodDraft, WorkloadEndpointDraft } from '../../../src/ingest/draft';
import type { Namespace } from '../../../src/model/endpoint';
import { NO_LABELS } from '../../../src/model/selector';
import { ALLOW_ALL, namespace, originOf, profile } from '../../support/calico';

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
    isLeftOut: false,
    ...parts,
  };
}

const profileAt = profileIndex(
  [
    profile('open', { ...ALLOW_ALL, labelsToApply: { role: 'open', rack: '1' } }),
    profile('quiet', { labelsToApply: { role: 'quiet' } }),
    profile('odd', { ingress: [{ action: 'Deny' }], labelsToApply: { role: 'odd', hash: 'x' } }),
  ],
  [namespace('shop')],
);
const CLOSED: Namespace = { ...namespace('shop'), profiles: ['odd'] };

const POD: PodDraft = {
  kind: 'pod',
  origin: { ...originOf('Pod', 'web-1', 'shop', 'v1'), group: '' },
  shape: { labels: NO_LABELS, serviceAccount: 'default', hostNetwork: false, ports: [], images: [] },
  node: 'n1',
  addresses: ['10.1.0.1'],
  finished: false,
  owner: undefined,
};

function podsOf(workloadEndpoint: readonly WorkloadEndpointDraft[], pod: readonly PodDraft[] = [], home = namespace('shop')) {
  const told: string[] = [];
  const namespaceOf = ({ namespace: scope }: { readonly namespace: string | undefined }) => scope ?? 'default';
  const parts = { workloadEndpoint, pod, profileAt, listOf: profileLists(profileAt), namespaces: [home], namespaceOf };
  const pods = withWorkloadPods(parts, ({ code, message }) => told.push(`${code} ${message}`));
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

test('a pod of the input has the labels of its profiles beside its own, which win, and pods of one shape share one again', () => {
  const labels = { values: { app: 'web', rack: '9' }, unknownKeys: ['hash'], complete: true };
  const shape = { ...POD.shape, labels };
  const pods = ['web-1', 'web-2', 'web-3'].map((name) => ({ ...POD, origin: { ...POD.origin, name }, shape }));
  const [first, second, third] = podsOf(
    [endpoint('a', { pod: 'web-1', profiles: ['odd', 'open'] }), endpoint('b', { pod: 'web-2', profiles: ['odd', 'open'] })],
    pods,
  ).pods;

  expect(first!.shape.labels).toEqual({ ...labels, values: { app: 'web', rack: '9', role: 'odd' } });
  expect(second!.shape).toBe(first!.shape);
  expect(third!.shape).toBe(shape);
});

describe('what profiles come to', () => {
  const profilesOf = (profiles: readonly string[], pod?: PodDraft, home?: Namespace) =>
    podsOf([endpoint('a', { pod: 'web-1', profiles })], pod ? [pod] : [], home).pods[0]!.profiles;

  test.each([[['kns.shop']], [['ksa.shop.robot', 'kns.shop']], [['open']], [['quiet', 'open', 'odd']], [['kns.gone']]])(
    '%j is as usual',
    (profiles) => {
      expect(profilesOf(profiles)).toBeUndefined();
      expect(profilesOf(profiles, POD)).toBeUndefined();
    },
  );

  test.each([
    [['quiet'], []],
    [
      ['odd', 'open'],
      ['odd', 'open'],
    ],
    [['gone', 'open'], ['gone']],
  ])('%j is %j', (profiles, own) => {
    expect(profilesOf(profiles)).toEqual(own);
    expect(profilesOf(profiles, POD)).toEqual(own);
  });

  test('no profile at all denies, unless the pod is there, of which the endpoint is a part', () => {
    expect(profilesOf([])).toEqual([]);
    expect(profilesOf([], POD)).toBeUndefined();
  });

  test('is told only where it is not what the namespace says', () => {
    expect(profilesOf(['odd'], POD, CLOSED)).toBeUndefined();
    expect(profilesOf(['open'], POD, CLOSED)).toEqual([ALLOW_PROFILE]);
    expect(profilesOf(['gone'], POD, CLOSED)).toEqual(['gone']);
  });
});

test('profiles that are not in the input are told, each once', () => {
  const { told } = podsOf([
    endpoint('a', { profiles: ['gone', 'lost'] }),
    endpoint('b', { profiles: ['odd', 'gone'] }),
    endpoint('c', { profiles: ['kns.other'] }),
  ]);
  expect(told.filter((text) => text.startsWith('profile-missing'))).toEqual([
    'profile-missing profile `gone` is not in the input: where no policy decides, Calico denies what goes to or from the pod; so it is at this workload endpoint and 1 more',
    'profile-missing profile `kns.other` is that of a namespace that is not in the input: it is taken to allow everything; so it is at this workload endpoint',
  ]);
});

test('interfaces of one pod with other profiles are told, and the first of them by name counts', () => {
  const { pods, told } = podsOf([endpoint('b', { pod: 'web', profiles: ['open'] }), endpoint('a', { pod: 'web', profiles: ['odd'] })]);
  expect(pods.map(({ profiles }) => profiles)).toEqual([['odd']]);
  expect(told.filter((text) => text.startsWith('partly-modelled'))).toHaveLength(1);
});
