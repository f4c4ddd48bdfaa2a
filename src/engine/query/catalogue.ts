import type { Endpoint } from '../../model/endpoint';
import { formatRef } from '../../model/source';
import type { Catalogue, EndpointSummary, PolicySummary, WorkloadSummary } from '../analysis';
import type { Analysis } from '../analyze';
import type { Directory } from '../directory';

const catalogues = new WeakMap<Directory, Catalogue>();

/** The tables behind the names; the same object for the same analysis. */
export function catalogueOf({ directory }: Analysis): Catalogue {
  let catalogue = catalogues.get(directory);
  if (!catalogue) {
    catalogue = makeCatalogue(directory);
    catalogues.set(directory, catalogue);
  }
  return catalogue;
}

function makeCatalogue(directory: Directory): Catalogue {
  const { facts, origins, mode, namespaces, policies } = directory;
  let byAddress: ReadonlyMap<string, readonly number[]> | undefined;
  return {
    facts,
    origins,
    mode,
    namespaces: namespaces.map(({ name }) => name),
    endpointCount: () => directory.endpointCount,
    endpoint: (index) => summarizeEndpoint(directory, index),
    workloadCount: () => directory.workloadCount,
    workload: (index) => summarizeWorkload(directory, index),
    policyCount: () => policies.length,
    policy: (index) => summarizePolicy(directory, index),
    endpointsAt(address) {
      byAddress ??= indexAddresses(directory);
      return byAddress.get(address) ?? [];
    },
  };
}

function summarizeEndpoint(directory: Directory, index: number): EndpointSummary {
  const endpoint = directory.endpoint(index);
  const { kind, name, workload, network, addresses } = endpoint;
  const namespace = directory.namespaces[endpoint.namespace]?.name;
  return { index, id: endpointId(directory, endpoint), kind, namespace, name, workload, network, addresses };
}

/** `namespace/name` of a pod, `namespace/name[Kind]` of a template, `name[Node]` of a node. */
export function endpointId(
  directory: Pick<Directory, 'namespaces' | 'workload'>,
  { kind, name, workload, namespace: index }: Endpoint,
): string {
  const namespace = directory.namespaces[index]?.name;
  switch (kind) {
    case 'node':
      return `${name}[Node]`;
    case 'newPod':
      return `${namespace}/*`;
    case 'template':
      return `${namespace}/${name}[${directory.workload(workload).ref.kind}]`;
    case 'pod':
      return `${namespace}/${name}`;
  }
}

function summarizeWorkload(directory: Directory, index: number): WorkloadSummary {
  const { ref, endpoints } = directory.workload(index);
  const { namespace = '', name, kind, source } = ref;
  return { index, id: formatRef(ref), namespace, name, kind, file: source.file, line: source.line, endpoints };
}

function summarizePolicy({ policies, selected }: Directory, index: number): PolicySummary {
  const { ref, tier, order, ingress, egress } = policies[index]!;
  return {
    index,
    id: formatRef(ref),
    kind: ref.kind,
    namespace: ref.namespace,
    name: ref.name,
    tier,
    order,
    file: ref.source.file,
    line: ref.source.line,
    selected: selected[index]!,
    directions: [...(ingress ? (['ingress'] as const) : []), ...(egress ? (['egress'] as const) : [])],
  };
}

function indexAddresses(directory: Directory): ReadonlyMap<string, readonly number[]> {
  const byAddress = new Map<string, number[]>();
  for (let index = 0; index < directory.endpointCount; index++) {
    for (const address of directory.endpoint(index).addresses) {
      const owners = byAddress.get(address);
      if (owners) owners.push(index);
      else byAddress.set(address, [index]);
    }
  }
  return byAddress;
}
