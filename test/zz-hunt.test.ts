import { analyze, evaluate, type IndexedFlow, decodeAnalysis, encodeDirectory, encodeModel, explain, verdictOf } from '../src/engine/index';
import { policingOf } from '../src/engine/evaluate-path';
import { describeCase, solver, definitionOf } from './support/differential';
import { generateCluster } from './support/generate-cluster';
import { boundariesOf, generateFlow } from './support/generate-flow';
import { flowOf } from './support/flow';
import { randomFrom, seedOf } from './support/random';
import { shrink, type Case } from './support/shrink';
const doubt = ({ snapshot, flow }: Case) => !policingOf(snapshot).own && evaluate(snapshot, flowOf(snapshot, flow)).trace.some((s) => s.trigger === 'host-unknown');
const fails = (c: Case) => !doubt(c) && solver(c.snapshot)(c.flow) !== definitionOf(c);
test('hunt', () => {
  const from = Number(process.env.FROM ?? 0), count = Number(process.env.COUNT ?? 200);
  let defined = 0;
  for (let index = from; index < from + count; index++) {
    const random = randomFrom(seedOf(77, index));
    const size = index % 10 === 9 ? { namespaces: 5, endpoints: 30, policies: 20, rules: 4 } : { namespaces: 3, endpoints: 8, policies: 8, rules: 3 };
    const plain = generateCluster(random, (process.env.PROFILE ?? 'withHosts') as never, size);
    const subjects = plain.policies.flatMap((policy) => [...(policy.ingress ?? []), ...(policy.egress ?? [])].map(({ peer }) => peer));
    const snapshot = !process.env.DEEP ? plain : { ...plain, policies: plain.policies.map((p) => !p.appliesToHosts ? p : { ...p, appliesTo: { kind: 'none' as const }, ...(p.ingress && { ingress: p.ingress.map((r) => ({ ...r, ...(random.chance(0.4) && { subject: random.pick(subjects) }) })) }), ...(p.egress && { egress: p.egress.map((r) => ({ ...r, ...(random.chance(0.4) && { subject: random.pick(subjects) }) })) }) }) };
    const analysis = analyze(snapshot);
    const loaded = decodeAnalysis(encodeModel(analysis), encodeDirectory(analysis));
    if (analysis.model.counts.looksAt & 8) defined++;
    const boundaries = boundariesOf(snapshot);
    for (let i = 0; i < 300; i++) {
      const flow: IndexedFlow = generateFlow(random, snapshot, boundaries);
      const e = evaluate(snapshot, flowOf(snapshot, flow));
      if (doubt({ snapshot, flow })) continue;
      if (verdictOf(analysis, flow) !== e.verdict) { const c = shrink({ snapshot, flow }, fails); console.log(index, describeCase(solver, c).slice(0, 6000)); throw new Error('mismatch'); }
      if (i % 15 === 0) { expect({ index, flow, ...explain(loaded, flow) }).toEqual({ index, flow, ...e }); expect({ index, flow, ...explain(analysis, flow) }).toEqual({ index, flow, ...e }); }
    }
  }
  console.log('clusters', count, 'only defined', defined);
});
