import type { PeerTerm, Policy, Rule } from '../../src/model/policy';
import type { Snapshot } from '../../src/model/snapshot';
import { describeCase, findMismatch, type Solver, solver, solverWith } from '../support/differential';
import { generateCluster } from '../support/generate-cluster';
import { randomFrom, seedOf } from '../support/random';
import { SEED } from '../support/seed';
import type { Case } from '../support/shrink';

/*
 * Can the comparison of solver and definition fail? Five faults are planted, each as a change of the cluster that the solver sees, and each must be
 * found, and be made small enough to read.
 */

function withRules(change: (rule: Rule) => Rule | undefined): (snapshot: Snapshot) => Snapshot {
  const changed = (rules: readonly Rule[]) => rules.flatMap((rule) => change(rule) ?? []);
  return (snapshot) => ({
    ...snapshot,
    policies: snapshot.policies.map((policy) => ({
      ...policy,
      ...(policy.ingress && { ingress: changed(policy.ingress) }),
      ...(policy.egress && { egress: changed(policy.egress) }),
    })),
  });
}

const dropPass = withRules((rule) => (rule.action === 'Pass' ? undefined : rule));

const oneMorePort = withRules((rule) => {
  if (rule.packets === 'any') return rule;
  const packets = rule.packets.map((term) => ({
    ...term,
    ...(term.ports && { ports: term.ports.map(([low, high]) => [low, high + 1] as const) }),
  }));
  return { ...rule, packets };
});

const ignoreExceptions = withRules((rule) => {
  if (rule.peer === 'any') return rule;
  // Without its exceptions, a term of exceptions alone holds every address.
  const everywhere = { nets: ['0.0.0.0/0', '::/0'] };
  const peer = rule.peer.map(({ notNets, ...rest }): PeerTerm => (notNets && !rest.nets ? { ...rest, ...everywhere } : rest));
  return { ...rule, peer };
});

/** Policies of one tier and order in the opposite order. */
function swapTies(snapshot: Snapshot): Snapshot {
  const isTied = (a: Policy, b: Policy) => a.tier === b.tier && a.order === b.order;
  const policies = snapshot.policies.map((policy) => {
    const tied = snapshot.policies.filter((other) => isTied(policy, other));
    return tied[tied.length - 1 - tied.indexOf(policy)]!;
  });
  return { ...snapshot, policies };
}

/** A named port is found by its name, whatever protocol it was declared for. */
function ignoreProtocolOfNames(snapshot: Snapshot): Snapshot {
  const endpoints = snapshot.endpoints.map((endpoint) => ({
    ...endpoint,
    ports: endpoint.ports.flatMap((port) => (['TCP', 'UDP', 'SCTP'] as const).map((protocol) => ({ ...port, protocol }))),
  }));
  return { ...snapshot, endpoints };
}

const CLUSTERS = 60;
const FLOWS = 300;

/** The first mismatch in a series of clusters. */
function hunt(solve: Solver): Case | undefined {
  for (let index = 0; index < CLUSTERS; index++) {
    const random = randomFrom(seedOf(SEED, index));
    const mismatch = findMismatch(solve, generateCluster(random, 'everything'), random, FLOWS);
    if (mismatch) return mismatch;
  }
  return undefined;
}

test.each([
  ['Pass rules that are dropped', dropPass],
  ['ties of order that are broken the wrong way', swapTies],
  ['ranges of ports with one port too many', oneMorePort],
  ['exceptions of nets that are ignored', ignoreExceptions],
  ['named ports that are found by name alone', ignoreProtocolOfNames],
])('%s are found, in a case that is small enough to read', (_fault, fault) => {
  const solve = solverWith(fault);
  const mismatch = hunt(solve);

  expect(mismatch).toBeDefined();
  const { policies, endpoints } = mismatch!.snapshot;
  const rules = policies.flatMap(({ ingress = [], egress = [] }) => [...ingress, ...egress]);
  expect({ policies: policies.length <= 2, rules: rules.length <= 3, endpoints: endpoints.length <= 2 }).toEqual({
    policies: true,
    rules: true,
    endpoints: true,
  });
  expect(describeCase(solve, mismatch!)).toMatch(/^solver says \w+, definition says \w+\nflow /);
});

test('without a fault nothing is found', () => {
  expect(hunt(solver)).toBeUndefined();
});
