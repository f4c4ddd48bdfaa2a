import { deciderOf, doorFacts, exposedDoor, portsText } from '../../src/api/exposed-door';
import { analyze, catalogueOf } from '../../src/engine/index';
import type { Door, DoorExposure, ExposedRange } from '../../src/model/door';
import type { ResourceRef } from '../../src/model/source';
import { parseRange } from '../../src/util/address-set';
import { cluster } from '../support/cluster';

const catalogue = catalogueOf(
  analyze(cluster().namespace('shop').pod('shop/web-1', {}, { workload: 'web' }).pod('shop/web-2', {}, { workload: 'web' }).snapshot()),
);
const SERVICE = ref('Service', 'front');
const DOOR: Door = {
  id: 'loadBalancer shop/front:443',
  kind: 'loadBalancer',
  object: SERVICE,
  protocol: 'TCP',
  port: 443,
  servicePort: 443,
  addresses: [],
  hostnames: ['front.example.com'],
  scope: 'unknown',
  backends: [],
};
const HIT = {
  direction: 'ingress',
  trigger: 'end-of-tier',
  action: 'Deny',
  certainty: 'yes',
  unknowns: [],
  tier: 'default',
  isolatedBy: [ref('NetworkPolicy', 'p')],
} as const;

function ref(kind: string, name: string): ResourceRef {
  return { apiVersion: 'v1', kind, namespace: 'shop', name, source: { file: `${name}.yaml`, document: 1, line: 7 } };
}

function range(low: string, high: string, verdict: ExposedRange['verdict'], more: Partial<ExposedRange> = {}): ExposedRange {
  return { low, high, verdict, decidedBy: [{ kind: 'door', reason: 'because' }], dependsOn: [], ...more };
}

function exposureWith(ranges: readonly ExposedRange[], more: Partial<DoorExposure> = {}): DoorExposure {
  return { door: DOOR, endpoints: [0, 1], portOutside: 443, portInside: 8443, ranges, internet: 'some', assumptions: [], ...more };
}

describe('a door', () => {
  it('is told with the names of what it belongs to, and only with what there is to tell', () => {
    const { backends: _, object: __, ...plain } = DOOR;
    expect(doorFacts(DOOR)).toEqual({ ...plain, object: 'shop/front[Service]', file: 'front.yaml', line: 7 });
  });

  it('of layer 7 names its controller, host names and Gateway', () => {
    const door: Door = {
      ...DOOR,
      kind: 'gateway',
      object: ref('HTTPRoute', 'r'),
      gateway: ref('Gateway', 'edge'),
      hosts: ['a.example.com'],
      controller: { kind: 'standIn' },
      sourceRanges: ['10.0.0.0/8'],
      scopeEvidence: 'class `x`',
    };
    expect(doorFacts(door)).toMatchObject({
      gateway: 'shop/edge[Gateway]',
      hosts: ['a.example.com'],
      controller: { name: 'a controller', isInInput: false },
      sourceRanges: ['10.0.0.0/8'],
      scopeEvidence: 'class `x`',
    });
    expect(
      doorFacts({ ...door, controller: { kind: 'pods', name: 'edge/envoy[Deployment]', endpoints: [], fronts: [], hasService: true } })
        .controller,
    ).toEqual({
      name: 'edge/envoy[Deployment]',
      isInInput: true,
    });
  });
});

describe('clients of a door', () => {
  it('that are treated alike are one group, wherever they are, and those who get through come first', () => {
    const ranges = [
      range('0.0.0.0', '9.255.255.255', 'denied'),
      range('10.0.0.0', '10.255.255.255', 'allowed'),
      range('11.0.0.0', '255.255.255.255', 'denied'),
    ];
    const { clients } = exposedDoor(catalogue, 0, exposureWith(ranges), undefined);
    expect(clients).toEqual([
      {
        verdict: 'allowed',
        ranges: ['10.0.0.0-10.255.255.255'],
        clients: ['10.0.0.0/8'],
        decidedBy: [{ kind: 'door', sentence: 'because' }],
        dependsOn: [],
      },
      {
        verdict: 'denied',
        ranges: ['0.0.0.0-9.255.255.255', '11.0.0.0-255.255.255.255'],
        clients: ['any IPv4 address but 10.0.0.0/8'],
        decidedBy: [{ kind: 'door', sentence: 'because' }],
        dependsOn: [],
      },
    ]);
  });

  it('are told apart by what decides and what it depends on', () => {
    const ranges = [
      range('10.0.0.0', '10.0.0.1', 'indeterminate', { dependsOn: [{ kind: 'fact', text: 'a' }] }),
      range('10.0.0.2', '10.0.0.3', 'indeterminate', { dependsOn: [{ kind: 'fact', text: 'b' }] }),
      range('10.0.0.4', '10.0.0.5', 'indeterminate', { decidedBy: [] }),
    ];
    expect(exposedDoor(catalogue, 0, exposureWith(ranges), undefined).clients).toHaveLength(3);
  });

  it('are cut to those that were asked for', () => {
    const ranges = [range('0.0.0.0', '10.0.0.7', 'allowed'), range('10.0.0.8', '255.255.255.255', 'denied')];
    const { clients } = exposedDoor(catalogue, 0, exposureWith(ranges), [parseRange('10.0.0.0/28')!]);
    expect(clients.map(({ verdict, ranges: own }) => [verdict, own])).toEqual([
      ['allowed', ['10.0.0.0-10.0.0.7']],
      ['denied', ['10.0.0.8-10.0.0.15']],
    ]);
    expect(exposedDoor(catalogue, 0, exposureWith(ranges), [parseRange('fd00::/8')!]).clients).toEqual([]);
  });
});

describe('an exposure', () => {
  it('names its endpoints only where they are not all of the workload', () => {
    expect(exposedDoor(catalogue, 0, exposureWith([]), undefined).endpoints).toEqual([]);
    expect(exposedDoor(catalogue, 0, exposureWith([], { endpoints: [1] }), undefined).endpoints).toEqual(['shop/web-2']);
  });

  it('tells each thing that decides once, of the workload', () => {
    const ranges = [
      range('10.0.0.0', '10.0.0.1', 'denied', {
        decidedBy: [
          { kind: 'policy', hit: HIT },
          { kind: 'policy', hit: HIT },
        ],
      }),
    ];
    const [group] = exposedDoor(catalogue, 0, exposureWith(ranges), undefined).clients;
    expect(group!.decidedBy).toHaveLength(1);
    expect(group!.decidedBy[0]!.sentence).toContain('isolates `shop/web[Deployment]` for ingress');
  });

  it.each([
    ['takes what clients open', HIT, undefined, 'isolates `edge/proxy[Pod]` for ingress'],
    ['opens connections of its own', { ...HIT, direction: 'egress' }, true, 'isolates `edge/proxy[Pod]` for egress'],
    ['is behind it', HIT, true, 'isolates `shop/web[Deployment]` for ingress'],
  ] as const)('names whoever %s', (_, hit, isRelayed, text) => {
    const controller = { kind: 'pods', name: 'edge/proxy[Pod]', endpoints: [], fronts: [DOOR.id], hasService: true } as const;
    const step = { kind: 'policy', hit, ...(isRelayed && { isRelayed }) } as const;
    const ranges = [range('10.0.0.0', '10.0.0.1', 'denied', { decidedBy: [step] })];
    const layer7: Door = { ...DOOR, kind: 'ingress', controller };
    const behind = exposedDoor(catalogue, 0, exposureWith(ranges, { door: layer7, front: DOOR }), undefined);
    expect(behind.front!.id).toBe(DOOR.id);
    expect(behind.clients[0]!.decidedBy[0]!.sentence).toContain(text);
  });

  it.each([
    [{ shut: 'n1', other: 'n2' }, 'at node `n2`, not at `n1`: '],
    [{ shut: 'n1' }, 'at other nodes, not at `n1`: '],
  ])('names the node that is shut: %j', (entries, start) => {
    const names = { from: 'a', to: 'b' };
    const { sentence } = deciderOf({ kind: 'policy', hit: HIT }, names);
    expect(deciderOf({ kind: 'policy', hit: HIT, entries }, names).sentence).toBe(`${start}${sentence}`);
  });
});

test('what decides is a step of policy with its place, or the door', () => {
  expect(deciderOf({ kind: 'policy', hit: HIT }, { from: 'a', to: 'b' })).toMatchObject({
    kind: 'policy',
    step: { file: 'p.yaml', line: 7 },
  });
  expect(deciderOf({ kind: 'door', reason: 'source ranges' }, { from: 'a', to: 'b' })).toEqual({ kind: 'door', sentence: 'source ranges' });
});

test.each([
  [443, 8443, 'TCP 443 → 8443'],
  [443, 443, 'TCP 443'],
  ['unknown', 8080, 'TCP ? → 8080'],
  ['any', 'any', 'TCP any port'],
] as const)('ports %s and %s are written %s', (outside, inside, text) => {
  expect(portsText('TCP', outside, inside)).toBe(text);
});
