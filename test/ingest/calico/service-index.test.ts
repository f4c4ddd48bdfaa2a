import { formatNets } from '../../../src/ingest/calico/nets';
import { type Backends, serviceIndex } from '../../../src/ingest/calico/service-index';
import type { BackendsDraft, ServiceDraft } from '../../../src/ingest/draft';
import { PLAIN_SERVICE } from '../../../src/model/service';
import { originOf } from '../../support/calico';

function slice(service: string, addresses: readonly string[], slicePorts?: BackendsDraft['slicePorts'], namespace = 'shop'): BackendsDraft {
  return {
    kind: 'backends',
    origin: originOf('EndpointSlice', `${service}-1`, namespace),
    service,
    addresses,
    sets: [],
    ...(slicePorts && { slicePorts }),
  };
}

function service(name: string, selector?: Readonly<Record<string, string>>): ServiceDraft {
  const ports = [
    { name: 'a', protocol: 'TCP', port: 80, targetPort: 8080 },
    { name: 'b', protocol: 'TCP', port: 81, targetPort: 'http' },
    { name: 'c', protocol: 'UDP', port: 53, targetPort: 53 },
  ] as const;
  return {
    kind: 'service',
    origin: originOf('Service', name, 'shop'),
    service: { type: 'ClusterIP', headless: false, ports, ...PLAIN_SERVICE, ...(selector && { selector }) },
  };
}

function index(services: readonly ServiceDraft[], slices: readonly BackendsDraft[]) {
  return serviceIndex(services, slices, ({ namespace }) => namespace!);
}

function describeBackends({ members, ports }: Backends) {
  const portsOf = Object.fromEntries([...ports].filter(([, { ranges, names }]) => ranges.length + names.length > 0));
  return { members: members.kind === 'nets' ? formatNets(members.nets) : members.selector, ports: portsOf };
}

test('a Service is each of its slices, with its own addresses and ports', () => {
  const find = index(
    [service('web', { app: 'web' })],
    [slice('web', ['10.0.0.1', '10.0.0.2'], [{ protocol: 'TCP', port: 8080 }]), slice('web', ['fd00::1'], [{ protocol: 'UDP', port: 53 }])],
  );

  expect(find('shop', 'web')!.map(describeBackends)).toEqual([
    { members: ['10.0.0.1/32', '10.0.0.2/32'], ports: { TCP: { ranges: [[8080, 8080]], names: [] } } },
    { members: ['fd00::1/128'], ports: { UDP: { ranges: [[53, 53]], names: [] } } },
  ]);
  expect(find('other', 'web')).toBeUndefined();
});

test('without slices a Service is the pods that it selects, at their own ports', () => {
  expect(index([service('web', { tier: 'a', app: 'web' })], [])('shop', 'web')!.map(describeBackends)).toEqual([
    {
      members: {
        kind: 'and',
        of: [
          { kind: 'inNamespace', names: ['shop'] },
          { kind: 'label', owner: 'endpoint', key: 'app', test: { operator: 'in', values: ['web'] } },
          { kind: 'label', owner: 'endpoint', key: 'tier', test: { operator: 'in', values: ['a'] } },
        ],
      },
      ports: { TCP: { ranges: [[8080, 8080]], names: ['http'] }, UDP: { ranges: [[53, 53]], names: [] } },
    },
  ]);
});

test('Endpoints are not looked at, and a Service without a selector and slices has nothing behind it', () => {
  expect(index([service('web')], [slice('web', ['10.0.0.1'])])('shop', 'web')).toEqual([]);
});

test('slices without addresses are slices', () => {
  expect(index([service('web', { app: 'web' })], [slice('web', [], [])])('shop', 'web')).toEqual([]);
});

test('a Service that is not in the input is unknown, and its slices alone make it known', () => {
  expect(index([], [])('shop', 'web')).toBeUndefined();
  expect(index([], [slice('web', ['10.0.0.1'], [])])('shop', 'web')).toHaveLength(1);
});
