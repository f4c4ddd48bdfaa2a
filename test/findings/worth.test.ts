import { isPrecious, worthOf } from '../../src/findings/worth';
import type { Workload } from '../../src/model/endpoint';

function running(...images: readonly string[]): Workload {
  const source = { file: 'a.yaml', document: 1, line: 1 };
  return { ref: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'a', name: 'a', source }, endpoints: [], images };
}

describe('the worth of a workload', () => {
  it.each([
    ['redis:alpine', 'V3'],
    ['docker.io/library/postgres:16@sha256:abc', 'V3'],
    ['registry.local:5000/team/mongo', 'V3'],
    ['MYSQL', 'V3'],
    ['kubernetesui/dashboard:v2.7.0', 'V4'],
    ['gcr.io/google_containers/kubernetes-dashboard-amd64:v1.6.3', 'V4'],
    ['quay.io/coreos/etcd:v3.5', 'V4'],
  ] as const)('%s is %s', (image, worth) => {
    expect(worthOf(running('busybox', image))).toEqual({ worth, reason: expect.stringContaining(image) });
  });

  it.each(['nginx', 'my-redis-client', 'acme/dashboard', 'postgres-exporter', '', '/', 'constructor'])(
    '%j is an ordinary workload',
    (image) => {
      expect(worthOf(running(image))).toEqual({ worth: 'V2' });
    },
  );

  it('is that of its most precious image', () => {
    expect(worthOf(running('redis', 'jenkins/jenkins:lts')).worth).toBe('V4');
  });

  it('is precious from stored data upwards', () => {
    expect(['V1', 'V2', 'V3', 'V4'].map((worth) => isPrecious(worth as 'V1'))).toEqual([false, false, true, true]);
  });
});
