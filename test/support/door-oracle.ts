import { judgeCheckpoint } from '../../src/engine/evaluate-checkpoint';
import { judgeEndpoint } from '../../src/engine/evaluate-endpoint';
import type { Door, DoorBackend } from '../../src/model/door';
import type { Endpoint } from '../../src/model/endpoint';
import type { Hook, HostEndpoint } from '../../src/model/host-endpoint';
import type { Snapshot } from '../../src/model/snapshot';
import type { Flow, Packet, Party, Verdict } from '../../src/model/verdict';
import { rangesHave } from '../../src/util/address-set';
import { parseCidr } from '../../src/util/ip';
import { partyOf } from './flow';

/*
 * What a door lets through, a second time and differently: by sending one packet through a cluster of which everything is known (nodes with addresses, pods
 * with nodes, one interface `eth0` or `*` a node, pools that never encapsulate). It answers yes or no at each place; a load balancer may send to the
 * node's port or pass on what it was sent itself, so that its packets are followed twice.
 */
export function oracleVerdict(snapshot: Snapshot, door: Door, backend: DoorBackend, client: string, at?: string): Verdict {
  if (!getsToDoor(snapshot, door, client)) return 'denied';
  const endpoint = snapshot.endpoints[backend.endpoint!]!;
  const nodes = snapshot.endpoints.filter(({ kind }) => kind === 'node');
  const isClusterWide = door.trafficPolicy === 'Cluster';
  const answering = isClusterWide ? nodes : nodes.filter(({ name }) => name === endpoint.node);
  const entries = at === undefined ? answering : answering.filter(({ name }) => name === at);
  if (entries.length === 0) return 'denied';
  const packet: Packet = { protocol: door.protocol, port: backend.port as number };
  const passes = entries.flatMap((entry) =>
    formsOf(door, entry).map((dialled) =>
      walk(snapshot, { door, entry, dialled, endpoint, client: { kind: 'address', address: client }, packet }),
    ),
  );
  if (door.kind === 'nodePort') return passes.includes('allowed') ? 'allowed' : 'denied';
  return passes.every((verdict) => verdict === passes[0]) ? passes[0]! : 'indeterminate';
}

/** The same for a pod that dials a node port at a node other than its own. */
export function oracleAcross(snapshot: Snapshot, door: Door, backend: DoorBackend, from: number, at: string): Verdict {
  const { nodeNetwork, hostEndpoints, endpoints, facts } = snapshot;
  const [client, endpoint] = [endpoints[from]!, endpoints[backend.endpoint!]!];
  const entry = endpoints.find(({ kind, name }) => kind === 'node' && name === at)!;
  const dialled: Dialled = {
    destination: { kind: 'endpoint', endpoint: entry },
    packet: { protocol: door.protocol, port: door.port as number },
  };
  const source = partyOf(snapshot, from);
  const leaving: Flow = { source, ...dialled };
  const host = (...names: readonly string[]) =>
    names.flatMap((name) => hostEndpoints.find(({ node, interfaceName }) => node === client.node && interfaceName === name) ?? [])[0];
  const passes = (way: 'in' | 'out', governor: HostEndpoint | undefined, hooks: readonly Hook[]) => {
    const alternatives = [{ host: governor, stages: hooks.map((hook) => ({ hook, flow: leaving })) }];
    return judgeCheckpoint(snapshot, { direction: 'egress', way, alternatives, unknowns: [] }, 4).verdict;
  };
  const inPool = ({ addresses }: Endpoint) =>
    nodeNetwork.pools.find(({ net }) => rangesHave([parseCidr(net)!], addresses.find((address) => !address.includes(':'))!));
  const isHidden = inPool(client)?.natOutgoing === true && !inPool(entry);
  const node = endpoints.find(({ kind, name }) => kind === 'node' && name === client.node)!;
  const isAnswered = door.trafficPolicy === 'Cluster' || endpoint.node === at;
  const met: readonly Verdict[] = [
    passes('in', host('*'), ['preDNAT', 'forward']),
    judgeEndpoint(snapshot, 'egress', leaving, 4).verdict,
    passes('out', host('eth0', '*'), ['forward']),
    isAnswered
      ? walk(snapshot, {
          door,
          entry,
          dialled,
          endpoint,
          client: isHidden ? { kind: 'endpoint', endpoint: node } : source,
          packet: { protocol: door.protocol, port: backend.port as number },
        })
      : isHidden || facts.serviceProxy === 'ebpf'
        ? 'denied'
        : 'indeterminate',
  ];
  return met.includes('denied') ? 'denied' : met.includes('indeterminate') ? 'indeterminate' : 'allowed';
}

type Dialled = Pick<Flow, 'destination' | 'packet'>;

/** What the node that it comes to is sent. */
function formsOf({ kind, protocol, port, nodePort, addresses }: Door, entry: Endpoint): readonly Dialled[] {
  const atNode = (own: number): Dialled => ({ destination: { kind: 'endpoint', endpoint: entry }, packet: { protocol, port: own } });
  const asDialled: Dialled = { destination: { kind: 'address', address: addresses[0]! }, packet: { protocol, port: port as number } };
  if (kind === 'externalIP') return [asDialled];
  return kind === 'loadBalancer' ? [asDialled, atNode(nodePort as number)] : [atNode(port as number)];
}

function getsToDoor({ facts }: Snapshot, { kind, sourceRanges, scope }: Door, client: string): boolean {
  const isIn = (texts: readonly string[]) =>
    rangesHave(
      texts.map((text) => parseCidr(text)!),
      client,
    );
  if (kind === 'loadBalancer') return (scope !== 'internal' || isIn(facts.organisationRanges)) && (!sourceRanges || isIn(sourceRanges));
  if (kind === 'externalIP') return scope === 'internet' || isIn(facts.organisationRanges);
  return facts.nodesReachableFrom === 'internet' || (facts.nodesReachableFrom === 'organisation' && isIn(facts.organisationRanges));
}

interface Trip {
  readonly door: Door;
  readonly entry: Endpoint;
  readonly dialled: Dialled;
  readonly endpoint: Endpoint;
  readonly client: Party;
  readonly packet: Packet;
}

/** Follows one packet from the node that it comes to; the worst of what it meets. */
function walk(snapshot: Snapshot, { door, entry, dialled: sent, endpoint, client, packet }: Trip): Verdict {
  const order = { ...snapshot, nodeNetwork: snapshot.nodeNetwork };
  const met: Verdict[] = [];
  const host = (node: string, name: string) => snapshot.hostEndpoints.find((own) => own.node === node && own.interfaceName === name);
  const leading = (node: string) => host(node, 'eth0') ?? host(node, '*');
  const ask = (way: 'in' | 'out', governor: HostEndpoint | undefined, stages: readonly (readonly [Hook, Flow])[]) => {
    const alternatives = [{ host: governor, stages: stages.map(([hook, flow]) => ({ hook, flow })) }];
    met.push(judgeCheckpoint(order, { direction: 'ingress', way, alternatives, unknowns: [] }, 4).verdict);
  };
  const node = (name: string): Party => ({
    kind: 'endpoint',
    endpoint: snapshot.endpoints.find((own) => own.kind === 'node' && own.name === name)!,
  });
  const target = partyOf(snapshot, endpoint.id);
  const isProcess = endpoint.network === 'host';
  const isHere = entry.name === endpoint.node;

  const dialled: Flow = door.kind === 'hostNetwork' ? { source: client, destination: target, packet } : { source: client, ...sent };
  const translated: Flow = { source: client, destination: target, packet };
  ask('in', leading(entry.name), [
    ['untracked', dialled],
    ['preDNAT', dialled],
    [isProcess && isHere ? 'normal' : 'forward', translated],
  ]);
  let arriving = translated;
  if (!isHere) {
    ask('out', leading(entry.name), [['forward', translated]]);
    if (snapshot.facts.serviceProxy === 'kube-proxy') arriving = { ...translated, source: node(entry.name) };
    ask('in', leading(endpoint.node!), [
      ['untracked', arriving],
      ['preDNAT', arriving],
      [isProcess ? 'normal' : 'forward', arriving],
    ]);
  }
  met.push(judgeEndpoint(snapshot, 'ingress', arriving, 4).verdict);
  if (!isProcess) ask('out', host(endpoint.node!, '*'), [['forward', arriving]]);
  return met.includes('denied') ? 'denied' : met.includes('indeterminate') ? 'indeterminate' : 'allowed';
}
