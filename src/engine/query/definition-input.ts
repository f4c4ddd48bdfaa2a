import type { Endpoint } from '../../model/endpoint';
import type { Party } from '../../model/verdict';
import type { FlowEnd } from '../analysis';
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
export function partyOf({ directory }: Analysis, end: FlowEnd): Party {
  if (typeof end === 'string') return { kind: 'address', address: end };
  return endpointParty(directory, directory.endpoint(end));
}

/** An endpoint with its namespace. */
export function endpointParty({ namespaces }: Pick<Directory, 'namespaces'>, endpoint: Endpoint): Party {
  const namespace = namespaces[endpoint.namespace];
  return { kind: 'endpoint', endpoint, ...(namespace && { namespace }) };
}
