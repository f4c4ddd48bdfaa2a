import type { PacketExpression } from '../../../src/model/policy';
import { clusterNetworkPolicy, diagnosticOf, ingestText, policyOf, problemsOf } from '../../support/ingest-text';

const RULE = 'ingress: [{action: Deny, from: [{namespaces: {}}]}]';

async function packetsOf(protocols: string) {
  const ingested = await ingestText(
    clusterNetworkPolicy('ingress:', `  - {action: Deny, from: [{namespaces: {}}], protocols: ${protocols}}`),
  );
  return { packets: policyOf(ingested.snapshot).ingress![0]!.packets, problems: problemsOf(ingested) };
}

describe('protocols', () => {
  test.each<[string, string, unknown]>([
    ['a number', '[{tcp: {destinationPort: {number: 80}}}]', [{ protocol: 'TCP', ports: [[80, 80]] }]],
    ['a range', '[{udp: {destinationPort: {range: {start: 1, end: 9}}}}]', [{ protocol: 'UDP', ports: [[1, 9]] }]],
    [
      'a name of every protocol',
      '[{destinationNamedPort: dns}]',
      ['TCP', 'UDP', 'SCTP'].map((protocol) => ({ protocol, portNames: ['dns'] })),
    ],
    [
      'several together',
      '[{sctp: {destinationPort: {number: 7}}}, {tcp: {destinationPort: {number: 80}}}, {tcp: {destinationPort: {number: 81}}}]',
      [
        { protocol: 'TCP', ports: [[80, 81]] },
        { protocol: 'SCTP', ports: [[7, 7]] },
      ],
    ],
    ['null, which is every packet', 'null', 'any'],
  ])('%s', async (_case, protocols, packets) => {
    expect(await packetsOf(protocols)).toEqual({ packets: packets as PacketExpression, problems: [] });
  });

  test.each(['[{tcp: {}}]', '[{tcp: {destinationPort: null}}]', '[{tcp: {destinationPort: {number: 80}}}, {tcp: {}}]'])(
    '%s is every port of the protocol, and told',
    async (protocols) => {
      expect(await packetsOf(protocols)).toEqual({ packets: [{ protocol: 'TCP' }], problems: ['beyond-limits:9'] });
    },
  );

  test.each([
    '[{tcp: null}]',
    '[{tcp: 80}]',
    '[{tcp: {destinationPort: 80}}]',
    '[{tcp: {destinationPort: {}}}]',
    '[{tcp: {destinationPort: {number: 0}}}]',
    '[{tcp: {destinationPort: {number: 80, range: {start: 1, end: 2}}}}]',
    '[{tcp: {destinationPort: {range: [1, 2]}}}]',
    '[{tcp: {sourcePort: {number: 80}}}]',
    '[{tcp: {destinationPort: {number: 1}}, udp: {destinationPort: {number: 1}}}]',
    '[{icmp: {}}]',
    '[{portNumber: {port: 80}}]',
    '[80]',
  ])('%s is not understood, so that the rule fails closed', async (protocols) => {
    expect(await packetsOf(protocols)).toEqual({ packets: 'any', problems: ['fails-closed:9'] });
  });
});

describe('the tier', () => {
  test('is Admin or Baseline', async () => {
    const baseline = await ingestText(clusterNetworkPolicy(RULE).replace('Admin', 'Baseline'));

    expect(policyOf((await ingestText(clusterNetworkPolicy(RULE))).snapshot)).toMatchObject({ tier: 'kube-admin', order: 5 });
    expect(policyOf(baseline.snapshot)).toMatchObject({ tier: 'kube-baseline', order: 5, tieBreak: 'p//KubernetesClusterNetworkPolicy' });
  });

  test.each([
    ['tier: admin', /`admin`, which is none of Admin, Baseline; the policy is left out; did you mean `Admin`$/],
    ['tier: Application', /`Application`, which is none of Admin, Baseline; the policy is left out$/],
    ['tier:', /is empty, which is none of Admin, Baseline; the policy is left out$/],
  ])('that is `%s` leaves the policy out', async (tier, message) => {
    const ingested = await ingestText(clusterNetworkPolicy(RULE).replace('tier: Admin', tier));

    expect(ingested.snapshot.policies).toEqual([]);
    expect(diagnosticOf(ingested, 'invalid-admin-policy').message).toMatch(message);
  });
});

test('its actions are Accept, Deny and Pass', async () => {
  const rules = ['Accept', 'Deny', 'Pass'].map((action) => `  - {action: ${action}, from: [{namespaces: {}}]}`);

  expect(policyOf((await ingestText(clusterNetworkPolicy('ingress:', ...rules))).snapshot).ingress!.map(({ action }) => action)).toEqual([
    'Allow',
    'Deny',
    'Pass',
  ]);
});

test('`ports` is not a field of it', async () => {
  const ingested = await ingestText(
    clusterNetworkPolicy('ingress: [{action: Deny, from: [{namespaces: {}}], ports: [{portNumber: {port: 80}}]}]'),
  );

  expect(policyOf(ingested.snapshot).ingress).toMatchObject([{ packets: 'any' }]);
  expect(problemsOf(ingested)).toEqual(['unknown-field:8']);
});
