import { formatRef, formatSource } from '../../model/source';
import { compareText } from '../../util/order';
import { isStored } from '../calico/complaints';
import { diagnose } from '../codes';
import type { Report } from '../document';
import type { Draft, Origin } from '../draft';

/** Drafts in the order of their files and documents, so that nothing depends on the order in which files came. */
export function inOrder(drafts: readonly Draft[]): readonly Draft[] {
  return [...drafts].sort((a, b) => compareText(a.origin.source.file, b.origin.source.file) || a.origin.sequence - b.origin.sequence);
}

/**
 * One draft per object. Of two that differ, the one that comes later in the order of files and documents counts, as it does when they are applied in turn;
 * of two equal ones, the first. `dropped` are the fingerprints of the others.
 */
export function withoutDuplicates(
  drafts: readonly Draft[],
  namespaceOf: (origin: Origin) => string | undefined,
  report: Report,
): { readonly drafts: readonly Draft[]; readonly dropped: readonly string[] } {
  const byObject = new Map<string, Draft>();
  const dropped: string[] = [];
  const repeated = new Map<string, { readonly first: Draft; count: number }>();
  for (const draft of drafts) {
    const { origin } = draft;
    const key = `${origin.group}\n${origin.kind}\n${namespaceOf(origin) ?? ''}\n${origin.name}`;
    const other = byObject.get(key);
    if (!other) {
      byObject.set(key, draft);
      continue;
    }
    const [stored, otherStored] = [isStored(origin.apiVersion), isStored(other.origin.apiVersion)];
    if (stored !== otherStored) {
      // One object of Calico, as it is served and as it is stored; as it is served is what it means.
      dropped.push((stored ? origin : other.origin).fingerprint);
      if (otherStored) byObject.set(key, draft);
      continue;
    }
    if (isSameState(origin, other.origin)) {
      dropped.push(origin.fingerprint);
      const { file } = origin.source;
      const copies = repeated.get(file);
      if (copies) copies.count++;
      else repeated.set(file, { first: draft, count: 1 });
      continue;
    }
    dropped.push(other.origin.fingerprint);
    byObject.set(key, draft);
    const resource = formatRef({ ...origin, namespace: namespaceOf(origin) });
    const message = `this object is also at \`${formatSource(other.origin.source)}\`, and differs; this one, the later, is used`;
    report(diagnose('object-twice', message, origin.source, resource));
  }
  for (const { first, count } of repeated.values()) {
    const resource = formatRef({ ...first.origin, namespace: namespaceOf(first.origin) });
    const message = count === 1 ? 'this object repeats an equal one' : `this object and ${count - 1} more of this file repeat equal ones`;
    report(diagnose('object-repeated', `${message}; the first of them is used`, first.origin.source, resource));
  }
  return { drafts: [...byObject.values()], dropped };
}

function isSameState(a: Origin, b: Origin): boolean {
  return a.fingerprint === b.fingerprint || (a.revision !== undefined && a.revision === b.revision);
}
