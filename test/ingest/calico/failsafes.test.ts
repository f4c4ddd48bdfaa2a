import { DEFAULT_FAILSAFES, readFailsafes } from '../../../src/ingest/calico/failsafes';
import { complaintsIn } from '../../support/calico';

function read(list: unknown) {
  const { complaints, problems } = complaintsIn('served');
  return { failsafes: readFailsafes(complaints, { ports: list }, 'ports'), codes: problems.map((problem) => problem.split(' ')[0]) };
}

test('where nobody says otherwise the ports that nodes live by are open', () => {
  const text = (way: keyof typeof DEFAULT_FAILSAFES) =>
    DEFAULT_FAILSAFES[way].map(({ protocol, port: [port] }) => `${protocol} ${port}`).join(', ');

  expect(text('inbound')).toBe('TCP 22, UDP 68, TCP 179, TCP 2379, TCP 2380, TCP 5473, TCP 6443, TCP 6666, TCP 6667');
  expect(text('outbound')).toBe('UDP 53, UDP 67, TCP 179, TCP 2379, TCP 2380, TCP 5473, TCP 6443, TCP 6666, TCP 6667');
});

test('a list of ports is read, an empty one closes all, and none says nothing', () => {
  expect(read([{ port: 22 }, { protocol: 'udp', port: 53, net: '10.0.0.1/8' }, { protocol: 'SCTP', port: 1, net: 'fd00::1' }])).toEqual({
    failsafes: [
      { protocol: 'TCP', port: [22, 22] },
      { protocol: 'UDP', port: [53, 53], net: '10.0.0.0/8' },
      { protocol: 'SCTP', port: [1, 1], net: 'fd00::1/128' },
    ],
    codes: [],
  });
  expect(read([])).toEqual({ failsafes: [], codes: [] });
  expect(read(undefined)).toEqual({ failsafes: undefined, codes: [] });
  expect(read(null)).toEqual({ failsafes: undefined, codes: [] });
});

test.each([
  [[{ protocol: 'icmp', port: 1 }]],
  [[{ port: 0 }]],
  [[{ port: 1.5 }]],
  [[{ protocol: 'tcp' }]],
  [[{ port: 22, net: 'here' }]],
  [[{ port: '22' }]],
  [[22]],
  ['tcp:22'],
])('%j is refused', (list) => {
  expect(read(list).codes).toContain('calico-refused');
});
