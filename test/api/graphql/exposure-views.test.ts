import type { ExposedWorkload } from '../../../src/api/exposure';
import { deadEndView, exposureView } from '../../../src/api/graphql/exposure-views';

const SUMMARY = { index: 2, id: 'a/b[Pod]', namespace: 'a', name: 'b', kind: 'Pod', file: 'f', line: 1, endpoints: [0] };
const FACTS = {
  id: 'hostPort a/b:80',
  kind: 'hostPort',
  object: 'a/b[Pod]',
  file: 'f',
  line: 1,
  protocol: 'TCP',
  port: 'any',
  addresses: [],
  hostnames: [],
  scope: 'nodes',
} as const;

test('ports are text, for they may be words', () => {
  const exposed: ExposedWorkload = {
    id: 'a/b[Pod]',
    kind: 'Pod',
    file: 'f',
    line: 1,
    openTo: 'outside',
    doors: [
      {
        ...FACTS,
        front: { ...FACTS, port: 443 },
        portOutside: 443,
        portInside: 'unknown',
        endpoints: [],
        internet: 'none',
        clients: [],
        assumptions: [],
      },
    ],
    services: [],
  };
  const view = exposureView('s', SUMMARY, exposed);
  expect(view.doors).toMatchObject([
    {
      door: { key: FACTS.id, port: 'any', source: { file: 'f', line: 1 } },
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
  const step = { direction: 'ingress', trigger: 'rule', action: 'Allow', certainty: 'maybe', sentence: 'x', dependsOn: [] } as const;
  const clients = [
    {
      verdict: 'allowed',
      ranges: [],
      clients: [],
      decidedBy: [
        { kind: 'policy', sentence: 'x', step },
        { kind: 'door', sentence: 'y' },
      ],
      dependsOn: [],
    },
  ] as const;
  const doors = [{ ...FACTS, portOutside: 1, portInside: 1, endpoints: [], internet: 'all', clients, assumptions: [] }] as const;
  const view = exposureView('s', SUMMARY, { ...SUMMARY, openTo: 'internet', doors, services: [] });
  expect(view.doors[0]!.clients[0]!.decidedBy).toMatchObject([
    { sentence: 'x', step: { certain: false } },
    { sentence: 'y', step: undefined },
  ]);
});

test('a door that leads nowhere tells where it is written', () => {
  expect(deadEndView({ object: 'a/s[Service]', file: 'f', line: 9, kinds: ['clusterIP'], protocol: 'UDP', port: 53 })).toEqual({
    object: 'a/s[Service]',
    source: { file: 'f', line: 9 },
    kinds: ['clusterIP'],
    protocol: 'UDP',
    port: '53',
  });
});
