import { type Place, shapeIn } from '../../../src/engine/query/pod-shape';
import type { WalkState } from '../../../src/engine/query/shape-split';
import { placesOfPeers, unselected, type WalkContext, walk, walkTiers } from '../../../src/engine/query/shape-walk';
import type { Direction } from '../../../src/model/policy';
import type { Snapshot } from '../../../src/model/snapshot';
import type { Party } from '../../../src/model/verdict';
import type { IntervalSet } from '../../../src/util/interval-set';
import { AT_RUN_TIME, allow, block, chosen, cluster, deny, labels, log, type PolicyOptions, pass, pods, to } from '../../support/cluster';
import { endOf, partyOf } from '../../support/flow';

const TCP: IntervalSet = [[1, 65_535]];
const NEW: Place = { index: undefined };
const TAKEN = ['shop'];
const WIDEST = shapeIn(NEW, {}, TAKEN);

/** `shop/db` with policies over it. */
function scene(...policies: readonly PolicyOptions[]): Snapshot {
  const builder = cluster()
    .tier('early', 1, 'Pass')
    .pod('shop/db', { app: 'db' }, { ports: [['sql', 'TCP', 5432]] });
  return policies.reduce((each, policy, index) => each.policy(`p${index}`, { appliesTo: { kind: 'all' }, ...policy }), builder).snapshot();
}

const POD: Party = {
  kind: 'endpoint',
  endpoint: {
    id: -1,
    kind: 'newPod',
    name: 'any-pod',
    namespace: -1,
    workload: -1,
    labels: { values: {}, unknownKeys: [], complete: true },
    network: 'pod',
    addresses: [],
    addressRanges: ['10.0.0.0/8'],
    ports: [],
    source: { file: '', document: 1, line: 1 },
  },
};

interface Setting {
  readonly direction?: Direction;
  readonly podsAreJudged?: boolean;
  readonly steps?: number;
}

/** What gets through: ports, labels that were settled, and what it depends on. */
function through(snapshot: Snapshot, { direction = 'ingress', podsAreJudged = false, steps = 1_000 }: Setting = {}) {
  const context: WalkContext = {
    direction,
    podsAreJudged,
    other: partyOf(snapshot, endOf(snapshot, 'shop/db')),
    prototype: POD,
    family: 4,
    details: {},
    peerMatches: new Map(),
    openRules: new Map(),
  };
  const tiers = walkTiers(
    snapshot.tiers,
    snapshot.policies.map((policy) => ({ policy, isCertain: !podsAreJudged })),
    direction,
  );
  const found: WalkState[] = [];
  const end = walk(tiers, context, { shape: WIDEST, packets: TCP, unknowns: [] }, { steps }, (state) => found.push(state) > 0);
  return {
    end,
    found: found.map(({ packets, shape, unknowns }) => ({
      packets,
      labels: [...shape.labels.keys()],
      names: [...shape.portNames.keys()],
      open: unknowns.length,
    })),
  };
}

const ALL_OF_IT = [{ packets: TCP, labels: [], names: [], open: 0 }];

describe('a walk', () => {
  it('lets through what no policy holds', () => {
    expect(through(scene())).toEqual({ end: 'complete', found: ALL_OF_IT });
  });

  it('lets nothing through an isolating policy without rules', () => {
    expect(through(scene({ ingress: [] })).found).toEqual([]);
    expect(through(scene({ ingress: [log()] })).found).toEqual([]);
  });

  it('hands over what each Allow rule lets through', () => {
    const { found } = through(
      scene({ ingress: [allow([pods({ app: 'web' })], to('TCP', 'sql')), allow([pods({ role: 'x' })], to('TCP', [80, 90]))] }),
    );
    expect(found).toEqual([
      { packets: [[5432, 5432]], labels: ['app'], names: [], open: 0 },
      { packets: [[80, 90]], labels: ['role'], names: [], open: 0 },
    ]);
  });

  it('leaves what Deny rules take out of what follows', () => {
    const { found } = through(scene({ ingress: [deny('any', to('TCP', 80)), deny([pods({ app: 'a' })]), allow()] }));
    expect(found).toEqual([
      {
        packets: [
          [1, 79],
          [81, 65_535],
        ],
        labels: ['app'],
        names: [],
        open: 0,
      },
    ]);
  });

  it('goes on in the next tier after a Pass, and after a tier that passes', () => {
    const passing = scene({ tier: 'early', ingress: [pass([pods({ app: 'a' })]), deny()] }, { ingress: [allow([pods({ tier: 'x' })])] });
    expect(through(passing).found).toEqual([{ packets: TCP, labels: ['app', 'tier'], names: [], open: 0 }]);
    const ending = scene({ tier: 'early', ingress: [deny('any', to('TCP', 22))] }, { ingress: [allow()] });
    expect(through(ending).found).toEqual([
      {
        packets: [
          [1, 21],
          [23, 65_535],
        ],
        labels: [],
        names: [],
        open: 0,
      },
    ]);
  });

  it('keeps what is not certain apart', () => {
    const { found } = through(scene({ ingress: [allow('any', to('TCP', 80), AT_RUN_TIME), allow([block('10.0.0.0/9')], to('TCP', 81))] }));
    expect(found.map(({ packets, open }) => [packets, open])).toEqual([
      [[[80, 80]], 1],
      [[[81, 81]], 1],
    ]);
  });

  it('is certain where rules that are not come before one that is', () => {
    const { found } = through(scene({ tier: 'early', ingress: [allow('any', 'any', AT_RUN_TIME), deny([pods({ app: 'a' })]), allow()] }));
    expect(found.some(({ open }) => open === 0)).toBe(true);
  });

  it('settles names of the pods’ own ports where they are the destination', () => {
    const { found } = through(scene({ egress: [allow('any', to('TCP', 'http'))] }), { direction: 'egress' });
    expect(found).toEqual([{ packets: TCP, labels: [], names: ['http'], open: 0 }]);
  });

  it('looks for pods that no policy of theirs selects, and for those that one lets through', () => {
    const own = scene({ appliesTo: labels({ app: 'held' }), egress: [allow([chosen(labels({ app: 'db' }))], to('TCP', 5432))] });
    expect(through(own, { direction: 'egress', podsAreJudged: true }).found).toEqual([
      { packets: [[5432, 5432]], labels: ['app'], names: [], open: 0 },
      { packets: TCP, labels: ['app'], names: [], open: 0 },
    ]);
    const elsewhere = scene({ appliesTo: { kind: 'all' }, egress: [allow([chosen(labels({ app: 'other' }))])] });
    expect(through(elsewhere, { direction: 'egress', podsAreJudged: true }).found).toEqual([]);
  });

  it('ends when it may cost no more, and says so', () => {
    expect(through(scene({ ingress: [deny([pods({ a: '1' })]), deny([pods({ b: '1' })]), allow()] }), { steps: 2 }).end).toBe('exhausted');
  });
});

describe('unselected', () => {
  it('are the parts of a state that none of the policies selects', () => {
    const snapshot = scene({ appliesTo: labels({ app: 'a' }), egress: [] }, { appliesTo: labels({ app: 'b' }), egress: [] });
    const context: WalkContext = {
      direction: 'egress',
      podsAreJudged: true,
      other: POD,
      prototype: POD,
      family: 4,
      details: {},
      peerMatches: new Map(),
      openRules: new Map(),
    };
    const state: WalkState = { shape: WIDEST, packets: TCP, unknowns: [] };
    const listed = snapshot.policies.map((policy) => ({ policy, isCertain: false }));
    expect(unselected(listed, context, state).map(({ shape }) => shape.labels.get('app')!.excluded)).toEqual([['a', 'b']]);
    const everybody = { policy: { ...snapshot.policies[0]!, appliesTo: { kind: 'all' } as const }, isCertain: false };
    expect(unselected([everybody], context, state)).toEqual([]);
  });
});

describe('the places from which peers may get through', () => {
  const SHOP: Place = { index: 0, namespace: { name: 'shop', labels: { values: {}, unknownKeys: [], complete: true } } };
  const OTHER: Place = { index: 1, namespace: { name: 'other', labels: { values: {}, unknownKeys: [], complete: true } } };
  const inShop = chosen({ kind: 'inNamespace', names: ['shop'] });
  const placesOf = (...policies: readonly PolicyOptions[]) => {
    const snapshot = scene(...policies);
    const tiers = walkTiers(
      snapshot.tiers,
      snapshot.policies.map((policy) => ({ policy, isCertain: true })),
      'ingress',
    );
    return placesOfPeers(tiers, [NEW, SHOP, OTHER], ['shop', 'other']);
  };

  it('are those that the rules of an isolating tier name', () => {
    expect(placesOf({ ingress: [allow([inShop])] })).toEqual([SHOP]);
    expect(placesOf({ ingress: [] })).toEqual([]);
    expect(placesOf({ ingress: [allow([chosen({ kind: 'inNamespace', names: ['tomorrow'] })])] })).toEqual([NEW]);
  });

  it('are all where some rule names none, or no tier isolates', () => {
    expect(placesOf({ ingress: [allow([inShop]), allow()] })).toHaveLength(3);
    expect(placesOf({ tier: 'early', ingress: [allow([inShop])] })).toHaveLength(3);
  });
});
