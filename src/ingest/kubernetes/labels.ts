import { type LabelSet, NO_LABELS } from '../../model/selector';
import { compareText } from '../../util/order';
import { isAbsent, isMapping, type Mapping, type Reading, typeName } from '../reading';

/** Name of the namespace, set on every namespace by the API server and never anything else (kubernetes.io/docs/reference/labels-annotations-taints). */
export const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name';

/** What a label key and a label value must look like (k8s.io/apimachinery/pkg/util/validation, IsQualifiedName and IsValidLabelValue). */
const NAME_PART = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const PREFIX_PART = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Labels of a DNS name, of at most 253 characters, with dots between them: what most objects may be called. */
export function isSubdomain(text: string): boolean {
  return PREFIX_PART.test(text);
}

/** A name of 1 to 63 characters, with or without a DNS subdomain and a slash before it. */
export function isLabelKey(key: string): boolean {
  const slash = key.indexOf('/');
  return slash < 0 ? NAME_PART.test(key) : PREFIX_PART.test(key.slice(0, slash)) && NAME_PART.test(key.slice(slash + 1));
}

/** Empty, or of 1 to 63 characters. */
export function isLabelValue(value: string): boolean {
  return value === '' || NAME_PART.test(value);
}

/**
 * Reads `metadata.labels` as sorted pairs. A value that is no text is refused by the API server: it is reported, and its text is used, since that is what
 * its author means; a null value is the empty text, as the API server decodes it.
 */
export function readLabels(
  reading: Reading,
  metadata: Mapping | undefined,
  path: string,
): readonly (readonly [key: string, value: string])[] {
  const labels = metadata?.labels;
  if (isAbsent(labels)) return [];
  if (!isMapping(labels)) {
    reading.report('wrong-type', `\`${path}.labels\` is ${typeName(labels)} where a mapping belongs`, metadata);
    return [];
  }
  const pairs: [string, string][] = [];
  for (const key of Object.keys(labels).sort(compareText)) {
    const value = labels[key];
    if (typeof value === 'string') {
      pairs.push([key, value]);
      continue;
    }
    if (isAbsent(value)) {
      pairs.push([key, '']);
    } else if (typeof value === 'object') {
      reading.report('label-not-text', `label \`${key}\` of \`${path}.labels\` is ${typeName(value)}; it is left out`, labels);
    } else {
      const message = `label \`${key}\` of \`${path}.labels\` is ${typeName(value)}: the API server refuses it; read as the text \`${value}\`, quote it`;
      reading.report('label-not-text', message, labels);
      pairs.push([key, String(value)]);
    }
  }
  return pairs;
}

/** Tells of keys and values that the API server refuses; they are compared as they are. */
export function checkLabels(reading: Reading, pairs: readonly (readonly [string, string])[], path: string, node: unknown): void {
  for (const [key, value] of pairs) {
    if (isLabelKey(key) && isLabelValue(value)) continue;
    const part = isLabelKey(key) ? `value of label \`${key}\`` : `label key \`${key}\``;
    reading.report('invalid-label', `the ${part} in \`${path}.labels\` is one that the API server refuses`, node);
  }
}

/** Of pairs with one key the last counts; `unknownKeys` that have a value among the pairs are known after all. */
export function labelSet(pairs: readonly (readonly [string, string])[], unknownKeys: readonly string[] = []): LabelSet {
  if (pairs.length === 0 && unknownKeys.length === 0) return NO_LABELS;
  const values = Object.fromEntries(pairs);
  return { values, unknownKeys: unknownKeys.filter((key) => !Object.hasOwn(values, key)), complete: true };
}
