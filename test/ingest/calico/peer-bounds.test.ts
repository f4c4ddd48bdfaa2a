import { netsOf, parseNet } from '../../../src/ingest/calico/nets';
import { type PeerParts, peerBounds, WORKLOADS } from '../../../src/ingest/calico/peer-bounds';
import { namespace, networkSet, worldOf } from '../../support/calico';

const world = worldOf({
  networkSets: [
    networkSet('known', [['role', 'x']], ['10.0.0.0/8', '11.0.0.0/8'], 'shop'),
    networkSet('unsure', [['role', 'x']], ['12.0.0.0/8'], 'missing'),
  ],
  namespaces: [namespace('shop', { zone: 'east' }), namespace('missing', {}, false)],
});

function bounds(parts: {
  readonly positive?: string;
  readonly negative?: string;
  readonly nets?: readonly string[];
  readonly notNets?: readonly string[];
}) {
  const nets = (texts: readonly string[] | undefined): PeerParts['nets'] => texts && netsOf(texts.map((text) => parseNet(text)!));
  return peerBounds(
    { positive: parts.positive ?? '', negative: parts.negative ?? '', nets: nets(parts.nets), notNets: nets(parts.notNets) },
    world.sides,
  );
}

const ROLE_X = { kind: 'label', owner: 'endpoint', key: 'role', test: { operator: 'in', values: ['x'] } } as const;
const EAST = { kind: 'label', owner: 'namespace', key: 'zone', test: { operator: 'in', values: ['east'] } } as const;

test('a side that says nothing is anybody', () => {
  expect(bounds({})).toEqual({ must: 'any', may: 'any', unknowns: [] });
});

test('nets alone are addresses, of pods too', () => {
  expect(bounds({ nets: ['10.0.0.0/8'], notNets: ['10.1.0.0/16'] }).must).toEqual([
    { nets: ['10.0.0.0/8'], notNets: ['10.1.0.0/16'], netsSeePods: 'yes' },
  ]);
  expect(bounds({ notNets: ['10.1.0.0/16'] }).must).toEqual([{ notNets: ['10.1.0.0/16'], netsSeePods: 'yes' }]);
});

test('a selector chooses pods, and the nets of network sets that fit', () => {
  const { must, may, unknowns } = bounds({ positive: "role == 'x'" });

  expect(must).toEqual([
    { selector: { kind: 'and', of: [WORKLOADS, ROLE_X] }, netsSeePods: 'yes' },
    { nets: ['10.0.0.0/8', '11.0.0.0/8', '12.0.0.0/8'], netsSeePods: 'yes' },
  ]);
  expect(may).toBe(must);
  expect(unknowns).toEqual([]);
});

test('a side whose nets have nothing of the sets that fit has no term of them', () => {
  expect(bounds({ positive: "role == 'x'", nets: ['10.1.0.0/16', '13.0.0.0/8'] }).must).toEqual([
    { selector: { kind: 'and', of: [WORKLOADS, ROLE_X] }, nets: ['10.1.0.0/16', '13.0.0.0/8'], netsSeePods: 'yes' },
    { nets: ['10.1.0.0/16'], netsSeePods: 'yes' },
  ]);
  expect(bounds({ positive: "role == 'x'", nets: ['13.0.0.0/8'] }).must).toHaveLength(1);
});

test('a set that may fit is among what may match, with what that depends on', () => {
  const { must, may, unknowns } = bounds({ positive: "pcns.zone == 'east'", negative: 'has(app)' });

  expect(must).toEqual([
    {
      selector: {
        kind: 'and',
        of: [WORKLOADS, EAST, { kind: 'not', of: { kind: 'label', owner: 'endpoint', key: 'app', test: { operator: 'exists' } } }],
      },
      netsSeePods: 'yes',
    },
    { nets: ['10.0.0.0/8', '11.0.0.0/8'], netsSeePods: 'yes' },
  ]);
  expect(may).toEqual([...(must as readonly unknown[]), { nets: ['12.0.0.0/8'], netsSeePods: 'yes' }]);
  expect(unknowns.map(({ kind }) => kind)).toEqual(['namespace-labels']);
});

test('a set that is chosen and excluded is not there', () => {
  expect(bounds({ positive: "role == 'x'", negative: 'has(role)' }).must).toHaveLength(1);
});

test('only excluding matches everybody else, so what may be excluded is not certain', () => {
  const excluding = (notNets: readonly string[]) => [{ notSelector: { kind: 'and', of: [WORKLOADS, EAST] }, notNets, netsSeePods: 'yes' }];
  const { must, may, unknowns } = bounds({ negative: "pcns.zone == 'east'", notNets: ['9.0.0.0/8'] });

  expect(must).toEqual(excluding(['9.0.0.0/8', '10.0.0.0/8', '11.0.0.0/8', '12.0.0.0/8']));
  expect(may).toEqual(excluding(['9.0.0.0/8', '10.0.0.0/8', '11.0.0.0/8']));
  expect(unknowns).toHaveLength(1);
});

test('equal parts have one answer', () => {
  const parts: PeerParts = { positive: "role == 'x'", negative: '', nets: undefined, notNets: undefined };

  expect(world.sides.bounds(parts)).toBe(world.sides.bounds({ ...parts }));
  expect(world.sides.bounds({ ...parts, nets: [] })).not.toBe(world.sides.bounds(parts));
});
