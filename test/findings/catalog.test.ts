import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { analyze, evaluate } from '../../src/engine/index';
import { CHECKS, gateFails, isAtLeast, runChecks, severityRank } from '../../src/findings/catalog';
import { CHECKS as LIST } from '../../src/findings/check-list';
import { isOwnStep, nameOfEnd } from '../../src/findings/evidence';
import type { Finding } from '../../src/findings/finding';
import type { Protocol } from '../../src/model/policy';
import type { Snapshot } from '../../src/model/snapshot';
import type { Explanation, Party } from '../../src/model/verdict';
import { parseAddress } from '../../src/util/ip';
import { generateCluster, type Profile } from '../support/generate-cluster';
import { randomFrom, seedOf } from '../support/random';
import { deployment, namespace, networkPolicy, scanned } from './support/bundle';
import { sampleFindings } from './support/sample-findings';
import { findingsOf, scene, selecting } from './support/scene';

describe('the catalogue', () => {
  it('is a frozen list of checks, each with an id of its own, words and a file of its name', () => {
    expect(CHECKS).toBe(LIST);
    expect(Object.isFrozen(CHECKS)).toBe(true);
    expect(CHECKS.map(({ id }) => id)).toEqual(['LT-COV-001', 'LT-COV-002', 'LT-COV-003', 'LT-EGR-001', 'LT-MET-001', 'LT-HYG-001']);
    for (const { id, slug, title, rationale, references, ruleVersion } of CHECKS) {
      expect(id).toMatch(/^LT-[A-Z]{3}-\d{3}$/);
      expect(existsSync(join(__dirname, '../../src/findings/checks', `${slug}.ts`))).toBe(true);
      expect([title, rationale].every((text) => text.length > 10)).toBe(true);
      expect(references.length).toBeGreaterThan(0);
      expect(ruleVersion).toBeGreaterThan(0);
    }
  });
});

describe('findings', () => {
  const findings = sampleFindings();

  it('come the worst first, then by check and subject', () => {
    const ranks = findings.map(({ severity }) => severityRank(severity));
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    expect(new Set(ranks).size).toBeGreaterThan(2);
    const keys = findings.map(({ severity, check, subject }) => `${severityRank(severity)} ${check} ${subject}`);
    expect(keys).toEqual([...keys].sort());
  });

  it('have a severity exactly when they are not open, and name an assumption exactly when they rest on one', () => {
    for (const { severity, certainty, evidence } of findings) {
      expect(severity === undefined).toBe(certainty === 'open');
      if (certainty !== 'open') expect(evidence.assumptions.length > 0).toBe(certainty === 'assumed');
    }
  });

  it('each have a fingerprint of their own', () => {
    expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(findings.length);
  });

  it('can be gated and compared through the same door', () => {
    expect(findings.some((finding) => gateFails(finding, 'production') && isAtLeast(finding.severity, 'high'))).toBe(true);
  });
});

/** What must not change under a change that means nothing. */
function identities(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ fingerprint, state, severity }) => `${fingerprint} ${state} ${severity}`).sort();
}

describe('a fingerprint and its state stay the same', () => {
  const build = (names: { readonly policy: string; readonly pods: readonly string[] }): Snapshot =>
    scene(['shop'], (builder) =>
      names.pods
        .reduce((each, name) => each.pod(`shop/${name}`, { app: 'web' }, { workload: 'web' }), builder)
        .pod('shop/db', { app: 'db' })
        .policy(
          `shop/${names.policy}`,
          selecting('shop', { app: 'web' }, { ingress: [], egress: [{ action: 'Allow', peer: 'any', packets: 'any' }] }),
        ),
    );

  it('when a policy is renamed, and with it its file', () => {
    expect(identities(findingsOf(build({ policy: 'renamed', pods: ['web-1'] })))).toEqual(
      identities(findingsOf(build({ policy: 'open', pods: ['web-1'] }))),
    );
  });

  it('when pods are replaced or scaled', () => {
    expect(identities(findingsOf(build({ policy: 'open', pods: ['web-x', 'web-y', 'web-z'] })))).toEqual(
      identities(findingsOf(build({ policy: 'open', pods: ['web-1'] }))),
    );
  });

  it('when documents move to other files or come in another order', async () => {
    const manifests = [
      namespace('shop'),
      deployment('shop/web', { app: 'web' }),
      deployment('shop/db', { app: 'db' }),
      networkPolicy('shop/open', { podSelector: {}, ingress: [{}] }),
    ];
    const together = await scanned([
      manifests
        .toReversed()
        .map((text) => `---\n${text}\n`)
        .join(''),
    ]);
    const apart = await scanned(manifests);
    expect(identities(together.findings)).toEqual(identities(apart.findings));
    expect(apart.findings.length).toBeGreaterThan(3);
  });
});

/** Whoever goes by this name in findings: the pods of a workload are told apart by none. */
function partiesNamed(snapshot: Snapshot, name: string): readonly Party[] {
  if (parseAddress(name)) return [{ kind: 'address', address: name }];
  return snapshot.endpoints
    .filter(({ id }) => nameOfEnd(snapshot, id) === name)
    .map((endpoint) => ({ kind: 'endpoint', endpoint, namespace: snapshot.namespaces[endpoint.namespace]! }));
}

/** What the definition says of the example of a finding, at the endpoint from which its steps are. */
function definitionOf(snapshot: Snapshot, { evidence, direction }: Finding): Explanation | undefined {
  const { from, to, protocol, port } = evidence.flow!;
  const packet = { protocol: protocol as Protocol, port: port! };
  return partiesNamed(snapshot, from)
    .flatMap((source) => partiesNamed(snapshot, to).map((destination) => evaluate(snapshot, { source, destination, packet })))
    .find(({ trace }) => {
      const side = trace.filter((hit) => hit.direction === direction);
      return isDeepStrictEqual(side, evidence.trace);
    });
}

describe('the checks', () => {
  it('answer any cluster, the same each time, and never one finding twice', () => {
    const seen = new Map<string, number>();
    const profiles = fc.constantFrom<Profile>('networkPolicyLike', 'everything', 'withHosts', 'withHosts');
    fc.assert(
      fc.property(fc.nat(1_000_000), profiles, (seed, profile) => {
        const snapshot = generateCluster(randomFrom(seedOf(11, seed)), profile);
        const analysis = analyze(snapshot);
        const findings = runChecks({ snapshot, analysis, stage: 'production' });
        expect(runChecks({ snapshot, analysis, stage: 'lab' })).toEqual(findings);
        expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(findings.length);
        for (const finding of findings) {
          const { check, certainty, direction, sentence, evidence, remediation } = finding;
          for (const text of [
            sentence,
            remediation.summary,
            ...evidence.details.map((detail) => detail.text),
            ...evidence.nearestCandidates,
          ])
            expect(text).not.toMatch(/undefined|\[object|depends on $|: $|^$/);
          if (certainty === 'open') expect(sentence).toMatch(/^whether .* depends on /s);
          // The steps for ingress of LT-COV-003 are those of many packets together.
          if (check === 'LT-COV-003' && direction === 'ingress') {
            if (certainty !== 'open') expect(evidence.trace.some(({ action }) => action === 'Allow')).toBe(true);
          } else if (evidence.flow) {
            const told = definitionOf(snapshot, finding);
            expect([sentence, told !== undefined]).toEqual([sentence, true]);
            // A pod is open where no tier isolates it, whatever host endpoints or single rules do to the example; what host endpoints do is told beside.
            const isAboutPods = check === 'LT-COV-001' || check === 'LT-COV-002';
            const isHeldBack = evidence.details.some(({ label }) => label === 'held back on the way');
            const passing = snapshot.tiers.filter(({ defaultAction }) => defaultAction === 'Pass').map(({ name }) => name);
            for (const step of evidence.trace.filter(({ action }) => action === 'Deny' && certainty !== 'open'))
              expect(isOwnStep(step) ? passing.includes(step.tier!) : !isAboutPods || isHeldBack).toBe(true);
            if (!isAboutPods) expect([sentence, told![direction!]]).toEqual([sentence, certainty === 'open' ? 'indeterminate' : 'allowed']);
            const kind = `${check} ${certainty}${evidence.trace.some(({ host }) => host) ? ' at host endpoints' : ''}`;
            seen.set(kind, (seen.get(kind) ?? 0) + 1);
          }
        }
      }),
      { seed: 3, numRuns: 60, examples: [[972_797, 'everything']] },
    );
    for (const check of ['LT-EGR-001', 'LT-MET-001']) {
      expect(seen.get(`${check} assumed at host endpoints`) ?? seen.get(`${check} proven at host endpoints`) ?? 0).toBeGreaterThan(0);
      expect(seen.get(`${check} open at host endpoints`) ?? 0).toBeGreaterThan(0);
    }
  });

  it('find nothing in a cluster without anything', () => {
    expect(findingsOf(scene([], (builder) => builder))).toEqual([]);
  });
});
