import { directoryOf } from '../../src/engine/directory';
import { allow, cluster } from '../support/cluster';

const SNAPSHOT = cluster()
  .namespace('shop')
  .pod('shop/web-1', {}, { workload: 'web' })
  .pod('shop/web-2', {}, { workload: 'web' })
  .node('n1')
  .newPod('shop')
  .policy('shop/web', { ingress: [allow()] })
  .snapshot();

describe('the directory of a snapshot', () => {
  const directory = directoryOf(SNAPSHOT, Int32Array.of(2));

  it('has the names, policies and facts of the snapshot as they are', () => {
    const { facts, origins, mode, namespaces, tiers, policies, services, entries, hostEndpoints, nodeNetwork } = SNAPSHOT;
    expect(directory).toMatchObject({ facts, origins, mode, namespaces, tiers, policies, services, entries, hostEndpoints, nodeNetwork });
    expect([...directory.selected]).toEqual([2]);
  });

  it('answers endpoints and workloads by their index in the snapshot', () => {
    expect(directory.endpointCount).toBe(SNAPSHOT.endpoints.length);
    expect(SNAPSHOT.endpoints.map(({ id }) => directory.endpoint(id))).toEqual(SNAPSHOT.endpoints);
    expect(directory.workloadCount).toBe(1);
    expect(directory.workload(0)).toMatchObject({ ref: { name: 'web', kind: 'Deployment' }, endpoints: SNAPSHOT.workloads[0]!.endpoints });
  });

  it('has nothing to say of images, which no question needs', () => {
    expect(Object.keys(directory)).not.toContain('endpoints');
  });
});
