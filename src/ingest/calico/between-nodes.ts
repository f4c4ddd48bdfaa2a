import type { FactBase } from '../../model/facts';
import { EVERY_ADDRESS, type HostEndpoint, hostSubject, type NodeDrop, type WrappedPackets } from '../../model/host-endpoint';
import { FELIX_TIER, type PacketTerm, type PeerTerm, type Policy, type Rule, type Tier } from '../../model/policy';
import { matchSelector, type Selector } from '../../model/selector';
import type { ResourceRef } from '../../model/source';
import type { AddressPoolDraft, Origin, Wrapping } from '../draft';
import type { FelixSettings } from './felix-settings';

/*
 * What Felix does at every node with packets that carry others, before it asks a policy at host endpoints about the node's own traffic: what nodes send to
 * each other passes, in and out, and what anybody else sends to a node's tunnel is dropped; WireGuard tells by itself who may talk to it
 * (felix/rules/static.go, filterInputChain and filterOutputChain).
 *
 * The drop holds at all nodes, also for what early policies of a host endpoint allow, and is none of a policy. What passes is a tier of its own before all
 * others, with one policy that acts at host endpoints alone: so that it comes behind untracked and preDNAT policies, and leaves alone what nodes pass on and
 * what concerns pods.
 */

/** Before all others: of equal orders the name decides, and no name of an object begins with a bracket. */
const TIER: Tier = { name: FELIX_TIER, order: -Number.MAX_VALUE, defaultAction: 'Pass' };

const IPIP_NUMBER = 4;
const WIREGUARD_PORTS = { 4: 51_820, 6: 51_821 } as const;
const VXLAN_PORT = 4789;

const ALL: Selector = { kind: 'all' };
const NONE: Selector = { kind: 'none' };
const HOSTS: Selector = { kind: 'network', network: 'host' };

/** The packets that IPIP, or VXLAN, makes of others. */
export function packetsOf(wrapping: Wrapping, { vxlanPort = VXLAN_PORT }: FelixSettings): WrappedPackets {
  return wrapping === 'ipip'
    ? { protocol: 'other', numbers: [[IPIP_NUMBER, IPIP_NUMBER]] }
    : { protocol: 'UDP', ports: [[vxlanPort, vxlanPort]] };
}

/** What tells how nodes wrap packets. */
export interface WrappingParts {
  readonly settings: FelixSettings;
  /** The configuration that the settings are of. */
  readonly felix: Origin | undefined;
  readonly pools: readonly AddressPoolDraft[];
  readonly base: FactBase;
}

/** Where it acts, and what else does. */
export interface PolicedHosts {
  readonly hostEndpoints: readonly HostEndpoint[];
  readonly policies: readonly Policy[];
}

/**
 * What all nodes drop of what comes to themselves: what carries others as nodes wrap it, but from nodes. A fact does not tell how they wrap: nothing is
 * dropped then, for one of two ways would be wrong.
 */
export function droppedAtNodes(parts: WrappingParts): readonly NodeDrop[] {
  return wrappedBy({ ...parts, base: undefined }).map(({ wrapping, family }) => ({
    packets: packetsOf(wrapping, parts.settings),
    family,
    exempt: externalNodes(family, parts.settings),
  }));
}

/** That tier and its policy. Nothing where nodes wrap no packets, or where no host endpoint would hold them back: nobody asks then what Felix lets pass. */
export function linkBetweenNodes(parts: WrappingParts, hosts: PolicedHosts): { readonly tier: Tier; readonly policy: Policy } | undefined {
  const wrapped = wrappedBy(parts);
  const encrypted = encryptedBy(parts.settings);
  const ref = refOf(parts, wrapped, hosts);
  if ((wrapped.length === 0 && encrypted.length === 0) || !ref || !policesOwnTraffic(hosts)) return undefined;
  const allow = (peer: PeerTerm | readonly PeerTerm[], packets: PacketTerm): Rule => ({
    action: 'Allow',
    peer: [peer].flat(),
    packets: [packets],
    source: ref.source,
  });
  const allowed = [
    ...wrapped.map(({ wrapping, family }) => allow(nodesOf(family, parts.settings), packetsOf(wrapping, parts.settings))),
    ...encrypted.map(({ port, family }) => allow(anybody(family), { protocol: 'UDP', ports: [[port, port]] })),
  ];
  const policy: Policy = {
    ref,
    tier: TIER.name,
    order: 0,
    tieBreak: '',
    appliesTo: NONE,
    appliesToHosts: ALL,
    hook: 'normal',
    staged: false,
    ingress: allowed,
    egress: allowed,
  };
  return { tier: TIER, policy };
}

interface Wrapped {
  readonly wrapping: Wrapping;
  readonly family: 4 | 6;
}

/**
 * By pools; where the input has none, by a fact that says that packets are wrapped, and not how. IPIP carries IPv4 over IPv4 alone; whoever enables either
 * in the configuration of Felix does it for IPv4 (felix/calc/encapsulation_calculator.go).
 */
function wrappedBy({ settings, pools, base }: Omit<WrappingParts, 'base'> & { readonly base: FactBase | undefined }): readonly Wrapped[] {
  const isByFact = pools.length === 0 && base?.facts.encapsulation === 'always' && base.origins.encapsulation !== 'assumed';
  const byFact = isByFact ? base.facts.podRanges : [];
  const byPools = pools.flatMap(({ pool, wraps }) => wraps.map((wrapping) => ({ wrapping, net: pool?.net ?? '' })));
  const all = [...byPools, ...byFact.flatMap((net) => (['ipip', 'vxlan'] as const).map((wrapping) => ({ wrapping, net })))];
  const does = (wrapping: Wrapping, family: 4 | 6) =>
    all.some((one) => one.wrapping === wrapping && one.net.includes(':') === (family === 6));
  const found: (Wrapped & { readonly isSo: boolean })[] = [
    { wrapping: 'ipip', family: 4, isSo: settings.wrapsIpip ?? does('ipip', 4) },
    { wrapping: 'vxlan', family: 4, isSo: settings.wrapsVxlan ?? does('vxlan', 4) },
    { wrapping: 'vxlan', family: 6, isSo: settings.wrapsVxlan !== false && does('vxlan', 6) },
  ];
  return found.filter(({ isSo }) => isSo);
}

function encryptedBy({ wireguard, wireguardV6, wireguardPort, wireguardPortV6 }: FelixSettings) {
  return [
    ...(wireguard ? [{ family: 4, port: wireguardPort ?? WIREGUARD_PORTS[4] } as const] : []),
    ...(wireguardV6 ? [{ family: 6, port: wireguardPortV6 ?? WIREGUARD_PORTS[6] } as const] : []),
  ];
}

/** Nodes, and addresses beside them that somebody listed, in one family. */
function nodesOf(family: 4 | 6, settings: FelixSettings): readonly PeerTerm[] {
  const external = externalNodes(family, settings);
  const nodes: PeerTerm = { selector: HOSTS, nets: [EVERY_ADDRESS[family]], netsSeePods: 'yes' };
  return external.length > 0 ? [nodes, { nets: external, netsSeePods: 'yes' }] : [nodes];
}

function externalNodes(family: 4 | 6, { externalNodes: nets = [] }: FelixSettings): readonly string[] {
  return nets.filter((net) => net.includes(':') === (family === 6));
}

function anybody(family: 4 | 6): PeerTerm {
  return { nets: [EVERY_ADDRESS[family]], netsSeePods: 'yes' };
}

/** What makes it so: a pool that wraps, or the configuration of Felix, which every cluster of Calico has, in the input or not. */
function refOf({ felix, pools }: WrappingParts, wrapped: readonly Wrapped[], { hostEndpoints }: PolicedHosts): ResourceRef | undefined {
  const pool = pools.find(({ wraps }) => wrapped.some(({ wrapping }) => wraps.includes(wrapping)));
  const origin = pool?.origin ?? felix;
  const [host] = hostEndpoints;
  if (!host) return undefined;
  if (!origin) return { apiVersion: host.ref.apiVersion, kind: 'FelixConfiguration', name: 'default', source: host.ref.source };
  const { apiVersion, kind, name, source } = origin;
  return { apiVersion, kind, name, source };
}

/** Does some host endpoint hold back what is to or from its node? */
function policesOwnTraffic({ hostEndpoints, policies }: PolicedHosts): boolean {
  const acting = policies.flatMap(({ appliesToHosts, staged }) => (appliesToHosts && !staged ? [appliesToHosts] : []));
  return hostEndpoints.some(
    (host) => host.profileAction === 'Deny' || acting.some((selector) => matchSelector(selector, hostSubject(host)).truth !== 'no'),
  );
}
