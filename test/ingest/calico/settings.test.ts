import { readFelixConfiguration, readIpPool, readKubeControllersConfiguration } from '../../../src/ingest/calico/settings';
import { originOf, readingOfObject } from '../../support/calico';

function read(reader: typeof readIpPool, spec: unknown) {
  const { reading, problems } = readingOfObject({ spec });
  const draft = reader(reading, originOf('Setting', 'default'));
  return { ...draft, origin: undefined, told: problems.map((problem) => problem.split(':')[0]) };
}

describe('FelixConfiguration', () => {
  test.each([
    [undefined],
    [{}],
    [
      {
        bpfLogLevel: '',
        logSeverityScreen: 'Info',
        floatingIPs: 'Disabled',
        defaultEndpointToHostAction: 'ACCEPT',
        interfacePrefix: 'cali',
        ipv6Support: true,
      },
    ],
  ])('%j changes no verdict', (spec) => {
    expect(read(readFelixConfiguration, spec)).toMatchObject({ kind: 'mention', told: [] });
  });

  test.each([
    [{ defaultEndpointToHostAction: 'Drop' }, '`spec.defaultEndpointToHostAction` is `Drop`'],
    [{ chainInsertMode: 'Append' }, '`spec.chainInsertMode` is `Append`'],
    [{ ipv6Support: false }, '`spec.ipv6Support` is `false`'],
    [{ iptablesFilterAllowAction: 'Return' }, '`spec.iptablesFilterAllowAction` is `Return`'],
    [{ floatingIPs: 'Enabled' }, '`spec.floatingIPs` is `Enabled`'],
    [{ workloadSourceSpoofing: 'Any' }, '`spec.workloadSourceSpoofing` is `Any`'],
    [{ interfacePrefix: 'cali,tap' }, '`spec.interfacePrefix` is `cali,tap`'],
  ])('%j is told', (spec, text) => {
    expect(read(readFelixConfiguration, spec).told).toEqual([`partly-modelled ${text}`]);
  });

  test('what matters at host endpoints is kept for them', () => {
    expect(read(readFelixConfiguration, { failsafeInboundHostPorts: [], natOutgoingExclusions: 'IPPoolsOnly' })).toMatchObject({
      kind: 'hostSetting',
      fields: ['spec.failsafeInboundHostPorts', 'spec.natOutgoingExclusions'],
      told: [],
    });
  });
});

test('an IPPool matters where it translates addresses', () => {
  expect(read(readIpPool, { cidr: '10.0.0.0/16', natOutgoing: true })).toMatchObject({ kind: 'hostSetting', fields: ['spec.natOutgoing'] });
  expect(read(readIpPool, { cidr: '10.0.0.0/16' })).toMatchObject({ kind: 'mention' });
});

test.each([
  [{ autoCreate: 'Enabled' }, true],
  [{ autoCreate: 'Enabled', createDefaultHostEndpoint: 'Disabled', templates: [{ generateName: 'x' }] }, true],
  [{ autoCreate: 'Enabled', createDefaultHostEndpoint: 'Disabled' }, false],
  [{ autoCreate: 'Disabled' }, false],
  [undefined, false],
])('with %j host endpoints are made: %s', (hostEndpoint, makes) => {
  const draft = read(readKubeControllersConfiguration, { controllers: { node: { hostEndpoint } } });
  expect(draft.kind).toBe(makes ? 'hostSetting' : 'mention');
  if (makes) expect(draft).toMatchObject({ makesHostEndpoints: true });
});
