import type { AskedEnd, AskedFlow, FlowEnd } from '../../src/engine/analysis';
import { evaluate } from '../../src/engine/evaluate';
import { narrowedTo } from '../../src/model/endpoint';
import type { Protocol } from '../../src/model/policy';
import type { Snapshot } from '../../src/model/snapshot';
import type { Explanation, Flow, Packet, Party } from '../../src/model/verdict';
import { parseAddress } from '../../src/util/ip';

/** The party that an end of an indexed flow stands for. */
export function partyOf({ endpoints, namespaces }: Snapshot, end: AskedEnd): Party {
  if (typeof end === 'string') return { kind: 'address', address: end };
  const endpoint = typeof end === 'object' ? narrowedTo(endpoints[end.endpoint]!, end.at) : endpoints[end]!;
  const namespace = namespaces[endpoint.namespace];
  return { kind: 'endpoint', endpoint, ...(namespace && { namespace }) };
}

/** The flow in the words of the definition. */
export function flowOf(snapshot: Snapshot, { source, destination, packet }: AskedFlow): Flow {
  return { source: partyOf(snapshot, source), destination: partyOf(snapshot, destination), packet };
}

/** Reads `namespace/name`, the name of a node, or an address. */
export function endOf({ endpoints, namespaces }: Snapshot, text: string): FlowEnd {
  if (parseAddress(text)) return text;
  const found = endpoints.findIndex(({ namespace, name }) => (namespace < 0 ? name : `${namespaces[namespace]!.name}/${name}`) === text);
  if (found < 0) throw new Error(`the cluster has no \`${text}\``);
  return found;
}

/** Reads the same, and `namespace/name at ADDRESS`: by this address alone. */
export function askedEndOf(snapshot: Snapshot, text: string): AskedEnd {
  const [name = '', at] = text.split(' at ');
  const end = endOf(snapshot, name);
  return at === undefined || typeof end === 'string' ? end : { endpoint: end, at };
}

/** Reads `TCP:80`, `ICMP` and the like. */
export function packetOf(text: string): Packet {
  const [protocol, port] = text.split(':');
  return { protocol: protocol as Protocol, ...(port !== undefined && { port: Number(port) }) };
}

/** Puts one question to the definition. */
export function ask(snapshot: Snapshot, from: string, to: string, packet = 'TCP:80'): Explanation {
  const flow = { source: endOf(snapshot, from), destination: endOf(snapshot, to), packet: packetOf(packet) };
  return evaluate(snapshot, flowOf(snapshot, flow));
}
