import { analyze } from '../../../src/engine/analyze';
import { controlPlaneOf } from '../../../src/engine/query/control-plane';
import type { Service } from '../../../src/model/service';
import { PLAIN_SERVICE } from '../../../src/model/service';
import { cluster } from '../../support/cluster';

const SOURCE = { file: 'kubernetes.yaml', document: 1, line: 1 };
const KUBERNETES: Service = {
  ...PLAIN_SERVICE,
  ref: { apiVersion: 'v1', kind: 'Service', namespace: 'default', name: 'kubernetes', source: SOURCE },
  type: 'ClusterIP',
  headless: false,
  ports: [],
  endpointAddresses: ['192.168.0.10'],
  backendSets: [{ addresses: ['192.168.0.10', '192.168.0.11'], ports: [{ name: 'https', protocol: 'TCP', port: 8443 }], source: SOURCE }],
};

describe('the control plane', () => {
  it('is where the Service of the API server leads', () => {
    const snapshot = { ...cluster().namespace('default').snapshot(), services: [KUBERNETES] };
    expect(controlPlaneOf(analyze(snapshot))).toEqual({ apiAddresses: ['192.168.0.10', '192.168.0.11'], apiPort: 8443, nodes: [] });
  });

  it('is on the nodes that have its role or run its parts', () => {
    const snapshot = cluster()
      .node('cp-1')
      .node('cp-2')
      .node('worker')
      .pod('kube-system/kube-apiserver-cp-1', {}, { network: 'host', node: 'cp-1' })
      .pod('kube-system/kube-proxy-x', {}, { network: 'host', node: 'worker' })
      .pod('shop/etcd-0', {}, { network: 'host', node: 'worker' })
      .snapshot();
    const endpoints = snapshot.endpoints.map((endpoint) =>
      endpoint.name === 'cp-2'
        ? { ...endpoint, labels: { ...endpoint.labels, values: { 'node-role.kubernetes.io/control-plane': '' } } }
        : endpoint,
    );
    const { nodes, apiAddresses } = controlPlaneOf(analyze({ ...snapshot, endpoints }));
    expect(nodes.map((index) => endpoints[index]!.name)).toEqual(['cp-1', 'cp-2']);
    expect(apiAddresses).toEqual([]);
  });
});
