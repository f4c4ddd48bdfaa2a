import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { load } from 'js-yaml';
import type { BundleFile } from '../../src/ingest/index';
import type { DiagnosticSeverity } from '../../src/model/diagnostic';
import type { Unknown } from '../../src/model/match';
import type { Direction, Protocol } from '../../src/model/policy';
import { formatSource, type ResourceRef } from '../../src/model/source';
import type { Explanation, Packet, PolicyHit, Verdict } from '../../src/model/verdict';

/*
 * A scenario is a folder with manifests and what is known to be true of them, written by hand:
 *
 *   note, facts?, diagnostics? (the severest one; absent: no worse than a warning), absent? (endpoints that must not exist),
 *   flows: [{from, to, port?, protocol? (TCP), sourcePort?, icmp? {type, code}, number?, verdict, decidedBy? {egress, ingress}, at? {egress, ingress}, dependsOn? [kind], note?}]
 *
 * Peers are `namespace/name`, the name of a node, or an address; ` at ADDRESS` after a name: by this address of it alone. `decidedBy` is `namespace/policy#rule`, `end-of-tier by` the policies that isolate,
 * or another trigger, followed by `at` and the name of the host endpoint where it was not judged at the pod itself; `at` is the file and line of the rule.
 */
export interface Scenario {
  readonly name: string;
  readonly note: string;
  readonly facts: ReadonlyMap<string, string>;
  readonly diagnostics: DiagnosticSeverity | undefined;
  readonly absent: readonly string[];
  readonly flows: readonly ExpectedFlow[];
  readonly manifests: readonly BundleFile[];
}

export interface ExpectedFlow {
  readonly from: string;
  readonly to: string;
  readonly port?: number;
  readonly protocol?: Protocol;
  readonly sourcePort?: number;
  readonly icmp?: Packet['icmp'];
  /** Of protocol `other`. */
  readonly number?: number;
  readonly verdict: Verdict;
  readonly decidedBy?: { readonly [direction in Direction]?: string };
  readonly at?: { readonly [direction in Direction]?: string };
  readonly dependsOn?: readonly Unknown['kind'][];
  readonly note?: string;
}

const KNOWN_FIELDS = ['note', 'facts', 'diagnostics', 'absent', 'flows'];
const KNOWN_FLOW_FIELDS = [
  'from',
  'to',
  'port',
  'protocol',
  'sourcePort',
  'icmp',
  'number',
  'verdict',
  'decidedBy',
  'at',
  'dependsOn',
  'note',
];

export function readScenarios(root: string): readonly Scenario[] {
  return readdirSync(root)
    .sort()
    .map((name) => readScenario(root, name));
}

function readScenario(root: string, name: string): Scenario {
  const folder = join(root, name);
  const expected = load(readFileSync(join(folder, 'expect.yaml'), 'utf8')) as Readonly<Record<string, unknown>>;
  const flows = expected.flows as readonly ExpectedFlow[];
  refuseUnknown(name, expected, KNOWN_FIELDS);
  for (const flow of flows) refuseUnknown(name, flow, KNOWN_FLOW_FIELDS);
  return {
    name,
    note: expected.note as string,
    facts: new Map(Object.entries((expected.facts ?? {}) as Readonly<Record<string, string>>)),
    diagnostics: expected.diagnostics as DiagnosticSeverity | undefined,
    absent: (expected.absent ?? []) as readonly string[],
    flows,
    manifests: readManifests(join(folder, 'manifests')),
  };
}

/** A misspelt field would be an expectation that nobody checks. */
function refuseUnknown(name: string, mapping: object, known: readonly string[]): void {
  const unknown = Object.keys(mapping).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new Error(`scenario ${name}: unknown field \`${unknown}\``);
}

function readManifests(folder: string): readonly BundleFile[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/')).sort();
  return paths.map((path) => ({ path, bytes: readFileSync(join(folder, path)) }));
}

/** The step that decided a direction: the last one that was certain. */
export function decisiveStep({ trace }: Explanation, direction: Direction): PolicyHit | undefined {
  return trace.findLast((step) => step.direction === direction && step.certainty === 'yes');
}

/** A step in the words of `decidedBy`. */
export function describeStep({ trigger, policy, rule, isolatedBy, host }: PolicyHit): string {
  const idOf = ({ namespace, name }: ResourceRef) => (namespace === undefined ? name : `${namespace}/${name}`);
  const place = host ? ` at ${host.name}` : '';
  if (trigger === 'rule') return `${idOf(policy!)}#${rule}${place}`;
  return `${trigger === 'end-of-tier' ? `end-of-tier by ${isolatedBy!.map(idOf).join(', ')}` : trigger}${place}`;
}

/** What an explanation says, in the words and as far as an expected flow asks. */
export function answerOf(explanation: Explanation, { decidedBy, at, dependsOn }: ExpectedFlow): Partial<ExpectedFlow> {
  const perDirection = (asked: ExpectedFlow['at'], describe: (step: PolicyHit) => string) =>
    Object.fromEntries(
      (Object.keys(asked ?? {}) as Direction[]).map((direction) => [direction, describe(decisiveStep(explanation, direction)!)]),
    );
  return {
    verdict: explanation.verdict,
    ...(decidedBy && { decidedBy: perDirection(decidedBy, describeStep) }),
    ...(at && { at: perDirection(at, ({ source }) => formatSource(source!)) }),
    ...(dependsOn && { dependsOn: [...new Set(explanation.dependsOn.map(({ kind }) => kind))] }),
  };
}
