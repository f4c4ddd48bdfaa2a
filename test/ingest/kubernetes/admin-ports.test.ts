import { readPortName, readPortRange } from '../../../src/ingest/kubernetes/admin-ports';
import { readingOf } from '../../../src/ingest/reading';

function partWith() {
  const told: string[] = [];
  const failed: string[] = [];
  const document = { file: 'a.yaml', document: 1, line: 1, object: {}, lineOf: () => 1 };
  const fail = (problem: string): undefined => {
    failed.push(problem);
  };
  return { part: { reading: readingOf(document, undefined, ({ code }) => told.push(code)), fail }, told, failed };
}

test('a name is one of every protocol', () => {
  const { part, told, failed } = partWith();

  expect(readPortName(part, 'dns', 'x', {})).toEqual([
    { kind: 'name', protocol: 'TCP', name: 'dns' },
    { kind: 'name', protocol: 'UDP', name: 'dns' },
    { kind: 'name', protocol: 'SCTP', name: 'dns' },
  ]);
  expect([told, failed]).toEqual([[], []]);
});

test.each(['80', 'a-name-that-is-too-long', 'UPPER', ''])('`%s` is a name that no port can have, which is told', (name) => {
  const { part, told } = partWith();

  expect(readPortName(part, name, 'x', {})).toHaveLength(3);
  expect(told).toEqual(['beyond-limits']);
});

test('a number is no name', () => {
  const { part, failed } = partWith();

  expect(readPortName(part, 80, 'x', {})).toBeUndefined();
  expect(failed).toEqual(['`x` is no port name']);
});

describe('a range', () => {
  const read = (range: Readonly<Record<string, unknown>>) => {
    const { part, told, failed } = partWith();
    const entries = readPortRange(part, 'UDP', range, ['start', 'end'], 'x');
    return { ranges: entries?.map((entry) => entry.kind === 'range' && entry.range), told, failed: failed.length };
  };

  test('has both its ends', () => {
    expect(read({ start: 1, end: 65535 })).toEqual({ ranges: [[1, 65535]], told: [], failed: 0 });
  });

  test('of one port is that port, and told', () => {
    expect(read({ start: 7, end: 7 })).toEqual({ ranges: [[7, 7]], told: ['beyond-limits'], failed: 0 });
  });

  test('that is upside down has no port, and is told', () => {
    expect(read({ start: 8, end: 7 })).toEqual({ ranges: [], told: ['beyond-limits'], failed: 0 });
  });

  test('with an unknown field is told', () => {
    expect(read({ start: 1, end: 2, protocol: 'UDP' })).toEqual({ ranges: [[1, 2]], told: ['unknown-field'], failed: 0 });
  });

  test.each([{ start: 1 }, { end: 2 }, { start: 0, end: 2 }, { start: 1, end: 65536 }, { start: '1', end: 2 }])(
    'of %j is not understood',
    (range) => {
      expect(read(range)).toEqual({ ranges: undefined, told: [], failed: 1 });
    },
  );
});
