import { readRules } from '../../../src/ingest/calico/rules';
import { selectorsFor } from '../../../src/ingest/calico/selectors';
import type { Direction } from '../../../src/model/policy';
import { complaintsIn } from '../../support/calico';

interface Options {
  readonly direction?: Direction;
  readonly api?: 'served' | 'stored';
  readonly isStrict?: boolean;
}

function read(rules: unknown, { direction = 'ingress', api = 'served', isStrict = true }: Options = {}) {
  const { complaints, problems } = complaintsIn(api);
  const drafts = readRules(complaints, { [direction]: rules }, direction, { namespace: undefined, selectors: selectorsFor(isStrict) });
  return { drafts, codes: problems.map((problem) => problem.split(' ')[0]), problems, isLeftOut: complaints.isLeftOut() };
}

describe('a rule that both the API and the dataplane refuse', () => {
  test.each([
    ['a port number without a protocol', { destination: { ports: [80] } }],
    ['an excluded port number without a protocol', { source: { notPorts: [80] } }],
    ['a port beside notProtocol', { notProtocol: 'UDP', destination: { ports: [80] } }],
    ['a port of ICMP', { protocol: 'ICMP', destination: { ports: ['http'] } }],
    ['a port of UDPLite', { protocol: 'UDPLite', source: { notPorts: [80] } }],
    ['port 0', { protocol: 'TCP', destination: { ports: [0] } }],
    ['an unknown protocol', { protocol: 'FOO' }],
    ['protocol 0', { notProtocol: 0 }],
    ['ICMP type 255', { protocol: 'ICMP', icmp: { type: 255 } }],
    ['an unknown action', { action: 'Permit' }],
    ['IP version 5', { ipVersion: 5 }],
    ['a selector that is none', { source: { selector: 'a == b' } }],
    ['a source that is no mapping', { source: [] }],
  ])('%s', (_case, part) => {
    expect(read([{ action: 'Deny', ...part }])).toMatchObject({ codes: ['calico-refused'], isLeftOut: true });
    expect(read([{ action: 'Deny', ...part }], { api: 'stored' })).toMatchObject({ codes: ['calico-ignored'], isLeftOut: true });
  });
});

describe('a rule that only the API refuses', () => {
  test.each([
    ['no action', { action: undefined }],
    ['an action in another case', { action: 'deny' }],
    ['a protocol in another case', { protocol: 'tcp' }],
    ['ICMP fields without the protocol', { icmp: { type: 8 } }],
    ['ICMP fields of TCP', { protocol: 'TCP', icmp: {} }],
    ['an ICMP code without a type', { protocol: 'ICMP', icmp: { code: 0 } }],
    ['ICMP of IPv6', { protocol: 'ICMP', ipVersion: 6 }],
    ['ICMPv6 by number of IPv4', { notProtocol: 58, ipVersion: 4 }],
    ['nets of two families', { source: { nets: ['10.0.0.0/8'] }, destination: { nets: ['fd00::/8'] } }],
    ['nets of another family than its version', { ipVersion: 6, source: { nets: ['10.0.0.0/8'] } }],
    ['a key that no annotation can have', { metadata: { annotations: { '...': 'x' } } }],
    ['`global()` in a selector', { source: { selector: 'global()' } }],
  ])('%s', (_case, part) => {
    expect(read([{ action: 'Deny', ...part }])).toMatchObject({ codes: ['calico-refused'], isLeftOut: true });
    expect(read([{ action: 'Deny', ...part }], { api: 'stored' })).toMatchObject({ codes: ['calico-unchecked'], isLeftOut: false });
  });
});

test.each([
  ['a port name without a protocol', { destination: { ports: ['http'] } }],
  ['notICMP without a protocol', { notICMP: { type: 8 } }],
  ['ICMP by number', { protocol: 58, icmp: { type: 128 } }],
  ['ICMP of its own version', { protocol: 'ICMPv6', ipVersion: 6 }],
  ['annotations', { metadata: { annotations: { 'Example.com/note': 'x' } } }],
])('%s is fine', (_case, part) => {
  expect(read([{ action: 'Deny', ...part }]).codes).toEqual([]);
});

test('more rules than CRDs take are refused where CRDs validate', () => {
  const rules = Array.from({ length: 1025 }, () => ({ action: 'Allow' }));

  expect(read(rules.slice(1)).codes).toEqual([]);
  expect(read(rules).codes).toEqual(['calico-refused']);
  expect(read(rules, { isStrict: false }).codes).toEqual([]);
});

test('an action that is not there allows, and its case does not matter, where only the dataplane looks', () => {
  const actions = (rules: readonly unknown[]) => read(rules, { api: 'stored' }).drafts.map(({ action }) => action);

  expect(actions([{}, { action: 'pass' }, { action: 'LOG' }, null])).toEqual(['Allow', 'Pass', 'Log', 'Allow']);
});

test('rules that are no list and entries that are no mapping take the policy with them', () => {
  expect(read({}).codes).toEqual(['calico-refused']);
  expect(read(['x', { action: 'Allow' }])).toMatchObject({ codes: ['calico-refused'], drafts: { length: 1 } });
  expect(read(undefined)).toMatchObject({ codes: [], drafts: [] });
});

test('a field that no rule has is told', () => {
  expect(read([{ action: 'Allow', from: [] }]).problems).toEqual([expect.stringContaining('unknown-field field `spec.ingress[0].from`')]);
});
