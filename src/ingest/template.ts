import { isMapping, type Mapping } from './reading';

/*
 * Helm and its like write manifests with markup in `{{ … }}` that must be rendered first. The same signs are rightful inside other texts (alert
 * rules, workflow parameters), so only markup that makes a document something else than it seems counts.
 */

const OPENING = '{{';
/** Markup in the place of a whole value, a whole item, or a line. Some YAML parsers read it as a mapping with a mapping as its key. */
const STRUCTURAL = /(?:^|[:-][ \t])[ \t]*\{\{/m;
/** What a mapping is called as a key. */
const MAPPING_AS_KEY = String({});

/** Whether a document that does not parse is a template. */
export function isTemplateText(text: string): boolean {
  return text.includes(OPENING) && STRUCTURAL.test(text);
}

/** Whether an object that was read from this text has markup where it says what it is, or, for a policy, anywhere. */
export function isTemplateObject(text: string, object: Mapping): boolean {
  if (!text.includes(OPENING)) return false;
  const { apiVersion, kind, metadata } = object;
  const { annotations: _, ...identity } = isMapping(metadata) ? metadata : {};
  const parts: readonly unknown[] = [apiVersion, kind, identity, ...(/Policy$/.test(String(kind)) ? [object.spec] : [])];
  return parts.some(hasMarkup) || hasMappingAsKey(object);
}

function hasMarkup(value: unknown): boolean {
  if (typeof value === 'string') return value.includes(OPENING);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, child]) => key.includes(OPENING) || hasMarkup(child));
}

function hasMappingAsKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, child]) => key === MAPPING_AS_KEY || hasMappingAsKey(child));
}

/** Line of the first markup of a text whose first line is `line`. */
export function markupLine(text: string, line: number): number {
  return line + text.slice(0, text.indexOf(OPENING)).split('\n').length - 1;
}
