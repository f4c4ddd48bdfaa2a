import { type LabelSet, type LabelTest, matchSelector, type Selector } from '../model/selector';
import { assertNever } from '../util/invariant';
import { looksLike } from './label-distance';

/** One test of a selector. */
export interface LabelCondition {
  readonly key: string;
  readonly test: LabelTest;
}

/** One test of a selector that a set of labels fails, and what could be meant instead. */
export interface FailedTest extends LabelCondition {
  /** The label as it is; absent when there is none with this key. */
  readonly actual?: string;
  /** A label of another key that looks like the one that is tested. */
  readonly similarKey?: string;
  /** Is it likely a misspelling, of the key or of the value? */
  readonly isLikelyTypo: boolean;
}

/** What a set of labels lacks to be selected. */
export interface NearMiss {
  readonly failed: readonly FailedTest[];
  /** How many of the selector's tests hold. */
  readonly held: number;
}

/** The tests of the endpoint's own labels that must all hold; undefined when the selector is no plain conjunction of such tests. */
export function labelTestsOf(selector: Selector): readonly LabelCondition[] | undefined {
  if (selector.kind === 'label') return selector.owner === 'endpoint' ? [selector] : [];
  if (selector.kind === 'inNamespace' || selector.kind === 'network' || selector.kind === 'all') return [];
  if (selector.kind !== 'and') return undefined;
  const parts = selector.of.map(labelTestsOf);
  return parts.includes(undefined) ? undefined : parts.flatMap((part) => part!);
}

/** How far labels are from what the tests ask for. */
export function nearMissOf(tests: readonly LabelCondition[], labels: LabelSet): NearMiss {
  const failed = tests.filter(
    ({ key, test }) => matchSelector({ kind: 'label', owner: 'endpoint', key, test }, { labels, network: 'pod' }).truth === 'no',
  );
  return {
    held: tests.length - failed.length,
    failed: failed.map(({ key, test }): FailedTest => {
      const wanted = test.operator === 'in' ? test.values : [];
      if (Object.hasOwn(labels.values, key)) {
        const actual = labels.values[key]!;
        return { key, test, actual, isLikelyTypo: wanted.some((value) => looksLike(value, actual)) };
      }
      const similarKey = Object.keys(labels.values).find(
        (other) => looksLike(other, key) && (wanted.length === 0 || wanted.includes(labels.values[other]!)),
      );
      return { key, test, ...(similarKey !== undefined && { similarKey }), isLikelyTypo: similarKey !== undefined };
    }),
  };
}

/** One label edit away, and not by chance: other tests hold, or the labels look alike. */
export function isOneEditAway({ failed, held }: NearMiss): boolean {
  return failed.length === 1 && (held > 0 || failed[0]!.isLikelyTypo);
}

/** Order of nearness: fewer failed tests first, then likely misspellings. */
export function compareNearness(a: NearMiss, b: NearMiss): number {
  if (a.failed.length !== b.failed.length) return a.failed.length - b.failed.length;
  return b.failed.filter(({ isLikelyTypo }) => isLikelyTypo).length - a.failed.filter(({ isLikelyTypo }) => isLikelyTypo).length;
}

/** `label app is web, not wbe` with the user's words in backticks. */
export function describeFailure({ key, test, actual, similarKey }: FailedTest): string {
  const wanted = wantedText(test);
  if (similarKey !== undefined) return `label \`${similarKey}\` is there, but not \`${key}\``;
  if (actual === undefined) return `label \`${key}\` is missing${wanted ? `, wanted is ${wanted}` : ''}`;
  return `label \`${key}\` is \`${actual}\`${wanted ? `, wanted is ${wanted}` : ', where it should be missing'}`;
}

function wantedText(test: LabelTest): string | undefined {
  switch (test.operator) {
    case 'in':
      return test.values.map((value) => `\`${value}\``).join(' or ');
    case 'notIn':
      return `none of ${test.values.map((value) => `\`${value}\``).join(', ')}`;
    case 'exists':
      return 'any value';
    case 'doesNotExist':
      return undefined;
    case 'contains':
      return `something with \`${test.text}\` in it`;
    case 'startsWith':
      return `something that starts with \`${test.text}\``;
    case 'endsWith':
      return `something that ends with \`${test.text}\``;
    default:
      return assertNever(test);
  }
}
