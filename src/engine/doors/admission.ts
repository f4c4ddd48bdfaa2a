import type { Door } from '../../model/door';
import type { FactBase } from '../../model/facts';
import { isPrivateAddress } from '../../model/internet';
import { allOf, anyOf, isTrue, type Match, maybe, NO, YES } from '../../model/match';
import { formatRef } from '../../model/source';
import { rangesHave } from '../../util/address-set';
import { type Address, parseAddress, parseCidr } from '../../util/ip';

/*
 * Who gets to the address of a door, and past what the door itself admits: before any policy of the cluster has a say.
 */

/** What a door says of a client, and why. */
export interface Admission {
  readonly match: Match;
  /** What decides: who reaches the door, or whom it admits. */
  readonly reason: string;
  /** What it rests on and nobody told. */
  readonly assumptions: readonly string[];
}

/**
 * May a client with this address, outside the cluster, open a connection to the door?
 * @param presumesReach for whoever asks about a packet that comes to a node: where no fact tells who reaches the nodes, this client does
 */
export function admissionOf(base: FactBase, door: Door, client: Address, text: string, presumesReach = false): Admission {
  const reach = reachOf(base, door, text, presumesReach);
  if (reach.match.truth === 'no') return reach;
  const family = familyOf(door, client);
  if (family) return { match: NO, reason: family, assumptions: [] };
  const ranges = door.kind === 'loadBalancer' || door.controller?.kind === 'standIn' ? door.sourceRanges : undefined;
  const isAdmitted =
    ranges === undefined ||
    rangesHave(
      ranges.map((range) => parseCidr(range)!),
      text,
    );
  const exists: Match = door.unknowns ? maybe(...door.unknowns) : YES;
  const match = allOf([reach.match, isTrue(isAdmitted), exists]);
  if (!isAdmitted) return { match, reason: `source ranges of \`${formatRef(door.object)}\``, assumptions: reach.assumptions };
  return {
    match,
    reason: match.truth === 'yes' && ranges !== undefined ? `source ranges of \`${formatRef(door.object)}\`` : reach.reason,
    assumptions: reach.assumptions,
  };
}

/** A door with known addresses has none for clients of the other family, and one of a Service none where that is of one family. */
function familyOf({ addresses, hostnames, families, object }: Door, { family }: Address): string | undefined {
  if (families && !families.includes(family)) return `\`${formatRef(object)}\` takes no IPv${family}`;
  if (addresses.length === 0 || hostnames.length > 0) return undefined;
  return addresses.some((address) => parseAddress(address)?.family === family) ? undefined : `it has no IPv${family} address`;
}

/** Who gets to the address of the door, whatever the door then says of them. */
function reachOf(base: FactBase, door: Door, client: string, presumesReach: boolean): Admission {
  const { scope, scopeEvidence } = door;
  const evidence = scopeEvidence === undefined ? '' : `: ${scopeEvidence}`;
  switch (scope) {
    case 'nodes':
      return reachOfNodes(base, client, presumesReach);
    case 'internet': {
      const assumptions = door.kind === 'externalIP' ? [`what is sent to \`${door.addresses.join('`, `')}\` comes to the nodes`] : [];
      return { match: YES, reason: `it is on the internet${evidence}`, assumptions };
    }
    case 'internal':
      return { match: isOfOrganisation(base, client), reason: `it is inside the organisation${evidence}`, assumptions: [] };
    case 'unknown':
      return door.kind === 'podAddress' ? POD_ADDRESS : facingTheInternet(door);
    default:
      return { match: NO, reason: 'only clients in the cluster get to it', assumptions: [] };
  }
}

/** No input tells whether a network outside has routes to pods; only pods with public addresses have this door at all. */
const POD_ADDRESS: Admission = {
  match: maybe({ kind: 'door', text: 'whether addresses of pods are routed from outside the cluster' }),
  reason: 'addresses of pods may be routed from outside',
  assumptions: [],
};

/** Nothing says that it is internal, and clouds make load balancers public unless they are told (some controllers do not, hence the assumption). */
function facingTheInternet({ kind, object }: Door): Admission {
  const what = kind === 'loadBalancer' ? 'the load balancer of' : 'the controller of';
  const text = `${what} \`${formatRef(object)}\` faces the internet`;
  return { match: YES, reason: text, assumptions: [`${text}: nothing in the input says that it is internal`] };
}

/** A fact without a default: whether nodes have public addresses, and what stands before them, is in no manifest. */
function reachOfNodes(base: FactBase, client: string, presumesReach: boolean): Admission {
  const reason = 'fact `nodesReachableFrom`';
  switch (base.facts.nodesReachableFrom) {
    case 'internet':
      return { match: YES, reason, assumptions: [] };
    case 'organisation':
      return { match: isOfOrganisation(base, client), reason, assumptions: [] };
    case 'nobody':
      return { match: NO, reason, assumptions: [] };
    default:
      return presumesReach
        ? {
            match: YES,
            reason: 'it is taken to get to the node',
            assumptions: ['the client gets to the nodes (fact `nodesReachableFrom`)'],
          }
        : { match: maybe({ kind: 'fact', text: 'the fact `nodesReachableFrom`: who can reach the nodes' }), reason, assumptions: [] };
  }
}

/** Is it an address of the organisation? Where nobody says which are, public ones are not, and private ones may be. */
export function isOfOrganisation({ facts: { organisationRanges } }: FactBase, client: string): Match {
  if (organisationRanges.length > 0) return anyOf(organisationRanges.map((range) => isTrue(rangesHave([parseCidr(range)!], client))));
  if (!isPrivateAddress(client)) return NO;
  return maybe({ kind: 'fact', text: 'the fact `organisationRanges`: which addresses are inside the organisation' });
}
