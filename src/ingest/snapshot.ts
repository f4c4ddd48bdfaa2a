import type { Snapshot } from '../model/snapshot';
import type { Source } from '../model/source';
import { compareText } from '../util/order';
import { printable } from './archive/entry';
import { diagnose } from './codes';
import { reportCompleteness } from './completeness';
import { digestOf, fingerprintOf } from './digest';
import type { BundleDocument, Report } from './document';
import type { Draft } from './draft';
import { isSettings, settleGivenFacts } from './given-facts';
import { isName } from './kubernetes/origin';
import { newShapePool } from './kubernetes/pod-shape';
import { link } from './link';
import { readObject } from './readers';
import { isMapping, sourceOf } from './reading';

/*
 *   documents ─▶ readers ─▶ drafts ─┐
 *             ─▶ settings ─▶ facts ─┴─▶ link ─▶ Snapshot, digest
 */

/** Makes a snapshot of documents, which it lets go one by one. The result does not depend on the order of files, only on that inside each file. */
export async function snapshotOf(
  documents: AsyncIterable<BundleDocument> | Iterable<BundleDocument>,
  facts: ReadonlyMap<string, string>,
  report: Report,
): Promise<{ readonly snapshot: Snapshot; readonly digest: string }> {
  const drafts: Draft[] = [];
  const settings: BundleDocument[] = [];
  const fingerprints: string[] = [];
  const files = new Set<string>();
  const mentions = new Map<string, Source>();
  const counts = new Map<string, Count>();
  const room = { report, shapes: newShapePool(), count: counterOf(counts) };
  let hasPolicies = false;
  for await (const document of documents) {
    const fingerprint = fingerprintOf(document.object);
    const sequence = fingerprints.push(fingerprint);
    files.add(document.file);
    if (isSettings(document)) {
      settings.push(document);
      continue;
    }
    const draft = readObject(document, { sequence, fingerprint }, room);
    if (draft.kind === 'left-out') {
      mentionNamespace(document, mentions);
      hasPolicies ||= draft.significance === 'policy';
    } else {
      drafts.push(draft);
      hasPolicies ||= draft.kind === 'policy';
    }
  }
  reportCounts(counts, report);
  const { snapshot, dropped } = link(drafts, mentions, settleGivenFacts(facts, settings, report), report);
  reportCompleteness(snapshot, { files, hasPolicies, hasNamespaces: drafts.some(({ kind }) => kind === 'namespace') }, report);
  return { snapshot, digest: digestOf(without(fingerprints, dropped)) };
}

/** Objects told together: how many, and the first of them. */
interface Count {
  readonly code: 'kind-unknown' | 'old-api';
  readonly subject: string;
  count: number;
  first: Source;
}

function counterOf(counts: Map<string, Count>): (code: Count['code'], subject: string, document: BundleDocument) => void {
  return (code, subject, document) => {
    const key = `${code} ${subject}`;
    const source = sourceOf(document);
    const known = counts.get(key);
    if (!known) {
      counts.set(key, { code, subject, count: 1, first: source });
      return;
    }
    known.count++;
    if (isBefore(source, known.first)) known.first = source;
  };
}

function reportCounts(counts: ReadonlyMap<string, Count>, report: Report): void {
  for (const { code, subject, count, first } of counts.values()) {
    const objects = count === 1 ? '1 object' : `${count} objects`;
    const message =
      code === 'kind-unknown'
        ? `${objects} of \`${subject}\` left out: nobody knows the kind to matter to reachability`
        : `${objects} of \`${subject}\`, which clusters no longer serve, read as the same kind of today`;
    report(diagnose(code, printable(message), first));
  }
}

/** Files by name, then lines: the same whichever file comes first. */
function isBefore(a: Source, b: Source): boolean {
  return (compareText(a.file, b.file) || a.document - b.document || a.line - b.line) < 0;
}

/** A namespace exists if anything says to be in it. */
function mentionNamespace(document: BundleDocument, mentions: Map<string, Source>): void {
  const { metadata } = document.object;
  const namespace = isMapping(metadata) ? metadata.namespace : undefined;
  if (typeof namespace !== 'string' || namespace === '' || !isName(namespace)) return;
  const source = sourceOf(document);
  const known = mentions.get(namespace);
  if (!known || isBefore(source, known)) mentions.set(namespace, source);
}

/** The list without one occurrence of each of `dropped`. */
function without(list: readonly string[], dropped: readonly string[]): readonly string[] {
  if (dropped.length === 0) return list;
  const left = new Map<string, number>();
  for (const entry of dropped) left.set(entry, (left.get(entry) ?? 0) + 1);
  return list.filter((entry) => {
    const count = left.get(entry) ?? 0;
    if (count > 0) left.set(entry, count - 1);
    return count === 0;
  });
}
