import type { Policy } from '../../model/policy';
import type { Selector } from '../../model/selector';
import type { Place } from './pod-shape';

/** What rules tell namespaces apart by. */
interface NamespaceTests {
  readonly names: ReadonlySet<string>;
  /** Keys of their labels. */
  readonly keys: ReadonlySet<string>;
}

/**
 * The places in sorts that no peer of the policies' rules tells apart. A new namespace may still have any name and
 * labels, so that it is a sort of its own.
 */
export function sortPlaces(places: readonly Place[], policies: readonly Policy[]): readonly (readonly Place[])[] {
  if (places.length < 2) return places.map((place) => [place]);
  const [names, keys] = [new Set<string>(), new Set<string>()];
  for (const policy of policies) {
    const tests = testsOf(policy);
    for (const name of tests.names) names.add(name);
    for (const key of tests.keys) keys.add(key);
  }
  return sortBy(places, { names, keys });
}

/** By the labels alone, for which there are few combinations; then those of which the name counts come by themselves. */
function sortBy(places: readonly Place[], { names, keys }: NamespaceTests): readonly (readonly Place[])[] {
  const alike = alikeByLabels(places, [...keys].sort());
  if (names.size === 0) return alike;
  const sorts = alike.flatMap((group): readonly (readonly Place[])[] => {
    const named = group.filter(({ namespace }) => namespace && names.has(namespace.name));
    if (named.length === 0) return [group];
    const others = group.filter((place) => !named.includes(place));
    return [...(others.length > 0 ? [others] : []), ...named.map((place) => [place])];
  });
  return sorts;
}

const alikeByPlaces = new WeakMap<readonly Place[], Map<string, readonly (readonly Place[])[]>>();

function alikeByLabels(places: readonly Place[], keys: readonly string[]): readonly (readonly Place[])[] {
  let known = alikeByPlaces.get(places);
  if (!known) {
    known = new Map();
    alikeByPlaces.set(places, known);
  }
  const id = JSON.stringify(keys);
  let alike = known.get(id);
  if (!alike) {
    const groups = new Map<string, Place[]>();
    for (const place of places) {
      const sort = signatureOf(place, keys);
      const members = groups.get(sort);
      if (members) members.push(place);
      else groups.set(sort, [place]);
    }
    alike = [...groups.values()];
    known.set(id, alike);
  }
  return alike;
}

function signatureOf({ namespace }: Place, keys: readonly string[]): string {
  if (!namespace) return '';
  const { values, unknownKeys, complete } = namespace.labels;
  const told = keys.map((key) => (Object.hasOwn(values, key) ? `=${values[key]}` : unknownKeys.includes(key) ? '?' : complete));
  // What is not known of a namespace is told with its name, which must be its own.
  const isOpen = told.includes('?') || told.includes(false);
  return JSON.stringify([isOpen ? namespace.name : null, told]);
}

const testsByPolicy = new WeakMap<Policy, NamespaceTests>();

function testsOf(policy: Policy): NamespaceTests {
  let tests = testsByPolicy.get(policy);
  if (!tests) {
    const [names, keys] = [new Set<string>(), new Set<string>()];
    for (const { peer } of [...(policy.ingress ?? []), ...(policy.egress ?? [])]) {
      for (const { selector, notSelector } of peer === 'any' ? [] : peer) {
        if (selector) collect(selector, names, keys);
        if (notSelector) collect(notSelector, names, keys);
      }
    }
    tests = { names, keys };
    testsByPolicy.set(policy, tests);
  }
  return tests;
}

function collect(selector: Selector, names: Set<string>, keys: Set<string>): void {
  switch (selector.kind) {
    case 'and':
    case 'or':
      for (const part of selector.of) collect(part, names, keys);
      break;
    case 'not':
      collect(selector.of, names, keys);
      break;
    case 'inNamespace':
      for (const name of selector.names) names.add(name);
      break;
    case 'label':
      if (selector.owner === 'namespace') keys.add(selector.key);
      // Calico's own label of the namespace tests its name.
      if (selector.owner === 'automatic' && 'values' in selector.test) for (const value of selector.test.values) names.add(value);
      if (selector.owner === 'automatic' && 'text' in selector.test) keys.add(NAME_LABEL);
      break;
    default:
      break;
  }
}

/** Every namespace has another value of it. */
const NAME_LABEL = 'kubernetes.io/metadata.name';
