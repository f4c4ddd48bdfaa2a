import { crossingOf, keepingSource, sourcesOf, transitGovernor } from '../../src/engine/evaluate-crossing';
import { whereabouts } from '../../src/model/endpoint';
import type { AddressPool, NodeLink } from '../../src/model/host-endpoint';
import type { Party } from '../../src/model/verdict';
import { type ClusterBuilder, cluster, type EndpointOptions } from '../support/cluster';
import { endOf, partyOf } from '../support/flow';

const pool = (net: string, encapsulation: AddressPool['encapsulation']): AddressPool => ({ net, encapsulation, natOutgoing: false });
const link = (node: string, subnets: readonly string[], tunnels: readonly string[] = []): NodeLink => ({ node, subnets, tunnels });

interface Asked {
  readonly pools?: readonly AddressPool[];
  readonly links?: readonly NodeLink[];
  readonly node?: EndpointOptions;
  readonly pod?: EndpointOptions;
  readonly family?: 4 | 6 | 'none';
  readonly with?: (builder: ClusterBuilder) => ClusterBuilder;
}

/** From a process of `n`, which has an address, to a pod on `m`. */
function ask({ pools = [], links = [], node, pod, family = 4, with: more = (builder) => builder }: Asked) {
  const builder = cluster()
    .node('n', { addresses: ['192.168.0.1'], ...node })
    .pod('shop/web', {}, { node: 'm', addresses: ['10.0.0.5'], ...pod })
    .network({ pools, links });
  const snapshot = more(builder).snapshot();
  const [from, to] = ['n', 'shop/web'].map((name) => partyOf(snapshot, endOf(snapshot, name)));
  return { snapshot, from: from!, to: to!, crossing: crossingOf(snapshot, from!, to!, family === 'none' ? undefined : family) };
}

const placesOf = (party: Party) => (party.kind === 'address' ? [party.address] : whereabouts(party.endpoint));

function waysOf(asked: Asked): readonly string[] {
  const { crossing } = ask(asked);
  expect(crossing.unknowns.length > 0).toBe(crossing.ways.length > 1);
  return crossing.ways.map(({ isWrapped, source }) => `${isWrapped ? 'wrapped' : 'plain'} from ${placesOf(source).join(' or ')}`);
}

describe('what a process of a node sends to a pod of another node', () => {
  const links = [link('n', [], ['10.0.0.1'])];

  test('comes from the address of the tunnel where the pool of the pod wraps, else from its own', () => {
    expect(waysOf({ links, pools: [pool('10.0.0.0/8', 'always')] })).toEqual(['wrapped from 10.0.0.1']);
    expect(waysOf({ links, pools: [pool('10.0.0.0/8', 'never')] })).toEqual(['plain from 192.168.0.1']);
  });

  test('may go either way where no pool is known for the pod, and comes from its own address', () => {
    const both = ['wrapped from 192.168.0.1', 'plain from 192.168.0.1'];

    expect(waysOf({ links })).toEqual(both);
    expect(waysOf({ links, pools: [pool('11.0.0.0/8', 'always')] })).toEqual(both);
    expect(waysOf({ links, pools: [pool('10.0.0.0/8', 'always')], pod: { addresses: [], addressRanges: [] } })).toEqual(both);
  });

  test('comes from somewhere in the pools that wrap where nobody tells the address of the tunnel', () => {
    const pools = [pool('10.0.0.0/8', 'always'), pool('11.0.0.0/8', 'never'), pool('12.0.0.0/8', 'acrossSubnets')];

    expect(waysOf({ pools })).toEqual(['wrapped from 10.0.0.0/8 or 12.0.0.0/8']);
    expect(waysOf({ pools, links: [link('m', [], ['10.0.0.9'])] })).toEqual(['wrapped from 10.0.0.0/8 or 12.0.0.0/8']);
  });

  test('comes from the tunnel of the family in use', () => {
    const pools = [pool('10.0.0.0/8', 'always'), pool('fd00::/8', 'always')];
    const asked = {
      pools,
      links: [link('n', [], ['10.0.0.1', '10.0.0.2', 'fd00::1'])],
      node: { addresses: ['192.168.0.1', 'fc00::1'] },
      pod: { addresses: ['10.0.0.5', 'fd00::5'] },
    };

    expect(waysOf(asked)).toEqual(['wrapped from 10.0.0.1 or 10.0.0.2']);
    expect(waysOf({ ...asked, family: 6 })).toEqual(['wrapped from fd00::1']);
    expect(waysOf({ ...asked, family: 'none' })).toEqual(['wrapped from 10.0.0.1 or 10.0.0.2 or fd00::1']);
    expect(waysOf({ ...asked, family: 'none', node: { addresses: ['fc00::1'] } })).toEqual(['wrapped from fd00::1']);
    expect(waysOf({ ...asked, family: 'none', node: { addresses: [], addressRanges: [] } })).toHaveLength(1);
  });

  test('keeps its own address in a family of which nothing is told', () => {
    expect(waysOf({ pools: [pool('10.0.0.0/8', 'always')], node: { addresses: ['fc00::1'] }, family: 'none' })).toEqual([
      'wrapped from fc00::1',
    ]);
  });

  test('goes by all pools that a pod of unknown address may be in', () => {
    const [always, never] = [pool('10.0.0.0/24', 'always'), pool('10.0.1.0/24', 'never')];
    const somewhere = { addresses: [], addressRanges: ['10.0.0.0/8'] };

    expect(waysOf({ links, pools: [always], pod: somewhere })).toEqual(['wrapped from 10.0.0.1']);
    expect(waysOf({ links, pools: [always, never], pod: somewhere })).toEqual(['wrapped from 10.0.0.1', 'plain from 192.168.0.1']);
    expect(waysOf({ links, pools: [always, never], pod: { addresses: ['10.0.0.5', '10.0.1.5'] } })).toHaveLength(2);
    expect(waysOf({ links, pools: [always], pod: { addresses: ['10.0.0.5', '10.0.9.5'] } })).toHaveLength(3);
  });
});

describe('a pool that wraps across subnets', () => {
  const pools = [pool('10.0.0.0/8', 'acrossSubnets')];
  const across = (a: readonly string[], b: readonly string[], asked: Asked = {}) =>
    waysOf({ pools, links: [link('n', a, ['10.0.0.1']), link('m', b)], ...asked });

  test('wraps between nodes of different subnets, and not between nodes of one', () => {
    expect(across(['192.168.0.0/24'], ['192.168.1.0/24'])).toEqual(['wrapped from 10.0.0.1']);
    expect(across(['192.168.0.0/24'], ['192.168.0.0/24'])).toEqual(['plain from 192.168.0.1']);
    expect(across(['192.168.0.1/32'], ['192.168.0.2/32'])).toEqual(['wrapped from 10.0.0.1']);
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['one subnet is not told', ['192.168.0.0/24'], []],
    ['none is told', [], []],
    ['only those of the other family are', ['fd00::/64'], ['fd00::/64']],
    ['one lies in the other', ['192.168.0.0/16'], ['192.168.0.0/24']],
    ['one lies around the other', ['192.168.0.0/24'], ['192.168.0.0/16']],
  ])('may or may not where %s', (_, a, b) => {
    expect(across(a, b)).toEqual(['wrapped from 10.0.0.1', 'plain from 192.168.0.1']);
  });

  test('may or may not where nobody knows the node of an end', () => {
    const { snapshot, from, to } = ask({ pools, links: [link('n', ['192.168.0.0/24']), link('m', ['192.168.0.0/24'])] });
    const unplaced = (party: Party): Party => {
      if (party.kind === 'address') return party;
      const { node: _, ...endpoint } = party.endpoint;
      return { kind: 'endpoint', endpoint };
    };

    expect(crossingOf(snapshot, from, unplaced(to), 4).unknowns[0]!.text).toMatch(
      /^whether node `n` and the node of either end are in one subnet/,
    );
    expect(crossingOf(snapshot, unplaced(from), to, 4).ways).toHaveLength(2);
  });

  test('goes by the subnets of the family of the pool', () => {
    const six = {
      pools: [pool('fd00::/8', 'acrossSubnets')],
      pod: { addresses: ['fd00::5'] },
      node: { addresses: ['fc00::1'] },
      family: 6 as const,
    };

    expect(across(['192.168.0.0/24', 'fd01::/64'], ['192.168.0.0/24', 'fd02::/64'], six)).toEqual(['wrapped from fd00::/8']);
    expect(across(['192.168.0.0/24', 'fd01::/64'], ['192.168.1.0/24', 'fd01::/64'], six)).toEqual(['plain from fc00::1']);
  });
});

describe('as whom a source is seen', () => {
  test('is each possibility once, with what tells only where there are several', () => {
    const { crossing, from } = ask({});

    expect(sourcesOf(crossing)).toEqual({ sources: [from], unknowns: [] });
    const open = ask({ pools: [pool('10.0.0.0/8', 'acrossSubnets')] }).crossing;
    expect(sourcesOf(open).sources).toHaveLength(2);
    expect(sourcesOf(open).unknowns).toHaveLength(1);
  });

  test('does not change for pods, nor for what a node only passes on', () => {
    const { snapshot, to, crossing, from } = ask({ pools: [pool('10.0.0.0/8', 'always')] });

    expect(crossingOf(snapshot, to, to, 4).ways).toEqual([{ isWrapped: true, source: to }]);
    expect(keepingSource(crossing, from).ways).toEqual([{ isWrapped: true, source: from }]);
  });
});

describe('the interface on the way to a pod of another node', () => {
  const hosts = (builder: ClusterBuilder) => builder.host('n/out', { interfaceName: 'eth0' }).host('n/wrap', { interfaceName: 'tunl0' });
  const transit = (asked: Asked) => {
    const { snapshot, crossing } = ask({ with: hosts, ...asked });
    const { passages, unknowns } = transitGovernor(snapshot, 'n', crossing);
    expect(unknowns.length > 0).toBe(passages.length > 1);
    return passages.map(({ host, source }) => `${host?.ref.name ?? 'nobody'} from ${placesOf(source).join()}`);
  };
  const links = [link('n', [], ['10.0.0.1'])];

  test('is that of the tunnel with the address of the tunnel, or the outward one with the own address', () => {
    expect(transit({ links, pools: [pool('10.0.0.0/8', 'always')] })).toEqual(['wrap from 10.0.0.1']);
    expect(transit({ links, pools: [pool('10.0.0.0/8', 'never')] })).toEqual(['out from 192.168.0.1']);
    expect(transit({ links, pools: [pool('10.0.0.0/8', 'acrossSubnets')] })).toEqual(['wrap from 10.0.0.1', 'out from 192.168.0.1']);
    expect(transit({ links })).toEqual(['wrap from 192.168.0.1', 'out from 192.168.0.1']);
  });

  test('is certain where both have the same host endpoint and source', () => {
    expect(transit({ links, with: (builder) => builder.host('n/all') })).toEqual(['all from 192.168.0.1']);
    expect(transit({ links, with: (builder) => builder })).toEqual(['nobody from 192.168.0.1']);
  });

  test('is as uncertain as the interface itself', () => {
    const unsure = (builder: ClusterBuilder) => hosts(builder).host('n/out2', { interfaceName: 'eth1' });

    expect(transit({ pools: [pool('10.0.0.0/8', 'never')], with: unsure })).toEqual([
      'out from 192.168.0.1',
      'out2 from 192.168.0.1',
      'nobody from 192.168.0.1',
    ]);
  });

  test('goes by the address of the family in use', () => {
    const asked = { pools: [pool('10.0.0.0/8', 'always'), pool('fd00::/8', 'never')], pod: { addresses: ['10.0.0.5', 'fd00::5'] }, links };

    expect(transit(asked)).toEqual(['wrap from 10.0.0.1']);
    expect(transit({ ...asked, family: 6 })).toEqual(['out from 192.168.0.1']);
    expect(transit({ ...asked, family: 'none' })).toHaveLength(2);
  });
});
