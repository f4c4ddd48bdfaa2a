import type { Endpoint, TransportProtocol } from '../../model/endpoint';
import { HIGHEST_PORT, LOWEST_PORT, type Policy } from '../../model/policy';
import { matchSubject } from '../evaluate-match';
import { endpointParty } from '../query/definition-input';
import type { DoorSession } from './session';

/**
 * Ports that stand for all ports of an endpoint, where a door leads to each of them as itself: no rule on the way tells another port from one of these.
 */
export function portSamples({ world }: DoorSession, endpoint: Endpoint | undefined, protocol: TransportProtocol): readonly number[] {
  const starts = new Set([LOWEST_PORT]);
  const add = (low: number, high: number) => {
    for (const start of [low, high + 1]) if (start >= LOWEST_PORT && start <= HIGHEST_PORT) starts.add(start);
  };
  const party = endpoint && endpointParty(world, endpoint);
  const acts = (policy: Policy) =>
    policy.appliesToHosts !== undefined || (party !== undefined && matchSubject(policy, party).truth !== 'no');
  for (const policy of world.policies)
    if (!policy.staged && acts(policy)) for (const [low, high] of portsOf(policy, protocol)) add(low, high);
  for (const port of world.nodeNetwork.failsafeInbound) if (port.protocol === protocol) add(...port.port);
  // Names of ports mean those that the endpoint declares.
  for (const own of endpoint?.ports ?? []) if (own.protocol === protocol) add(own.port, own.port);
  return [...starts].sort((a, b) => a - b);
}

function portsOf({ ingress = [], egress = [] }: Policy, protocol: TransportProtocol): readonly (readonly [low: number, high: number])[] {
  return [...ingress, ...egress].flatMap(({ packets }) =>
    packets === 'any'
      ? []
      : packets.flatMap((term) => (term.protocol === protocol ? [...(term.ports ?? []), ...(term.notPorts ?? [])] : [])),
  );
}
