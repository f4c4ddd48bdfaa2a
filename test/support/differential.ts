import { analyze, evaluate, type IndexedFlow, verdictOf } from '../../src/engine/index';
import type { Snapshot } from '../../src/model/snapshot';
import type { Verdict } from '../../src/model/verdict';
import { flowOf } from './flow';
import { boundariesOf, generateFlow } from './generate-flow';
import type { Random } from './random';
import { type Case, shrink } from './shrink';

/** Answers flows of one cluster. */
export type Solver = (snapshot: Snapshot) => (flow: IndexedFlow) => Verdict;

export const solver: Solver = (snapshot) => {
  const analysis = analyze(snapshot);
  return (flow) => verdictOf(analysis, flow);
};

/** The solver with a fault: it sees another cluster than the one it is asked about. */
export function solverWith(fault: (snapshot: Snapshot) => Snapshot): Solver {
  return (snapshot) => solver(fault(snapshot));
}

export function definitionOf({ snapshot, flow }: Case): Verdict {
  return evaluate(snapshot, flowOf(snapshot, flow)).verdict;
}

/** Puts random flows to the solver and to the definition; the first difference, as small as it can be made, or nothing. */
export function findMismatch(solve: Solver, snapshot: Snapshot, random: Random, flows: number): Case | undefined {
  const answer = solve(snapshot);
  const boundaries = boundariesOf(snapshot);
  for (let count = 0; count < flows; count++) {
    const flow = generateFlow(random, snapshot, boundaries);
    if (answer(flow) !== definitionOf({ snapshot, flow })) return shrink({ snapshot, flow }, (smaller) => disagrees(solve, smaller));
  }
  return undefined;
}

function disagrees(solve: Solver, candidate: Case): boolean {
  return solve(candidate.snapshot)(candidate.flow) !== definitionOf(candidate);
}

/** A case in words that can be pasted into a test. */
export function describeCase(solve: Solver, { snapshot, flow }: Case): string {
  const { namespaces, endpoints, tiers, policies, hostEndpoints, nodeNetwork, facts } = snapshot;
  const { verdict, trace } = evaluate(snapshot, flowOf(snapshot, flow));
  const steps = trace.map(
    (step) =>
      `  ${step.direction}${step.host ? ` ${step.host.way} ${step.host.name} ${step.host.hook}` : ''} ${step.trigger} ${step.action} ${step.certainty} ${step.policy?.name ?? ''}#${step.rule ?? ''}`,
  );
  const brief = (key: string, value: unknown) => (key === 'source' || key === 'images' ? undefined : key === 'ref' ? nameOf(value) : value);
  const line = (value: unknown) => `  ${JSON.stringify(value, brief)}`;
  return [
    `solver says ${solve(snapshot)(flow)}, definition says ${verdict}`,
    `flow ${JSON.stringify(flow)}`,
    ...['steps', ...steps],
    ...['tiers', ...tiers.map(line)],
    ...['policies', ...policies.map(line)],
    ...['host endpoints', ...hostEndpoints.map(line)],
    ...['node network', line(nodeNetwork), `  ${facts.cni} ${facts.endpointToHostAction}`],
    ...['endpoints', ...endpoints.map(line)],
    ...['namespaces', ...namespaces.map(line)],
  ].join('\n');
}

function nameOf(ref: unknown): string {
  return (ref as { readonly name: string }).name;
}
