import type { Endpoint } from '../../model/endpoint';
import { familyOfChoice, whereabouts } from '../../model/endpoint';
import type { PacketTerm, PeerExpression, Policy } from '../../model/policy';
import type { Selector } from '../../model/selector';
import type { Model } from '../model';
import { blockMember } from '../query/verdict';

/*
 * What policies see of an endpoint, wherever it runs: endpoints that look the same are matched by the same rules. The classes of the model also tell apart
 * where an endpoint runs, for which doors have a coarser measure (`node-kinds`).
 */

/** Answers a text that is equal for endpoints that look the same. */
export type Looker = (endpoint: Endpoint) => string;

/** Reads the policies once. Labels and port names that none of them speaks of are left out of looks, and addresses count by their blocks. */
export function lookerOf(model: Model, policies: readonly Policy[]): Looker {
  const named = namedBy(policies);
  return ({ kind, namespace, network, labels, profiles, serviceAccount, ports, addresses, addressRanges }) => {
    const own = [...named.labels].flatMap(([key, { values, looksInside }]) => {
      if (labels.unknownKeys.includes(key)) return [[key, 'unknown']];
      if (!Object.hasOwn(labels.values, key)) return [];
      const value = labels.values[key]!;
      // A value that nobody names is like any other.
      return [[key, looksInside || values.has(value) ? `=${value}` : 'other']];
    });
    const places = named.hasNets ? addresses.map((address) => blockMember(model, address)) : [];
    const families = new Set(whereabouts({ addresses, addressRanges }).map(familyOfChoice));
    return JSON.stringify([
      kind,
      namespace,
      network,
      own,
      labels.complete,
      profiles,
      serviceAccount ?? '',
      ports.filter(({ name }) => named.ports.has(name)).map(({ name, protocol, port }) => [name, protocol, port]),
      places,
      addresses.length > 0 ? [] : addressRanges,
      [...families].sort(),
    ]);
  };
}

/** What policies speak of: label keys with the values they name, port names, and whether they look at addresses. */
interface Named {
  readonly labels: Map<string, { readonly values: Set<string>; looksInside: boolean }>;
  readonly ports: Set<string>;
  hasNets: boolean;
}

function namedBy(policies: readonly Policy[]): Named {
  const named: Named = { labels: new Map(), ports: new Set(), hasNets: false };
  const readPeer = (peer: PeerExpression) => {
    for (const { selector, notSelector, nets, notNets } of peer === 'any' ? [] : peer) {
      for (const one of [selector, notSelector]) if (one) readSelector(named, one);
      if (nets || notNets) named.hasNets = true;
    }
  };
  for (const { appliesTo, ingress = [], egress = [] } of policies) {
    readSelector(named, appliesTo);
    for (const { subject = 'any', peer, packets } of [...ingress, ...egress]) {
      readPeer(subject);
      readPeer(peer);
      if (packets !== 'any') for (const term of packets) for (const name of portNamesOf(term)) named.ports.add(name);
    }
  }
  return named;
}

function portNamesOf({ portNames = [], notPortNames = [], sourcePortNames = [], notSourcePortNames = [] }: PacketTerm): readonly string[] {
  return [...portNames, ...notPortNames, ...sourcePortNames, ...notSourcePortNames];
}

/** Namespaces and accounts are in the look as they are; of the endpoint's own labels only what is named counts. */
function readSelector(named: Named, selector: Selector): void {
  if (selector.kind === 'not') readSelector(named, selector.of);
  if (selector.kind === 'and' || selector.kind === 'or') for (const part of selector.of) readSelector(named, part);
  if (selector.kind !== 'label' || selector.owner !== 'endpoint') return;
  const { key, test } = selector;
  const own = named.labels.get(key) ?? { values: new Set(), looksInside: false };
  named.labels.set(key, own);
  if ('values' in test) for (const value of test.values) own.values.add(value);
  if ('text' in test) own.looksInside = true;
}
