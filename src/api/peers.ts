import { type Analysis, type AskedEnd, type Catalogue, catalogueOf, type EndpointSummary, type HypotheticalPod } from '../engine/index';
import { type AddressChoice, familyOfChoice } from '../model/endpoint';
import { internetRanges } from '../model/internet';
import { compareBig, formatRange, parseRange } from '../util/address-set';
import { type Address, type AddressRange, formatAddress, formatCidr, parseAddress } from '../util/ip';
import { nearMatches } from '../util/near-matches';
import { refusal } from './errors';
import { ANY_POD, readHypotheticalPod } from './hypothetical-peer';
import { NAMED_PEERS, readNamedPeer } from './named-peers';

/*
 * How people name the ends of a flow:
 *   namespace/name          a pod, or a workload of any kind
 *   namespace/name[Kind]    a workload, or `[Pod]` a pod
 *   name[Node]              a node; the kind may be left out where no namespace has the name
 *   namespace/*             a pod without labels that somebody could create in the namespace tomorrow
 *   10.1.2.3 · 10.0.0.0/8   an address or a CIDR; also `ip:LOW-HIGH` as flows print it. An address of a known endpoint means that endpoint by
 *                           this address alone
 *   internet                public address space
 *   organisation, nodes …   see `named-peers`
 *   any-pod …               a pod that nobody has deployed: see `hypothetical-peer`
 *   namespace               all workloads of it (only where a list is filtered); also `namespace[Namespace]`, where the name has another meaning too
 */

/** One end of a question, resolved to what the engine knows. */
export type Peer =
  /**
   * Never empty. `workload` and `namespace` are indices of the catalogue, present when the peer is all of it; `isEverything`: all workloads.
   * `at`: by which of their addresses alone; absent: by any of them, or they have no other.
   */
  | {
      readonly kind: 'endpoints';
      readonly id: string;
      readonly endpoints: readonly number[];
      readonly at?: AddressChoice;
      readonly workload?: number;
      readonly namespace?: number;
      readonly isEverything?: true;
      readonly notes: readonly string[];
    }
  /** Addresses as such, with the endpoints that are known to have some of them. */
  | {
      readonly kind: 'addresses';
      readonly id: string;
      readonly ranges: readonly AddressRange[];
      readonly owners: readonly AddressOwner[];
      /** Where the addresses are not what somebody wrote but what a name means: an end without addresses of a family does not meet those of it. */
      readonly isNamed?: true;
      /** Where something listens at them that the name is about. */
      readonly port?: number;
      readonly notes: readonly string[];
    }
  /** The best of the pods that somebody could create. */
  | { readonly kind: 'hypothetical'; readonly id: string; readonly pod: HypotheticalPod; readonly notes: readonly string[] }
  | { readonly kind: 'internet'; readonly id: 'internet'; readonly notes: readonly string[] };

/** An address that a known endpoint has. */
export interface AddressOwner {
  readonly address: Address;
  readonly endpoint: number;
}

/** How a peer's name is read. */
export interface PeerOptions {
  /** Name of the question's part, for the error: `from`, `to`. */
  readonly path: string;
  /** Also read a bare name as a namespace. */
  readonly namespaces?: boolean;
}

/**
 * Reads a peer's name.
 * @throws ApiError `INVALID_REQUEST` when nothing or more than one thing has that name; it tells near matches
 */
export function resolvePeer(analysis: Analysis, text: string, options: PeerOptions): Peer {
  const names = namesOf(analysis);
  const name = text.trim();
  if (name === '') throw refusal(options.path, 'the peer is empty; name one such as `namespace/name`');
  const ofOwnName = specialPeer(analysis, names, name, options);
  if (ofOwnName) return ofOwnName;
  const range = parseRange(name.startsWith('ip:') ? name.slice('ip:'.length) : name);
  if (range) return addressPeer(names, name, range);
  if (/^[\d.]+(\/\d*)?$|::|^ip:/.test(name)) throw refusal(options.path, `\`${name}\` is no address and no CIDR such as \`10.0.0.0/8\``);
  const written = /^(?:([^/[\]]+)\/)?([^/[\]]+)(?:\[([A-Za-z]+)\])?$/.exec(name);
  if (!written)
    throw refusal(
      options.path,
      `\`${name}\` is no peer; name one as \`namespace/name\`, \`namespace/name[Kind]\`, an address, a CIDR or \`internet\``,
    );
  const [, namespace, own = '', kind] = written;
  if (namespace === undefined) return clusterPeer(names, name, own, kind, options);
  return namespacedPeer(names, { text: name, namespace, name: own, kind }, options);
}

/** What has a name that is no object's. A namespace, pod or workload may have the same name; it is told how to write that. */
function specialPeer(
  analysis: Analysis,
  { catalogue, owners, pods, workloads }: Names,
  name: string,
  options: PeerOptions,
): Peer | undefined {
  const { path } = options;
  const isNamespace = options.namespaces === true && catalogue.namespaces.includes(name);
  const isObject = pods.has(name) || workloads.has(name);
  const alias = isNamespace ? `${name}[Namespace]` : isObject ? `${name}[Pod]\` or \`${name}[Kind]` : undefined;
  const twin = alias === undefined ? [] : [`the input has something of the name \`${name}\` too: write \`${alias}\` for that`];
  if (name === 'internet') return { kind: 'internet', id: 'internet', notes: twin };
  const written = readHypotheticalPod(name, catalogue.namespaces);
  if (written) {
    if ('problem' in written) throw refusal(path, written.problem);
    return { kind: 'hypothetical', id: name, pod: written.pod, notes: [...written.notes, ...twin] };
  }
  const named = readNamedPeer(analysis, name);
  if (!named) return undefined;
  if ('problem' in named) throw refusal(path, named.problem);
  const notes = [...named.notes, ...twin];
  if ('endpoints' in named)
    return { kind: 'endpoints', id: name, endpoints: named.endpoints, ...(name === 'cluster' && { isEverything: true }), notes };
  const inside = named.ranges.flatMap((range) => ownersIn(owners, range));
  return {
    kind: 'addresses',
    id: name,
    ranges: named.ranges,
    owners: inside,
    isNamed: true,
    ...(named.port !== undefined && { port: named.port }),
    notes,
  };
}

/** The internet as this endpoint could meet it. */
export function internetFor(analysis: Analysis, endpoint: number | undefined, at?: AddressChoice): readonly AddressRange[] {
  return internetRanges(catalogueOf(analysis).facts, familiesOf(analysis, endpoint, at));
}

/** Ranges that have a name as this endpoint could meet them; all of them where it could meet none. */
export function rangesFor(
  analysis: Analysis,
  endpoint: number | undefined,
  ranges: readonly AddressRange[],
  at?: AddressChoice,
): readonly AddressRange[] {
  const families = familiesOf(analysis, endpoint, at);
  const own = ranges.filter(({ family }) => families.has(family));
  return own.length > 0 ? own : ranges;
}

/** An endpoint as the end of a flow: by some of its addresses where it has others. */
export function endOf({ index, addresses }: EndpointSummary, at: AddressChoice | undefined): AskedEnd {
  return at === undefined || addresses.length === 1 ? index : { endpoint: index, at };
}

/** The endpoint by one of its addresses. */
export function ownerEnd(catalogue: Catalogue, { address, endpoint }: AddressOwner): AskedEnd {
  return endOf(catalogue.endpoint(endpoint), formatAddress(address));
}

/** Whoever has some of the addresses, by their family where they have one alone of it, so that many can be asked about at once; else by each. */
export function ownersByAddress(
  catalogue: Catalogue,
  owners: readonly AddressOwner[],
): readonly (readonly [at: AddressChoice, endpoints: readonly number[]])[] {
  const groups = new Map<AddressChoice, number[]>();
  for (const { address, endpoint } of owners) {
    const ofFamily = catalogue.endpoint(endpoint).addresses.filter((text) => familyOfChoice(text) === address.family);
    const at = ofFamily.length === 1 ? address.family : formatAddress(address);
    const group = groups.get(at);
    if (group) group.push(endpoint);
    else groups.set(at, [endpoint]);
  }
  return [...groups];
}

/** The families of an endpoint's addresses; of the pods' ranges, or IPv4, where they are not known or the endpoint is one that nobody has deployed. */
function familiesOf(analysis: Analysis, endpoint: number | undefined, at?: AddressChoice): ReadonlySet<4 | 6> {
  if (at !== undefined) return new Set([familyOfChoice(at)]);
  const catalogue = catalogueOf(analysis);
  const known = endpoint === undefined ? [] : catalogue.endpoint(endpoint).addresses.map((address) => parseAddress(address)!.family);
  const families = new Set<4 | 6>(known.length > 0 ? known : catalogue.facts.podRanges.map((range) => (range.includes(':') ? 6 : 4)));
  return families.size > 0 ? families : new Set([4]);
}

/** The tables behind the names, made when the first question comes. */
interface Names {
  readonly catalogue: Catalogue;
  /** Pods (not templates) by `namespace/name`. */
  readonly pods: ReadonlyMap<string, number>;
  /** Workloads by `namespace/name`: one of each kind. */
  readonly workloads: ReadonlyMap<string, readonly number[]>;
  readonly nodes: ReadonlyMap<string, number>;
  /** New pods by namespace. */
  readonly newPods: ReadonlyMap<string, number>;
  /** In order of address. */
  readonly owners: readonly AddressOwner[];
}

const namesByAnalysis = new WeakMap<Analysis, Names>();

function namesOf(analysis: Analysis): Names {
  let names = namesByAnalysis.get(analysis);
  if (!names) {
    names = readNames(catalogueOf(analysis));
    namesByAnalysis.set(analysis, names);
  }
  return names;
}

function readNames(catalogue: Catalogue): Names {
  const [pods, nodes, newPods] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
  const workloads = new Map<string, number[]>();
  const owners: AddressOwner[] = [];
  for (let index = 0; index < catalogue.endpointCount(); index++) {
    const { kind, namespace, name, addresses } = catalogue.endpoint(index);
    if (kind === 'pod') pods.set(`${namespace}/${name}`, index);
    else if (kind === 'node') nodes.set(name, index);
    else if (kind === 'newPod') newPods.set(namespace!, index);
    for (const address of addresses) owners.push({ address: parseAddress(address)!, endpoint: index });
  }
  for (let index = 0; index < catalogue.workloadCount(); index++) {
    const { namespace, name } = catalogue.workload(index);
    const key = `${namespace}/${name}`;
    workloads.set(key, [...(workloads.get(key) ?? []), index]);
  }
  owners.sort((a, b) => a.address.family - b.address.family || compareBig(a.address.value, b.address.value));
  return { catalogue, pods, workloads, nodes, newPods, owners };
}

/** One address that somebody has means its owner, by this address alone; a range stays a range that knows its owners. */
function addressPeer({ catalogue, owners }: Names, text: string, range: AddressRange): Peer {
  const inside = ownersIn(owners, range);
  const id = formatRange(range);
  const notes = text.includes('/') && formatCidr(range) !== text.toLowerCase() ? [`\`${text}\` is the range \`${formatCidr(range)}\``] : [];
  if (range.low !== range.high || inside.length === 0) return { kind: 'addresses', id, ranges: [range], owners: inside, notes };
  const summaries = inside.map(({ endpoint }) => catalogue.endpoint(endpoint));
  // A node shares its addresses with the hostNetwork pods on it; no policy tells them apart by address, so the node stands for all.
  const owner = summaries.find(({ kind }) => kind === 'node') ?? summaries[0]!;
  const whose = summaries.length === 1 || owner.kind === 'node' ? [owner] : summaries;
  const ids = whose.map((own) => own.id);
  const isOneOfSeveral = whose.some(({ addresses }) => addresses.length > 1);
  return {
    kind: 'endpoints',
    id: isOneOfSeveral ? `${id} (${ids.join(', ')})` : ids.join(', '),
    endpoints: whose.map(({ index }) => index),
    ...(isOneOfSeveral && { at: id }),
    notes: [...notes, `\`${id}\` is ${isOneOfSeveral ? 'one of the addresses' : 'the address'} of ${listed(ids)}`],
  };
}

function ownersIn(owners: readonly AddressOwner[], range: AddressRange): readonly AddressOwner[] {
  return owners.filter(({ address: { family, value } }) => family === range.family && range.low <= value && value <= range.high);
}

/** A name without namespace: a node with its kind, a namespace where that is asked for, else a mistake that is answered with where the name exists. */
function clusterPeer(names: Names, text: string, name: string, kind: string | undefined, { path, namespaces }: PeerOptions): Peer {
  const { catalogue, nodes } = names;
  const node = nodes.get(name);
  if (kind?.toLowerCase() === 'node') {
    if (node !== undefined) return single(catalogue.endpoint(node));
    throw refusal(path, `there is no node \`${name}\`${didYouMean(nearMatches(name, nodes.keys()).map((near) => `${near}[Node]`))}`);
  }
  const namespace = catalogue.namespaces.indexOf(name);
  if (namespaces && (kind === undefined || kind.toLowerCase() === 'namespace') && namespace >= 0) {
    const endpoints = namespaceEndpoints(catalogue, name);
    if (endpoints.length > 0) return { kind: 'endpoints', id: name, endpoints, namespace, notes: [] };
    throw refusal(path, `namespace \`${name}\` has no workloads`);
  }
  if (kind === undefined && node !== undefined) return single(catalogue.endpoint(node));
  const everywhere = [...names.workloads.keys(), ...names.pods.keys()].filter((full) => full.endsWith(`/${name}`));
  const near = everywhere.length > 0 ? everywhere.slice(0, 3) : nearMatches(`/${name}`, [...names.workloads.keys()].map(withoutNamespace));
  const special = near.length > 0 ? [] : nearMatches(name, ['internet', ANY_POD, ...NAMED_PEERS]);
  const meant = [...near.map((full) => (full.startsWith('/') ? firstWith(names, full) : full)), ...special];
  const place = namespaces ? 'is no namespace; a workload is named `namespace/name`' : 'names no namespace; write `namespace/name`';
  throw refusal(path, `\`${text}\` ${place}${didYouMean(meant)}`);
}

/** A name in a namespace: a new pod, a pod, or the one workload of that name. */
function namespacedPeer(
  names: Names,
  written: { readonly text: string; readonly namespace: string; readonly name: string; readonly kind: string | undefined },
  { path }: PeerOptions,
): Peer {
  const { catalogue } = names;
  const key = `${written.namespace}/${written.name}`;
  if (written.name === '*') {
    const newPod = names.newPods.get(written.namespace);
    if (newPod !== undefined)
      return {
        kind: 'endpoints',
        id: key,
        endpoints: [newPod],
        notes: [`\`${key}\` is a new pod of \`${written.namespace}\` without labels`],
      };
    throw refusal(
      path,
      `there is no namespace \`${written.namespace}\`${didYouMean(nearMatches(written.namespace, catalogue.namespaces).map((near) => `${near}/*`))}`,
    );
  }
  const wanted = written.kind?.toLowerCase();
  if (wanted === 'service')
    throw refusal(
      path,
      `\`${written.text}\` is a Service, and policy acts at the pods behind it: name their workload, and ask for their port`,
    );
  const pod = names.pods.get(key);
  const ofName = (names.workloads.get(key) ?? []).map((index) => catalogue.workload(index));
  const workloads = ofName.filter(({ kind }) => wanted === undefined || kind.toLowerCase() === wanted);
  // The id of a pod in lists of flows is its bare name, so a pod wins over a workload of the same name.
  if (pod !== undefined && (wanted === undefined || wanted === 'pod')) {
    const others = workloads.filter(({ kind }) => kind !== 'Pod').map(({ id }) => id);
    const notes = others.length > 0 ? [`\`${key}\` is taken as the pod of that name; ${listed(others)} has the same name`] : [];
    return single(catalogue.endpoint(pod), notes);
  }
  const [workload, ...rest] = workloads;
  if (workload && rest.length > 0)
    throw refusal(path, `\`${written.text}\` has several meanings: ${listed(workloads.map(({ id }) => id))}`);
  if (workload) {
    const { id, index, endpoints } = workload;
    if (endpoints.length > 0) return { kind: 'endpoints', id, endpoints, workload: index, notes: [] };
    throw refusal(path, `\`${id}\` has no pods: it is scaled to zero`);
  }
  if (!catalogue.namespaces.includes(written.namespace)) {
    const homes = [...names.workloads.keys()].filter((full) => full.endsWith(`/${written.name}`)).slice(0, 3);
    const near = nearMatches(written.namespace, catalogue.namespaces).map((namespace) => `${namespace}/${written.name}`);
    const known = near.filter((full) => names.workloads.has(full) || names.pods.has(full));
    throw refusal(path, `there is no namespace \`${written.namespace}\`${didYouMean(homes.length > 0 ? homes : known)}`);
  }
  const inNamespace = [...names.workloads.keys(), ...names.pods.keys()].filter((full) => full.startsWith(`${written.namespace}/`));
  const meant = ofName.length > 0 ? ofName.map(({ id }) => id) : nearMatches(key, inNamespace);
  throw refusal(path, `there is no \`${written.text}\`${didYouMean(meant)}`);
}

function single({ id, index }: EndpointSummary, notes: readonly string[] = []): Peer {
  return { kind: 'endpoints', id, endpoints: [index], notes };
}

function namespaceEndpoints(catalogue: Catalogue, name: string): readonly number[] {
  const workloads = Array.from({ length: catalogue.workloadCount() }, (_, index) => catalogue.workload(index));
  return workloads.filter(({ namespace }) => namespace === name).flatMap(({ endpoints }) => endpoints);
}

function withoutNamespace(full: string): string {
  return full.slice(full.indexOf('/'));
}

function firstWith({ workloads }: Names, tail: string): string {
  return [...workloads.keys()].find((full) => full.endsWith(tail)) ?? tail;
}

function listed(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function didYouMean(names: readonly string[]): string {
  return names.length > 0 ? `; did you mean ${names.map((name) => `\`${name}\``).join(' or ')}?` : '';
}
