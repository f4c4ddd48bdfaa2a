import { analyze } from '../../../src/engine/analyze';
import { decodeAnalysis, encodeDirectory, encodeModel, StoredModelError } from '../../../src/engine/encode/index';
import { evaluate } from '../../../src/engine/evaluate';
import { catalogueOf } from '../../../src/engine/query/catalogue';
import { connectivity } from '../../../src/engine/query/connectivity';
import { explain } from '../../../src/engine/query/explain';
import { summaryOf } from '../../../src/engine/query/summary';
import { verdictOf } from '../../../src/engine/query/verdict';
import type { Snapshot } from '../../../src/model/snapshot';
import { cluster } from '../../support/cluster';
import { flowOf } from '../../support/flow';
import { generateCluster } from '../../support/generate-cluster';
import { boundariesOf, generateFlow } from '../../support/generate-flow';
import { randomFrom, seedOf } from '../../support/random';

function generated(seed: number): Snapshot {
  return generateCluster(randomFrom(seedOf(60, seed)), seed % 2 ? 'everything' : 'networkPolicyLike');
}

function stored(snapshot: Snapshot) {
  const analysis = analyze(snapshot);
  return { analysis, model: encodeModel(analysis), directory: encodeDirectory(analysis) };
}

describe('a stored analysis', () => {
  it('gives the answers of the one that was stored', () => {
    for (let seed = 0; seed < 20; seed++) {
      const snapshot = generated(seed);
      const { analysis, model, directory } = stored(snapshot);
      const loaded = decodeAnalysis(model, directory);
      expect([...connectivity(loaded, { by: 'endpoint' })]).toEqual([...connectivity(analysis, { by: 'endpoint' })]);
      expect(summaryOf(loaded)).toEqual(summaryOf(analysis));
      const [before, after] = [catalogueOf(analysis), catalogueOf(loaded)];
      expect(after.facts).toEqual(before.facts);
      for (let index = 0; index < before.endpointCount(); index++) expect(after.endpoint(index)).toEqual(before.endpoint(index));
      for (let index = 0; index < before.workloadCount(); index++) expect(after.workload(index)).toEqual(before.workload(index));
      for (let index = 0; index < before.policyCount(); index++) expect(after.policy(index)).toEqual(before.policy(index));
    }
  });

  it('explains as the definition does on the whole snapshot', () => {
    for (let seed = 0; seed < 30; seed++) {
      const snapshot = generated(seed);
      const { model, directory } = stored(snapshot);
      const loaded = decodeAnalysis(model, directory);
      const random = randomFrom(seed);
      const boundaries = boundariesOf(snapshot);
      for (let count = 0; count < 60; count++) {
        const flow = generateFlow(random, snapshot, boundaries);
        const expected = evaluate(snapshot, flowOf(snapshot, flow));
        expect(explain(loaded, flow)).toEqual(expected);
        expect(verdictOf(loaded, flow)).toBe(expected.verdict);
      }
    }
  });

  it('is the same bytes when it is stored again', () => {
    for (let seed = 0; seed < 6; seed++) {
      const { model, directory } = stored(generated(seed));
      const loaded = decodeAnalysis(model.slice(), directory.slice());
      expect(Buffer.from(encodeModel(loaded)).equals(model)).toBe(true);
      expect(Buffer.from(encodeDirectory(loaded)).equals(directory)).toBe(true);
    }
  });

  it('may lie anywhere in memory', () => {
    const { model, directory } = stored(generated(3));
    const shifted = new Uint8Array(model.length + 1);
    shifted.set(model, 1);
    expect(encodeModel(decodeAnalysis(shifted.subarray(1), directory))).toEqual(model);
  });

  it('holds of labels only what policies name', () => {
    const snapshot = cluster()
      .namespace('shop', { owner: 'namespace-secret', team: 'namespace-value' })
      .pod('shop/web', { app: 'web', password: 'pod-secret', tier: 'pod-value' }, { ports: [['hidden-port', 'TCP', 80]] })
      .policy('shop/web', {
        appliesTo: {
          kind: 'and',
          of: [
            { kind: 'label', owner: 'endpoint', key: 'tier', test: { operator: 'exists' } },
            { kind: 'label', owner: 'namespace', key: 'team', test: { operator: 'notIn', values: ['other'] } },
            { kind: 'label', owner: 'endpoint', key: 'app', test: { operator: 'in', values: ['web'] } },
          ],
        },
        ingress: [],
      })
      .snapshot();
    const { model, directory } = stored(snapshot);
    const text = new TextDecoder().decode(directory);
    for (const unmentioned of ['namespace-secret', 'namespace-value', 'pod-secret', 'pod-value', 'password', 'hidden-port'])
      expect(text).not.toContain(unmentioned);
    const flow = { source: '203.0.113.1', destination: 0, packet: { protocol: 'TCP', port: 80 } } as const;
    expect(explain(decodeAnalysis(model, directory), flow)).toEqual(evaluate(snapshot, flowOf(snapshot, flow)));
    expect(verdictOf(decodeAnalysis(model, directory), flow)).toBe('denied');
  });

  it('does not go with the directory of another', () => {
    const [one, other] = [stored(generated(1)), stored(generated(2))];
    expect(() => decodeAnalysis(one.model, other.directory)).toThrow(StoredModelError);
  });
});
