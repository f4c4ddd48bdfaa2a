import type { PacketExpression, Rule } from '../../model/policy';
import type { Packet } from '../../model/verdict';
import { within } from '../evaluate-match';

const NOTHING: readonly never[] = Object.freeze([]);

/**
 * The rules as far as they can matter to a packet, in their places. Only its protocol and port are looked at, so that what is made for one packet serves
 * all at its position (see `positionOf`).
 */
export function rulesForPacket(rules: readonly Rule[], packet: Packet): readonly Rule[] {
  const last = rules.findLastIndex((rule) => mayMatch(rule.packets, packet));
  return rules.slice(0, last + 1).map((rule) => (mayMatch(rule.packets, packet) ? rule : blank(rule)));
}

/** A rule that matches nothing, in the place of one that does not match the packet. */
function blank({ action, source }: Rule): Rule {
  return { action, peer: NOTHING, packets: NOTHING, source };
}

/** Port names may mean any port. */
function mayMatch(packets: PacketExpression, { protocol, port }: Packet): boolean {
  if (packets === 'any') return true;
  return packets.some(
    (term) =>
      term.protocol === protocol &&
      (!term.ports || term.portNames !== undefined || (port !== undefined && term.ports.some((range) => within(port, range)))),
  );
}
