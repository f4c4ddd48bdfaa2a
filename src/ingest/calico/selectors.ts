import type { Selector } from '../../model/selector';
import { invariant } from '../../util/invariant';
import type { Mapping } from '../reading';
import type { Complaints } from './complaints';
import { type Expression, keysOf } from './selector-expression';
import { lowerExpression, lowerForHosts } from './selector-lowering';
import { describeProblem, type ParsedSelector, parseSelector } from './selector-parser';
import { NAME_LABEL, NAMESPACE_LABEL } from './selector-scope';

/** Selectors by their text, each parsed and lowered once: policies repeat themselves, and equal selectors become one object. */
export interface Selectors {
  readonly parse: (text: string) => ParsedSelector;
  /** INVARIANT: only of a text that parses. */
  readonly expression: (text: string) => Expression;
  readonly lower: (text: string) => Selector;
  /** The same over labels of host endpoints. */
  readonly lowerForHosts: (text: string) => Selector;
  /** Whether the API refuses selectors that are longer than newer releases take. */
  readonly isStrict: boolean;
}

/** The longest selector that the CRDs of newer releases take, in characters. */
export const LONGEST_SELECTOR = 1024;

/** A memory of selectors, for one input. */
export function selectorsFor(isStrict: boolean): Selectors {
  const parsed = new Map<string, ParsedSelector>();
  const parse = (text: string): ParsedSelector => {
    let answer = parsed.get(text);
    if (!answer) {
      answer = parseSelector(text);
      parsed.set(text, answer);
    }
    return answer;
  };
  const expression = (text: string): Expression => {
    const answer = parse(text);
    invariant(answer.kind === 'selector', 'a selector is checked before it is used');
    return answer.expression;
  };
  const remembering = (lowerOne: (written: Expression) => Selector) => {
    const lowered = new Map<string, Selector>();
    return (text: string): Selector => {
      let selector = lowered.get(text);
      if (!selector) {
        selector = lowerOne(expression(text));
        lowered.set(text, selector);
      }
      return selector;
    };
  };
  return { parse, expression, lower: remembering(lowerExpression), lowerForHosts: remembering(lowerForHosts), isStrict };
}

/**
 * Tells what is wrong with a selector as it was written. `ifBroken`: whether the dataplane sees it as it is, and treats the resource as missing if it
 * is none, or drops just the selector (libcalico-go/lib/backend/syncersv1/updateprocessors/selectors.go).
 */
export function checkSelector(
  complaints: Complaints,
  selectors: Selectors,
  text: string,
  ifBroken: 'missing' | 'dropped',
  path: string,
  holder: Mapping,
): void {
  const parsed = selectors.parse(text);
  if (parsed.kind === 'problem') {
    const problem = `\`${path}\` is no selector: ${describeProblem(parsed.problem)}`;
    if (ifBroken === 'missing') complaints.refuse(problem, holder);
    else complaints.mind(`${problem}; without it more is selected`, holder);
  }
  if (selectors.isStrict && text.length > LONGEST_SELECTOR) {
    complaints.mind(`\`${path}\` has ${text.length} characters, more than ${LONGEST_SELECTOR}`, holder);
  }
}

/** The name of a namespace is one label in a selector of namespaces and another in every other selector; the wrong one is never there. */
export function adviseOnName(
  complaints: Complaints,
  selectors: Selectors,
  { selector, namespaceSelector }: { readonly selector: string; readonly namespaceSelector: string },
  path: string,
  holder: Mapping,
): void {
  const advise = (field: string, text: string, wrong: string, right: string) => {
    const parsed = text.includes(wrong) ? selectors.parse(text) : undefined;
    if (parsed?.kind !== 'selector' || !keysOf(parsed.expression).has(wrong)) return;
    const message = `\`${path}.${field}\` looks at \`${wrong}\`, which nothing has there: \`${right}\` is meant`;
    complaints.reading.report('label-elsewhere', message, holder);
  };
  advise('namespaceSelector', namespaceSelector, NAMESPACE_LABEL, NAME_LABEL);
  advise('selector', selector, NAME_LABEL, NAMESPACE_LABEL);
}
