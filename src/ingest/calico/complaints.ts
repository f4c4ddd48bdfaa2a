import { isAbsent, isMapping, type Mapping, type Reading, typeName } from '../reading';

/*
 * What is wrong with a resource of Calico, and what Calico does about it. Its API refuses everything that breaks a rule. Behind the API, in the storage
 * CRDs, anything may lie: the dataplane looks again at some rules, and treats what breaks one as missing (felix/calc/validation_filter.go); the rest it
 * applies as far as it goes.
 */

/** The group in which Calico stores what it serves as `projectcalico.org/v3`; what is applied there directly is not validated. */
export const STORAGE_GROUP = 'crd.projectcalico.org';
/** The group of Calico's API. */
export const CALICO_GROUP = 'projectcalico.org';

/** Whether an object is one of the storage CRDs. */
export function isStored(apiVersion: string): boolean {
  return apiVersion.startsWith(`${STORAGE_GROUP}/`);
}

/** Collects what is wrong with one resource. `node` is the mapping or list that the problem is in. */
export interface Complaints {
  readonly reading: Reading;
  /** Whether the resource lies in storage, where only the dataplane looks at it. */
  readonly stored: boolean;
  /** Breaks a rule that the dataplane checks as well: the resource is as if it did not exist. */
  readonly refuse: (problem: string, node?: unknown) => undefined;
  /** Breaks a rule that only the API checks. */
  readonly mind: (problem: string, node?: unknown) => undefined;
  /** The API takes it, and the dataplane cannot make sense of it: the resource is as if it did not exist. */
  readonly ignore: (problem: string, node?: unknown) => undefined;
  readonly isLeftOut: () => boolean;
}

/** Begins to collect; `kind` is what messages call the resource. */
export function complaintsOf(reading: Reading, apiVersion: string, kind: string): Complaints {
  const stored = isStored(apiVersion);
  let leftOut = false;
  const refused = (problem: string, node: unknown): undefined => {
    leftOut = true;
    reading.report('calico-refused', `${problem}; Calico's API refuses the ${kind}, and it is left out`, node);
  };
  const ignored = (problem: string, node: unknown): undefined => {
    leftOut = true;
    reading.report('calico-ignored', `${problem}; Calico's dataplane treats the ${kind} as missing`, node);
  };
  const unchecked = (problem: string, node: unknown): undefined => {
    reading.report('calico-unchecked', `${problem}; Calico's API would refuse the ${kind}, its dataplane applies it all the same`, node);
  };
  return {
    reading,
    stored,
    refuse: stored ? ignored : refused,
    mind: stored ? unchecked : refused,
    ignore: ignored,
    isLeftOut: () => leftOut,
  };
}

/*
 * Typed fields: one of another type cannot be decoded, by the API or the dataplane, and takes the whole resource with it. Null is absent.
 */

export function textField(complaints: Complaints, parent: Mapping, name: string, path: string): string | undefined {
  return typedField(complaints, parent, name, path, 'text', (value): value is string => typeof value === 'string');
}

export function flagField(complaints: Complaints, parent: Mapping, name: string, path: string): boolean | undefined {
  return typedField(complaints, parent, name, path, '`true` or `false`', (value): value is boolean => typeof value === 'boolean');
}

export function numberField(complaints: Complaints, parent: Mapping, name: string, path: string): number | undefined {
  return typedField(complaints, parent, name, path, 'a number', (value): value is number => Number.isFinite(value));
}

export function mappingField(complaints: Complaints, parent: Mapping, name: string, path: string): Mapping | undefined {
  return typedField(complaints, parent, name, path, 'a mapping', isMapping);
}

export function listField(complaints: Complaints, parent: Mapping, name: string, path: string): readonly unknown[] | undefined {
  return typedField(complaints, parent, name, path, 'a list', (value): value is readonly unknown[] => Array.isArray(value));
}

/** The texts of a list; empty without one. */
export function textsField(complaints: Complaints, parent: Mapping, name: string, path: string): readonly string[] {
  const list = listField(complaints, parent, name, path) ?? [];
  return list.filter((entry): entry is string => {
    const fits = typeof entry === 'string';
    if (!fits) complaints.refuse(`an entry of \`${path}.${name}\` is ${typeName(entry)} where text belongs`, list);
    return fits;
  });
}

/** The mappings of a list; empty without one. */
export function mappingsField(complaints: Complaints, parent: Mapping, name: string, path: string): readonly Mapping[] {
  const list = listField(complaints, parent, name, path) ?? [];
  return list.filter((entry): entry is Mapping => {
    const fits = isMapping(entry);
    if (!fits) complaints.refuse(`an entry of \`${path}.${name}\` is ${typeName(entry)} where a mapping belongs`, list);
    return fits;
  });
}

function typedField<Value>(
  complaints: Complaints,
  parent: Mapping,
  name: string,
  path: string,
  wanted: string,
  fits: (value: unknown) => value is Value,
): Value | undefined {
  const value = parent[name];
  if (isAbsent(value)) return undefined;
  if (fits(value)) return value;
  return complaints.refuse(`\`${path}.${name}\` is ${typeName(value)} where ${wanted} belongs`, parent);
}
