import type { Endpoint, Namespace } from '../../model/endpoint';
import { type Match, NO, YES } from '../../model/match';
import { type LabelSet, matchSelector, NO_LABELS, type Selector } from '../../model/selector';
import { ABSENT_LABEL, exactLabel, type LabelDomain, OPEN_LABEL, PRESENT_LABEL, valueIn, withTest } from './label-domain';

/*
 * A pod that nobody has deployed, as far as something is settled about it. Whatever selectors look at and nothing settles may still be chosen: labels
 * of the pod, name and labels of its service account, names of its ports, and in a namespace that does not exist yet the name and labels of that.
 * A *place* is where it is: one namespace of the input, or a new one.
 */

/** Where a pod may be. A new namespace has none of the names of those that there are. */
export interface Place {
  /** Index in `Directory.namespaces`; undefined: a new namespace. */
  readonly index: number | undefined;
  /** Of the input. */
  readonly namespace?: Namespace;
}

/** Immutable. What it leaves open may be chosen freely, each part for itself (but see `isUnsure`). */
export interface PodShape {
  readonly place: Place;
  readonly labels: ReadonlyMap<string, LabelDomain>;
  /** What the labels are that nothing names: still open, or certainly absent. */
  readonly otherLabels: LabelDomain;
  readonly accountName: LabelDomain;
  readonly accountLabels: ReadonlyMap<string, LabelDomain>;
  /** Only of a new namespace. */
  readonly namespaceName: LabelDomain;
  readonly namespaceLabels: ReadonlyMap<string, LabelDomain>;
  readonly otherNamespaceLabels: LabelDomain;
  /** Names that its port has, and that it has not; the port is the one that a packet goes to. */
  readonly portNames: ReadonlyMap<string, boolean>;
}

/** What is known of a hypothetical pod beforehand. */
export interface PodTerms {
  /** Exactly its labels; absent: any. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Absent: any, unless the labels are given, which makes it `default`. */
  readonly serviceAccount?: string;
  /** Of a namespace that is not in the input: its name and exactly its labels; absent: any. */
  readonly newNamespace?: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
}

const NOTHING: ReadonlyMap<string, never> = new Map<string, never>();
const NAME_OF_NAMESPACE = 'kubernetes.io/metadata.name';
/** For what does not look at it. */
const SOME_NAMESPACE: Namespace = Object.freeze({ name: '', labels: NO_LABELS });

/** The widest shape in a place. `taken` are the names that a new namespace cannot have. */
export function shapeIn(place: Place, { labels, serviceAccount, newNamespace }: PodTerms, taken: readonly string[]): PodShape {
  const account = serviceAccount ?? (labels ? 'default' : undefined);
  return {
    place,
    labels: labels ? exactly(labels) : NOTHING,
    otherLabels: labels ? ABSENT_LABEL : OPEN_LABEL,
    accountName: account === undefined ? PRESENT_LABEL : exactLabel(account),
    accountLabels: NOTHING,
    namespaceName: newNamespace ? exactLabel(newNamespace.name) : { ...PRESENT_LABEL, excluded: taken },
    namespaceLabels: newNamespace ? exactly(newNamespace.labels) : NOTHING,
    otherNamespaceLabels: newNamespace ? ABSENT_LABEL : OPEN_LABEL,
    portNames: NOTHING,
  };
}

function exactly(labels: Readonly<Record<string, string>>): ReadonlyMap<string, LabelDomain> {
  return new Map(Object.entries(labels).map(([key, value]) => [key, exactLabel(value)]));
}

/** What a leaf of a selector makes of a shape: it settles the shape further, both ways, or is known already. The other way is mostly not asked for. */
export type Refinement = { readonly yes: PodShape; readonly no: () => PodShape | undefined } | Match;

type Leaf = Extract<Selector, { readonly kind: 'label' | 'inNamespace' | 'network' | 'all' | 'none' }>;

/** Refines a shape by one leaf of a selector. */
export function refine(shape: PodShape, leaf: Leaf): Refinement {
  if (leaf.kind === 'all') return YES;
  if (leaf.kind === 'none') return NO;
  if (leaf.kind === 'network') return leaf.network === 'pod' ? YES : NO;
  const { namespace } = shape.place;
  const fixed = () => matchSelector(leaf, { labels: NO_LABELS, network: 'pod', namespace: namespace ?? SOME_NAMESPACE });
  if (leaf.kind === 'inNamespace') return namespace ? fixed() : refineName(shape, 'namespaceName', { operator: 'in', values: leaf.names });
  const { owner, key, test } = leaf;
  switch (owner) {
    case 'endpoint':
      return refineLabel(shape, 'labels', key, test, shape.otherLabels);
    case 'serviceAccount':
      return refineLabel(shape, 'accountLabels', key, test, OPEN_LABEL);
    case 'namespace':
      if (namespace) return fixed();
      return key === NAME_OF_NAMESPACE
        ? refineName(shape, 'namespaceName', test)
        : refineLabel(shape, 'namespaceLabels', key, test, shape.otherNamespaceLabels);
    case 'automatic':
      if (key === 'projectcalico.org/serviceaccount') return refineName(shape, 'accountName', test);
      if (key === 'projectcalico.org/namespace' && !namespace) return refineName(shape, 'namespaceName', test);
      return fixed();
  }
}

/** Settles whether the port has a name. */
export function refinePortName(shape: PodShape, name: string): Refinement {
  const known = shape.portNames.get(name);
  if (known !== undefined) return known ? YES : NO;
  const named = (has: boolean) => ({ ...shape, portNames: new Map(shape.portNames).set(name, has) });
  return { yes: named(true), no: () => named(false) };
}

type LabelTest = Extract<Selector, { kind: 'label' }>['test'];

function refineName(shape: PodShape, part: 'namespaceName' | 'accountName', test: LabelTest): Refinement {
  return both(shape[part], test, (domain) =>
    part === 'namespaceName' ? { ...shape, namespaceName: domain } : { ...shape, accountName: domain },
  );
}

function refineLabel(
  shape: PodShape,
  part: 'labels' | 'accountLabels' | 'namespaceLabels',
  key: string,
  test: LabelTest,
  unnamed: LabelDomain,
): Refinement {
  const before = shape[part];
  return both(before.get(key) ?? unnamed, test, (domain) => {
    const after = new Map(before).set(key, domain);
    // Written out, since computed names make objects slow.
    if (part === 'labels') return { ...shape, labels: after };
    return part === 'accountLabels' ? { ...shape, accountLabels: after } : { ...shape, namespaceLabels: after };
  });
}

function both(domain: LabelDomain, test: LabelTest, make: (domain: LabelDomain) => PodShape): Refinement {
  const holds = withTest(domain, test, true);
  if (!holds) return NO;
  const no = () => {
    const fails = withTest(domain, test, false);
    return fails && make(fails);
  };
  return { yes: make(holds), no };
}

/** Whether two things are settled that belong to one existing object, of which nothing tells that it has both: a service account by name and by labels. */
export function isUnsure({ accountName, accountLabels }: PodShape): boolean {
  return accountLabels.size > 0 && accountName.among !== undefined;
}

/** What the definition wants to know of a pod and a shape does not tell. */
export interface WitnessParts {
  /** For texts that the definition makes. */
  readonly name: string;
  readonly addressRanges: readonly string[];
  readonly node?: string;
  /** The port that its port names stand for. */
  readonly port?: { readonly protocol: Endpoint['ports'][number]['protocol']; readonly port: number };
}

/** Makes the pod that satisfies a shape with as little as possible. */
export function podOf(
  shape: PodShape,
  { name, addressRanges, node, port }: WitnessParts,
): { readonly endpoint: Endpoint; readonly namespace: Namespace } {
  const { place, portNames } = shape;
  const ports = port ? [...portNames].filter(([, has]) => has).map(([portName]) => ({ name: portName, ...port })) : [];
  const endpoint: Endpoint = {
    id: -1,
    kind: 'newPod',
    name,
    namespace: place.index ?? -1,
    workload: -1,
    labels: labelsOf(shape.labels),
    serviceAccount: nameIn(shape.accountName, 'default'),
    serviceAccountLabels: labelsOf(shape.accountLabels),
    network: 'pod',
    addresses: [],
    addressRanges,
    ...(node !== undefined && { node }),
    ports,
    source: { file: '', document: 1, line: 1 },
  };
  return { endpoint, namespace: place.namespace ?? newNamespace(shape) };
}

/** Usual names come first where they are as good as any. */
function nameIn(domain: LabelDomain, usual: string): string {
  const isUsual = withTest(domain, { operator: 'in', values: [usual] }, true) !== undefined;
  return isUsual ? usual : valueIn(domain)!;
}

function newNamespace({ namespaceName, namespaceLabels }: PodShape): Namespace {
  const name = nameIn(namespaceName, 'new-namespace');
  const { values } = labelsOf(namespaceLabels);
  return { name, labels: { ...NO_LABELS, values: { ...values, [NAME_OF_NAMESPACE]: name } } };
}

function labelsOf(domains: ReadonlyMap<string, LabelDomain>): LabelSet {
  const pairs = [...domains].flatMap(([key, domain]) => {
    const value = valueIn(domain);
    return value === undefined ? [] : [[key, value] as const];
  });
  return { ...NO_LABELS, values: Object.fromEntries(pairs) };
}
