import type { PacketExpression } from '../../../src/model/policy';
import { adminNetworkPolicy, baselineAdminNetworkPolicy, ingestText, policyOf, problemsOf } from '../../support/ingest-text';

const named = (name: string) => ['TCP', 'UDP', 'SCTP'].map((protocol) => ({ protocol, portNames: [name] }));

async function packetsOf(ports: string) {
  const ingested = await ingestText(adminNetworkPolicy('ingress:', `  - {action: Deny, from: [{namespaces: {}}], ports: ${ports}}`));
  return { packets: policyOf(ingested.snapshot).ingress![0]!.packets, problems: problemsOf(ingested) };
}

describe('ports', () => {
  test.each<[string, string, unknown]>([
    ['a number, of TCP unless told', '[{portNumber: {port: 80}}]', [{ protocol: 'TCP', ports: [[80, 80]] }]],
    ['a number of a protocol', '[{portNumber: {protocol: SCTP, port: 80}}]', [{ protocol: 'SCTP', ports: [[80, 80]] }]],
    ['a range', '[{portRange: {protocol: UDP, start: 1, end: 9}}]', [{ protocol: 'UDP', ports: [[1, 9]] }]],
    ['a name of every protocol', '[{namedPort: dns}]', named('dns')],
    [
      'several together',
      '[{portNumber: {port: 80}}, {portRange: {start: 80, end: 90}}, {namedPort: dns}, {portNumber: {protocol: UDP, port: 53}}]',
      [
        { protocol: 'TCP', ports: [[80, 90]], portNames: ['dns'] },
        { protocol: 'UDP', ports: [[53, 53]], portNames: ['dns'] },
        { protocol: 'SCTP', portNames: ['dns'] },
      ],
    ],
    ['null, which is every packet', 'null', 'any'],
  ])('%s', async (_case, ports, packets) => {
    expect(await packetsOf(ports)).toEqual({ packets: packets as PacketExpression, problems: [] });
  });

  test('a range that is upside down leaves the rule without a packet', async () => {
    expect(await packetsOf('[{portRange: {start: 9, end: 1}}]')).toEqual({ packets: [], problems: ['beyond-limits:8'] });
  });

  test.each([
    '[{portNumber: {port: 0}}]',
    '[{portNumber: {port: "80"}}]',
    '[{portNumber: 80}]',
    '[{portNumber: {protocol: ICMP, port: 80}}]',
    '[{portRange: {start: 1}}]',
    '[{namedPort: 80}]',
    '[{portNumber: {port: 80}, namedPort: web}]',
    '[{tcp: {destinationPort: {number: 80}}}]',
  ])('%s is not understood, so that the rule fails closed', async (ports) => {
    expect(await packetsOf(ports)).toEqual({ packets: 'any', problems: ['fails-closed:8'] });
  });

  test('an unknown field of a port is told', async () => {
    expect(await packetsOf('[{portNumber: {port: 80, endPort: 90}}]')).toEqual({
      packets: [{ protocol: 'TCP', ports: [[80, 80]] }],
      problems: ['unknown-field:8'],
    });
  });
});

describe('the baseline', () => {
  const RULE = 'egress: [{action: Deny, to: [{namespaces: {}}]}]';

  test('has a tier of its own and one order', async () => {
    const ingested = await ingestText(baselineAdminNetworkPolicy(RULE));

    expect(policyOf(ingested.snapshot)).toMatchObject({ tier: 'kube-baseline', order: 1000 });
    expect(problemsOf(ingested)).toEqual([]);
  });

  test('of another name than `default` is read, and told', async () => {
    const ingested = await ingestText(baselineAdminNetworkPolicy(RULE).replace('name: default', 'name: mine'));

    expect(policyOf(ingested.snapshot).ref.name).toBe('mine');
    expect(problemsOf(ingested)).toEqual(['beyond-limits:1']);
  });

  test('has no priority', async () => {
    expect(problemsOf(await ingestText(baselineAdminNetworkPolicy(RULE, 'priority: 1')))).toEqual(['unknown-field:4']);
  });

  test('cannot pass on', async () => {
    const ingested = await ingestText(baselineAdminNetworkPolicy('egress: [{action: Pass, to: [{namespaces: {}}]}]'));

    expect(policyOf(ingested.snapshot).egress).toMatchObject([{ peer: [], packets: [] }]);
    expect(problemsOf(ingested)).toEqual(['invalid-admin-policy:6']);
  });

  test('knows nodes and networks but no domain names', async () => {
    const peers = '[{nodes: {}}, {networks: [10.0.0.0/8]}]';
    const known = await ingestText(baselineAdminNetworkPolicy(`egress: [{action: Allow, to: ${peers}}]`));
    const unknown = await ingestText(baselineAdminNetworkPolicy('egress: [{action: Allow, to: [{domainNames: [a.org]}]}]'));

    expect(policyOf(known.snapshot).egress![0]!.peer).toHaveLength(2);
    expect(problemsOf(unknown)).toEqual(['fails-closed:6']);
  });
});
