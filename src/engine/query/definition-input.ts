import { type Endpoint, familyOfChoice, narrowedTo } from '../../model/endpoint';
import { rangesOfFamily } from '../../model/internet';
import type { Flow, Party } from '../../model/verdict';
import type { AskedEnd, AskedFlow } from '../analysis';
import type { Analysis } from '../analyze';
import type { Directory } from '../directory';
import type { Cluster } from '../evaluate';
import { policingOf } from '../evaluate-path';

const clusters = new WeakMap<Directory, Cluster>();

/**
 * Everything that the definition looks at, for questions that cannot be put to the few policies of two lists; the same object for the same analysis, since
 * finding it takes a look at every endpoint. Of endpoints these are nodes alone.
 */
export function clusterOf({ directory }: Analysis): Cluster {
  let cluster = clusters.get(directory);
  if (!cluster) {
    cluster = makeCluster(directory);
    clusters.set(directory, cluster);
  }
  return cluster;
}

function makeCluster(directory: Directory): Cluster {
  const { tiers, policies, hostEndpoints, nodeNetwork, facts } = directory;
  const plain = { tiers, policies, hostEndpoints, nodeNetwork, facts, endpoints: [] };
  if (hostEndpoints.length === 0) return plain;
  const endpoints: Endpoint[] = [];
  for (let index = 0; index < directory.endpointCount; index++) {
    const endpoint = directory.endpoint(index);
    if (endpoint.kind === 'node') endpoints.push(endpoint);
  }
  return { ...plain, endpoints, policing: policingOf(plain) };
}

/** One end of a flow as the definition takes it. */
export function partyOf({ directory }: Analysis, end: AskedEnd): Party {
  if (typeof end === 'string') return { kind: 'address', address: end };
  if (typeof end === 'object') return endpointParty(directory, narrowedTo(directory.endpoint(end.endpoint), end.at));
  return endpointParty(directory, directory.endpoint(end));
}

/**
 * A flow as the definition takes it. Whoever meets an address of an endpoint has one of its family: where nobody knows where an end is, it is somewhere in
 * that family, also if the facts put nobody there.
 */
export function flowOf(analysis: Analysis, { source, destination, packet }: AskedFlow): Flow {
  const [from, to] = [partyOf(analysis, source), partyOf(analysis, destination)];
  return { source: metBy(destination, from), destination: metBy(source, to), packet };
}

function metBy(asked: AskedEnd, party: Party): Party {
  if (typeof asked !== 'object' || party.kind === 'address' || party.endpoint.addresses.length > 0) return party;
  const addressRanges = rangesOfFamily(party.endpoint.addressRanges, familyOfChoice(asked.at));
  return { ...party, endpoint: { ...party.endpoint, addressRanges } };
}

/** Index of the endpoint at one end of a flow; undefined for anything else. */
export function endpointIndexOf(end: AskedEnd | undefined): number | undefined {
  if (typeof end === 'object') return end.endpoint;
  return typeof end === 'number' ? end : undefined;
}

/** An endpoint with its namespace. */
export function endpointParty({ namespaces }: Pick<Directory, 'namespaces'>, endpoint: Endpoint): Party {
  const namespace = namespaces[endpoint.namespace];
  // Written out, since objects made by spreading are slow to read.
  return namespace ? { kind: 'endpoint', endpoint, namespace } : { kind: 'endpoint', endpoint };
}
