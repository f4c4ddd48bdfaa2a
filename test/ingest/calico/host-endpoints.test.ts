import { readHostEndpoint } from '../../../src/ingest/calico/host-endpoints';
import { originOf, readingOfObject } from '../../support/calico';

function read(spec: unknown, apiVersion = 'projectcalico.org/v3') {
  const { reading, problems } = readingOfObject({ metadata: { name: 'n1', labels: { role: 'node' } }, spec });
  const { kind: _, origin: __, ...draft } = readHostEndpoint(reading, originOf('HostEndpoint', 'n1', undefined, apiVersion));
  return { ...draft, codes: problems.map((problem) => problem.split(' ')[0]) };
}

test('a host endpoint is read whole', () => {
  const spec = {
    node: 'n1',
    interfaceName: '*',
    expectedIPs: ['10.0.0.1', 'FD00::1'],
    profiles: ['b', 'a'],
    ports: [{ name: 'metrics', protocol: 'TCP', port: 9100 }],
  };
  expect(read(spec)).toEqual({
    node: 'n1',
    interfaceName: '*',
    addresses: ['10.0.0.1', 'fd00::1'],
    labels: [['role', 'node']],
    profiles: ['b', 'a'],
    ports: [{ name: 'metrics', protocol: 'TCP', port: 9100 }],
    isLeftOut: false,
    codes: [],
  });
});

test.each([
  ['an interface alone', { node: 'n1', interfaceName: 'eth0.10' }],
  ['addresses alone', { node: 'n1', expectedIPs: ['10.0.0.1'] }],
])('%s is enough', (_case, spec) => {
  expect(read(spec)).toMatchObject({ isLeftOut: false, codes: [] });
});

test('a profile that cannot be called so leaves it out where the API looks', () => {
  const spec = { node: 'n1', interfaceName: 'eth0', profiles: ['.fun'] };
  expect(read(spec)).toMatchObject({ isLeftOut: true, codes: ['calico-refused'] });
  expect(read(spec, 'crd.projectcalico.org/v1')).toMatchObject({ isLeftOut: false, codes: ['calico-unchecked'] });
});

test.each([
  ['no node', { interfaceName: 'eth0' }],
  ['neither interface nor addresses', { node: 'n1' }],
  ['a name that no interface has', { node: 'n1', interfaceName: 'eth0 ' }],
  ['a name that is too long', { node: 'n1', interfaceName: 'x'.repeat(16) }],
  ['something that is no address', { node: 'n1', expectedIPs: ['10.0.0.1', '10.0.0.0/8'] }],
  ['a port of another protocol', { node: 'n1', interfaceName: 'eth0', ports: [{ name: 'x', protocol: 'ICMP', port: 1 }] }],
  ['a port that is none', { node: 'n1', interfaceName: 'eth0', ports: [{ name: 'x', protocol: 'TCP', port: 0 }] }],
])('%s leaves it out', (_case, spec) => {
  expect(read(spec)).toMatchObject({ isLeftOut: true, codes: ['calico-refused'] });
  expect(read(spec, 'crd.projectcalico.org/v1')).toMatchObject({ isLeftOut: true, codes: ['calico-ignored'] });
});
