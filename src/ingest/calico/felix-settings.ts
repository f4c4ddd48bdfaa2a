import type { Facts } from '../../model/facts';
import type { FailsafePort } from '../../model/host-endpoint';
import { formatCidr } from '../../util/ip';
import type { FelixDraft, MentionDraft, Origin } from '../draft';
import { isPort } from '../kubernetes/policy-packets';
import { isAbsent, type Mapping, mappingsIn, type Reading } from '../reading';
import { type Complaints, complaintsOf, flagField, mappingField, numberField, textField, textsField } from './complaints';
import { readFailsafes } from './failsafes';
import { parseNet } from './nets';
import { describeProblem, parseSelector } from './selector-parser';

/*
 * What Felix, Calico's agent on every node, is told to do: by FelixConfigurations and by the environment of its container, which goes before them
 * (felix/config/config_params.go). Neither decides who may talk to whom, but some of it changes what policies mean.
 */

/** As far as it changes verdicts; what is absent is not said. */
export interface FelixSettings {
  readonly endpointToHostAction?: Facts['endpointToHostAction'];
  readonly failsafeInbound?: readonly FailsafePort[];
  readonly failsafeOutbound?: readonly FailsafePort[];
  readonly bpfEnabled?: boolean;
  /** What pods send to nodes keeps their address, also where pools translate it. */
  readonly natSparesNodes?: boolean;
  /** Families of addresses that travel between nodes through WireGuard. */
  readonly wireguard?: boolean;
  readonly wireguardV6?: boolean;
  /** UDP ports at which they come in, where they are not the usual ones. */
  readonly wireguardPort?: number;
  readonly wireguardPortV6?: number;
  /** What wraps packets, whatever pools say. */
  readonly wrapsIpip?: boolean;
  readonly wrapsVxlan?: boolean;
  readonly vxlanPort?: number;
  /** Pods may send packets of tunnels. */
  readonly passesIpip?: boolean;
  readonly passesVxlan?: boolean;
  /** Canonical CIDRs beside those of nodes from which packets of tunnels are taken. */
  readonly externalNodes?: readonly string[];
}

/**
 * Fields of FelixConfiguration (felix/docs/config-params.json) that change verdicts in ways that are not modelled: what is assumed, in lower case, and what
 * another value changes. An empty text stands for the absent field.
 */
const UNMODELLED: readonly (readonly [field: string, assumed: readonly string[], change: string])[] = [
  ['bpfConnectTimeLoadBalancing', ['', 'tcp', 'enabled', 'disabled'], 'addresses of Services are translated elsewhere'],
  ['bpfDataIfacePattern', [''], 'host endpoints act at interfaces of other names'],
  ['bpfDSROptoutCIDRs', [''], 'answers to clients outside take other ways'],
  ['bpfExcludeCIDRsFromNAT', [''], 'some addresses of Services are not translated'],
  ['bpfExternalServiceMode', ['', 'tunnel'], 'answers to clients outside take other ways'],
  ['bpfL3IfacePattern', [''], 'host endpoints act at interfaces of other names'],
  ['chainInsertMode', ['', 'insert'], 'other rules of the host may let packets pass before Calico sees them'],
  ['floatingIPs', ['', 'disabled'], 'pods have further addresses'],
  ['interfaceExclude', ['', 'kube-ipvs0'], 'host endpoints do not act at interfaces of other names'],
  ['interfacePrefix', ['', 'cali'], 'interfaces of other names count as those of pods'],
  ['ipv6Support', ['', 'true'], 'policies do not apply to IPv6'],
  ['iptablesFilterAllowAction', ['', 'accept'], 'other rules of the host may deny what Calico allows'],
  ['iptablesMangleAllowAction', ['', 'accept'], 'other rules of the host may deny what Calico allows'],
  ['kubeNodePortRanges', ['', '30000:32767'], 'other ports are taken for node ports where kube-proxy uses IPVS'],
  ['natOutgoingAddress', [''], 'what leaves the pools has that address instead of one of its node'],
  ['serviceLoopPrevention', ['', 'drop', 'reject'], 'packets to unused addresses of Services leave the cluster'],
  ['wireguardHostEncryptionEnabled', ['', 'false'], 'what nodes send to each other passes the interface of WireGuard'],
  ['workloadSourceSpoofing', ['', 'disabled'], 'pods may send from addresses of others'],
];

/** The object that holds for all nodes; one of `node.NAME` holds for one. */
export const GLOBAL_FELIX = 'default';
export const NODE_PREFIX = 'node.';

/** Reads a FelixConfiguration. One that Calico would not have says nothing. */
export function readFelixConfiguration(reading: Reading, origin: Origin): FelixDraft | MentionDraft {
  const complaints = complaintsOf(reading, origin.apiVersion, 'FelixConfiguration');
  const spec = mappingField(complaints, reading.document.object, 'spec', 'FelixConfiguration') ?? {};
  const settings = readSettings(complaints, spec);
  const nodeSelector = readNodeSelector(complaints, spec);
  if (complaints.isLeftOut()) return { kind: 'mention', origin };
  for (const [field, assumed, change] of UNMODELLED) {
    const value = printedValue(spec[field]);
    if (assumed.includes(value.toLowerCase())) continue;
    reading.report('partly-modelled', `\`spec.${field}\` is \`${value}\`: ${change}, and the verdicts leave that out`, spec);
  }
  return { kind: 'felix', origin, settings, ...(nodeSelector !== '' && { nodeSelector }) };
}

function readSettings(complaints: Complaints, spec: Mapping): FelixSettings {
  const flag = (field: string) => flagField(complaints, spec, field, 'spec');
  const written = textField(complaints, spec, 'defaultEndpointToHostAction', 'spec') ?? '';
  const action = hostActionOf(written);
  if (written !== '' && !action) {
    complaints.refuse('`spec.defaultEndpointToHostAction` is none of Accept, Drop, Return', spec);
  }
  const exclusions = textField(complaints, spec, 'natOutgoingExclusions', 'spec') ?? '';
  return said({
    endpointToHostAction: action,
    failsafeInbound: readFailsafes(complaints, spec, 'failsafeInboundHostPorts'),
    failsafeOutbound: readFailsafes(complaints, spec, 'failsafeOutboundHostPorts'),
    bpfEnabled: flag('bpfEnabled'),
    natSparesNodes: exclusions === '' ? undefined : exclusions.toLowerCase() === 'ippoolsandhostips',
    wireguard: flag('wireguardEnabled'),
    wireguardV6: flag('wireguardEnabledV6'),
    wireguardPort: readPort(complaints, spec, 'wireguardListeningPort'),
    wireguardPortV6: readPort(complaints, spec, 'wireguardListeningPortV6'),
    wrapsIpip: flag('ipipEnabled'),
    wrapsVxlan: flag('vxlanEnabled'),
    vxlanPort: readPort(complaints, spec, 'vxlanPort'),
    passesIpip: flag('allowIPIPPacketsFromWorkloads'),
    passesVxlan: flag('allowVXLANPacketsFromWorkloads'),
    externalNodes: readExternalNodes(complaints, spec),
  });
}

/** A list of one entry prints as the entry, and nothing as the empty text. */
function printedValue(value: unknown): string {
  if (isAbsent(value)) return '';
  return typeof value === 'object' && !Array.isArray(value) ? 'a mapping' : String(value);
}

function readPort(complaints: Complaints, spec: Mapping, field: string): number | undefined {
  const port = numberField(complaints, spec, field, 'spec');
  if (port === undefined || isPort(port)) return port;
  return complaints.refuse(`\`spec.${field}\` is \`${port}\`, which is no port`, spec);
}

/** Addresses and CIDRs; the field has another name than the setting (`ExternalNodesCIDRList`) that it makes. */
function readExternalNodes(complaints: Complaints, spec: Mapping): readonly string[] | undefined {
  const field = 'externalNodesList';
  const texts = textsField(complaints, spec, field, 'spec');
  if (!Array.isArray(spec[field])) return undefined;
  return texts.flatMap((text) => {
    const net = parseNet(text);
    if (!net) complaints.refuse(`\`spec.${field}\` has an entry that is no CIDR such as \`10.0.0.0/16\``, spec);
    return net ? [formatCidr(net)] : [];
  });
}

/** Newer releases know configurations of the nodes that a selector chooses. */
function readNodeSelector(complaints: Complaints, spec: Mapping): string {
  const text = textField(complaints, spec, 'nodeSelector', 'spec') ?? '';
  const parsed = parseSelector(text);
  if (parsed.kind === 'problem') complaints.refuse(`\`spec.nodeSelector\` is no selector: ${describeProblem(parsed.problem)}`, spec);
  return text;
}

function hostActionOf(text: string): Facts['endpointToHostAction'] | undefined {
  return (['accept', 'return', 'drop'] as const).find((action) => action === text.toLowerCase());
}

/** The container in which Felix runs, in every way of installing Calico. */
const FELIX_CONTAINER = 'calico-node';

/** What Calico's own manifests and charts set to `ACCEPT` (manifests/calico.yaml). */
export const HOST_ACTION_VARIABLE = 'FELIX_DEFAULTENDPOINTTOHOSTACTION';
const VARIABLES: readonly string[] = [
  HOST_ACTION_VARIABLE,
  'FELIX_ALLOWIPIPPACKETSFROMWORKLOADS',
  'FELIX_ALLOWVXLANPACKETSFROMWORKLOADS',
  'FELIX_BPFENABLED',
  'FELIX_EXTERNALNODESCIDRLIST',
  'FELIX_FAILSAFEINBOUNDHOSTPORTS',
  'FELIX_FAILSAFEOUTBOUNDHOSTPORTS',
  'FELIX_NATOUTGOINGEXCLUSIONS',
  'FELIX_VXLANPORT',
  'FELIX_WIREGUARDENABLED',
  'FELIX_WIREGUARDENABLEDV6',
  'FELIX_WIREGUARDLISTENINGPORT',
  'FELIX_WIREGUARDLISTENINGPORTV6',
];

/**
 * Which settings that change verdicts the environment of Felix makes, by the template of a DaemonSet; undefined where none of its containers is Felix'.
 * Only names: values of environment variables may be secret, and are gone before anything is read.
 */
export function readFelixEnvironment(reading: Reading, podSpec: Mapping | undefined, path: string): readonly string[] | undefined {
  const container = mappingsIn(reading, podSpec, 'containers', path).find(({ name }) => name === FELIX_CONTAINER);
  if (!container) return undefined;
  const names = new Set(mappingsIn(reading, container, 'env', `${path}.containers`).map(({ name }) => String(name).toUpperCase()));
  return VARIABLES.filter((variable) => names.has(variable));
}

type Maybe<Settings> = { readonly [Field in keyof Settings]: Settings[Field] | undefined };

/** Without the fields of which nothing is said. */
function said(settings: Maybe<Required<FelixSettings>>): FelixSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
