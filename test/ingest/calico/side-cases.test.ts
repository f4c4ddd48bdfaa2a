import type { Entity } from '../../../src/ingest/calico/entities';
import { netsOf, parseNet } from '../../../src/ingest/calico/nets';
import { WORKLOADS } from '../../../src/ingest/calico/peer-bounds';
import { type SideContext, sideCases } from '../../../src/ingest/calico/side-cases';
import type { CalicoWorld } from '../../../src/ingest/calico/world';
import { hostEndpoint, networkSet, worldOf } from '../../support/calico';

const PORTS = { ranges: [[80, 80]], names: ['http'] } as const;
const HOST = hostEndpoint('n1', {
  labels: [['role', 'x']],
  ports: [
    { name: 'http', protocol: 'TCP', port: 8000 },
    { name: 'http', protocol: 'UDP', port: 8001 },
  ],
});
const world = worldOf({
  networkSets: [networkSet('set', [['role', 'x']], ['11.0.0.0/8'])],
  hostEndpoints: [HOST, hostEndpoint('n2', { labels: [['role', 'y']], addresses: ['10.0.0.2'] })],
});

function entity(parts: Partial<Entity>): Entity {
  return { families: new Set([4, 6]), positive: '', negative: '', hasDomains: false, ...parts };
}

function cases(parts: Partial<Entity>, context: Partial<SideContext> = {}, within: CalicoWorld = world) {
  const plain = { world: within.sides, family: undefined, namespace: undefined, side: 'destination', isSubject: false } as const;
  const all = sideCases(entity(parts), { ...plain, ...context });
  return all.map(({ must, may, unknowns, ports }) => ({
    must,
    may,
    unknowns: unknowns.map(({ text }) => text),
    tcp: ports('TCP'),
    udp: ports('UDP'),
  }));
}

const nets = (...texts: readonly string[]) => netsOf(texts.map((text) => parseNet(text)!));
const net = (...texts: readonly string[]) => ({ nets: texts, netsSeePods: 'yes' });
const roleX = { kind: 'label', owner: 'endpoint', key: 'role', test: { operator: 'in', values: ['x'] } } as const;
const pods = { kind: 'and', of: [WORKLOADS, roleX] } as const;

test('a side without port names and Services is one case', () => {
  expect(cases({ positive: "role == 'x'", ports: { ranges: [[80, 80]], names: [] } })).toEqual([
    {
      must: [{ selector: pods, netsSeePods: 'yes' }, net('10.0.0.1/32', '11.0.0.0/8')],
      may: [{ selector: pods, netsSeePods: 'yes' }, net('10.0.0.1/32', '11.0.0.0/8')],
      unknowns: [],
      tcp: { ports: { ranges: [[80, 80]], names: [] } },
      udp: { ports: { ranges: [[80, 80]], names: [] } },
    },
  ]);
});

test('in one family only its addresses match', () => {
  expect(cases({}, { family: 4 })[0]!.must).toEqual([net('0.0.0.0/0')]);
  expect(cases({ nets: nets('10.0.0.0/8', 'fd00::/8') }, { family: 6 })[0]!.must).toEqual([net('fd00::/8')]);
});

describe('port names', () => {
  test('resolve on pods that fit, on nothing in a network set, and on a host endpoint that fits by its own numbers', () => {
    const [atPods, atSets, atHost, ...others] = cases({ positive: "role == 'x'", ports: PORTS });

    expect(others).toEqual([]);
    expect(atPods).toMatchObject({ must: [{ selector: pods }], tcp: { ports: PORTS } });
    expect(atSets).toMatchObject({ must: [net('11.0.0.0/8')], tcp: { ports: { ranges: [[80, 80]], names: [] } } });
    expect(atHost).toMatchObject({
      must: [net('10.0.0.1/32')],
      tcp: {
        ports: {
          ranges: [
            [80, 80],
            [8000, 8000],
          ],
          names: [],
        },
      },
      udp: {
        ports: {
          ranges: [
            [80, 80],
            [8001, 8001],
          ],
          names: [],
        },
      },
    });
  });

  test('without numbers beside them there is nothing for network sets', () => {
    expect(cases({ positive: "role == 'x'", ports: { ranges: [], names: ['http'] } }).map(({ must }) => must)).toEqual([
      [{ selector: pods, netsSeePods: 'yes' }],
      [net('10.0.0.1/32')],
    ]);
  });

  test('that exclude leave pods that fit to their own case', () => {
    const [, atSets, atHost] = cases({ positive: "role == 'x'", notPorts: PORTS });

    expect(atSets!.must).toEqual([{ ...net('11.0.0.0/8'), notSelector: pods }]);
    expect(atHost!.tcp).toEqual({
      notPorts: {
        ranges: [
          [80, 80],
          [8000, 8000],
        ],
        names: [],
      },
    });
  });

  const others = (...notNets: readonly string[]) => ({
    notSelector: WORKLOADS,
    ...(notNets.length > 0 && { notNets }),
    netsSeePods: 'yes',
  });

  test('of anybody resolve on pods, and on host endpoints that have them; others have only numbers', () => {
    const [atPods, atOthers, atHost, ...more] = cases({ ports: PORTS });

    expect(more).toEqual([]);
    expect(atPods).toMatchObject({ must: [{ selector: WORKLOADS, notNets: ['10.0.0.1/32'] }], tcp: { ports: PORTS } });
    expect(atOthers).toMatchObject({ must: [others('10.0.0.1/32')], tcp: { ports: { ranges: [[80, 80]], names: [] } } });
    expect(atHost!.must).toEqual([net('10.0.0.1/32')]);
    expect(cases({ nets: nets('12.0.0.0/8'), ports: PORTS })).toHaveLength(2);
    expect(cases({ ports: { ranges: [], names: ['http'] } }).map(({ must }) => must)).toEqual([
      [{ selector: WORKLOADS, notNets: ['10.0.0.1/32'], netsSeePods: 'yes' }],
      [net('10.0.0.1/32')],
    ]);
  });

  test('of anybody but some leave those out', () => {
    expect(cases({ negative: "role == 'x'", ports: PORTS }).map(({ must }) => must)).toEqual([
      [{ selector: WORKLOADS, notSelector: pods, notNets: ['10.0.0.1/32', '11.0.0.0/8'], netsSeePods: 'yes' }],
      [others('10.0.0.1/32', '11.0.0.0/8')],
    ]);
    expect(cases({ negative: "role == 'z'", ports: PORTS })).toHaveLength(3);
  });

  test('that exclude ports of anybody exclude none of others', () => {
    const [atPods, atOthers] = cases({ notPorts: { ranges: [], names: ['http'] } }, {}, worldOf());

    expect(atPods).toMatchObject({ must: [{ selector: WORKLOADS }], tcp: { notPorts: { names: ['http'] } } });
    expect(atOthers).toMatchObject({ must: [others()], tcp: { notPorts: { ranges: [], names: [] } } });
  });

  test('of the selected endpoint are those of a pod, where there are no host endpoints', () => {
    expect(cases({ ports: PORTS }, { isSubject: true }, worldOf())).toMatchObject([{ must: 'any', tcp: { ports: PORTS } }]);
    expect(cases({ ports: PORTS }, { isSubject: true })).toHaveLength(3);
  });
});

describe('a Service', () => {
  const service = { name: 'web', namespace: 'shop' };
  const tcp = (ports: { readonly ranges: readonly (readonly [number, number])[]; readonly names: readonly string[] }) =>
    new Map([
      ['TCP', ports],
      ['UDP', { ranges: [], names: [] }],
      ['SCTP', { ranges: [], names: [] }],
    ] as const);
  const slices = worldOf({
    services: (namespace, name) =>
      namespace === 'shop' && name === 'web'
        ? [
            { members: { kind: 'nets', nets: nets('10.0.0.1') }, ports: tcp({ ranges: [[8080, 8080]], names: [] }) },
            { members: { kind: 'pods', selector: roleX }, ports: tcp({ ranges: [], names: ['http'] }) },
          ]
        : undefined,
  });

  test('at the destination is a case for each of its slices, with addresses and ports', () => {
    expect(cases({ service }, {}, slices)).toMatchObject([
      { must: [net('10.0.0.1/32')], tcp: { ports: { ranges: [[8080, 8080]], names: [] } }, udp: { ports: { ranges: [], names: [] } } },
      { must: [{ selector: roleX }], tcp: { ports: { ranges: [], names: ['http'] } } },
    ]);
  });

  test('at the source is its addresses', () => {
    expect(cases({ service, ports: { ranges: [[1, 9]], names: [] } }, { side: 'source' }, slices)[0]).toMatchObject({
      must: [net('10.0.0.1/32')],
      tcp: { ports: { ranges: [[1, 9]] } },
    });
  });

  test('holds beside what else a stored rule says', () => {
    const [first, second] = cases({ service, positive: "role == 'x'", nets: nets('11.0.0.0/8'), ports: PORTS }, {}, slices);

    expect(first).toMatchObject({ must: [{ selector: pods, nets: [] }], tcp: { ports: { ranges: [], names: [] } } });
    expect(second).toMatchObject({
      must: [{ selector: { kind: 'and', of: [pods, roleX] }, nets: ['11.0.0.0/8'] }],
      tcp: { ports: { ranges: [], names: ['http'] } },
    });
  });

  test('that is not in the input may be anybody', () => {
    expect(cases({ service: { name: 'gone', namespace: 'shop' } }, {}, slices)).toMatchObject([
      { must: [], may: 'any', unknowns: ['the endpoints of Service `shop/gone`, which is not in the input'] },
    ]);
  });

  test('without a namespace may be that of the policy, and of a global policy is nobody', () => {
    const named = { service: { name: 'web' } };

    expect(cases(named, { namespace: 'shop' }, slices)[0]).toMatchObject({
      must: [],
      may: [net('10.0.0.1/32')],
      unknowns: [expect.stringContaining('whether Calico looks')],
    });
    expect(cases(named, {}, slices)).toEqual([]);
  });
});

test('domains may be anything', () => {
  expect(cases({ hasDomains: true })).toMatchObject([{ must: [], may: 'any', unknowns: ['which addresses the domains in the rule have'] }]);
});
