import { noOmissions, type TextFile, textFilesOf, type Unpacking } from './bundle';
import { type DiagnosticCode, diagnose } from './codes';
import type { BundleDocument, BundleFile, Limits, Report } from './document';
import { type Found, type FoundValue, withType } from './found';
import { isSettings } from './given-facts';
import { readJson, readJsonLines } from './json';
import { readJsonOrYaml } from './json-or-yaml';
import { type Budget, budgetOf, Refusal, SourceFailure } from './limits';
import { isMapping, type Mapping } from './reading';
import { redact } from './redact';
import { isTemplateObject, isTemplateText, markupLine } from './template';
import { readYaml } from './yaml-documents';

/** Counts so far; handed out now and then. */
export type Progress = (progress: { readonly files: number; readonly documents: number; readonly bytes: number }) => void;

/**
 * Reads a bundle: opens archives, cuts files into documents and lists into objects, and redacts every object before it hands it on.
 * Whatever the files hold, this does not throw; what is not read is reported. It throws only what reading the given bytes throws.
 *
 * bundle ─▶ textFilesOf ─▶ readYaml | readJson ─▶ objects ─▶ redact ─▶ documents
 */
export async function* readDocuments(
  files: AsyncIterable<BundleFile> | Iterable<BundleFile>,
  limits: Limits,
  report: Report,
  onProgress?: Progress,
): AsyncGenerator<BundleDocument> {
  const budget = budgetOf(limits);
  const omissions = noOmissions();
  const unpacking: Unpacking = { budget, omissions, report, tell: teller(report) };
  try {
    for await (const file of files) {
      try {
        for await (const text of textFilesOf(file, unpacking)) yield* readText(text, limits, unpacking, onProgress);
      } catch (error) {
        unpacking.tell(error, file.path);
      }
      onProgress?.({ ...budget.spent });
    }
  } catch (error) {
    if (error instanceof SourceFailure) throw error.cause;
    if (!(error instanceof Refusal)) throw error;
  }
  omissions.tell(report);
}

/** Documents between two calls of `onProgress` inside one file. */
const PROGRESS_STEP = 1000;

async function* readText(text: TextFile, limits: Limits, unpacking: Unpacking, onProgress?: Progress): AsyncGenerator<BundleDocument> {
  const { budget } = unpacking;
  const notes = notesOf(text.path, unpacking.report);
  try {
    for await (const found of readFormat(text, limits)) {
      count(budget, onProgress);
      if (found.kind === 'refused') refuse(found, notes);
      if (found.kind !== 'value') continue;
      const document = accept(found.document, found.found, text.path, notes);
      if (document) yield document;
    }
  } catch (error) {
    unpacking.tell(error, text.path);
  } finally {
    notes.close();
  }
}

function readFormat({ format, chunks }: TextFile, limits: Limits): AsyncGenerator<Found> {
  switch (format) {
    case 'yaml':
      return readYaml(chunks, limits);
    case 'json':
      return readJson(chunks, limits);
    case 'lines':
      return readJsonLines(chunks, limits);
    case 'either':
      return readJsonOrYaml(chunks, limits);
  }
}

function count(budget: Budget, onProgress?: Progress): void {
  budget.document();
  if (budget.spent.documents % PROGRESS_STEP === 0) onProgress?.({ ...budget.spent });
}

function refuse({ refusal, document, line, text }: Extract<Found, { kind: 'refused' }>, notes: Notes): void {
  if (isTemplateText(text)) notes.template(document, markupLine(text, line));
  else notes.broken(refusal, document, line);
}

/** The document of a found object; undefined when it is none that could be read. */
function accept(document: number, found: FoundValue, file: string, notes: Notes): BundleDocument | undefined {
  const { line, value, text } = found;
  if (!isMapping(value)) {
    notes.note('not-an-object', 'this is no mapping and no Kubernetes object', document, line);
    return undefined;
  }
  const object = withType(value, found.type);
  if (isTemplateObject(text, object)) {
    notes.template(document, line);
    return undefined;
  }
  const plain: BundleDocument = { file, document, line, object, lineOf: () => line };
  const { kind } = object;
  if (!isSettings(plain) && !hasType(object, document, line, notes)) return undefined;
  const { lines, duplicateKey } = found.positions(typeof kind === 'string' ? kind : '');
  if (duplicateKey !== undefined) notes.duplicateKey(document, duplicateKey);
  const redacted = redact(object);
  return {
    ...plain,
    object: redacted,
    lineOf: (node) => (typeof node === 'object' && node !== null ? lines.get(node) : undefined) ?? line,
  };
}

function hasType({ apiVersion, kind }: Mapping, document: number, line: number, notes: Notes): boolean {
  const hasKind = typeof kind === 'string' && kind !== '';
  const hasVersion = typeof apiVersion === 'string' && apiVersion !== '';
  if (hasKind && hasVersion) return true;
  if (hasKind || hasVersion) {
    notes.note('incomplete-type', `the object has no ${hasKind ? '`apiVersion`' : '`kind`'}, and Kubernetes refuses it`, document, line);
  } else {
    notes.note('no-kind', 'the document has neither `apiVersion` nor `kind`: it is no Kubernetes object', document, line);
  }
  return false;
}

/** Nobody writes so many broken documents by mistake, and each takes its time. */
const BROKEN_AT_MOST = 10_000;

/** Diagnostics of one file. Of what repeats itself without end only so much is told one by one. */
interface Notes {
  note(code: DiagnosticCode, message: string, document: number, line: number): void;
  /** @throws Refusal that ends the file, when there is no end of it */
  broken(refusal: Refusal, document: number, line: number): void;
  template(document: number, line: number): void;
  duplicateKey(document: number, line: number): void;
  close(): void;
}

const TOLD_ONE_BY_ONE = 100;

function notesOf(file: string, report: Report): Notes {
  const counts = new Map<DiagnosticCode, number>();
  let markup: { readonly document: number; readonly line: number } | undefined;
  let templates = 0;
  let lastDuplicate = 0;
  let broken = 0;
  const note = (code: DiagnosticCode, message: string, document: number, line: number) => {
    const told = counts.get(code) ?? 0;
    counts.set(code, told + 1);
    if (told < TOLD_ONE_BY_ONE) report(diagnose(code, message, { file, document, line }));
  };
  return {
    note,
    broken: (refusal, document, line) => {
      note(refusal.code, refusal.message, document, line);
      if (++broken < BROKEN_AT_MOST) return;
      throw new Refusal('file-given-up', `${BROKEN_AT_MOST} documents of the file are broken; the rest of it was not read`, 'file', line);
    },
    // The objects of one document share it.
    duplicateKey: (document, line) => {
      if (line !== lastDuplicate) note('duplicate-key', 'a key is written twice in one mapping; the last one counts', document, line);
      lastDuplicate = line;
    },
    template: (document, line) => {
      markup ??= { document, line };
      templates++;
    },
    close: () => {
      for (const [code, told] of counts) {
        if (told > TOLD_ONE_BY_ONE)
          report(diagnose(code, `the same is true of ${told - TOLD_ONE_BY_ONE} more places in this file`, { file, document: 1, line: 1 }));
      }
      if (markup) {
        const places = templates === 1 ? 'a document of the file holds' : `${templates} documents of the file hold`;
        const fate = templates === 1 ? 'was not read; render the template' : 'were not read; render the templates';
        report(diagnose('unrendered-template', `${places} template markup (\`{{\`) and ${fate} first`, { file, ...markup }));
      }
    },
  };
}

/** Tells of refusals. One may come by several times, at a member of an archive and then at the archive. */
function teller(report: Report): Unpacking['tell'] {
  const told = new WeakSet<Refusal>();
  return (error, file) => {
    if (!(error instanceof Refusal)) throw error;
    if (!told.has(error)) report(diagnose(error.code, error.message, { file, document: 1, line: error.line ?? 1 }));
    told.add(error);
    if (error.ends === 'bundle') throw error;
  };
}
