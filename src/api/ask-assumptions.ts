import { type Analysis, type AskedFlow, type Catalogue, catalogueOf, endpointIndexOf, restsOnOrder } from '../engine/index';
import type { Explanation, Verdict } from '../model/verdict';
import type { Peer } from './peers';
import type { Ends } from './question-flows';

/*
 * What an answer rests on and nobody told.
 */

/** A flow that was judged. */
export interface Judged {
  readonly flow: Ends;
  /** The flow, where both of its ends are known ones. */
  readonly known: AskedFlow | undefined;
  readonly explanation: Explanation;
  /** Of the whole answer. */
  readonly verdict: Verdict;
  readonly to: Peer;
}

/** What the verdict rests on without anybody having said it, in words. */
export function assumptionsOf(analysis: Analysis, judged: Judged): readonly string[] {
  return [...usualAssumptions(catalogueOf(analysis), judged.flow, judged.verdict), ...calicoAssumptions(analysis, judged)];
}

/** A fact that makes it indeterminate is among what it depends on instead. */
function usualAssumptions(catalogue: Catalogue, { source, destination }: Ends, verdict: Verdict): readonly string[] {
  const { mode, facts, origins } = catalogue;
  const ends = [source, destination].flatMap((end) => endpointIndexOf(end) ?? []).map((index) => catalogue.endpoint(index));
  return [
    ...(verdict !== 'allowed' && origins.cni === 'assumed' ? ['the network plugin enforces these policies (fact `cni`)'] : []),
    ...(origins.hostNetworkPods === 'assumed' &&
    facts.hostNetworkPods === 'host' &&
    ends.some(({ kind, network }) => kind !== 'node' && network === 'host')
      ? ['policies do not apply to hostNetwork pods (fact `hostNetworkPods`)']
      : []),
    ...(mode === 'bundle' ? ['the input holds every policy of the cluster, and pods are as their templates say'] : []),
  ];
}

/** What a verdict rests on in a cluster of Calico that nobody told the release or the settings of. */
function calicoAssumptions(analysis: Analysis, { known, explanation, to }: Judged): readonly string[] {
  const { facts, origins } = catalogueOf(analysis);
  if (facts.cni !== 'calico') return [];
  const isOwnNode = explanation.trace.some(({ trigger, direction }) => trigger === 'local-node' && direction === 'ingress');
  const isToHost = to.kind === 'endpoints' && to.endpoints.some((index) => catalogueOf(analysis).endpoint(index).network === 'host');
  return [
    ...(known && restsOnOrder(analysis, known, explanation)
      ? [
          `which of two policies of equal order goes first depends on the release of Calico, taken as ${facts.calicoVersion} (fact \`calicoVersion\`): another one would decide otherwise`,
        ]
      : []),
    ...(isOwnNode && isToHost && explanation.verdict !== 'denied' && origins.endpointToHostAction === 'assumed'
      ? ['nodes take what their own pods send to them (fact `endpointToHostAction`)']
      : []),
    ...(known && isTunnelPacketOfPod(analysis, known) && explanation.verdict !== 'denied' && origins.tunnelPacketsOfPods === 'assumed'
      ? ['nodes pass what carries other packets where one of their pods sends it (fact `tunnelPacketsOfPods`)']
      : []),
  ];
}

/** Would Felix, as it is configured where nobody says otherwise, drop it at its source? IPIP is protocol 4, and VXLAN has port 4789 of UDP. */
function isTunnelPacketOfPod(analysis: Analysis, { source, destination, packet }: AskedFlow): boolean {
  const [from, to] = [endpointIndexOf(source), endpointIndexOf(destination)];
  if (from === undefined || from === to || catalogueOf(analysis).endpoint(from).network === 'host') return false;
  return packet.protocol === 'UDP' ? packet.port === 4789 : packet.number === 4;
}
