import type { FlowEnd } from '../../../src/engine/analysis';
import type { Analysis } from '../../../src/engine/analyze';
import type { ControllerPods } from '../../../src/engine/doors/controllers';
import { decodeAnalysis } from '../../../src/engine/encode/index';
import { CHECKSUM_AT, checksumOf, SECTION_COUNT_AT } from '../../../src/engine/encode/sections';
import { StoredModelError } from '../../../src/engine/encode/stored-model-error';
import { catalogueOf } from '../../../src/engine/query/catalogue';
import { connectivity } from '../../../src/engine/query/connectivity';
import { explain } from '../../../src/engine/query/explain';
import { isolationOf } from '../../../src/engine/query/isolation';
import { summaryOf } from '../../../src/engine/query/summary';
import { verdictOf } from '../../../src/engine/query/verdict';
import type { Entry } from '../../../src/model/entry';
import type { HostEndpoint, NodeNetwork } from '../../../src/model/host-endpoint';
import type { Service } from '../../../src/model/service';
import type { Snapshot } from '../../../src/model/snapshot';
import type { Packet } from '../../../src/model/verdict';
import { allow, block, cluster, deny, pods, policyOf, to } from '../../support/cluster';

/* Stored bytes as somebody might send them who means harm, or a disk that lies. */

const SOURCE = { file: 'doors.yaml', document: 1, line: 3 } as const;
const LABELS = { values: { role: 'worker' }, unknownKeys: [], complete: true } as const;

/** A Service, a host endpoint and an entry with a value in every field that they can have. */
export const FULL_SERVICE: Required<Service> = {
  ref: { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web', source: SOURCE },
  type: 'LoadBalancer',
  headless: false,
  selector: { app: 'web', ['__proto__']: 'x' },
  ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 'http', nodePort: 30_080 }],
  endpointAddresses: ['10.0.0.1'],
  backendSets: [{ addresses: ['10.0.0.1'], ports: [{ name: 'http', protocol: 'TCP', port: 8080 }], source: SOURCE }],
  clusterAddresses: ['172.16.0.1'],
  families: [4, 6],
  externalAddresses: ['203.0.113.1'],
  externalName: 'web.example.com',
  externalTrafficPolicy: 'Local',
  internalTrafficPolicy: 'Cluster',
  loadBalancer: {
    addresses: ['203.0.113.2'],
    hostnames: ['lb.example.com'],
    requestedAddresses: ['203.0.113.3'],
    className: 'internal',
    sourceRanges: ['198.51.100.0/24'],
    allocatesNodePorts: true,
    scope: 'internal',
    scopeEvidence: 'its class',
  },
};

export const FULL_HOST: Required<HostEndpoint> = {
  ref: { apiVersion: 'projectcalico.org/v3', kind: 'HostEndpoint', name: 'n1-eth0', source: SOURCE },
  node: 'n1',
  interfaceName: 'eth0',
  addresses: ['192.168.0.1'],
  labels: LABELS,
  ports: [{ name: 'ssh', protocol: 'TCP', port: 22 }],
  profileAction: 'Deny',
  profiles: ['base', 'web'],
};

export const FULL_NODE_NETWORK: Required<NodeNetwork> = {
  failsafeInbound: [{ protocol: 'TCP', port: [22, 22], net: '10.0.0.0/8', nodes: ['n1'] }],
  failsafeOutbound: [{ protocol: 'UDP', port: [53, 53] }],
  pools: [{ net: '10.0.0.0/16', encapsulation: 'always', natOutgoing: true }],
  links: [{ node: 'n1', subnets: ['192.168.0.0/24'], tunnels: ['10.0.0.64'] }],
  droppedFromPods: [
    { protocol: 'UDP', ports: [[4789, 4789]] },
    { protocol: 'other', numbers: [[4, 4]] },
  ],
  droppedAtNodes: [{ packets: { protocol: 'UDP', ports: [[4789, 4789]] }, family: 4, exempt: ['192.0.2.0/24'] }],
};

export const FULL_ENTRY: Required<Entry> = {
  kind: 'gateway',
  ref: { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', namespace: 'shop', name: 'web', source: SOURCE },
  gateway: { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', namespace: 'shop', name: 'edge', source: SOURCE },
  className: 'edge',
  controller: 'example.com/edge',
  sourceRanges: ['198.51.100.0/24'],
  unknowns: ['on which pods it runs'],
  hosts: ['web.example.com'],
  listeners: [{ port: 443, protocol: 'TCP', tls: true }],
  backends: [{ service: { namespace: 'shop', name: 'web' }, port: 'http', portIsTarget: true, path: '/', source: SOURCE }],
  addresses: ['203.0.113.4'],
  hostnames: ['edge.example.com'],
  scope: 'internet',
  scopeEvidence: 'its address',
};

export const FULL_CONTROLLER: Required<ControllerPods> = {
  controller: 'traefik',
  gateway: 'shop/edge',
  router: 'default',
  workload: 1,
  endpoints: [1],
};

const SHOP = cluster()
  .namespace('shop', { team: 'a' })
  .pod('shop/web', { app: 'web' }, { addresses: ['10.0.0.1', 'fd00::1'], node: 'n1', ports: [['http', 'TCP', 80]], serviceAccount: 'web' })
  .template('shop/db', { app: 'db' }, { unknownKeys: ['app'] })
  .node('n1', { addresses: ['192.168.0.1'] })
  .newPod('shop')
  .policy('shop/db', {
    ingress: [allow([pods({ app: 'web' })], to('TCP', 'http', 5432)), deny([block('10.0.0.0/8', ['10.1.0.0/16'])], to('UDP', [53, 99]))],
    egress: [allow('any', to('ICMP'))],
  })
  .snapshot();

/** A small cluster with something in every section of a model and every part of a directory. */
export const SMALL_SHOP: Snapshot = {
  ...SHOP,
  endpoints: SHOP.endpoints.map((endpoint) =>
    endpoint.name === 'web'
      ? { ...endpoint, hostPorts: [{ protocol: 'TCP', hostPort: 8080, containerPort: 80, hostAddress: '192.168.0.1' }] }
      : endpoint,
  ),
  services: [FULL_SERVICE],
  entries: [FULL_ENTRY],
  hostEndpoints: [FULL_HOST],
  nodeNetwork: FULL_NODE_NETWORK,
  policies: [
    ...SHOP.policies,
    {
      ...policyOf('hosts', {
        appliesTo: { kind: 'none' },
        ingress: [deny([block('198.51.100.0/24')], to('TCP', 25)), allow('any', to('TCP', 'ssh'))],
      }),
      appliesToHosts: { kind: 'label', owner: 'endpoint', key: 'role', test: { operator: 'in', values: ['worker'] } },
      forward: true,
    },
  ],
};

/** Bytes as 32-bit words that can be written to. */
export function wordsIn(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

/** Makes the checksum right again, so that it hides nothing of what was changed. */
export function sealed(bytes: Uint8Array): Uint8Array {
  const words = wordsIn(bytes);
  words[CHECKSUM_AT] = checksumOf(words.subarray(SECTION_COUNT_AT));
  return bytes;
}

/**
 * Bytes either are refused with the one error that callers expect, or are an analysis that answers every question. The directory is made to name the
 * model, as somebody would who means harm.
 */
export function expectRefusedOrSound(model: Uint8Array, directory: object): 'refused' | 'sound' {
  const named = { ...directory, model: model.length >= 16 ? wordsIn(model)[CHECKSUM_AT] : 0 };
  let analysis: Analysis;
  try {
    analysis = decodeAnalysis(model, new TextEncoder().encode(JSON.stringify(named)));
  } catch (error) {
    if (!(error instanceof StoredModelError)) throw error;
    return 'refused';
  }
  putEveryQuestion(analysis);
  return 'sound';
}

/** Puts every kind of question; throws if one of them stumbles. */
export function putEveryQuestion(analysis: Analysis): void {
  askForNames(analysis);
  for (const [source, destination, packet] of flowsBetween(analysis))
    expectOne(VERDICTS, verdictOf(analysis, { source, destination, packet }));
  for (const by of ['endpoint', 'workload', 'namespace'] as const) for (const row of connectivity(analysis, { by })) JSON.stringify(row);
  for (let index = 0; index < analysis.directory.endpointCount; index++)
    for (const direction of ['ingress', 'egress'] as const) expectOne(['yes', 'no', 'maybe'], isolationOf(analysis, index, direction));
  const { pairs, allowedPairs, possiblePairs } = summaryOf(analysis);
  if (![pairs, allowedPairs, possiblePairs].every(Number.isFinite)) throw new Error('a count is no number');
}

/** Puts the questions that a directory answers. */
export function askForNames(analysis: Analysis): void {
  const catalogue = catalogueOf(analysis);
  for (let index = 0; index < catalogue.endpointCount(); index++) catalogue.endpoint(index);
  for (let index = 0; index < catalogue.workloadCount(); index++) catalogue.workload(index);
  for (let index = 0; index < catalogue.policyCount(); index++) catalogue.policy(index);
  catalogue.endpointsAt('10.0.0.1');
  for (const [source, destination, packet] of flowsBetween(analysis))
    expectOne(VERDICTS, explain(analysis, { source, destination, packet }).verdict);
}

const VERDICTS = ['allowed', 'denied', 'indeterminate'];
const PACKETS: readonly Packet[] = [{ protocol: 'TCP', port: 80 }, { protocol: 'UDP' }, { protocol: 'ICMP', icmp: { type: 8, code: 0 } }];

/** Each end with each other one, and the packets by turns. */
function flowsBetween({ directory }: Analysis): readonly (readonly [FlowEnd, FlowEnd, Packet])[] {
  const ends: readonly FlowEnd[] = ['10.0.0.1', 'fd00::1', ...Array.from({ length: directory.endpointCount }, (_, index) => index)];
  return ends.flatMap((source, turn) =>
    ends.map((destination, index) => [source, destination, PACKETS[(turn + index) % PACKETS.length]!] as const),
  );
}

function expectOne(known: readonly string[], answer: string): void {
  if (!known.includes(answer)) throw new Error(`\`${answer}\` is no answer`);
}
