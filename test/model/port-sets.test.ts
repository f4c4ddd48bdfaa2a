import { formatPorts, isEmpty } from '../../src/model/port-sets';

const ALL = [[1, 65_535]] as const;
const BUT_4789 = [
  [1, 4788],
  [4790, 65_535],
] as const;

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
    [{ TCP: ALL, UDP: BUT_4789, SCTP: ALL }, 'everything but UDP 4789'],
    [{ TCP: ALL, UDP: [[1, 65_534]] as const, SCTP: ALL }, 'everything but UDP 65535'],
    [{ TCP: ALL, UDP: BUT_4789 }, 'TCP all; UDP 1-4788,4790-65535'],
    [{ TCP: BUT_4789, UDP: ALL, SCTP: ALL }, 'TCP 1-4788,4790-65535; UDP all; SCTP all'],
    [{ TCP: ALL, UDP: [[3, 65_535]] as const, SCTP: ALL }, 'TCP all; UDP 3-65535; SCTP all'],
    [{ SCTP: [[1, 1]] as const, icmp: true as const }, 'SCTP 1; ICMP'],
  ])('writes %j as `%s`', (ports, text) => {
    expect(formatPorts(ports)).toBe(text);
    expect(isEmpty(ports)).toBe(text === '');
  });

  it('has another word for everything where it is asked for', () => {
    expect(formatPorts({ TCP: ALL, UDP: ALL, SCTP: ALL }, 'every port')).toBe('every port');
    expect(formatPorts({ TCP: ALL, UDP: BUT_4789, SCTP: ALL }, 'every port')).toBe('every port but UDP 4789');
  });
});
