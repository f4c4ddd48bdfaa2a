import { type FactBase, settleFacts } from '../model/facts';
import { compareText } from '../util/order';
import { diagnose } from './codes';
import type { BundleDocument, Report } from './document';
import { isAbsent, isMapping, type Mapping, readingOf, typeName } from './reading';

/** A bundle may hold facts about its cluster under `facts:` of a file with this name, in any folder. */
const SETTINGS_FILE = /(^|\/)leasttrust\.ya?ml$/;

/** An object of Kubernetes is none, also in a file of that name: it has a `kind`. */
export function isSettings(document: BundleDocument): boolean {
  return SETTINGS_FILE.test(document.file) && !Object.hasOwn(document.object, 'kind');
}

/**
 * Settles facts: those of the user over those of the bundle's settings, in order of file and document where they contradict each other.
 * A wrong fact is reported and counts as not given.
 */
export function settleGivenFacts(given: ReadonlyMap<string, string>, settings: readonly BundleDocument[], report: Report): FactBase {
  const facts = new Map<string, string>();
  for (const document of [...settings].sort((a, b) => compareText(a.file, b.file) || a.document - b.document)) {
    for (const [name, text] of readSettings(document, report)) {
      const other = facts.get(name);
      if (other !== undefined && other !== text) {
        const message = `fact \`${name}\` is \`${other}\` in another file and \`${text}\` here; the latter is used`;
        readingOf(document, undefined, report).report('facts-contradict', message, document.object.facts);
      }
      facts.set(name, text);
    }
  }
  for (const [name, text] of given) {
    const { problems } = settleFacts(new Map([[name, text]]));
    for (const problem of problems) report(diagnose('bad-fact', problem));
    if (problems.length === 0) facts.set(name, text);
  }
  const { facts: settled, origins } = settleFacts(facts);
  return { facts: settled, origins };
}

function readSettings(document: BundleDocument, report: Report): readonly (readonly [name: string, text: string])[] {
  const reading = readingOf(document, undefined, report);
  for (const field of Object.keys(document.object)) {
    if (field !== 'facts') reading.report('unknown-setting', `field \`${field}\` is unknown and has no effect; known is \`facts\``);
  }
  const written = document.object.facts;
  if (isAbsent(written)) return [];
  if (!isMapping(written)) {
    reading.report('bad-fact', `\`facts\` is ${typeName(written)} where a mapping belongs`);
    return [];
  }
  return Object.keys(written).flatMap((name) => {
    const text = factText(written, name);
    const problems =
      text === undefined
        ? [`fact \`${name}\` is ${typeName(written[name])} where text or a list of texts belongs`]
        : settleFacts(new Map([[name, text]])).problems;
    for (const problem of problems) reading.report('bad-fact', problem, written);
    return text === undefined || problems.length > 0 ? [] : [[name, text] as const];
  });
}

/** A fact as the command line would give it. YAML reads `yes` and `no` as booleans. */
function factText(facts: Mapping, name: string): string | undefined {
  const value = facts[name];
  const parts = Array.isArray(value) ? value : [value];
  const texts = parts.map((part) => {
    if (typeof part === 'boolean') return part ? 'yes' : 'no';
    return typeof part === 'string' || typeof part === 'number' ? String(part) : undefined;
  });
  return texts.includes(undefined) ? undefined : texts.join(',');
}
