import { compile } from '../../../src/engine/compile/compile';
import { rowHas } from '../../../src/engine/kernel/rows';
import { Crossings, PERHAPS_WRAPPED, PLAIN, WRAPPED } from '../../../src/engine/solve/crossings';
import type { AddressPool, NodeLink } from '../../../src/model/host-endpoint';
import { allow, block, cluster } from '../../support/cluster';

const NODES = ['n1', 'n2', 'n3', 'n4'] as const;
const link = (node: string, ...subnets: readonly string[]): NodeLink => ({ node, subnets, tunnels: [] });

/** A node each, a pod on the first and on the second, one on nobody knows which. A rule tells tunnels from nodes. */
function crossingsOf(pools: readonly Omit<AddressPool, 'natOutgoing'>[], links: readonly NodeLink[] = []) {
  let builder = cluster();
  for (const [index, name] of NODES.entries()) builder = builder.node(name, { addresses: [`192.168.0.${index}`] });
  const snapshot = builder
    .pod('shop/one', {}, { node: 'n1', addresses: ['10.0.0.1'] })
    .pod('shop/two', {}, { node: 'n2', addresses: ['10.0.0.2'] })
    .pod('shop/lost', {}, { addresses: ['10.0.0.3'] })
    .host('n1/all')
    .host('n1/wrap', { interfaceName: 'tunl0' })
    .network({ pools: pools.map((pool) => ({ ...pool, natOutgoing: false })), links })
    .policy('shop/p', { ingress: NODES.map((_, index) => allow([block(`192.168.0.${index}/32`)])) })
    .snapshot();
  const compiled = compile(snapshot);
  const crossings = new Crossings(compiled, compiled.crossings!);
  const { classes, pool } = compiled;
  const ownerOf = (name: string) => classes.classOf[snapshot.endpoints.findIndex((endpoint) => endpoint.name === name)]!;
  const waysAt = (byWay: ReturnType<Crossings['fromClass']>, name: string) =>
    byWay.filter(({ row }) => rowHas(pool, row, classes.firstFace[ownerOf(name)]!)).map(({ ways }) => ways);
  return {
    to: (pod: string, from: string) => waysAt(crossings.toFace(classes.firstFace[ownerOf(pod)]!, ownerOf(pod)), from),
    from: (end: string, pod: string) => waysAt(crossings.fromClass(ownerOf(end)), pod),
  };
}

const everything = { net: '10.0.0.0/8' };

describe('between nodes packets travel', () => {
  it.each<[AddressPool['encapsulation'], number]>([
    ['always', WRAPPED],
    ['never', PLAIN],
    ['acrossSubnets', WRAPPED | PLAIN],
  ])('as the pool of the pod says: %s', (encapsulation, ways) => {
    const { to, from } = crossingsOf([{ ...everything, encapsulation }]);

    expect(to('one', 'n2')).toEqual([ways]);
    expect(to('lost', 'n2')).toEqual([ways]);
    expect(from('n2', 'one')).toEqual([ways]);
    expect(from('n2', 'two')).toEqual([ways]);
  });

  it('somehow where no pool is known', () => {
    const { to, from } = crossingsOf([]);

    expect(to('one', 'n2')).toEqual([PLAIN | PERHAPS_WRAPPED]);
    expect(from('n2', 'one')).toEqual([PLAIN | PERHAPS_WRAPPED]);
  });

  it('wrapped to other subnets, as they are in their own', () => {
    const links = [link('n1', '192.168.0.0/24'), link('n2', '192.168.0.0/24'), link('n3', '192.168.1.0/24')];
    const { to, from } = crossingsOf([{ ...everything, encapsulation: 'acrossSubnets' }], links);

    expect(to('one', 'n2')).toEqual([PLAIN]);
    expect(to('one', 'n3')).toEqual([WRAPPED]);
    expect(to('one', 'n4')).toEqual([WRAPPED | PLAIN]);
    expect(from('n3', 'two')).toEqual([WRAPPED]);
    expect(from('n3', 'lost')).toEqual([WRAPPED | PLAIN]);
    expect(from('n4', 'one')).toEqual([WRAPPED | PLAIN]);
    expect(from('one', 'two')).toEqual([PLAIN]);
  });

  it('wrapped between nodes that are alone in their subnets', () => {
    const links = NODES.map((node, index) => link(node, `192.168.0.${index}/32`));
    const { to, from } = crossingsOf([{ ...everything, encapsulation: 'acrossSubnets' }], links);

    expect(to('one', 'n2')).toEqual([WRAPPED]);
    expect(from('n4', 'two')).toEqual([WRAPPED]);
  });

  it('somehow where one subnet lies in the other', () => {
    const links = [link('n1', '192.168.0.0/16'), link('n2', '192.168.0.0/24'), link('n3', '172.16.0.0/16')];
    const { to } = crossingsOf([{ ...everything, encapsulation: 'acrossSubnets' }], links);

    expect(to('one', 'n2')).toEqual([WRAPPED | PLAIN]);
    expect(to('one', 'n3')).toEqual([WRAPPED]);
  });
});
