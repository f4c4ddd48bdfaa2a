import { type Analysis, catalogueOf, controlPlaneOf } from '../engine/index';
import { METADATA_ADDRESSES, metadataAddressesOf } from '../model/metadata-addresses';
import { type AddressRange, parseAddress, parseCidr } from '../util/ip';

/*
 * Peers with names of their own: places that no manifest of the bundle describes, or that are found in it by what they are for.
 *   organisation          the addresses of the fact `organisationRanges`
 *   nodes                 every node of the input, or the addresses of the fact `nodeRanges`
 *   cluster               every pod of the input
 *   metadata              the metadata service of the cloud (fact `platform`), of all clouds where that is not known; `metadata:aws` of one
 *   kubernetes-api        the API server: what the Service `default/kubernetes` leads to
 *   control-plane         the nodes of the control plane
 */

/** What such a name means: endpoints, or addresses; a problem is a sentence. */
export type NamedPeer =
  | { readonly endpoints: readonly number[]; readonly notes: readonly string[] }
  | { readonly ranges: readonly AddressRange[]; readonly port?: number; readonly notes: readonly string[] }
  | { readonly problem: string };

/** All of them, for messages. */
export const NAMED_PEERS: readonly string[] = ['organisation', 'nodes', 'cluster', 'metadata', 'kubernetes-api', 'control-plane'];

/** Undefined where the text is none of the names. */
export function readNamedPeer(analysis: Analysis, text: string): NamedPeer | undefined {
  switch (text) {
    case 'organisation':
      return organisation(analysis);
    case 'nodes':
      return nodes(analysis);
    case 'cluster':
      return cluster(analysis);
    case 'kubernetes-api':
      return kubernetesApi(analysis);
    case 'control-plane':
      return controlPlane(analysis);
    default:
      return text === 'metadata' || text.startsWith('metadata:') ? metadata(analysis, text.slice('metadata:'.length)) : undefined;
  }
}

function organisation(analysis: Analysis): NamedPeer {
  const { organisationRanges } = catalogueOf(analysis).facts;
  if (organisationRanges.length === 0)
    return { problem: 'no addresses of the organisation are known: state the fact `organisationRanges`, such as `10.0.0.0/8`' };
  return { ranges: organisationRanges.map(rangeOf), notes: [] };
}

function nodes(analysis: Analysis): NamedPeer {
  const endpoints = endpointsWhere(analysis, (index) => catalogueOf(analysis).endpoint(index).kind === 'node');
  if (endpoints.length > 0) return { endpoints, notes: [] };
  const { nodeRanges } = catalogueOf(analysis).facts;
  if (nodeRanges.length === 0) return { problem: 'there are no nodes in the input: state their addresses with the fact `nodeRanges`' };
  return { ranges: nodeRanges.map(rangeOf), notes: ['there are no nodes in the input: the addresses of the fact `nodeRanges` are taken'] };
}

function cluster(analysis: Analysis): NamedPeer {
  const endpoints = endpointsWhere(analysis, (index) => catalogueOf(analysis).endpoint(index).workload >= 0);
  return endpoints.length > 0 ? { endpoints, notes: [] } : { problem: 'there are no pods in the input' };
}

/** Port of the main API server where nobody says otherwise (kubernetes.io/docs/reference/networking/ports-and-protocols). */
const API_SERVER_PORT = 6443;

function kubernetesApi(analysis: Analysis): NamedPeer {
  const { apiAddresses, apiPort = API_SERVER_PORT, nodes: masters } = controlPlaneOf(analysis);
  if (apiAddresses.length > 0) {
    const notes = ['the API server is what the Service `default/kubernetes` leads to'];
    return { ranges: apiAddresses.map(rangeOf), port: apiPort, notes };
  }
  const known = masters.flatMap((index) => catalogueOf(analysis).endpoint(index).addresses);
  if (known.length === 0)
    return {
      problem:
        'nothing in the input tells where the API server is: neither endpoints of `default/kubernetes` nor nodes of the control plane',
    };
  const notes = ['the API server is taken to listen at the nodes of the control plane: the input has no endpoints of `default/kubernetes`'];
  return { ranges: known.map(rangeOf), port: API_SERVER_PORT, notes };
}

function controlPlane(analysis: Analysis): NamedPeer {
  const { nodes: endpoints } = controlPlaneOf(analysis);
  if (endpoints.length > 0) return { endpoints, notes: [USUAL_PORTS] };
  const api = kubernetesApi(analysis);
  if ('problem' in api)
    return { problem: 'nothing in the input tells which nodes are of the control plane: no node has its role or runs its pods' };
  return { ...api, notes: [...api.notes, 'no node of the input is known to be of the control plane'] };
}

const USUAL_PORTS =
  'usual ports of a control plane: TCP 6443 (API server), 2379-2380 (etcd), 10250 (kubelet), 10257 (controller manager) and 10259 (scheduler)';

function metadata(analysis: Analysis, platform: string): NamedPeer {
  const { facts } = catalogueOf(analysis);
  const platforms = [...new Set(METADATA_ADDRESSES.map((row) => row.platform))];
  if (platform === '' && facts.platform === 'none')
    return { problem: `the fact \`platform\` says that there is no cloud; name one, such as \`metadata:${platforms[0]}\`` };
  const wanted = platform === '' ? facts.platform : platforms.find((known) => known === platform);
  if (!wanted) return { problem: `\`${platform}\` is no cloud whose metadata addresses are known; known are ${platforms.join(', ')}` };
  const rows = metadataAddressesOf(wanted);
  const names = [...new Set(rows.map(({ name, ports }) => `${name} (TCP ${ports.join(', ')})`))];
  const whose = wanted === 'unknown' ? 'which cloud it is nobody told (fact `platform`), so all are asked about: ' : '';
  return { ranges: [...new Set(rows.map(({ address }) => address))].map(rangeOf), port: 80, notes: [`${whose}${names.join(', ')}`] };
}

function endpointsWhere(analysis: Analysis, isMeant: (index: number) => boolean): readonly number[] {
  return Array.from({ length: catalogueOf(analysis).endpointCount() }, (_, index) => index).filter(isMeant);
}

function rangeOf(text: string): AddressRange {
  const address = parseAddress(text);
  return address ? { family: address.family, low: address.value, high: address.value } : parseCidr(text)!;
}
