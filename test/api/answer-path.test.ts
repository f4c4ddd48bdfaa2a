import { answerPath, formatTuple } from '../../src/api/answer-path';
import type { DoorExplanation, PathStep } from '../../src/model/door';

const DIALLED = { source: '203.0.113.7', destination: 'n1[Node]', protocol: 'TCP', port: 30080 } as const;
const INSIDE = { source: '203.0.113.7', destination: 'shop/web-1', protocol: 'TCP', port: 8080 } as const;
const HIT = { direction: 'ingress', trigger: 'not-selected', action: 'Allow', certainty: 'yes', unknowns: [] } as const;

function stepsOf(...steps: readonly PathStep[]) {
  const way = { text: 'enters at `n1`', verdict: 'allowed', steps, dependsOn: [] } as const;
  const explanation: DoorExplanation = {
    door: 'nodePort shop/web:80',
    client: '203.0.113.7',
    backend: { endpoint: 0, port: 8080, certainty: 'yes', unknowns: [] },
    verdict: 'allowed',
    shown: way,
    ways: [way],
    dependsOn: [],
    assumptions: [],
  };
  const { steps: told, ...rest } = answerPath(explanation);
  expect(rest).toEqual({ door: 'nodePort shop/web:80', client: '203.0.113.7', way: 'enters at `n1`', verdict: 'allowed' });
  return told;
}

describe('a step on a way', () => {
  it('at the door tells what decides there', () => {
    const unknowns = [{ kind: 'fact', text: 'the fact `x`' }] as const;
    expect(stepsOf({ kind: 'door', door: 'd', tuple: DIALLED, verdict: 'indeterminate', reason: 'fact `x`', unknowns })).toEqual([
      { kind: 'door', tuple: DIALLED, verdict: 'indeterminate', sentence: 'fact `x`', trace: [], dependsOn: unknowns },
    ]);
  });

  it('that translates tells the connection before and after', () => {
    const step = { kind: 'translation', side: 'destination', node: 'n1', before: DIALLED, after: INSIDE } as const;
    expect(stepsOf(step)).toMatchObject([{ tuple: DIALLED, after: INSIDE, node: 'n1', sentence: 'node `n1` replaces the destination' }]);
    const { node: _, ...somewhere } = step;
    expect(stepsOf({ ...somewhere, side: 'source' })[0]!.sentence).toBe('a node replaces the source');
  });

  it('by a controller names it, as what stands for one that is not in the input describes itself', () => {
    const step = { kind: 'relay', by: 'edge/envoy-1', before: DIALLED, after: INSIDE } as const;
    expect(stepsOf(step)[0]!.sentence).toBe('`edge/envoy-1` opens a connection of its own');
    expect(stepsOf({ ...step, by: 'the gateway `istio`' })[0]!.sentence).toBe('the gateway `istio` opens a connection of its own');
  });

  it.each([
    ['hostIn', 'n1', 'it comes to node `n1`'],
    ['hostOut', undefined, 'it leaves a node'],
    ['egress', undefined, 'egress of `203.0.113.7`'],
    ['ingress', 'n1', 'ingress of `shop/web-1`'],
  ] as const)('where policy acts tells the place: %s', (place, node, sentence) => {
    const step: PathStep = { kind: 'point', place, ...(node && { node }), tuple: INSIDE, verdict: 'allowed', trace: [HIT], unknowns: [] };
    const [told] = stepsOf(step);
    expect(told).toMatchObject({ place, sentence, verdict: 'allowed' });
    expect(told!.trace[0]!.sentence).toBe('no policy decides about ingress of `shop/web-1`, so it is allowed');
  });
});

test('the front is told where there is one', () => {
  const way = { text: '', verdict: 'denied', steps: [], dependsOn: [] } as const;
  const explanation = {
    door: 'd',
    front: 'f',
    client: 'c',
    backend: { port: 1, certainty: 'yes', unknowns: [] },
    verdict: 'denied',
    shown: way,
    ways: [],
    dependsOn: [],
    assumptions: [],
  } as const;
  expect(answerPath(explanation)).toMatchObject({ front: 'f', verdict: 'denied' });
});

test('a connection is written in one line', () => {
  expect(formatTuple(INSIDE)).toBe('203.0.113.7 → shop/web-1 TCP 8080');
  expect(formatTuple({ source: 'a', destination: 'b', protocol: 'UDP' })).toBe('a → b UDP');
});
