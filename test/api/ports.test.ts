import { formatPorts, isEmpty } from '../../src/api/ports';

const ALL = [[1, 65_535]] as const;

describe('formatPorts', () => {
  it.each([
    [{}, ''],
    [{ TCP: [] }, ''],
    [
      {
        TCP: [
          [80, 80],
          [443, 450],
        ] as const,
      },
      'TCP 80,443-450',
    ],
    [{ TCP: ALL, UDP: [[53, 53]] as const }, 'TCP all; UDP 53'],
    [{ TCP: ALL, UDP: ALL, SCTP: ALL }, 'everything'],
    [{ SCTP: [[1, 1]] as const, icmp: true as const }, 'SCTP 1; ICMP'],
  ])('writes %j as `%s`', (ports, text) => {
    expect(formatPorts(ports)).toBe(text);
    expect(isEmpty(ports)).toBe(text === '');
  });
});
