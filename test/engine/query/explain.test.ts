import type { IndexedFlow } from '../../../src/engine/analysis';
import { analyze } from '../../../src/engine/analyze';
import { decodeAnalysis, encodeDirectory, encodeModel } from '../../../src/engine/encode/index';
import { evaluate } from '../../../src/engine/evaluate';
import { explain } from '../../../src/engine/query/explain';
import { verdictOf } from '../../../src/engine/query/verdict';
import type { Snapshot } from '../../../src/model/snapshot';
import { allow, chosen, cluster, deny, labels, log, pass, pods, to } from '../../support/cluster';
import { endOf, flowOf, packetOf } from '../../support/flow';
import { generateCluster } from '../../support/generate-cluster';
import { boundariesOf, generateFlow } from '../../support/generate-flow';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';
import { enrich, enrichFlow } from '../enrich';

const SHOP = cluster()
  .tier('early', 1, 'Pass')
  .pod('shop/web', { app: 'web' }, { ports: [['http', 'TCP', 8080]], unknownKeys: ['hash'] })
  .pod('shop/db', { app: 'db' })
  .policy('gate', {
    tier: 'early',
    appliesTo: labels({ app: 'db' }),
    ingress: [log(), deny([pods({ app: 'other' })]), deny('any', to('UDP')), pass('any', to('TCP', 5432)), deny('any', to('TCP', 'http'))],
  })
  .policy('unrelated', { tier: 'early', appliesTo: labels({ app: 'none' }), ingress: [deny()], egress: [deny()] })
  .policy('shop/web', { appliesTo: labels({ app: 'web' }), egress: [allow('any', to('UDP', 53)), allow([chosen(labels({ app: 'db' }))])] })
  .policy('shop/hash', { appliesTo: labels({ hash: 'a' }), egress: [deny('any', to('UDP', 53))] })
  .policy('shop/db', { appliesTo: labels({ app: 'db' }), ingress: [allow([pods({ app: 'web' })], to('TCP', 5432))] })
  .snapshot();

function flow(from: string, target: string, packet: string): IndexedFlow {
  return { source: endOf(SHOP, from), destination: endOf(SHOP, target), packet: packetOf(packet) };
}

function byDefinition(snapshot: Snapshot, question: IndexedFlow) {
  return evaluate(snapshot, flowOf(snapshot, question));
}

const ANALYSIS = analyze(SHOP);
const STORED = decodeAnalysis(encodeModel(ANALYSIS), encodeDirectory(ANALYSIS));

describe.each([
  ['an analysis', ANALYSIS],
  ['a stored analysis', STORED],
])('an explanation from %s', (_name, analysis) => {
  it('names the rules that matched by their places in the policy, whatever does not matter to the packet', () => {
    const { verdict, trace } = explain(analysis, flow('shop/web', 'shop/db', 'TCP:5432'));
    expect(verdict).toBe('allowed');
    expect(trace.map(({ direction, action, policy, rule, source }) => [direction, action, policy?.name, rule, source?.line])).toEqual([
      ['egress', 'Allow', 'web', 1, 21],
      ['ingress', 'Log', 'gate', 0, 10],
      ['ingress', 'Pass', 'gate', 3, 13],
      ['ingress', 'Allow', 'db', 0, 10],
    ]);
  });

  it('follows a policy that selects only perhaps, and names what would settle it', () => {
    const { verdict, trace, dependsOn } = explain(analysis, flow('shop/web', '10.0.0.1', 'UDP:53'));
    expect(verdict).toBe('indeterminate');
    expect(trace.map(({ policy, action, certainty }) => [policy?.name, action, certainty])).toEqual([
      ['hash', 'Deny', 'maybe'],
      ['web', 'Allow', 'yes'],
      [undefined, 'Allow', 'yes'],
    ]);
    expect(dependsOn.map(({ kind, text }) => [kind, text.includes('`hash`')])).toEqual([['pod-labels', true]]);
  });

  it.each(['TCP:5432', 'TCP:9', 'TCP:8080', 'TCP', 'UDP:53', 'UDP', 'SCTP:1', 'ICMP', 'other'])(
    'is that of the definition over all policies: %s',
    (packet) => {
      for (const from of ['shop/web', 'shop/db', '10.0.0.1'])
        for (const target of ['shop/web', 'shop/db', 'fd00::1']) {
          const question = flow(from, target, packet);
          expect(explain(analysis, question)).toEqual(byDefinition(SHOP, question));
        }
    },
  );

  it('names all policies that isolate an end when none of their rules matched', () => {
    const { verdict, trace } = explain(analysis, flow('10.0.0.1', 'shop/db', 'TCP:80'));
    expect(verdict).toBe('denied');
    expect(trace.at(-1)).toMatchObject({ trigger: 'end-of-tier', action: 'Deny', tier: 'default', isolatedBy: [{ name: 'db' }] });
  });
});

describe('explanations one after the other', () => {
  it('do not depend on each other, whatever was asked before', () => {
    for (let seed = 0; seed < 12; seed++) {
      const random = randomFrom(seedOf(SEED, 300 + seed));
      const snapshot = enrich(random, generateCluster(random, 'everything'));
      const boundaries = boundariesOf(snapshot);
      const questions = random.times(25, () => enrichFlow(random, generateFlow(random, snapshot, boundaries)));
      const expected = questions.map((question) => byDefinition(snapshot, question));
      const analysis = analyze(snapshot);
      expect(questions.map((question) => explain(analysis, question))).toEqual(expected);
      expect(questions.toReversed().map((question) => explain(analysis, question))).toEqual(expected.toReversed());
    }
  });

  it('stay the same when there were more of them than are remembered', () => {
    const analysis = analyze(SHOP);
    const first = flow('shop/web', 'shop/db', 'TCP:5432');
    const expected = byDefinition(SHOP, first);
    expect(explain(analysis, first)).toEqual(expected);
    for (let port = 1; port <= 5000; port++) explain(analysis, { ...first, packet: { protocol: 'SCTP', port } });
    expect(explain(analysis, first)).toEqual(expected);
  });

  it('have the verdict that is told without an explanation', () => {
    for (let seed = 0; seed < 15; seed++) {
      const random = randomFrom(seedOf(SEED, 400 + seed));
      const snapshot = enrich(random, generateCluster(random, 'everything'));
      const [analysis, boundaries] = [analyze(snapshot), boundariesOf(snapshot)];
      for (let count = 0; count < 40; count++) {
        const question = enrichFlow(random, generateFlow(random, snapshot, boundaries));
        expect([question, explain(analysis, question).verdict]).toEqual([question, verdictOf(analysis, question)]);
      }
    }
  });
});
