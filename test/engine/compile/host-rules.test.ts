import { findHostKinds } from '../../../src/engine/compile/host-kinds';
import { readHostRules } from '../../../src/engine/compile/host-rules';
import { PacketSpecs } from '../../../src/engine/compile/packet-specs';
import { ALLOW, DENY } from '../../../src/engine/compile/policies';
import { ANY_PEER, Vocabulary } from '../../../src/engine/compile/vocabulary';
import type { PacketExpression } from '../../../src/model/policy';
import { AT_RUN_TIME, allow, block, cluster, deny, log, type PolicyOptions, pass, pods, to } from '../../support/cluster';

const SNAPSHOT = cluster()
  .tier('early', 1, 'Pass')
  .node('n1')
  .host('n1/a')
  .network({
    failsafeInbound: [{ protocol: 'TCP', port: [22, 22], net: '10.0.0.0/8' }],
    failsafeOutbound: [{ protocol: 'UDP', port: [53, 53] }],
  })
  .policy('shop/pods', { ingress: [allow()] })
  .policy('hosts', {
    tier: 'early',
    appliesTo: { kind: 'none' },
    appliesToHosts: { kind: 'all' },
    ingress: [
      log([pods({ app: 'logged' })]),
      { ...deny([block('10.0.0.0/8')], to('TCP', 80), AT_RUN_TIME), subject: [pods({ app: 'web' })] },
    ],
  })
  .snapshot();

function read() {
  const [vocabulary, specs] = [new Vocabulary(), new PacketSpecs()];
  return { vocabulary, specs, table: readHostRules(SNAPSHOT, findHostKinds(SNAPSHOT)!, vocabulary, specs) };
}

describe('rules at host endpoints', () => {
  it('are those of policies that act there, in the tier that they have, without Log rules', () => {
    const { table } = read();
    expect([table.policies.map(({ ref }) => ref.name), table.tiers]).toEqual([['hosts'], [0]]);
    expect(table.ingress[0]).toHaveLength(1);
    expect(table.egress[0]).toBeUndefined();
  });

  it('are about both ends of a flow', () => {
    const { table, vocabulary } = read();
    const [rule] = table.ingress[0]!;
    expect(rule).toMatchObject({ action: DENY, conditional: true });
    expect(rule!.peer).toBe(vocabulary.peer([block('10.0.0.0/8')]));
    expect(rule!.subject).toBe(vocabulary.peer([pods({ app: 'web' })]));
  });

  it('have failsafe ports behind them, each as a policy that allows it in its direction', () => {
    const { table, vocabulary } = read();
    expect([table.firstInbound, table.firstOutbound]).toEqual([1, 2]);
    expect([table.ingress.map(Boolean), table.egress.map(Boolean)]).toEqual([
      [true, true, false],
      [false, false, true],
    ]);
    expect(table.ingress[1]).toMatchObject([{ action: ALLOW, peer: vocabulary.peer([block('10.0.0.0/8')]), subject: ANY_PEER }]);
    expect(table.egress[2]).toMatchObject([{ action: ALLOW, peer: ANY_PEER }]);
  });

  it('keep endpoints apart of which only a Log rule speaks', () => {
    expect(read().vocabulary.labelKeys.endpoint.count).toBe(1);
  });

  describe('about answers', () => {
    const TO_80: PacketExpression = [{ protocol: 'TCP', ports: [[80, 80]] }];
    const answersOf = (interfaceName: string, options: PolicyOptions) => {
      const snapshot = cluster()
        .node('n1')
        .host('n1/a', { interfaceName })
        .policy('raw', { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, hook: 'untracked', ...options })
        .policy('tracked', { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, egress: [deny()] })
        .snapshot();
      const [vocabulary, specs] = [new Vocabulary(), new PacketSpecs()];
      const { answers } = readHostRules(snapshot, findHostKinds(snapshot)!, vocabulary, specs);
      return { vocabulary, specs, ...answers };
    };

    it('are those of the other direction, of untracked policies, and keep their ends', () => {
      const { ingress, egress, vocabulary, specs } = answersOf('eth0', {
        ingress: [allow([pods({ app: 'client' })], TO_80)],
        egress: [deny([pods({ app: 'web' })], 'any')],
      });
      expect(ingress).toMatchObject([
        [{ action: DENY, peer: vocabulary.peer([pods({ app: 'web' })]), packets: specs.parts('any') }],
        undefined,
      ]);
      expect(egress).toMatchObject([
        [
          {
            action: ALLOW,
            peer: vocabulary.peer([pods({ app: 'client' })]),
            packets: specs.parts([{ protocol: 'TCP', sourcePorts: [[80, 80]] }]),
          },
        ],
        undefined,
      ]);
    });

    it('are read only where something is answered', () => {
      const none = [
        [undefined, undefined],
        [undefined, undefined],
      ];
      const readBy = (interfaceName: string, options: PolicyOptions) => {
        const { ingress, egress } = answersOf(interfaceName, options);
        return [ingress, egress];
      };
      expect(readBy('*', { ingress: [allow()], egress: [allow()] })).toEqual(none);
      expect(readBy('eth0', { ingress: [deny()], egress: [pass()] })).toEqual(none);
      expect(readBy('eth0', { ingress: [allow()] })[0]).toEqual([undefined, undefined]);
    });
  });
});
