import { analyze, decodeAnalysis, encodeDirectory, encodeModel, evaluate, explain, verdictOf } from '../../src/engine/index';
import { allow, cluster, log, pods, to } from '../support/cluster';
import { describeCase, findMismatch, type Solver, solver } from '../support/differential';
import { flowOf } from '../support/flow';
import { type ClusterSize, generateCluster, type Profile, SMALL } from '../support/generate-cluster';
import { boundariesOf, generateFlow } from '../support/generate-flow';
import { randomFrom, seedOf } from '../support/random';
import { SEED } from '../support/seed';

/*
 * The solver against the definition: random clusters, random flows on the boundaries that the clusters draw. Every verdict must be equal, every
 * explanation the same to the last step, also of an analysis that was stored and loaded. A mismatch is made as small as it can be and printed.
 * Every cluster has a seed of its own, made of `LEASTTRUST_SEED` and its number.
 */

interface Series {
  readonly profile: Profile;
  readonly size: ClusterSize;
  readonly clusters: number;
  readonly flows: number;
}

const MEDIUM: ClusterSize = { namespaces: 6, endpoints: 60, policies: 40, rules: 6 };
const SERIES: readonly Series[] = [
  { profile: 'networkPolicyLike', size: SMALL, clusters: 120, flows: 400 },
  { profile: 'everything', size: SMALL, clusters: 150, flows: 400 },
  { profile: 'networkPolicyLike', size: MEDIUM, clusters: 5, flows: 400 },
  { profile: 'everything', size: MEDIUM, clusters: 5, flows: 400 },
  { profile: 'withHosts', size: SMALL, clusters: 120, flows: 200 },
  { profile: 'untracked', size: SMALL, clusters: 120, flows: 200 },
  { profile: 'betweenNodes', size: SMALL, clusters: 150, flows: 300 },
  { profile: 'withHosts', size: MEDIUM, clusters: 3, flows: 400 },
];

function clustersOf({ profile, size, clusters }: Series) {
  return Array.from({ length: clusters }, (_, index) => {
    const random = randomFrom(seedOf(SEED, index));
    return { random, snapshot: generateCluster(random, profile, size) };
  });
}

const nameOf = ({ profile, size, clusters, flows }: Series) =>
  `${clusters} clusters of ${profile} with up to ${size.endpoints} pods, ${flows} flows each`;

test(`at least 100,000 flows over 200 clusters are compared, from seed ${SEED}`, () => {
  const sum = (count: (series: Series) => number) => SERIES.reduce((total, series) => total + count(series), 0);

  expect(sum(({ clusters }) => clusters)).toBeGreaterThanOrEqual(200);
  expect(sum(({ clusters, flows }) => clusters * flows)).toBeGreaterThanOrEqual(100_000);
});

function expectAgreement(solve: Solver, series: Series): void {
  for (const { random, snapshot } of clustersOf(series)) {
    const mismatch = findMismatch(solve, snapshot, random, series.flows);
    if (mismatch) throw new Error(`seed ${SEED}, cluster ${random.seed}\n${describeCase(solve, mismatch)}`);
  }
}

test.each(SERIES.map((series): [string, Series] => [nameOf(series), series]))('%s: the same verdicts', (_name, series) => {
  expectAgreement(solver, series);
});

/** The analysis as it comes back from the store. */
const stored: Solver = (snapshot) => {
  const loaded = storedAnalysis(analyze(snapshot));
  return (flow) => verdictOf(loaded, flow);
};

function storedAnalysis(analysis: ReturnType<typeof analyze>) {
  return decodeAnalysis(encodeModel(analysis), encodeDirectory(analysis));
}

test.each(SERIES.map((series): [string, Series] => [nameOf({ ...series, flows: 40 }), { ...series, flows: 40 }]))(
  '%s: the same verdicts from an analysis that was stored and loaded',
  (_name, series) => {
    expectAgreement(stored, series);
  },
);

test.each(SERIES.map((series): [string, Series] => [nameOf({ ...series, flows: 20 }), { ...series, flows: 20 }]))(
  '%s: the same explanations, before and after the store',
  (_name, series) => {
    for (const { random, snapshot } of clustersOf(series)) {
      const analysis = analyze(snapshot);
      const loaded = storedAnalysis(analysis);
      const boundaries = boundariesOf(snapshot);
      for (let count = 0; count < series.flows; count++) {
        const flow = generateFlow(random, snapshot, boundaries);
        const defined = evaluate(snapshot, flowOf(snapshot, flow));
        expect({ seed: random.seed, flow, ...explain(analysis, flow) }).toEqual({ seed: random.seed, flow, ...defined });
        expect({ seed: random.seed, flow, ...explain(loaded, flow) }).toEqual({ seed: random.seed, flow, ...defined });
      }
    }
  },
);

test('a Log rule that alone tells endpoints apart is explained the same before and after the store', () => {
  const snapshot = cluster()
    .namespace('shop')
    .pod('shop/a', { tier: 'x' }, { ports: [['http', 'TCP', 80]] })
    .pod('shop/b', {}, { ports: [['http', 'TCP', 81]] })
    .policy('shop/all', { ingress: [log([pods({ tier: 'x' })]), log('any', to('TCP', 'http')), allow()] })
    .snapshot();
  const analysis = analyze(snapshot);
  const loaded = storedAnalysis(analysis);

  for (const [source, destination] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const flow = { source, destination, packet: { protocol: 'TCP', port: 80 } } as const;
    expect(explain(loaded, flow)).toEqual(evaluate(snapshot, flowOf(snapshot, flow)));
    expect(explain(analysis, flow)).toEqual(evaluate(snapshot, flowOf(snapshot, flow)));
  }
});
