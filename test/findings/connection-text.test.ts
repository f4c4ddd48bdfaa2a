import { connectionsWithout, formatConnections, isComplete, isEmpty, unionOfConnections } from '../../src/findings/connection-text';

const BUT_4789 = [
  [1, 4788],
  [4790, 65535],
] as const;
const EVERYTHING = { TCP: [[1, 65535]], UDP: [[1, 65535]], SCTP: [[1, 65535]] } as const;

describe('connection sets', () => {
  it('are complete only with every port of TCP, UDP and SCTP', () => {
    expect(isComplete(EVERYTHING)).toBe(true);
    expect(isComplete({ TCP: [[1, 65535]], UDP: [[1, 65535]] })).toBe(false);
    expect(isComplete({ ...EVERYTHING, UDP: [[2, 65535]] })).toBe(false);
  });

  it('are complete but for what is left out of the question', () => {
    const aside = { UDP: [[4789, 4789]] } as const;
    expect(isComplete({ ...EVERYTHING, UDP: BUT_4789 })).toBe(false);
    expect(isComplete({ ...EVERYTHING, UDP: BUT_4789 }, aside)).toBe(true);
    expect(isComplete(EVERYTHING, aside)).toBe(true);
    expect(isComplete({ ...EVERYTHING, UDP: [[2, 65535]] }, aside)).toBe(false);
    expect(isComplete({ TCP: [[1, 65535]], UDP: BUT_4789 }, aside)).toBe(false);
  });

  it('are empty without any port', () => {
    expect(isEmpty({})).toBe(true);
    expect(isEmpty({ TCP: [] })).toBe(true);
    expect(isEmpty({ SCTP: [[9, 9]] })).toBe(false);
  });

  it('are put together and taken apart by protocol', () => {
    expect(unionOfConnections({ TCP: [[1, 9]] }, { TCP: [[10, 12]], UDP: [[53, 53]] })).toEqual({ TCP: [[1, 12]], UDP: [[53, 53]] });
    expect(connectionsWithout({ TCP: [[1, 12]], UDP: [[53, 53]] }, { TCP: [[5, 5]], UDP: [[1, 99]] })).toEqual({
      TCP: [
        [1, 4],
        [6, 12],
      ],
    });
  });

  it('have one text each', () => {
    expect(formatConnections(EVERYTHING)).toBe('every port');
    expect(formatConnections({})).toBe('no port');
    expect(formatConnections({ TCP: [], icmp: true })).toBe('no port');
    expect(formatConnections({ ...EVERYTHING, UDP: BUT_4789 })).toBe('every port but UDP 4789');
    expect(formatConnections({ ...EVERYTHING, TCP: BUT_4789 })).toBe('TCP 1-4788,4790-65535; UDP all; SCTP all');
    expect(
      formatConnections({
        UDP: [[53, 53]],
        TCP: [
          [80, 80],
          [8000, 8080],
        ],
      }),
    ).toBe('TCP 80,8000-8080; UDP 53');
  });
});
