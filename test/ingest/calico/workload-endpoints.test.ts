import { readWorkloadEndpoint } from '../../../src/ingest/calico/workload-endpoints';
import { originOf, readingOfObject } from '../../support/calico';

test.each([
  [{ pod: 'web-1', profiles: ['kns.shop', 7] }, 'web-1', ['kns.shop']],
  [{ pod: '' }, undefined, []],
  [undefined, undefined, []],
])('%j belongs to pod %s', (spec, pod, profiles) => {
  const { reading } = readingOfObject({ spec });
  const origin = originOf('WorkloadEndpoint', 'n1-k8s-web--1-eth0', 'shop');
  expect(readWorkloadEndpoint(reading, origin)).toEqual({ kind: 'workloadEndpoint', origin, pod, profiles });
});
