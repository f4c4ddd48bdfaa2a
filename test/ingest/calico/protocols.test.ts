import { hasPorts, icmpRanges, protocolParts, readIcmp, readProtocol } from '../../../src/ingest/calico/protocols';
import { complaintsIn } from '../../support/calico';

function read(protocol: unknown, api: 'served' | 'stored' = 'served') {
  const { complaints, problems } = complaintsIn(api);
  return { protocol: readProtocol(complaints, { protocol }, 'protocol', 'r'), codes: problems.map((problem) => problem.split(' ')[0]) };
}

test.each([
  ['TCP', 6, true],
  ['UDPLite', 136, true],
  ['ICMPv6', 58, true],
  [6, 6, false],
  ['6', 6, false],
  [255, 255, false],
])('%j is protocol %i', (written, number, byName) => {
  expect(read(written)).toEqual({ protocol: { number, byName }, codes: [] });
});

test.each([[0], [256], [1.5], ['TCP/IP'], ['any'], [true], [-1]])('%j is no protocol', (written) => {
  expect(read(written)).toEqual({ protocol: undefined, codes: ['calico-refused'] });
});

test('a name in another case is one that only storage holds', () => {
  expect(read('tcp')).toEqual({ protocol: { number: 6, byName: true }, codes: ['calico-refused'] });
  expect(read('tcp', 'stored')).toEqual({ protocol: { number: 6, byName: true }, codes: ['calico-unchecked'] });
});

test.each([
  [6, true],
  [17, true],
  [132, true],
  [136, false],
  [1, false],
])('protocol %i has ports: %s', (number, has) => {
  expect(hasPorts({ number, byName: true })).toBe(has);
});

const named = (number: number) => ({ number, byName: true });

test.each([
  [undefined, undefined, ['TCP', 'UDP', 'SCTP', 'ICMP', 'ICMPv6', 'other']],
  [6, undefined, ['TCP']],
  [47, undefined, ['other 47-47']],
  [undefined, 6, ['UDP', 'SCTP', 'ICMP', 'ICMPv6', 'other']],
  [undefined, 47, ['TCP', 'UDP', 'SCTP', 'ICMP', 'ICMPv6', 'other 0-46,48-255']],
  [6, 17, ['TCP']],
  [6, 6, []],
])('protocol %s without protocol %s leaves %j', (protocol, notProtocol, left) => {
  const parts = protocolParts(
    protocol === undefined ? undefined : named(protocol),
    notProtocol === undefined ? undefined : named(notProtocol),
  );
  const text = parts.map(({ protocol: name, numbers }) =>
    [name, ...(numbers ? [numbers.map((range) => range.join('-')).join(',')] : [])].join(' '),
  );
  expect(text).toEqual(left);
});

describe('ICMP', () => {
  test.each([
    [{ type: 8 }, { type: 8 }, []],
    [{ type: 8, code: 0 }, { type: 8, code: 0 }, []],
    [{}, {}, []],
    [{ type: 254, code: 255 }, { type: 254, code: 255 }, []],
    [{ type: 255 }, undefined, ['calico-refused']],
    [{ type: 8, code: 256 }, undefined, ['calico-refused']],
    [{ type: 1.5 }, undefined, ['calico-refused']],
    [{ code: 0 }, { code: 0 }, ['calico-refused']],
  ])('%j is read as %j', (icmp, expected, codes) => {
    const { complaints, problems } = complaintsIn('served');
    expect(readIcmp(complaints, { icmp }, 'icmp', 'r')).toEqual(expected);
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual(codes);
  });

  test('types and codes are what is asked for without what is excluded', () => {
    expect(icmpRanges(undefined, undefined)).toBeUndefined();
    expect(icmpRanges({}, {})).toBeUndefined();
    expect(icmpRanges({ code: 3 }, undefined)).toBeUndefined();
    expect(icmpRanges({ type: 8 }, undefined)).toEqual([{ types: [8, 8], codes: [0, 255] }]);
    expect(icmpRanges({ type: 8, code: 1 }, undefined)).toEqual([{ types: [8, 8], codes: [1, 1] }]);
    expect(icmpRanges(undefined, { type: 0 })).toEqual([{ types: [1, 255], codes: [0, 255] }]);
    expect(icmpRanges(undefined, { type: 8, code: 0 })).toEqual([
      { types: [0, 7], codes: [0, 255] },
      { types: [9, 255], codes: [0, 255] },
      { types: [8, 8], codes: [1, 255] },
    ]);
    expect(icmpRanges({ type: 8 }, { type: 8, code: 4 })).toEqual([
      { types: [8, 8], codes: [0, 3] },
      { types: [8, 8], codes: [5, 255] },
    ]);
    expect(icmpRanges({ type: 8 }, { type: 8 })).toEqual([]);
  });
});
