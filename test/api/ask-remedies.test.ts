import { analyze } from '../../src/engine/index';
import { PROFILES_TIER, profilesSelector } from '../../src/model/profiles';
import { answer } from '../support/ask-shop';
import { allow, cluster, deny, pods } from '../support/cluster';

describe('a question', () => {
  it('that is denied names what denies it, and what would let it through', () => {
    const { verdict, egress, ingress, blockers, remedies } = answer('other/lone', 'shop/api');
    expect({ verdict, egress, ingress }).toEqual({ verdict: 'denied', egress: 'allowed', ingress: 'denied' });
    expect(blockers).toEqual([
      expect.objectContaining({ direction: 'ingress', trigger: 'end-of-tier', isolatedBy: ['shop/api[NetworkPolicy]'] }),
    ]);
    expect(remedies).toEqual([
      'ingress: a rule that allows TCP 8080 from `other/lone`, in a policy that selects `shop/api` such as `shop/api[NetworkPolicy]`',
    ]);
  });

  it('that a tier denies names the tier, since later ones come too late', () => {
    const security = cluster({ cni: 'calico' })
      .tier('security', 10, 'Deny')
      .pod('shop/web')
      .pod('shop/db')
      .policy('strict', { tier: 'security', ingress: [] })
      .policy('open', { order: 1, ingress: [allow()] });
    const { remedies, trace } = answer('shop/web', 'shop/db', { port: 80 }, analyze(security.snapshot()));

    expect(remedies).toEqual([
      'ingress: a rule that allows TCP 80 from `shop/web`, in a policy of tier `security` that selects `shop/db` such as `strict[GlobalNetworkPolicy]`',
    ]);
    expect(trace.at(-1)!.sentence).toMatch(/; tier `security` denies the rest$/);
  });

  it('that the end of its profiles denies says that a policy would do as well', () => {
    const chosen = profilesSelector([['base']]);
    const closed = cluster({ cni: 'calico' })
      .tier(PROFILES_TIER, Number.POSITIVE_INFINITY, 'Deny')
      .node('n', { addresses: ['192.168.0.1'] })
      .pod('shop/web')
      .pod('shop/db', {}, { profiles: ['base'] })
      .host('n/eth0', { interfaceName: 'eth0', profiles: ['base'] })
      .policy('base', { tier: PROFILES_TIER, appliesTo: chosen, appliesToHosts: chosen, ingress: [] });
    const remediesOf = (from: string, target: string) => answer(from, target, { port: 80 }, analyze(closed.snapshot())).remedies;

    expect(remediesOf('shop/web', 'shop/db')).toEqual([
      'ingress: a rule that allows TCP 80 from `shop/web`, in a policy that selects `shop/db` or in one of its profiles',
    ]);
    expect(remediesOf('198.51.100.7', 'n[Node]')).toEqual([
      'ingress: a rule that allows TCP 80, in a policy that selects host endpoint `eth0` or in one of its profiles',
    ]);
  });

  it('that a host endpoint denies says what would let it through there', () => {
    const hosts = { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' } } as const;
    const nodes = (endpointToHostAction: 'accept' | 'drop' = 'accept') =>
      cluster({ cni: 'calico', endpointToHostAction })
        .node('n', { addresses: ['192.168.0.1'] })
        .node('m', { addresses: ['192.168.0.2'] })
        .pod('shop/web', {}, { node: 'n', addresses: ['10.0.0.1'] })
        .pod('shop/db', {}, { node: 'n', addresses: ['10.0.0.2'] });
    const remediesOf = (builder: ReturnType<typeof nodes>, from: string, target: string) =>
      answer(from, target, { port: 80 }, analyze(builder.snapshot())).remedies;

    expect(remediesOf(nodes().host('m/eth0', { interfaceName: 'eth0' }), 'n[Node]', 'm[Node]')).toEqual([
      'ingress: an ingress rule that allows TCP 80, in a policy that selects host endpoint `eth0`',
    ]);
    expect(
      remediesOf(
        nodes()
          .host('n/all')
          .policy('closed', { ...hosts, forward: true, egress: [] }),
        'shop/web',
        'shop/db',
      ),
    ).toEqual([
      'ingress: an egress rule that allows TCP 80, in a policy that applies on forward and selects host endpoint `all` such as `closed[GlobalNetworkPolicy]`',
    ]);
    expect(
      remediesOf(
        nodes()
          .host('n/all')
          .policy('closed', { ...hosts, forward: true, ingress: [deny()] }),
        'shop/web',
        'shop/db',
      ),
    ).toEqual(['egress: change rule 1 of `closed[GlobalNetworkPolicy]`, or let an earlier rule allow TCP 80 to `shop/db`']);
    expect(
      remediesOf(
        nodes()
          .host('m/eth0', { interfaceName: 'eth0' })
          .policy('raw', { ...hosts, hook: 'untracked', ingress: [allow()] }),
        'n[Node]',
        'm[Node]',
      ),
    ).toEqual(['ingress: an untracked egress rule for the answer, in a policy that selects host endpoint `eth0`']);
    expect(remediesOf(nodes('drop'), 'shop/web', 'n[Node]')).toEqual([
      'ingress: let nodes accept what their own pods send to them (`defaultEndpointToHostAction`)',
    ]);
  });

  it('that a node drops a packet that carries others says what would let it pass', () => {
    const VXLAN = { protocol: 'UDP', ports: [[4789, 4789]] } as const;
    const IPIP = { protocol: 'other', numbers: [[4, 4]] } as const;
    const dropping = analyze(
      cluster({ cni: 'calico', tunnelPacketsOfPods: 'drop' })
        .pod('shop/web')
        .pod('shop/db')
        .network({ droppedFromPods: [VXLAN, IPIP] })
        .snapshot(),
    );
    const ask = (packet: object) => answer('shop/web', 'shop/db', packet, dropping);
    expect(ask({ protocol: 'UDP', port: 4789 })).toMatchObject({
      verdict: 'denied',
      egress: 'denied',
      ingress: 'allowed',
      remedies: ['egress: let nodes pass what carries other packets from their pods (`allowVXLANPacketsFromWorkloads`)'],
    });
    expect(ask({ protocol: '4' }).remedies).toEqual([
      'egress: let nodes pass what carries other packets from their pods (`allowIPIPPacketsFromWorkloads`)',
    ]);
    expect(ask({ protocol: 'UDP', port: 4788 }).verdict).toBe('allowed');
    const atNodes = { droppedAtNodes: [{ packets: VXLAN, family: 4, exempt: [] }] } as const;
    const closed = analyze(
      cluster({ cni: 'calico' })
        .node('n', { addresses: ['192.168.0.1'] })
        .network(atNodes)
        .snapshot(),
    );
    expect(answer('198.51.100.7', 'n[Node]', { protocol: 'UDP', port: 4789 }, closed)).toMatchObject({
      verdict: 'denied',
      ingress: 'denied',
      remedies: ['ingress: name the source in `externalNodesList` of the FelixConfiguration'],
    });
  });

  it('that is denied on both sides names both', () => {
    const { blockers } = answer('shop/api', 'shop/db-old', { port: 22 });
    expect(blockers.map(({ direction, isolatedBy }) => [direction, isolatedBy])).toEqual([
      ['egress', ['shop/api[NetworkPolicy]']],
      ['ingress', ['shop/db[NetworkPolicy]']],
    ]);
  });

  it('of which a rule denies it names the rule', () => {
    const analysis = analyze(
      cluster()
        .tier('admin', 1, 'Pass')
        .pod('a/x')
        .pod('a/y')
        .policy('a/no', { tier: 'admin', ingress: [deny([pods({})])] })
        .snapshot(),
    );
    expect(answer('a/x', 'a/y', { port: 1 }, analysis).remedies).toEqual([
      'ingress: change rule 1 of `a/no[NetworkPolicy]`, or let an earlier rule allow TCP 1 from `a/x`',
    ]);
  });
});
