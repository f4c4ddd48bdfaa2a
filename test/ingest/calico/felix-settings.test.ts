import { readFelixConfiguration, readFelixEnvironment } from '../../../src/ingest/calico/felix-settings';
import { originOf, readingOfObject } from '../../support/calico';

function read(spec: unknown) {
  const { reading, problems } = readingOfObject({ spec });
  const draft = readFelixConfiguration(reading, originOf('FelixConfiguration', 'default'));
  return { ...draft, origin: undefined, told: problems.map((problem) => problem.split(':')[0]) };
}

test.each([
  [undefined, {}],
  [{}, {}],
  [{ bpfLogLevel: '', logSeverityScreen: 'Info', floatingIPs: 'Disabled', interfacePrefix: 'cali', ipv6Support: true }, {}],
  [{ interfaceExclude: 'kube-ipvs0', kubeNodePortRanges: ['30000:32767'], serviceLoopPrevention: 'Reject', bpfDSROptoutCIDRs: [] }, {}],
  [{ defaultEndpointToHostAction: 'ACCEPT' }, { endpointToHostAction: 'accept' }],
  [{ defaultEndpointToHostAction: 'Drop' }, { endpointToHostAction: 'drop' }],
  [{ defaultEndpointToHostAction: 'Return' }, { endpointToHostAction: 'return' }],
  [
    { bpfEnabled: true, wireguardEnabled: true, wireguardEnabledV6: false },
    { bpfEnabled: true, wireguard: true, wireguardV6: false },
  ],
  [{ natOutgoingExclusions: 'IPPoolsAndHostIPs' }, { natSparesNodes: true }],
  [{ natOutgoingExclusions: 'IPPoolsOnly' }, { natSparesNodes: false }],
  [
    { allowVXLANPacketsFromWorkloads: true, allowIPIPPacketsFromWorkloads: false, vxlanPort: 8472, vxlanEnabled: true, ipipEnabled: false },
    { passesVxlan: true, passesIpip: false, vxlanPort: 8472, wrapsVxlan: true, wrapsIpip: false },
  ],
  [
    { wireguardListeningPort: 1, wireguardListeningPortV6: 65_535 },
    { wireguardPort: 1, wireguardPortV6: 65_535 },
  ],
  [{ externalNodesList: [] }, { externalNodes: [] }],
  [{ externalNodesList: ['10.0.0.1', '10.2.3.4/16', '2001:DB8::/32'] }, { externalNodes: ['10.0.0.1/32', '10.2.0.0/16', '2001:db8::/32'] }],
  [
    { failsafeInboundHostPorts: [], failsafeOutboundHostPorts: [{ port: 1 }] },
    { failsafeInbound: [], failsafeOutbound: [{ protocol: 'TCP', port: [1, 1] }] },
  ],
])('%j says %j', (spec, settings) => {
  expect(read(spec)).toEqual({ kind: 'felix', origin: undefined, settings, told: [] });
});

test.each([
  [{ chainInsertMode: 'Append' }, '`spec.chainInsertMode` is `Append`'],
  [{ ipv6Support: false }, '`spec.ipv6Support` is `false`'],
  [{ iptablesFilterAllowAction: 'Return' }, '`spec.iptablesFilterAllowAction` is `Return`'],
  [{ floatingIPs: 'Enabled' }, '`spec.floatingIPs` is `Enabled`'],
  [{ workloadSourceSpoofing: 'Any' }, '`spec.workloadSourceSpoofing` is `Any`'],
  [{ interfacePrefix: 'cali,tap' }, '`spec.interfacePrefix` is `cali,tap`'],
  [{ interfaceExclude: 'kube-ipvs0,/^veth/' }, '`spec.interfaceExclude` is `kube-ipvs0,/^veth/`'],
  [{ kubeNodePortRanges: ['30000:32767', '40000'] }, '`spec.kubeNodePortRanges` is `30000'],
  [{ serviceLoopPrevention: 'Disabled' }, '`spec.serviceLoopPrevention` is `Disabled`'],
  [{ natOutgoingAddress: '192.0.2.1' }, '`spec.natOutgoingAddress` is `192.0.2.1`'],
  [{ wireguardHostEncryptionEnabled: true }, '`spec.wireguardHostEncryptionEnabled` is `true`'],
  [{ bpfExternalServiceMode: 'DSR' }, '`spec.bpfExternalServiceMode` is `DSR`'],
  [{ bpfDataIfacePattern: '^eth' }, '`spec.bpfDataIfacePattern` is `^eth`'],
  [{ bpfExcludeCIDRsFromNAT: ['10.0.0.0/8'] }, '`spec.bpfExcludeCIDRsFromNAT` is `10.0.0.0/8`'],
  [{ chainInsertMode: { a: 1 } }, '`spec.chainInsertMode` is `a mapping`'],
])('%j is told', (spec, text) => {
  expect(read(spec).told).toEqual([`partly-modelled ${text}`]);
});

test.each([
  [{ defaultEndpointToHostAction: 'Reject' }],
  [{ defaultEndpointToHostAction: 1 }],
  [{ bpfEnabled: 'yes' }],
  [{ nodeSelector: 'a == b' }],
  [{ vxlanPort: 0 }],
  [{ vxlanPort: 70_000 }],
  [{ wireguardListeningPort: 1.5 }],
  [{ externalNodesList: ['10.0.0'] }],
  [{ externalNodesList: [7] }],
  [{ allowVXLANPacketsFromWorkloads: 'yes' }],
  [{ failsafeInboundHostPorts: [{ port: -1 }], floatingIPs: 'Enabled' }],
  [[]],
])('%j is refused, and says nothing', (spec) => {
  const { kind, told } = read(spec);

  expect(kind).toBe('mention');
  expect(told.every((problem) => problem!.startsWith('calico-refused'))).toBe(true);
  expect(told.length).toBeGreaterThan(0);
});

test('newer releases choose nodes by a selector', () => {
  expect(read({ nodeSelector: "zone == 'a'", bpfEnabled: true })).toMatchObject({
    nodeSelector: "zone == 'a'",
    settings: { bpfEnabled: true },
  });
});

describe('the environment of the agent', () => {
  const environment = (env: unknown, name = 'calico-node') => {
    const { reading } = readingOfObject({});
    const containers = [
      { name: 'install-cni', env: [{ name: 'FELIX_BPFENABLED' }] },
      { name, env },
    ];
    return readFelixEnvironment(reading, { containers }, 'spec.template.spec');
  };

  test('is that of its container alone', () => {
    expect(environment([], 'flannel')).toBeUndefined();
    expect(environment(undefined)).toEqual([]);
  });

  test('sets what variables of any case name', () => {
    const names = ['FELIX_LOGSEVERITYSCREEN', 'CALICO_IPV4POOL_CIDR', 'felix_bpfEnabled', 'FELIX_DEFAULTENDPOINTTOHOSTACTION'];
    expect(environment(names.map((name) => ({ name })))).toEqual(['FELIX_DEFAULTENDPOINTTOHOSTACTION', 'FELIX_BPFENABLED']);
  });
});
