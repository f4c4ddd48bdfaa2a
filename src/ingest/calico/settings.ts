import type { HostSettingDraft, MentionDraft, Origin } from '../draft';
import { isAbsent, isMapping, type Mapping, mappingIn, type Reading } from '../reading';

/*
 * Objects that configure Calico as a whole. None of them decides who may talk to whom, but some of their fields change what policies mean; those that
 * say something else than what is assumed here are told.
 */

/**
 * Fields of FelixConfiguration (felix/docs/config-params.json) that change verdicts: what is assumed, in lower case, and what another value changes.
 * An empty text stands for the absent field.
 */
const FELIX_FIELDS: readonly (readonly [field: string, assumed: readonly string[], change: string])[] = [
  ['chainInsertMode', ['', 'insert'], 'other rules of the host may let packets pass before Calico sees them'],
  ['defaultEndpointToHostAction', ['', 'accept', 'return'], 'pods cannot reach processes of their own node'],
  ['floatingIPs', ['', 'disabled'], 'pods have further addresses'],
  ['interfacePrefix', ['', 'cali'], 'interfaces of other names count as those of pods'],
  ['ipv6Support', ['', 'true'], 'policies do not apply to IPv6'],
  ['iptablesFilterAllowAction', ['', 'accept'], 'other rules of the host may deny what Calico allows'],
  ['iptablesMangleAllowAction', ['', 'accept'], 'other rules of the host may deny what Calico allows'],
  ['workloadSourceSpoofing', ['', 'disabled'], 'pods may send from addresses of others'],
];

/** Reads a FelixConfiguration. */
export function readFelixConfiguration(reading: Reading, origin: Origin): MentionDraft | HostSettingDraft {
  const spec = mappingIn(reading, reading.document.object, 'spec', '') ?? {};
  for (const [field, assumed, change] of FELIX_FIELDS) {
    const value = isAbsent(spec[field]) ? '' : String(spec[field]);
    if (assumed.includes(value.toLowerCase())) continue;
    reading.report('partly-modelled', `\`spec.${field}\` is \`${value}\`: ${change}, and the verdicts leave that out`, spec);
  }
  const ofHosts = ['failsafeInboundHostPorts', 'failsafeOutboundHostPorts', 'natOutgoingExclusions'].filter(
    (field) => !isAbsent(spec[field]),
  );
  return ofHosts.length === 0
    ? { kind: 'mention', origin }
    : { kind: 'hostSetting', origin, fields: ofHosts.map((field) => `spec.${field}`) };
}

/** Reads an IPPool. */
export function readIpPool(reading: Reading, origin: Origin): MentionDraft | HostSettingDraft {
  const spec = mappingIn(reading, reading.document.object, 'spec', '');
  return spec?.natOutgoing === true ? { kind: 'hostSetting', origin, fields: ['spec.natOutgoing'] } : { kind: 'mention', origin };
}

/** Reads a KubeControllersConfiguration: whether Calico makes a host endpoint of every node. */
export function readKubeControllersConfiguration(reading: Reading, origin: Origin): MentionDraft | HostSettingDraft {
  const controllers = mappingIn(reading, mappingIn(reading, reading.document.object, 'spec', ''), 'controllers', 'spec');
  const hostEndpoint = mappingIn(
    reading,
    mappingIn(reading, controllers, 'node', 'spec.controllers'),
    'hostEndpoint',
    'spec.controllers.node',
  );
  if (hostEndpoint?.autoCreate !== 'Enabled' || !makesAny(hostEndpoint)) return { kind: 'mention', origin };
  return { kind: 'hostSetting', origin, fields: ['spec.controllers.node.hostEndpoint.autoCreate'], makesHostEndpoints: true };
}

function makesAny({ createDefaultHostEndpoint, templates }: Mapping): boolean {
  return createDefaultHostEndpoint !== 'Disabled' || (Array.isArray(templates) && templates.some(isMapping));
}
