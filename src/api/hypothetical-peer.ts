import type { HypotheticalPod } from '../engine/index';
import { nearMatches } from '../util/near-matches';

/*
 * Pods that nobody has deployed, as people write them. Nothing in these names means anything to a shell, and no object of a cluster can have them:
 *   any-pod                      any labels, any namespace, also one that does not exist yet
 *   shop/any-pod                 any labels, in one namespace
 *   shop/pod:app=web,tier=front  exactly these labels; `shop/pod:` has none
 *   shop/pod:app=web@robot       with a service account
 *   new:team=a/pod:app=web       in a namespace that does not exist yet, with exactly these labels; `new:/pod:app=web` has none
 *   pod:app=web                  exactly these labels, in any namespace
 */

/** A hypothetical pod as it is written, or what is wrong with that. */
export type WrittenPod = { readonly pod: HypotheticalPod; readonly notes: readonly string[] } | { readonly problem: string };

/** As it is written in questions, alone or behind `NAMESPACE/`. */
export const ANY_POD = 'any-pod';
const POD = 'pod:';

/** Undefined where the text names no hypothetical pod at all. */
export function readHypotheticalPod(text: string, namespaces: readonly string[]): WrittenPod | undefined {
  if (text === ANY_POD) return { pod: { name: text }, notes: [BEST] };
  const slash = text.startsWith(POD) ? -1 : text.indexOf(`/${POD}`);
  if (slash >= 0 || text.startsWith(POD)) return readGiven(text, slash, namespaces);
  if (!text.endsWith(`/${ANY_POD}`)) return undefined;
  const namespace = namespaces.indexOf(text.slice(0, -ANY_POD.length - 1));
  if (namespace < 0) return { problem: noNamespace(text.slice(0, -ANY_POD.length - 1), namespaces, (near) => `${near}/${ANY_POD}`) };
  return { pod: { name: text, namespace }, notes: [BEST] };
}

const BEST = 'any pod that somebody could create is meant: allowed if one of them gets through, denied if none can';

/** `NAMESPACE/pod:LABELS@ACCOUNT`; `slash` -1: without a namespace. */
function readGiven(text: string, slash: number, namespaces: readonly string[]): WrittenPod {
  const own = text.slice(slash + 1 + POD.length);
  const at = own.lastIndexOf('@');
  const labels = readLabels(at < 0 ? own : own.slice(0, at));
  if (typeof labels === 'string') return { problem: labels };
  const serviceAccount = at < 0 ? undefined : own.slice(at + 1);
  if (serviceAccount !== undefined && !NAME.test(serviceAccount))
    return { problem: `\`${serviceAccount}\` is no name of a service account` };
  const pod: HypotheticalPod = { name: text, labels, ...(serviceAccount !== undefined && { serviceAccount }) };
  if (slash < 0) return { pod, notes: [] };
  const place = text.slice(0, slash);
  const colon = place.indexOf(':');
  if (colon < 0) {
    const namespace = namespaces.indexOf(place);
    if (namespace >= 0) return { pod: { ...pod, namespace }, notes: [] };
    const hint = `; a namespace that does not exist yet is written with its labels: \`${place}:/${POD}${own}\``;
    return { problem: noNamespace(place, namespaces, (near) => `${near}/${POD}${own}`) + hint };
  }
  const name = place.slice(0, colon);
  const namespaceLabels = readLabels(place.slice(colon + 1));
  if (!NAME.test(name)) return { problem: `\`${name}\` is no name of a namespace` };
  if (typeof namespaceLabels === 'string') return { problem: namespaceLabels };
  if (namespaces.includes(name)) return { problem: `namespace \`${name}\` exists, with labels of its own; write \`${name}/${POD}${own}\`` };
  return { pod: { ...pod, newNamespace: { name, labels: namespaceLabels } }, notes: [] };
}

/** A DNS name (RFC 1123). */
const NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;
/** As API servers check them (k8s.io/apimachinery/pkg/util/validation), the length apart. */
const LABEL_KEY = /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/** `key=value` separated by commas; a sentence about what is wrong. */
function readLabels(text: string): Readonly<Record<string, string>> | string {
  const labels = new Map<string, string>();
  for (const pair of text === '' ? [] : text.split(',')) {
    const equals = pair.indexOf('=');
    const [key, value] = [pair.slice(0, Math.max(equals, 0)), pair.slice(equals + 1)];
    if (equals < 0 || !LABEL_KEY.test(key) || !LABEL_VALUE.test(value)) return `\`${pair}\` is no label such as \`app=web\``;
    if (labels.has(key)) return `label \`${key}\` is given twice`;
    labels.set(key, value);
  }
  return Object.fromEntries(labels);
}

function noNamespace(name: string, namespaces: readonly string[], write: (near: string) => string): string {
  const near = nearMatches(name, namespaces).map((match) => `\`${write(match)}\``);
  return `there is no namespace \`${name}\`${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ''}`;
}
