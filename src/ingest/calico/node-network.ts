import type { FactBase, Facts } from '../../model/facts';
import type { AddressPool, FailsafePort, NodeNetwork, WrappedPackets } from '../../model/host-endpoint';
import { formatRef } from '../../model/source';
import { formatCidr, parseCidr } from '../../util/ip';
import { compareText } from '../../util/order';
import { printable } from '../archive/entry';
import { diagnose } from '../codes';
import type { Report } from '../document';
import type { AddressPoolDraft, ControllerDraft, FelixDraft, NodeDraft } from '../draft';
import { droppedAtNodes, linkBetweenNodes, type PolicedHosts, packetsOf, type WrappingParts } from './between-nodes';
import { DEFAULT_FAILSAFES } from './failsafes';
import { type FelixSettings, GLOBAL_FELIX, HOST_ACTION_VARIABLE, NODE_PREFIX } from './felix-settings';
import { linkNodes, type NodeLinkParts } from './node-links';
import { matchExpression } from './selector-match';
import { parseSelector } from './selector-parser';

/*
 * What nodes do with packets besides policy, of all that tells it together. Of several that say something the later one counts:
 *
 *   built in ─▶ FelixConfiguration `default` ─▶ those that select nodes ─▶ `node.NAME` ─▶ environment of Felix, which we cannot read
 */

/** Everything that tells. */
export interface NodeNetworkParts {
  readonly felix: readonly FelixDraft[];
  readonly controllers: readonly ControllerDraft[];
  readonly pools: readonly AddressPoolDraft[];
  readonly nodes: readonly NodeDraft[];
  readonly report: Report;
}

/** Settles the facts that follow from how Felix is configured, unless somebody gave them. */
export function withFelix(base: FactBase, parts: NodeNetworkParts): FactBase {
  const action = hostActionOf(parts);
  const { bpfEnabled } = globalSettings(parts);
  const tunnelPackets = tunnelPacketsOf(parts);
  const isFree = (name: 'endpointToHostAction' | 'serviceProxy' | 'tunnelPacketsOfPods') => base.origins[name] === 'assumed';
  const derived: Partial<Facts> = {
    ...(action !== undefined && isFree('endpointToHostAction') && { endpointToHostAction: action }),
    ...(bpfEnabled && isFree('serviceProxy') && { serviceProxy: 'ebpf' }),
    ...(tunnelPackets && isFree('tunnelPacketsOfPods') && { tunnelPacketsOfPods: tunnelPackets }),
  };
  if (derived.endpointToHostAction) reportHostAction(derived.endpointToHostAction, parts);
  const origins = Object.fromEntries(Object.keys(derived).map((name) => [name, 'derived' as const]));
  const settled: FactBase = { facts: { ...base.facts, ...derived }, origins: { ...base.origins, ...origins } };
  reportEnvironment(parts, settled);
  return settled;
}

/**
 * Where the environment of Felix sets it, that is what the facts assume, as Calico's own manifests have it; where the whole configuration is known and says
 * nothing, Felix drops.
 */
function hostActionOf(parts: NodeNetworkParts): Facts['endpointToHostAction'] | undefined {
  const environment = environmentOf(parts);
  if (environment?.includes(HOST_ACTION_VARIABLE)) return undefined;
  return globalSettings(parts).endpointToHostAction ?? (environment ? 'drop' : undefined);
}

/**
 * Felix drops both kinds unless it is told otherwise; what holds where the input says nothing of Felix is left to the fact, as it changes what every pod
 * may open.
 */
function tunnelPacketsOf(parts: NodeNetworkParts): Facts['tunnelPacketsOfPods'] | undefined {
  const global = globalFelix(parts);
  if (!global) return undefined;
  return droppedFromPods(global.settings).length > 0 ? 'drop' : 'pass';
}

/** The configuration that holds for all nodes. */
function globalFelix({ felix }: Pick<NodeNetworkParts, 'felix'>): FelixDraft | undefined {
  return felix.find(({ origin, nodeSelector }) => nodeSelector === undefined && origin.name === GLOBAL_FELIX);
}

function globalSettings(parts: Pick<NodeNetworkParts, 'felix'>): FelixSettings {
  return globalFelix(parts)?.settings ?? {};
}

function droppedFromPods(settings: FelixSettings): readonly WrappedPackets[] {
  return [...(settings.passesVxlan ? [] : [packetsOf('vxlan', settings)]), ...(settings.passesIpip ? [] : [packetsOf('ipip', settings)])];
}

/** The environment of Felix goes before its configuration, and Calico's own manifests and charts set the action there. */
function reportHostAction(action: Facts['endpointToHostAction'], parts: NodeNetworkParts): void {
  const first = parts.felix.find(({ settings }) => settings.endpointToHostAction !== undefined);
  if (!first || action !== 'drop' || environmentOf(parts)) return;
  const message = `by \`spec.defaultEndpointToHostAction\` the fact \`endpointToHostAction\` is \`${action}\`; the environment of \`calico-node\` would go before it, and the input has no such DaemonSet`;
  parts.report(diagnose('fact-derived', message, first.origin.source, printable(formatRef(first.origin))));
}

/** Tells what the environment of Felix sets and nobody reads; the usual action towards the host only where a configuration says something else. */
function reportEnvironment({ felix, controllers, report }: NodeNetworkParts, { facts, origins }: FactBase): void {
  const agent = controllers.find((controller) => controller.felix);
  if (!agent) return;
  const contradicted = felix.some(
    ({ settings }) => (settings.endpointToHostAction ?? facts.endpointToHostAction) !== facts.endpointToHostAction,
  );
  const unread = agent.felix!.filter((name) => {
    if (name === HOST_ACTION_VARIABLE) return contradicted && origins.endpointToHostAction !== 'given';
    return !(name === 'FELIX_BPFENABLED' && origins.serviceProxy === 'given');
  });
  if (unread.length === 0) return;
  const names = unread.map((name) => `\`${name}\``).join(', ');
  const message = `the environment of \`calico-node\` sets ${names}, and values of environment variables are never read: the verdicts leave that out`;
  report(diagnose('environment-not-read', message, agent.origin.source, printable(formatRef(agent.origin))));
}

function environmentOf({ controllers }: NodeNetworkParts): readonly string[] | undefined {
  return controllers.find(({ felix }) => felix)?.felix;
}

/** What holds for one node, or for all that nothing more is said of. */
type SettingsOf = (node?: string) => FelixSettings;

function settingsFinder(parts: Pick<NodeNetworkParts, 'felix' | 'nodes'>): SettingsOf {
  const { felix, nodes } = parts;
  const global = globalSettings(parts);
  const named = new Map(
    felix.flatMap(({ origin, nodeSelector, settings }) => (nodeSelector === undefined ? [[origin.name, settings]] : [])),
  );
  const selecting = felix
    .flatMap(({ origin, nodeSelector, settings }) => {
      const parsed = nodeSelector === undefined ? undefined : parseSelector(nodeSelector);
      return parsed?.kind === 'selector' ? [{ name: origin.name, expression: parsed.expression, settings }] : [];
    })
    .sort((x, y) => compareText(x.name, y.name));
  const labelsOf = new Map(nodes.map(({ origin, labels }) => [origin.name, new Map(Object.entries(labels.values))]));
  return (node) => {
    if (node === undefined) return global;
    const labels = { values: labelsOf.get(node) ?? new Map<string, string>(), unknown: () => undefined };
    const chosen = selecting
      .filter(({ expression }) => matchExpression(expression, labels).truth === 'yes')
      .map(({ settings }) => settings);
    return Object.assign({}, global, ...chosen, named.get(NODE_PREFIX + node));
  };
}

/**
 * Puts it together.
 * @param governed nodes with host endpoints, where it matters what stays open
 * @param known everything that tells of addresses of nodes
 */
export function linkNodeNetwork(
  governed: readonly string[],
  parts: NodeNetworkParts,
  base: FactBase,
  known: Pick<NodeLinkParts, 'nodes' | 'hostEndpoints'>,
): NodeNetwork {
  const settingsOf = settingsFinder(parts);
  const settings = globalSettings(parts);
  reportOfNodes(parts, settings);
  const failsafes = (way: 'inbound' | 'outbound') => {
    const field = way === 'inbound' ? 'failsafeInbound' : 'failsafeOutbound';
    return failsafesOf(governed, (node) => settingsOf(node)[field] ?? DEFAULT_FAILSAFES[way]);
  };
  const dropped = base.facts.tunnelPacketsOfPods === 'drop' ? droppedFromPods(settings) : [];
  const droppedAtAll = droppedAtNodes(wrappingParts(parts, base));
  const told = parts.pools.length > 0 ? parts.pools.flatMap(({ pool }) => pool ?? []) : poolsOfFacts(base);
  const pools = told.map((pool) => poolWith(pool, settings));
  const links = linkNodes({ ...known, pools, knowsModes: parts.pools.length > 0 });
  return {
    failsafeInbound: failsafes('inbound'),
    failsafeOutbound: failsafes('outbound'),
    pools: pools.sort((a, b) => compareText(a.net, b.net)),
    ...(links.length > 0 && { links }),
    ...(dropped.length > 0 && { droppedFromPods: dropped }),
    ...(droppedAtAll.length > 0 && { droppedAtNodes: droppedAtAll }),
  };
}

/** What Felix lets pass between nodes at these host endpoints. */
export function tunnelsBetweenNodes(parts: NodeNetworkParts, base: FactBase, hosts: PolicedHosts): ReturnType<typeof linkBetweenNodes> {
  return linkBetweenNodes(wrappingParts(parts, base), hosts);
}

function wrappingParts(parts: NodeNetworkParts, base: FactBase): WrappingParts {
  const global = globalFelix(parts);
  return { settings: global?.settings ?? {}, felix: global?.origin, pools: parts.pools, base };
}

/** What facts say of pools, where the input has none. Unknown encapsulation is as undecided as one that depends on subnets. */
function poolsOfFacts({ facts, origins }: FactBase): readonly AddressPool[] {
  if (origins.encapsulation === 'assumed' && origins.natOutgoing === 'assumed') return [];
  const encapsulation = facts.encapsulation === 'unknown' ? 'acrossSubnets' : facts.encapsulation;
  return facts.podRanges.map((net) => ({ net: formatCidr(parseCidr(net)!), encapsulation, natOutgoing: facts.natOutgoing === 'yes' }));
}

/** Traffic in WireGuard passes its interface, whatever the pool says of other tunnels. */
function poolWith({ net, encapsulation, natOutgoing }: AddressPool, settings: FelixSettings): AddressPool {
  const encrypts = net.includes(':') ? settings.wireguardV6 : settings.wireguard;
  return { net, encapsulation: encrypts ? 'always' : encapsulation, natOutgoing: natOutgoing && !settings.natSparesNodes };
}

/** The ports that are open everywhere, and with their nodes those that are open on some. */
function failsafesOf(governed: readonly string[], on: (node: string | undefined) => readonly FailsafePort[]): readonly FailsafePort[] {
  const everywhere = on(undefined);
  const byNode = governed.map((node) => [node, on(node)] as const);
  if (byNode.every(([, open]) => open === everywhere)) return everywhere;
  const nodesOf = new Map<string, { readonly port: FailsafePort; readonly nodes: string[] }>();
  for (const [node, open] of byNode) {
    for (const port of open) {
      const key = JSON.stringify([port.protocol, port.port, port.net]);
      const known = nodesOf.get(key);
      if (!known) nodesOf.set(key, { port, nodes: [node] });
      else if (known.nodes.at(-1) !== node) known.nodes.push(node);
    }
  }
  return [...nodesOf.values()].map(({ port, nodes }) => (nodes.length === governed.length ? port : { ...port, nodes }));
}

/** Tells of settings of single nodes that only count for all, and of configurations that Felix never looks at. */
function reportOfNodes(parts: NodeNetworkParts, all: FelixSettings): void {
  for (const { origin, settings, nodeSelector } of parts.felix) {
    const isOfSome = nodeSelector !== undefined || origin.name.startsWith(NODE_PREFIX);
    const tell = (code: 'partly-modelled' | 'without-effect', message: string) =>
      parts.report(diagnose(code, message, origin.source, printable(formatRef(origin))));
    if (!isOfSome && origin.name !== GLOBAL_FELIX) {
      tell('without-effect', `a FelixConfiguration that is named neither \`${GLOBAL_FELIX}\` nor \`${NODE_PREFIX}NAME\` has no effect`);
      continue;
    }
    if (!isOfSome) continue;
    const { failsafeInbound: _, failsafeOutbound: __, ...others } = settings;
    const differing = Object.entries(others).filter(
      ([field, value]) => JSON.stringify(all[field as keyof FelixSettings]) !== JSON.stringify(value),
    );
    if (differing.length === 0) continue;
    const fields = differing.map(([field]) => FIELD_NAMES[field as keyof typeof FIELD_NAMES]).join(', ');
    tell('partly-modelled', `${fields} of some nodes differs from that of the others: the verdicts leave that out`);
  }
}

const FIELD_NAMES = {
  endpointToHostAction: '`spec.defaultEndpointToHostAction`',
  bpfEnabled: '`spec.bpfEnabled`',
  natSparesNodes: '`spec.natOutgoingExclusions`',
  wireguard: '`spec.wireguardEnabled`',
  wireguardV6: '`spec.wireguardEnabledV6`',
  wireguardPort: '`spec.wireguardListeningPort`',
  wireguardPortV6: '`spec.wireguardListeningPortV6`',
  wrapsIpip: '`spec.ipipEnabled`',
  wrapsVxlan: '`spec.vxlanEnabled`',
  vxlanPort: '`spec.vxlanPort`',
  passesIpip: '`spec.allowIPIPPacketsFromWorkloads`',
  passesVxlan: '`spec.allowVXLANPacketsFromWorkloads`',
  externalNodes: '`spec.externalNodesList`',
} as const satisfies Readonly<Record<keyof Omit<FelixSettings, 'failsafeInbound' | 'failsafeOutbound'>, string>>;
