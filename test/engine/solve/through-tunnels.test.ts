import { compile } from '../../../src/engine/compile/compile';
import { analyze, evaluate, verdictOf } from '../../../src/engine/index';
import { listPolicies } from '../../../src/engine/solve/policy-lists';
import { statesSeeingTunnels } from '../../../src/engine/solve/through-tunnels';
import type { AddressPool } from '../../../src/model/host-endpoint';
import { allow, block, type ClusterBuilder, cluster, labels } from '../../support/cluster';
import { endOf, flowOf } from '../../support/flow';

const pool = (encapsulation: AddressPool['encapsulation'], net = '10.0.0.0/8') => ({ net, encapsulation, natOutgoing: false });

const NODES = () =>
  cluster()
    .node('n1', { addresses: ['192.168.0.1'] })
    .node('n2', { addresses: ['192.168.0.2'] })
    .pod('shop/web', { app: 'web' }, { node: 'n2', addresses: ['10.0.0.5'] })
    .pod('shop/lost', { app: 'web' }, { addresses: ['10.0.0.6'] })
    .pod('shop/other', { app: 'other' }, { node: 'n2', addresses: ['10.0.0.7'] });
const LINKS = [
  { node: 'n1', subnets: ['192.168.0.1/32'], tunnels: ['10.0.0.1'] },
  { node: 'n2', subnets: ['192.168.0.2/32'], tunnels: ['10.0.0.2'] },
];
const TO_WEB = { appliesTo: labels({ app: 'web' }) };

/** What the solver says of a flow, which is what the definition says. */
function said(builder: ClusterBuilder, from: string, to: string): string {
  const snapshot = builder.snapshot();
  const flow = { source: endOf(snapshot, from), destination: endOf(snapshot, to), packet: { protocol: 'TCP', port: 80 } } as const;
  const verdict = verdictOf(analyze(snapshot), flow);
  expect(verdict).toBe(evaluate(snapshot, flowOf(snapshot, flow)).verdict);
  return verdict;
}

describe('a pod is reached by a process of another node', () => {
  const own = () => NODES().policy('shop/p', { ...TO_WEB, ingress: [allow([block('192.168.0.0/24')])] });
  const tunnel = () => NODES().policy('shop/p', { ...TO_WEB, ingress: [allow([block('10.0.0.1/32')])] });
  const network = (encapsulation: AddressPool['encapsulation']) => ({ pools: [pool(encapsulation)], links: LINKS });

  it('by the address of its tunnel where packets are wrapped', () => {
    expect(said(own().network(network('always')), 'n1', 'shop/web')).toBe('denied');
    expect(said(tunnel().network(network('always')), 'n1', 'shop/web')).toBe('allowed');
  });

  it('by its own address where they are not', () => {
    expect(said(own().network(network('never')), 'n1', 'shop/web')).toBe('allowed');
    expect(said(tunnel().network(network('never')), 'n1', 'shop/web')).toBe('denied');
    expect(said(own(), 'n1', 'shop/web')).toBe('allowed');
  });

  it('as the subnets of the nodes say', () => {
    expect(said(tunnel().network(network('acrossSubnets')), 'n1', 'shop/web')).toBe('allowed');
    expect(said(tunnel().network({ ...network('acrossSubnets'), links: [] }), 'n1', 'shop/web')).toBe('indeterminate');
  });

  it('of its own node whatever rules say', () => {
    expect(said(own().network(network('always')), 'n2', 'shop/web')).toBe('allowed');
    expect(said(tunnel().network(network('always')), 'n2', 'shop/web')).toBe('allowed');
  });

  it('perhaps by the address of the tunnel where nobody knows the node of the pod', () => {
    expect(said(tunnel().network(network('always')), 'n1', 'shop/lost')).toBe('allowed');
    expect(said(own().network(network('always')), 'n1', 'shop/lost')).toBe('indeterminate');
  });

  it('as before where no policy selects the pod', () => {
    expect(said(own().network(network('always')), 'n1', 'shop/other')).toBe('allowed');
  });
});

it('only lists with a policy that tells tunnels from nodes are solved again', () => {
  const snapshot = NODES()
    .network({ pools: [pool('always')], links: LINKS })
    .policy('shop/a', { ...TO_WEB, order: 1, ingress: [allow([block('203.0.113.0/24')])] })
    .policy('shop/b', { ...TO_WEB, order: 2, ingress: [allow([block('192.168.0.0/24')])] })
    .policy('shop/c', { ...TO_WEB, order: 3, ingress: [allow([block('198.51.100.0/24')])] })
    .policy('shop/d', { appliesTo: labels({ app: 'other' }), ingress: [allow([block('203.0.113.0/24')])] })
    .snapshot();
  const compiled = compile(snapshot);
  const { trie, ingress, groupOf } = listPolicies(compiled, [false]);
  const states = statesSeeingTunnels(trie, compiled.ingress, compiled.throughTunnels!.ingress);
  const stateOf = (name: string) => ingress.states[0]![groupOf[compiled.classes.classOf[endOf(snapshot, name) as number]!]!]!;

  // The list of `web` is a, b, c: all from b on are others.
  expect(states[stateOf('shop/web')]).toBe(1);
  expect(states[trie.parents.values[stateOf('shop/web')]!]).toBe(1);
  expect(states[trie.parents.values[trie.parents.values[stateOf('shop/web')]!]!]).toBe(0);
  expect(states[stateOf('shop/other')]).toBe(0);
});
