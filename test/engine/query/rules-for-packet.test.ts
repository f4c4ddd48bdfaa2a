import { matchRule } from '../../../src/engine/evaluate-match';
import { rulesForPacket } from '../../../src/engine/query/rules-for-packet';
import type { PacketExpression, Rule } from '../../../src/model/policy';
import type { Flow } from '../../../src/model/verdict';
import { to } from '../../support/cluster';
import { packetOf } from '../../support/flow';

const source = { file: 'a.yaml', document: 1, line: 1 };
const rule = (packets: PacketExpression, action: Rule['action'] = 'Allow'): Rule => ({ action, peer: 'any', packets, source });
const RULES = [rule(to('UDP', 53)), rule(to('TCP', [80, 90])), rule(to('TCP', 'http'), 'Deny'), rule(to('SCTP')), rule(to('TCP', 443))];

const kept = (packet: string) => rulesForPacket(RULES, packetOf(packet)).map((own, at) => own === RULES[at]);

it.each([
  ['TCP:80', [false, true, true]],
  ['TCP:91', [false, false, true]],
  ['TCP:443', [false, false, true, false, true]],
  ['TCP', [false, false, true]],
  ['UDP:53', [true]],
  ['SCTP:7', [false, false, false, true]],
  ['ICMP', []],
] as const)('%s: rules that may match stay, in their places, and those after the last are left out', (packet, expected) => {
  expect(kept(packet)).toEqual(expected);
});

it('what takes the place of a rule matches nothing', () => {
  const packet = packetOf('TCP:443');
  const flow: Flow = { source: { kind: 'address', address: '10.0.0.1' }, destination: { kind: 'address', address: '10.0.0.2' }, packet };
  expect(rulesForPacket(RULES, packet).map((own) => matchRule(own, flow, 'ingress', 4).truth)).toEqual(['no', 'no', 'no', 'no', 'yes']);
});

it('rules about every packet stay, and no rules are none', () => {
  expect(rulesForPacket([rule('any')], packetOf('other'))).toHaveLength(1);
  expect(rulesForPacket([], packetOf('TCP:1'))).toEqual([]);
});
