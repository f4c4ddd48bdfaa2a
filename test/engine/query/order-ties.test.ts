import { analyze } from '../../../src/engine/analyze';
import { explain } from '../../../src/engine/query/explain';
import { restsOnOrder } from '../../../src/engine/query/order-ties';
import type { FactOrigins } from '../../../src/model/facts';
import type { Snapshot } from '../../../src/model/snapshot';
import { allow, cluster, deny, type PolicyOptions } from '../../support/cluster';
import { endOf, packetOf } from '../../support/flow';

const ALL = { kind: 'all' } as const;

/** Two policies that keep their places, and one that has neither's name. */
function scene(
  first: Omit<PolicyOptions, 'appliesTo'>,
  second: Omit<PolicyOptions, 'appliesTo'>,
  origin: FactOrigins['calicoVersion'] = 'assumed',
): Snapshot {
  const snapshot = cluster({ cni: 'calico' })
    .pod('shop/web')
    .pod('shop/db')
    .policy('default.x', { order: 1, tieBreak: 'default.x//GlobalNetworkPolicy', appliesTo: ALL, ...second })
    .policy('a', { order: 1, tieBreak: 'a//GlobalNetworkPolicy', appliesTo: ALL, ...first })
    .policy('e', { order: 1, tieBreak: 'e//GlobalNetworkPolicy', appliesTo: ALL, ...first })
    .snapshot();
  return { ...snapshot, origins: { ...snapshot.origins, calicoVersion: origin } };
}

function rests(snapshot: Snapshot): boolean {
  const analysis = analyze(snapshot);
  const flow = { source: endOf(snapshot, 'shop/web'), destination: endOf(snapshot, 'shop/db'), packet: packetOf('TCP:80') };
  return restsOnOrder(analysis, flow, explain(analysis, flow));
}

describe('a verdict rests on the release of Calico', () => {
  /** By name `default.x` stands before `e`; with the prefix that releases before added, after it. */
  const swapped = (origin?: FactOrigins['calicoVersion']) => {
    const snapshot = cluster({ cni: 'calico' })
      .pod('shop/web')
      .pod('shop/db')
      .policy('default.x', { order: 1, tieBreak: 'default.x//GlobalNetworkPolicy', appliesTo: ALL, ingress: [deny()] })
      .policy('e', { order: 1, tieBreak: 'e//GlobalNetworkPolicy', appliesTo: ALL, ingress: [allow()] })
      .snapshot();
    return { ...snapshot, origins: { ...snapshot.origins, calicoVersion: origin ?? 'assumed' } } as Snapshot;
  };

  it('where policies of equal order that contradict each other change places', () => {
    expect(rests(swapped())).toBe(true);
  });

  it('not where the release is given, or the plugin is another one', () => {
    expect(rests(swapped('given'))).toBe(false);
    const other = swapped();
    expect(rests({ ...other, facts: { ...other.facts, cni: 'cilium' } })).toBe(false);
  });

  it('not where they say the same, or what decides comes before them', () => {
    expect(rests(scene({ ingress: [allow()] }, { ingress: [allow()] }))).toBe(false);
    expect(rests(scene({ ingress: [allow()] }, { ingress: [deny()] }))).toBe(false);
  });
});
