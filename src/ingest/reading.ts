import type { Source } from '../model/source';
import { printable } from './archive/entry';
import { type DiagnosticCode, diagnose } from './codes';
import type { BundleDocument, Report } from './document';

/*
 * Typed access to what a user may have written as anything. A field of the wrong type is reported and read as absent, except that a number or a
 * boolean where text belongs counts as its text. `path` names the parent in messages (`spec.template`), it is only put together when something is wrong.
 */

/** Keys are whatever somebody wrote: computed ones are looked up with `Object.hasOwn` alone. */
export type Mapping = Readonly<Record<string, unknown>>;

/** One document while its reader works on it: where its problems are told. `node` is the mapping or list that the problem is in. */
export interface Reading {
  readonly document: BundleDocument;
  readonly report: (code: DiagnosticCode, message: string, node?: unknown) => void;
}

/** Begins to read a document; `resource` is what its diagnostics call it. */
export function readingOf(document: BundleDocument, resource: string | undefined, report: Report): Reading {
  return {
    document,
    report: (code, message, node) => report(diagnose(code, printable(message), sourceOf(document, node), resource && printable(resource))),
  };
}

/** Where a mapping or list of a document was written; the document itself without one. */
export function sourceOf(document: BundleDocument, node?: unknown): Source {
  return { file: document.file, document: document.document, line: node === undefined ? document.line : document.lineOf(node) };
}

/** Neither a list nor null. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A null field means the same as an absent one, as it does when the API server decodes it. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** Undefined where it is absent, null, or (reported) anything else. */
export function mappingIn(reading: Reading, parent: Mapping | undefined, name: string, path: string): Mapping | undefined {
  const value = parent?.[name];
  if (isAbsent(value)) return undefined;
  if (isMapping(value)) return value;
  reportType(reading, parent, name, path, 'a mapping');
  return undefined;
}

/** Undefined where it is absent, null, or (reported) anything else; the empty list is a list. */
export function listIn(reading: Reading, parent: Mapping | undefined, name: string, path: string): readonly unknown[] | undefined {
  const value = parent?.[name];
  if (isAbsent(value)) return undefined;
  if (Array.isArray(value)) return value;
  reportType(reading, parent, name, path, 'a list');
  return undefined;
}

/** The mappings of a list; anything else in it is reported. */
export function mappingsIn(reading: Reading, parent: Mapping | undefined, name: string, path: string): readonly Mapping[] {
  const list = listIn(reading, parent, name, path);
  if (!list) return [];
  return list.filter((entry): entry is Mapping => {
    if (isMapping(entry)) return true;
    reading.report(
      'wrong-type',
      `an entry of \`${fieldOf(path, name)}\` is ${typeName(entry)} where a mapping belongs; it is left out`,
      list,
    );
    return false;
  });
}

/** The empty text is a text. A number or a flag is reported, and counts as its text. */
export function textIn(reading: Reading, parent: Mapping | undefined, name: string, path: string): string | undefined {
  const value = parent?.[name];
  if (isAbsent(value)) return undefined;
  if (typeof value === 'string') return value;
  reportType(reading, parent, name, path, 'text');
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** Of any size and sign: what range it must be in is the caller's question. Digits in quotes are no number. */
export function integerIn(reading: Reading, parent: Mapping | undefined, name: string, path: string): number | undefined {
  const value = parent?.[name];
  if (isAbsent(value)) return undefined;
  if (Number.isInteger(value)) return value as number;
  reportType(reading, parent, name, path, 'an integer');
  return undefined;
}

/** `"true"` in quotes is text, which the API server refuses as well: it is reported and counts as absent. */
export function flagIn(reading: Reading, parent: Mapping | undefined, name: string, path: string): boolean | undefined {
  const value = parent?.[name];
  if (isAbsent(value)) return undefined;
  if (typeof value === 'boolean') return value;
  reportType(reading, parent, name, path, '`true` or `false`');
  return undefined;
}

/** What a value is called in messages. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  const names: Partial<Record<string, string>> = { string: 'text', number: 'a number', boolean: 'a boolean' };
  return names[typeof value] ?? 'a mapping';
}

function reportType(reading: Reading, parent: Mapping | undefined, name: string, path: string, wanted: string): void {
  reading.report('wrong-type', `\`${fieldOf(path, name)}\` is ${typeName(parent?.[name])} where ${wanted} belongs`, parent);
}

function fieldOf(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
