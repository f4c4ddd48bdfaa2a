import { lowerRules } from '../../../src/ingest/calico/lower-rules';
import { readRules } from '../../../src/ingest/calico/rules';
import { selectorsFor } from '../../../src/ingest/calico/selectors';
import type { Direction, Rule } from '../../../src/model/policy';
import { complaintsIn, namespace, networkSet, worldOf } from '../../support/calico';

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

const world = worldOf({
  networkSets: [networkSet('unsure', [['role', 'x']], ['12.0.0.0/8'], 'missing')],
  namespaces: [namespace('missing', {}, false)],
});

function lower(rules: readonly unknown[], options: Options = {}): readonly Rule[] {
  const { drafts, problems } = read(rules, options);
  expect(problems.filter((problem) => !problem.startsWith('partly-modelled'))).toEqual([]);
  return lowerRules(drafts, options.direction ?? 'ingress', world.sides, undefined).map(({ source: _, ...rule }) => rule as Rule);
}

test('a rule without criteria is about everything', () => {
  expect(lower([{ action: 'Deny' }, { action: 'Pass' }, { action: 'Log' }])).toEqual([
    { action: 'Deny', peer: 'any', packets: 'any' },
    { action: 'Pass', peer: 'any', packets: 'any' },
    { action: 'Log', peer: 'any', packets: 'any' },
  ]);
});

test('the other end is the source of an ingress rule and the destination of an egress rule; the rest restricts the selected endpoint', () => {
  const rule = { action: 'Allow', source: { nets: ['10.0.0.0/8'] }, destination: { nets: ['11.0.0.0/8'] } };
  const nets = (net: string) => [{ nets: [net], netsSeePods: 'yes' }];

  expect(lower([rule])).toMatchObject([{ subject: nets('11.0.0.0/8'), peer: nets('10.0.0.0/8') }]);
  expect(lower([rule], { direction: 'egress' })).toMatchObject([{ subject: nets('10.0.0.0/8'), peer: nets('11.0.0.0/8') }]);
});

test('ports of the destination are ports, and those of the source are ports of the source, in both directions', () => {
  const rule = { action: 'Allow', protocol: 'TCP', source: { ports: [1000] }, destination: { ports: [80, 'http'] } };
  const packets = [{ protocol: 'TCP', ports: [[80, 80]], portNames: ['http'], sourcePorts: [[1000, 1000]] }];

  expect(lower([rule])[0]!.packets).toEqual(packets);
  expect(lower([rule], { direction: 'egress' })[0]!.packets).toEqual(packets);
});

test.each([
  [{ ipVersion: 4 }, ['0.0.0.0/0']],
  [{ ipVersion: 6 }, ['::/0']],
  [{ protocol: 'ICMP' }, ['0.0.0.0/0']],
  [{ protocol: 'ICMPv6' }, ['::/0']],
  [{ destination: { nets: ['10.0.0.0/8'] } }, ['0.0.0.0/0']],
  [{ source: { notNets: ['fd00::/8'] } }, ['::/0']],
])('with %j the other end has an address in %j', (part, nets) => {
  expect(lower([{ action: 'Allow', ...part }])[0]!.peer).toMatchObject([{ nets }]);
});

test.each([[{ protocol: 1 }], [{ protocol: 'TCP' }], [{ notProtocol: 'ICMP' }]])('with %j it has any', (part) => {
  expect(lower([{ action: 'Allow', ...part }])[0]!.peer).toBe('any');
});

test('a rule that can match nothing keeps its place and matches nobody', () => {
  const nobody = { action: 'Deny', peer: [], packets: 'any' };

  expect(lower([{ action: 'Deny', protocol: 'TCP', notProtocol: 'TCP' }])).toEqual([nobody]);
  const { drafts } = read([{ action: 'Deny', source: { nets: ['10.0.0.0/8'] }, destination: { nets: ['fd00::/8'] } }], { api: 'stored' });
  expect(lowerRules(drafts, 'ingress', world.sides, undefined)).toMatchObject([nobody]);
});

test('what certainly matches and what may match are two rules of one place', () => {
  const rules = lower([{ action: 'Log' }, { action: 'Deny', source: { namespaceSelector: "zone == 'x'" } }, { action: 'Allow' }]);

  expect(rules.map(({ index, action, condition }) => [index, action, condition?.kind])).toEqual([
    [0, 'Log', undefined],
    [1, 'Deny', undefined],
    [1, 'Deny', 'namespace-labels'],
    [2, 'Allow', undefined],
  ]);
  expect(rules[1]!.peer).toHaveLength(1);
  expect(rules[2]).toMatchObject({
    peer: [{}, { nets: ['12.0.0.0/8'] }],
    condition: { text: 'label `zone` of namespace `missing`, which is not in the input' },
  });
});

test('what a rule asks of HTTP is a condition of TCP', () => {
  const http = { methods: ['GET'] };
  const condition = { kind: 'condition', text: 'whether the HTTP request is `GET`' };

  expect(lower([{ action: 'Allow', protocol: 'TCP', http }])).toEqual([
    { action: 'Allow', peer: 'any', packets: [{ protocol: 'TCP' }], condition },
  ]);
  const [tcp, others, ...more] = lower([{ action: 'Allow', http }]);
  expect(tcp).toEqual({ action: 'Allow', peer: 'any', packets: [{ protocol: 'TCP' }], condition, index: 0 });
  expect(others).toMatchObject({ peer: 'any', index: 0 });
  expect(others!.condition).toBeUndefined();
  expect((others!.packets as readonly { readonly protocol: string }[]).map(({ protocol }) => protocol)).not.toContain('TCP');
  expect(more).toEqual([]);
});

test('domains make a rule that may match', () => {
  expect(lower([{ action: 'Allow', source: { domains: ['example.com'] } }])).toEqual([
    {
      action: 'Allow',
      peer: 'any',
      packets: 'any',
      condition: { kind: 'condition', text: 'which addresses the domains in the rule have' },
    },
  ]);
});
