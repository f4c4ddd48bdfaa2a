import { compileAddressBlocks } from '../../../src/engine/compile/address-blocks';
import { compile } from '../../../src/engine/compile/compile';
import { V4, V6 } from '../../../src/engine/compile/endpoint-addresses';
import { NO_TUNNELS, TunnelLooks } from '../../../src/engine/compile/tunnel-looks';
import { type AddressPool, PLAIN_NODE_NETWORK } from '../../../src/model/host-endpoint';
import { allow, block, type ClusterBuilder, cluster } from '../../support/cluster';

const pool = (net: string, encapsulation: AddressPool['encapsulation'] = 'always') => ({ net, encapsulation, natOutgoing: false });
const link = (node: string, ...tunnels: readonly string[]) => ({ node, subnets: [], tunnels });

describe('tunnels of nodes', () => {
  const blocks = compileAddressBlocks([{ nets: ['10.0.0.0/24'], notNets: [], seesPods: 2 }]);
  const looksOf = (pools: readonly AddressPool[], ...links: readonly ReturnType<typeof link>[]) =>
    new TunnelLooks({ ...PLAIN_NODE_NETWORK, pools, links }, blocks);

  it('look the same where no rule tells their addresses apart', () => {
    const looks = looksOf([pool('10.0.0.0/8')], link('a', '10.0.0.1'), link('b', '10.0.0.9'), link('c', '10.0.1.1'), link('d'));

    expect(looks.lookOf('a')).toBe(looks.lookOf('b'));
    expect(looks.lookOf('c')).not.toBe(looks.lookOf('a'));
    expect([looks.lookOf('d'), looks.lookOf('e'), looks.lookOf(undefined)]).toEqual([NO_TUNNELS, NO_TUNNELS, NO_TUNNELS]);
  });

  it('are seen by their addresses, else in the pools that wrap, else not at all', () => {
    const looks = looksOf([pool('10.0.0.0/8'), pool('11.0.0.0/8', 'never'), pool('fd00::/8', 'acrossSubnets')], link('a', '10.0.0.1'));
    const seen = (node: string, families: number) => looks.seenBy(looks.lookOf(node), families)?.addressRanges;

    expect(seen('a', V4)).toEqual(['10.0.0.1']);
    expect(seen('a', V6)).toEqual(['fd00::/8']);
    expect(seen('a', 0)).toEqual(['10.0.0.1', 'fd00::/8']);
    expect(seen('b', V4)).toEqual(['10.0.0.0/8']);
    expect(looksOf([pool('10.0.0.0/8')]).seenBy(NO_TUNNELS, V6)).toBeUndefined();
  });
});

describe('a cluster is compiled a second time, as what comes through tunnels sees it,', () => {
  const nodes = () =>
    cluster()
      .node('n1', { addresses: ['192.168.0.1'] })
      .pod('shop/web', {}, { node: 'n2', addresses: ['10.0.0.5'] })
      .network({ pools: [pool('10.0.0.0/8')], links: [link('n1', '10.0.0.1')] });
  const isTwice = (builder: ClusterBuilder) => compile(builder.snapshot()).throughTunnels !== undefined;
  const letsIn = (...nets: readonly string[]) => ({ ingress: [allow([{ nets, netsSeePods: 'yes' as const }])] });

  it.each<[string, readonly string[]]>([
    ['the own address of a node', ['192.168.0.0/24']],
    ['that of its tunnel', ['10.0.0.0/24']],
  ])('where a rule lets in %s alone', (_, nets) => {
    expect(isTwice(nodes().policy('shop/p', letsIn(...nets)))).toBe(true);
  });

  it('not where rules let in both or neither', () => {
    expect(isTwice(nodes())).toBe(false);
    expect(isTwice(nodes().policy('shop/p', letsIn('192.168.0.0/24', '10.0.0.0/24')))).toBe(false);
    expect(isTwice(nodes().policy('shop/p', letsIn('203.0.113.0/24')))).toBe(false);
  });

  it('not for rules about destinations, nor where nothing is wrapped', () => {
    expect(isTwice(nodes().policy('shop/p', { egress: [allow([block('192.168.0.0/24')])] }))).toBe(false);
    expect(
      isTwice(
        nodes()
          .network({ pools: [pool('10.0.0.0/8', 'never')] })
          .policy('shop/p', letsIn('192.168.0.0/24')),
      ),
    ).toBe(false);
    expect(isTwice(nodes().network({ pools: [] }).policy('shop/p', letsIn('192.168.0.0/24')))).toBe(false);
  });

  it('also where a tunnel may be anywhere in a pool', () => {
    expect(isTwice(nodes().network({ links: [] }).policy('shop/p', letsIn('10.0.0.0/24')))).toBe(true);
  });

  it('with other rows for rules about nodes, and the same for all others', () => {
    const { ingress, throughTunnels } = compile(
      nodes()
        .policy('shop/p', { ingress: [allow([block('192.168.0.0/24')]), allow([block('203.0.113.0/24')])] })
        .snapshot(),
    );

    expect(throughTunnels!.ingress.may[0]).not.toBe(ingress.may[0]);
    expect(throughTunnels!.ingress.may[1]).toBe(ingress.may[1]);
  });
});
