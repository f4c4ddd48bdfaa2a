import { printExpression, withKeys } from './selector-expression';
import type { ParsedSelector } from './selector-parser';

/*
 * How Calico makes one selector of the several that a policy or a rule has (libcalico-go/lib/backend/syncersv1/updateprocessors). Labels of namespaces
 * and of service accounts are seen through prefixes, and `all()` and `global()` are replaced in the *text*, so we compose texts too: what happens to a
 * selector that holds such words in other places, or only spaces, then happens here as it does there.
 */

/** Before the keys of labels of namespaces and of service accounts (libcalico-go/lib/backend/k8s/conversion/constants.go). */
export const [NAMESPACE_PREFIX, ACCOUNT_PREFIX] = ['pcns.', 'pcsa.'];
/** Labels that Calico gives to pods, the first also to network sets of a namespace. */
export const NAMESPACE_LABEL = 'projectcalico.org/namespace';
export const ACCOUNT_LABEL = 'projectcalico.org/serviceaccount';
export const ORCHESTRATOR_LABEL = 'projectcalico.org/orchestrator';
/** The name of a namespace or service account among its own labels. */
export const NAME_LABEL = 'projectcalico.org/name';

/** Reads a selector; many are read again and again, so it had better remember. */
export type Parse = (text: string) => ParsedSelector;

/** The selectors of a policy's `spec`; empty where there is none. */
export interface PolicySelectors {
  readonly selector: string;
  readonly namespaceSelector: string;
  readonly accountSelector: string;
}

/** Which endpoints a policy applies to; `namespace` is that of a NetworkPolicy. Empty: all of them. */
export function policySelectorText(parts: PolicySelectors, namespace: string | undefined, parse: Parse): string {
  const { selector, namespaceSelector, accountSelector } = parts;
  if (namespace !== undefined) {
    const own = `${NAMESPACE_LABEL} == '${namespace}'`;
    return appended(selector === '' ? own : `(${selector}) && ${own}`, accountSelector, ACCOUNT_PREFIX, parse);
  }
  let text = selector;
  if (namespaceSelector !== '')
    text = appended(text, namespaceSelector, NAMESPACE_PREFIX, parse).replaceAll('all()', `has(${NAMESPACE_LABEL})`);
  if (accountSelector !== '') text = appended(text, accountSelector, ACCOUNT_PREFIX, parse).replaceAll('all()', `has(${ACCOUNT_LABEL})`);
  return text;
}

function appended(text: string, selector: string, prefix: string, parse: Parse): string {
  const added = prefixed(selector, prefix, parse);
  if (added === '') return text;
  return text === '' ? added : `(${text}) && ${added}`;
}

/** One side of a rule, as far as it speaks of labels. */
export interface EntitySelectors {
  readonly selector: string;
  readonly notSelector: string;
  readonly namespaceSelector: string;
  readonly accountNames: readonly string[];
  readonly accountSelector: string;
}

/**
 * Whom one side of a rule names by labels, without its `notSelector`. Empty: nobody in particular.
 * A NetworkPolicy speaks of its own namespace as soon as it uses any selector, unless it selects namespaces.
 */
export function entitySelectorText(entity: EntitySelectors, namespace: string | undefined, parse: Parse): string {
  const { selector, notSelector, namespaceSelector } = entity;
  const parts = [accountsText(entity, parse), selector].filter((part) => part !== '');
  const own = parts.length > 1 ? `(${parts.join(') && (')})` : (parts[0] ?? '');
  const namespaces = namespacesText(namespaceSelector, namespace, parse);
  if (namespaces === '' || (own === '' && notSelector === '' && namespaceSelector === '')) return own;
  return own === '' ? namespaces : `(${namespaces}) && (${own})`;
}

function namespacesText(namespaceSelector: string, namespace: string | undefined, parse: Parse): string {
  if (namespaceSelector === '') return namespace === undefined ? '' : `${NAMESPACE_LABEL} == '${namespace}'`;
  return prefixed(namespaceSelector, NAMESPACE_PREFIX, parse)
    .replaceAll('all()', `has(${NAMESPACE_LABEL})`)
    .replaceAll('global()', `!has(${NAMESPACE_LABEL})`);
}

function accountsText({ accountNames, accountSelector }: EntitySelectors, parse: Parse): string {
  const selected = prefixed(accountSelector, ACCOUNT_PREFIX, parse);
  if (accountNames.length === 0) return selected;
  const named = prefixed(`${ACCOUNT_LABEL} in { '${accountNames.join("', '")}' }`, '', parse);
  // Names that make no selector take the rest with them.
  if (named === '' || selected === '') return named;
  return `(${selected}) && (${named})`;
}

/** The canonical text of a selector over labels with a prefix; nothing for what is no selector, as if it were not there. */
function prefixed(selector: string, prefix: string, parse: Parse): string {
  if (selector === '') return '';
  const parsed = parse(selector);
  return parsed.kind === 'problem' ? '' : printExpression(withKeys(parsed.expression, (key) => prefix + key));
}
