import { NAMED_PEERS, readNamedPeer } from '../../src/api/named-peers';
import { analyze } from '../../src/engine/index';
import type { Facts } from '../../src/model/facts';
import { PLAIN_SERVICE, type Service } from '../../src/model/service';
import { formatRange } from '../../src/util/address-set';
import { cluster } from '../support/cluster';

const SOURCE = { file: 'kubernetes.yaml', document: 1, line: 1 };
const KUBERNETES: Service = {
  ...PLAIN_SERVICE,
  ref: { apiVersion: 'v1', kind: 'Service', namespace: 'default', name: 'kubernetes', source: SOURCE },
  type: 'ClusterIP',
  headless: false,
  ports: [],
  endpointAddresses: ['192.168.0.1'],
  backendSets: [{ addresses: ['192.168.0.1'], ports: [{ name: 'https', protocol: 'TCP', port: 8443 }], source: SOURCE }],
};

function scene(facts: Partial<Facts> = {}, services: readonly Service[] = []) {
  const snapshot = cluster(facts)
    .node('n1', { addresses: ['192.168.0.1'] })
    .node('n2', { addresses: ['192.168.0.2'] })
    .pod('kube-system/etcd-n1', {}, { network: 'host', node: 'n1', addresses: ['192.168.0.1'] })
    .pod('shop/web', {}, { addresses: ['10.0.0.1'] })
    .snapshot();
  return analyze({ ...snapshot, services });
}

const EMPTY = (facts: Partial<Facts> = {}) => analyze(cluster(facts).namespace('a').snapshot());

function told(analysis: ReturnType<typeof analyze>, text: string) {
  const peer = readNamedPeer(analysis, text)!;
  if ('problem' in peer) return peer.problem;
  return 'endpoints' in peer
    ? peer.endpoints.map((index) => analysis.directory.endpoint(index).name)
    : { ranges: peer.ranges.map(formatRange), port: peer.port };
}

describe('peers with names of their own', () => {
  it('are nodes and pods of the input', () => {
    expect(told(scene(), 'nodes')).toEqual(['n1', 'n2']);
    expect(told(scene(), 'cluster')).toEqual(['etcd-n1', 'web']);
    expect(told(scene(), 'control-plane')).toEqual(['n1']);
  });

  it('are addresses of facts', () => {
    expect(told(EMPTY({ organisationRanges: ['10.0.0.0/8'] }), 'organisation')).toEqual({
      ranges: ['10.0.0.0-10.255.255.255'],
      port: undefined,
    });
    expect(told(EMPTY({ nodeRanges: ['192.168.0.0/24'] }), 'nodes')).toEqual({ ranges: ['192.168.0.0-192.168.0.255'], port: undefined });
  });

  it('are the API server where its Service leads, else at the control plane', () => {
    expect(told(scene({}, [KUBERNETES]), 'kubernetes-api')).toEqual({ ranges: ['192.168.0.1'], port: 8443 });
    expect(told(scene(), 'kubernetes-api')).toEqual({ ranges: ['192.168.0.1'], port: 6443 });
    const withoutNodes = analyze({ ...cluster().namespace('default').snapshot(), services: [KUBERNETES] });
    expect(told(withoutNodes, 'control-plane')).toEqual({ ranges: ['192.168.0.1'], port: 8443 });
  });

  it('are metadata services of the platform, of a cloud by name, or of all clouds', () => {
    expect(told(EMPTY({ platform: 'alibaba' }), 'metadata')).toEqual({ ranges: ['100.100.100.200'], port: 80 });
    expect(told(EMPTY({ platform: 'alibaba' }), 'metadata:azure')).toEqual({ ranges: ['169.254.169.254', '168.63.129.16'], port: 80 });
    expect(told(EMPTY(), 'metadata')).toMatchObject({
      ranges: expect.arrayContaining(['169.254.169.254', '100.100.100.200', 'fd00:ec2::254']),
    });
    expect(readNamedPeer(EMPTY(), 'metadata')).toMatchObject({ notes: [expect.stringContaining('fact `platform`')] });
  });

  it.each([
    ['organisation', 'no addresses of the organisation are known: state the fact `organisationRanges`, such as `10.0.0.0/8`'],
    ['nodes', 'there are no nodes in the input: state their addresses with the fact `nodeRanges`'],
    ['cluster', 'there are no pods in the input'],
    [
      'kubernetes-api',
      'nothing in the input tells where the API server is: neither endpoints of `default/kubernetes` nor nodes of the control plane',
    ],
    ['control-plane', 'nothing in the input tells which nodes are of the control plane: no node has its role or runs its pods'],
    ['metadata:ibm', '`ibm` is no cloud whose metadata addresses are known; known are aws, gcp, azure, alibaba, oracle, openstack'],
  ])('`%s` says what is missing', (name, problem) => {
    expect(told(EMPTY(), name)).toBe(problem);
  });

  it('say that there is no cloud', () => {
    expect(told(EMPTY({ platform: 'none' }), 'metadata')).toContain('the fact `platform` says that there is no cloud');
  });

  it('are not every name', () => {
    expect(readNamedPeer(EMPTY(), 'shop')).toBeUndefined();
    expect(NAMED_PEERS.every((name) => readNamedPeer(scene(), name) !== undefined)).toBe(true);
  });
});
