import { analyze } from '../../../src/engine/analyze';
import { type Found, givenEnd, HypotheticalSearch, knownEnd } from '../../../src/engine/query/hypothetical-search';
import type { Snapshot } from '../../../src/model/snapshot';
import type { IntervalSet } from '../../../src/util/interval-set';
import { allow, block, chosen, cluster, hostOf, type PolicyOptions, pods, to } from '../../support/cluster';
import { endOf } from '../../support/flow';

const PORTS: IntervalSet = [[80, 90]];
/** Where packets of other protocols lie. */
const OTHER = [196_610, 196_610] as const;

function search(snapshot: Snapshot, other: string, goesOn = true) {
  const analysis = analyze(snapshot);
  const found: Found[] = [];
  const isComplete = new HypotheticalSearch(analysis, { name: 'any-pod' }, 'egress').find(
    knownEnd(analysis, other.includes('/') ? endOf(snapshot, other) : other, 'egress'),
    () => PORTS,
    (one) => {
      found.push(one);
      return goesOn;
    },
  );
  return { isComplete, places: found.map(({ shape }) => shape.place.namespace?.name ?? 'new'), found };
}

function scene(policy: PolicyOptions) {
  return cluster().namespace('a').namespace('b').pod('shop/db').policy('shop/p', policy);
}

describe('the search', () => {
  it('finds pods in each namespace of a sort, a new one first', () => {
    expect(search(scene({ ingress: [allow()] }).snapshot(), 'shop/db')).toMatchObject({
      isComplete: true,
      places: ['new', 'a', 'b', 'shop'],
    });
  });

  it('looks only where the policies of the other end let somebody through', () => {
    const inB = scene({ ingress: [allow([chosen({ kind: 'inNamespace', names: ['b'] })], to('TCP', 85))] }).snapshot();
    const { places, found } = search(inB, 'shop/db');
    expect(places).toEqual(['b']);
    expect(found[0]!.packets).toEqual([[85, 85]]);
  });

  it('ends when it is told to, which is not complete', () => {
    expect(search(scene({ ingress: [allow()] }).snapshot(), 'shop/db', false)).toMatchObject({ isComplete: false, places: ['new'] });
  });

  it('is complete with nothing found where nobody gets through', () => {
    expect(search(scene({ ingress: [] }).snapshot(), 'shop/db')).toMatchObject({ isComplete: true, places: [] });
  });

  it('asks the pods’ own policies alone towards addresses', () => {
    const held = scene({ ingress: [] }).policy('a/p', { egress: [] }).snapshot();
    expect(search(held, '203.0.113.7').places).toEqual(['new', 'b', 'shop']);
  });

  it('knows a process of another node by the address of its tunnel where packets to such pods are wrapped, or may be', () => {
    const elsewhere = (net: string, encapsulation: 'always' | 'never' | 'acrossSubnets') => {
      const snapshot = cluster()
        .namespace('a')
        .node('n', { addresses: ['192.168.0.1'] })
        .network({
          pools: [{ net: '10.0.0.0/8', encapsulation, natOutgoing: false }],
          links: [{ node: 'n', subnets: [], tunnels: ['10.0.0.1'] }],
        })
        .policy('p', { ingress: [allow([block(net)])] })
        .snapshot();
      const analysis = analyze(snapshot);
      const found: Found[] = [];
      new HypotheticalSearch(analysis, { name: 'any-pod' }, 'ingress').find(
        knownEnd(analysis, endOf(snapshot, 'n'), 'ingress'),
        () => PORTS,
        (one) => found.push(one) > 0,
      );
      return found.filter(({ onItsNode }) => !onItsNode).map(({ unknowns }) => (unknowns.length === 0 ? 'yes' : 'maybe'));
    };

    expect(elsewhere('192.168.0.1/32', 'never')).toEqual(['yes', 'yes']);
    expect(elsewhere('192.168.0.1/32', 'always')).toEqual([]);
    expect(elsewhere('10.0.0.1/32', 'never')).toEqual([]);
    expect(elsewhere('10.0.0.1/32', 'always')).toEqual(['yes', 'yes']);
    expect(elsewhere('10.0.0.1/32', 'acrossSubnets')).toEqual(['maybe', 'maybe']);
  });

  it('leaves out what nodes drop of all that pods send, unless a process of a node sends it', () => {
    const from = (other: string, direction: 'egress' | 'ingress', details = {}) => {
      const snapshot = cluster()
        .pod('shop/db')
        .node('n')
        .network({
          droppedFromPods: [
            { protocol: 'TCP', ports: [[85, 86]] },
            { protocol: 'other', numbers: [[4, 4]] },
          ],
        })
        .snapshot();
      const analysis = analyze(snapshot);
      const packets: number[] = [];
      const end = knownEnd(analysis, endOf(snapshot, other), direction);
      const searched = new HypotheticalSearch(
        analysis,
        { name: 'any-pod', newNamespace: { name: 'fresh', labels: {} } },
        direction,
        details,
      );
      searched.find(
        end,
        () => [...PORTS, OTHER],
        (found) => {
          for (const [low, high] of found.packets) packets.push(low, high);
          return true;
        },
      );
      return packets;
    };
    const left = [80, 84, 87, 90, ...OTHER];
    expect(from('shop/db', 'egress')).toEqual(left);
    expect(from('shop/db', 'ingress')).toEqual(left);
    expect(from('n', 'ingress').slice(0, 4)).toEqual([80, 90, ...OTHER]);
    expect(from('shop/db', 'egress', { number: 4 })).toEqual([80, 84, 87, 90]);
    expect(from('shop/db', 'egress', { number: 5 })).toEqual(left);
  });

  it('leaves open what host endpoints on the way may police', () => {
    const guarded = scene({ ingress: [allow()] })
      .policy('forwarded', { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, forward: true, ingress: [] })
      .snapshot();
    const { found } = search({ ...guarded, hostEndpoints: [hostOf('n1/all', {})] }, 'shop/db');
    expect(found.every(({ unknowns }) => unknowns.some(({ kind }) => kind === 'placement'))).toBe(true);
    expect(found.length).toBeGreaterThan(0);
  });
});

it('givenEnd has the policies that select such a pod', () => {
  const snapshot = cluster()
    .namespace('b')
    .policy('b/db', { appliesTo: pods({ app: 'db' }).selector!, ingress: [] })
    .snapshot();
  const listed = (app: string) =>
    givenEnd(analyze(snapshot), { name: 'x', namespace: 0, labels: { app } }, 'egress').policies!.listed().length;
  expect([listed('db'), listed('web')]).toEqual([1, 0]);
});
