import { connectionsWithout, formatConnections, isComplete, isEmpty, unionOfConnections } from '../../src/findings/connection-text';

const EVERYTHING = { TCP: [[1, 65535]], UDP: [[1, 65535]], SCTP: [[1, 65535]] } as const;

describe('connection sets', () => {
  it('are complete only with every port of TCP, UDP and SCTP', () => {
    expect(isComplete(EVERYTHING)).toBe(true);
    expect(isComplete({ TCP: [[1, 65535]], UDP: [[1, 65535]] })).toBe(false);
    expect(isComplete({ ...EVERYTHING, UDP: [[2, 65535]] })).toBe(false);
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
    expect(
      formatConnections({
        UDP: [[53, 53]],
        TCP: [
          [80, 80],
          [8000, 8080],
        ],
      }),
    ).toBe('TCP 80,8000-8080 UDP 53');
  });
});
