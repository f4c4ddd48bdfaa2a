import { readCidr } from '../../../src/ingest/kubernetes/cidr';
import { readingOf } from '../../../src/ingest/reading';
import { formatCidr } from '../../../src/util/ip';

function read(written: unknown) {
  const told: string[] = [];
  const document = { file: 'a.yaml', document: 1, line: 1, object: {}, lineOf: () => 1 };
  const reading = readingOf(document, undefined, ({ code }) => told.push(code));
  const cidr = readCidr(reading, written, 'spec.x', {});
  return { read: typeof cidr === 'string' ? cidr : formatCidr(cidr), told };
}

test.each([
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['FD00:0::/8', 'fd00::/8'],
  ['010.0.0.0/08', '10.0.0.0/8'],
])('%s is %s', (written, canonical) => {
  expect(read(written)).toEqual({ read: canonical, told: [] });
});

test('host bits are masked away, and told', () => {
  expect(read('10.1.2.3/8')).toEqual({ read: '10.0.0.0/8', told: ['host-bits'] });
});

test.each<[unknown, string]>([
  ['10.0.0.0', '`10.0.0.0`'],
  ['10.0.0.0/33', '`10.0.0.0/33`'],
  ['', '``'],
  [8, 'a number'],
  [null, 'empty'],
  [['10.0.0.0/8'], 'a list'],
])('%j is none', (written, what) => {
  expect(read(written)).toEqual({ read: `\`spec.x\` is ${what} where a CIDR such as \`10.0.0.0/8\` belongs`, told: [] });
});
