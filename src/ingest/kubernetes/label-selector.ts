import type { LabelTest, Selector } from '../../model/selector';
import { compareText } from '../../util/order';
import { isAbsent, isMapping, type Mapping, type Reading, typeName } from '../reading';
import { conjunction } from './conjunction';
import { checkFields } from './known-fields';
import { checkLabels } from './labels';

/*
 * LabelSelector (k8s.io/apimachinery/pkg/apis/meta/v1/types.go): every pair of `matchLabels` and every entry of `matchExpressions` must hold; the empty
 * selector holds for everything. The API server refuses an object with an invalid selector, so one is reported and matches nothing.
 */

type Owner = 'endpoint' | 'namespace';

const NOTHING: Selector = { kind: 'none' };

/** Reads a selector that is there (absent ones mean different things in different places). `path` names it in messages. */
export function readLabelSelector(reading: Reading, written: unknown, owner: Owner, path: string, holder: unknown): Selector {
  if (!isMapping(written)) {
    refuse(reading, `\`${path}\` is ${typeName(written)} where a mapping belongs`, holder);
    return NOTHING;
  }
  checkFields(reading, written, ['matchLabels', 'matchExpressions'], path);
  return conjunction([readMatchLabels(reading, written, owner, path), readMatchExpressions(reading, written, owner, path)]);
}

function readMatchLabels(reading: Reading, { matchLabels }: Mapping, owner: Owner, path: string): Selector {
  if (isAbsent(matchLabels)) return { kind: 'all' };
  if (!isMapping(matchLabels))
    return refuse(reading, `\`${path}.matchLabels\` is ${typeName(matchLabels)} where a mapping belongs`, matchLabels);
  const tests: Selector[] = [];
  for (const key of Object.keys(matchLabels).sort(compareText)) {
    const written = matchLabels[key];
    // The API server decodes null as the empty text.
    const value = isAbsent(written) ? '' : written;
    if (typeof value !== 'string') {
      return refuse(reading, `label \`${key}\` of \`${path}.matchLabels\` is ${typeName(value)}, not text: quote it`, matchLabels);
    }
    checkLabels(reading, [[key, value]], path, matchLabels);
    tests.push({ kind: 'label', owner, key, test: { operator: 'in', values: [value] } });
  }
  return conjunction(tests);
}

function readMatchExpressions(reading: Reading, { matchExpressions }: Mapping, owner: Owner, path: string): Selector {
  if (isAbsent(matchExpressions)) return { kind: 'all' };
  const at = `${path}.matchExpressions`;
  if (!Array.isArray(matchExpressions))
    return refuse(reading, `\`${at}\` is ${typeName(matchExpressions)} where a list belongs`, matchExpressions);
  return conjunction(
    matchExpressions.map((written, index) => readExpression(reading, written, owner, `${at}[${index}]`, matchExpressions)),
  );
}

function readExpression(reading: Reading, written: unknown, owner: Owner, path: string, holder: unknown): Selector {
  if (!isMapping(written)) return refuse(reading, `\`${path}\` is ${typeName(written)} where a mapping belongs`, holder);
  checkFields(reading, written, ['key', 'operator', 'values'], path);
  const { key, operator } = written;
  if (typeof key !== 'string' || key === '') return refuse(reading, `\`${path}\` has no \`key\``, written);
  const values = isAbsent(written.values) ? [] : written.values;
  if (!Array.isArray(values)) return refuse(reading, `\`${path}.values\` is ${typeName(values)} where a list belongs`, written);
  const texts = values.map((value) => (value === null ? '' : value));
  const wrong = texts.find((value) => typeof value !== 'string');
  if (wrong !== undefined) return refuse(reading, `\`${path}.values\` holds ${typeName(wrong)}, not text: quote it`, written);
  checkLabels(reading, [[key, ''], ...texts.map((value): [string, string] => [key, value])], path, written);
  const test = labelTest(operator, [...new Set<string>(texts)].sort(compareText));
  if (typeof test === 'string') return refuse(reading, `\`${path}\` ${test}`, written);
  return { kind: 'label', owner, key, test };
}

/** The test, or what is wrong with it. */
function labelTest(operator: unknown, values: readonly string[]): LabelTest | string {
  switch (operator) {
    case 'In':
      return values.length > 0 ? { operator: 'in', values } : 'has operator `In` and no `values`';
    case 'NotIn':
      return values.length > 0 ? { operator: 'notIn', values } : 'has operator `NotIn` and no `values`';
    case 'Exists':
      return values.length === 0 ? { operator: 'exists' } : 'has operator `Exists` and `values`';
    case 'DoesNotExist':
      return values.length === 0 ? { operator: 'doesNotExist' } : 'has operator `DoesNotExist` and `values`';
    default:
      return typeof operator === 'string'
        ? `has operator \`${operator}\`, which is none of In, NotIn, Exists, DoesNotExist`
        : 'has no `operator`';
  }
}

function refuse(reading: Reading, problem: string, node: unknown): Selector {
  reading.report('invalid-selector', `${problem}; the API server refuses the object, here the selector matches nothing`, node);
  return NOTHING;
}
