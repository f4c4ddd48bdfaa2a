import type { PacketExpression, PacketTerm } from '../../model/policy';

/**
 * A packet expression about answers, said of the packets that are answered: what it asks of the source port it asks of the port that was called, and the
 * other way round. Numbers and names alike: a name is resolved at the same end. Of ICMP an answer has a type of its own, which no packet of the axis
 * tells, so that nothing need change places there.
 */
export function aboutAnswers(packets: PacketExpression): PacketExpression {
  return packets === 'any' ? 'any' : packets.map(exchanged);
}

/** What changes places. Every part about ports is here, so that a new one cannot be forgotten. */
const OPPOSITE = {
  ports: 'sourcePorts',
  portNames: 'sourcePortNames',
  notPorts: 'notSourcePorts',
  notPortNames: 'notSourcePortNames',
  sourcePorts: 'ports',
  sourcePortNames: 'portNames',
  notSourcePorts: 'notPorts',
  notSourcePortNames: 'notPortNames',
} as const satisfies Record<Exclude<keyof PacketTerm, 'protocol' | 'icmp' | 'numbers'>, keyof PacketTerm>;

function exchanged(term: PacketTerm): PacketTerm {
  const entries = Object.entries(term).map(([part, value]) => [
    Object.hasOwn(OPPOSITE, part) ? OPPOSITE[part as keyof typeof OPPOSITE] : part,
    value,
  ]);
  return Object.fromEntries(entries) as PacketTerm;
}
