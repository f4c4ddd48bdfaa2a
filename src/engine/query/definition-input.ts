import type { Party } from '../../model/verdict';
import type { FlowEnd } from '../analysis';
import type { Analysis } from '../analyze';
import type { Cluster } from '../evaluate';

/** Everything that the definition looks at, for questions that cannot be put to the few policies of two lists. Of endpoints these are nodes alone. */
export function clusterOf({ directory }: Analysis): Cluster {
  const { tiers, policies, hostEndpoints, nodeNetwork, facts } = directory;
  const endpoints = [];
  if (hostEndpoints.length > 0) {
    for (let index = 0; index < directory.endpointCount; index++) {
      const endpoint = directory.endpoint(index);
      if (endpoint.kind === 'node') endpoints.push(endpoint);
    }
  }
  return { tiers, policies, hostEndpoints, nodeNetwork, facts, endpoints };
}

/** One end of a flow as the definition takes it. */
export function partyOf({ directory }: Analysis, end: FlowEnd): Party {
  if (typeof end === 'string') return { kind: 'address', address: end };
  const endpoint = directory.endpoint(end);
  const namespace = directory.namespaces[endpoint.namespace];
  return { kind: 'endpoint', endpoint, ...(namespace && { namespace }) };
}
