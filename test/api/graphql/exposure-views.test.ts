import { deadEndView, exposureView, wayOutView } from '../../../src/api/graphql/exposure-views';
import {
  BY_POLICY,
  byDoor,
  clientGroup,
  deadEnd,
  doorFacts,
  exposedDoor,
  exposedWorkload,
  STEP,
  serviceDoor,
  wayOut,
} from '../../support/exposed-workload';

const SUMMARY = { index: 2, id: 'a/b[Pod]', namespace: 'a', name: 'b', kind: 'Pod', file: 'f', line: 1, endpoints: [0] };

test('ports are text, for they may be words', () => {
  const door = exposedDoor({ id: 'd', port: 'any', front: doorFacts({ port: 443 }), portOutside: 443, portInside: 'unknown' });
  const view = exposureView('s', SUMMARY, exposedWorkload({ openTo: 'outside', doors: [door] }));
  expect(view.doors).toMatchObject([
    {
      door: { key: 'd', port: 'any', source: { file: 'f', line: 1 } },
      front: { port: '443' },
      portOutside: '443',
      portInside: 'unknown',
    },
  ]);
  expect(view).toMatchObject({
    workload: { __typename: 'Workload', ref: 'a/b[Pod]' },
    openTo: 'outside',
    strangers: undefined,
    newPods: undefined,
  });
});

test('what decides keeps its step, in the shape of a trace', () => {
  const clients = [clientGroup({ decidedBy: [{ ...BY_POLICY, step: { ...STEP, certainty: 'maybe' } }, byDoor('y')] })];
  const view = exposureView('s', SUMMARY, exposedWorkload({ doors: [exposedDoor({ clients })] }));
  expect(view.doors[0]!.clients[0]!.decidedBy).toMatchObject([
    { kind: 'policy', sentence: STEP.sentence, step: { certainty: 'maybe', certain: false } },
    { kind: 'door', sentence: 'y', step: undefined },
  ]);
});

test('a Service counts who gets through, and says on what it depends', () => {
  const workloads = { allowed: 1, conditional: 2, total: 4, names: ['a/c[Pod]'] };
  const dependsOn = [{ kind: 'address', text: 'the address of `a new pod`' }] as const;
  const services = [serviceDoor({ newPods: 'perhaps', workloads, dependsOn }), serviceDoor()];
  expect(exposureView('s', SUMMARY, exposedWorkload({ services })).services).toMatchObject([
    { workloads, allowedCount: 1, conditionalCount: 2, workloadCount: 4, names: ['a/c[Pod]'], dependsOn },
    { newPods: 'any', dependsOn: [] },
  ]);
});

test('a door that leads nowhere tells where it is written', () => {
  expect(deadEndView(deadEnd({ line: 9, protocol: 'UDP', port: 53 }))).toEqual({
    object: 'a/s[Service]',
    source: { file: 'f', line: 9 },
    kinds: ['clusterIP'],
    protocol: 'UDP',
    port: '53',
  });
});

test('a door that leads out of the cluster tells where to', () => {
  expect(wayOutView(wayOut({ portInside: 'any' }))).toEqual({
    object: 'a/s[Service]',
    source: { file: 'f', line: 1 },
    kinds: ['nodePort'],
    protocol: 'TCP',
    port: '80',
    portInside: 'any',
    leadsTo: ['198.51.100.50', '198.51.100.51'],
  });
});
