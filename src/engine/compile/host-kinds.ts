import { type HostEndpoint, hostSubject, isFailsafeOf } from '../../model/host-endpoint';
import type { Policy } from '../../model/policy';
import { matchSelector, type Selector } from '../../model/selector';
import type { Snapshot } from '../../model/snapshot';

/*
 * Which host endpoints a flow meets at a node, and which of them no policy tells apart: those are one *kind*. There are two sorts of kinds: as what nodes
 * pass on meets host endpoints (untracked, preDNAT and forward policies), and as their own traffic does (untracked, preDNAT and normal policies, profiles).
 */

export type StageHook = 'untracked' | 'preDNAT' | 'forward' | 'normal';

/** The kind of an interface that no host endpoint governs, or (for what is passed on) one whose policies have nothing to say. */
export const NOBODY = -1;

export interface HostKind {
  /** Twice the place among the policies that act at hosts, plus 1 where it selects only perhaps; in evaluation order. */
  readonly entries: readonly number[];
  /** One for all interfaces: untracked policies do not act there. */
  readonly isWildcard: boolean;
  readonly profileAction: HostEndpoint['profileAction'];
  /** Failsafe ports that count there, by their place in the node network. */
  readonly failsafeInbound: readonly number[];
  readonly failsafeOutbound: readonly number[];
}

/** Kinds of the host endpoints that govern interfaces of one node; several where the input does not tell which. */
export interface NodeHosts {
  readonly inner: number;
  readonly loopback: number;
  readonly tunnel: readonly number[];
  readonly outward: readonly number[];
}

export interface HostKinds {
  /** Indices of the policies that act at host endpoints. */
  readonly policies: readonly number[];
  readonly kinds: readonly HostKind[];
  /** By node, as what it passes on meets them, and as its own traffic does. */
  readonly passing: ReadonlyMap<string, NodeHosts>;
  readonly own: ReadonlyMap<string, NodeHosts>;
  /** Does some host endpoint police what its node passes on; the node's own traffic? */
  readonly policesForwarded: boolean;
  readonly policesOwn: boolean;
  /** Does an untracked policy allow something to or from processes somewhere? The way back is then a matter of its own. */
  readonly allowsUntracked: boolean;
}

export const PASSING: readonly StageHook[] = ['untracked', 'preDNAT', 'forward'];
export const OWN: readonly StageHook[] = ['untracked', 'preDNAT', 'normal'];

/** Names that Felix gives the interfaces that wrap packets between nodes. */
const TUNNEL_INTERFACES: ReadonlySet<string> = new Set(['vxlan.calico', 'vxlan-v6.calico', 'tunl0', 'wireguard.cali', 'wg-v6.cali']);
const ALL_INTERFACES = '*';
const LOOPBACK = 'lo';

export function actsAt(policy: Policy, hook: StageHook): boolean {
  return hook === 'forward' ? policy.hook === 'normal' && policy.forward === true : policy.hook === hook;
}

/** Undefined where there are no host endpoints, so that nothing of all this is needed. */
export function findHostKinds({ hostEndpoints, policies, endpoints, nodeNetwork }: Snapshot): HostKinds | undefined {
  if (hostEndpoints.length === 0) return undefined;
  const acting = [...policies.keys()].filter((index) => policies[index]!.appliesToHosts && !policies[index]!.staged);
  const finder = new KindFinder(
    acting.map((index) => policies[index]!),
    nodeNetwork,
  );
  const byNode = new Map<string, HostEndpoint[]>();
  for (const host of hostEndpoints) {
    const hosts = byNode.get(host.node);
    if (hosts) hosts.push(host);
    else byNode.set(host.node, [host]);
  }
  const addresses = new Map<string, readonly string[]>();
  for (const { kind, name, addresses: own } of endpoints) if (kind === 'node' && !addresses.has(name)) addresses.set(name, own);
  const sorted = [...byNode].map(([node, hosts]) => [node, governorsOf(hosts, addresses.get(node) ?? [])] as const);
  const passing = new Map(sorted.map(([node, governors]) => [node, kindsOf(governors, (host) => finder.passing(host))]));
  const own = new Map(sorted.map(([node, governors]) => [node, kindsOf(governors, (host) => finder.own(host))]));
  return { policies: acting, kinds: finder.kinds, passing, own, ...finder.policing(hostEndpoints) };
}

type Host = HostEndpoint | undefined;

interface Governors {
  readonly inner: Host;
  readonly loopback: Host;
  readonly tunnel: readonly Host[];
  readonly outward: readonly Host[];
}

/** Who governs the interfaces of a node with these host endpoints and addresses; see the path of a flow in `evaluate-interfaces`. */
function governorsOf(hosts: readonly HostEndpoint[], nodeAddresses: readonly string[]): Governors {
  let inner: Host;
  let loopback: Host;
  const tunnel: HostEndpoint[] = [];
  const named: HostEndpoint[] = [];
  for (const host of hosts) {
    if (host.interfaceName === ALL_INTERFACES) inner ??= host;
    else if (host.interfaceName === LOOPBACK) loopback ??= host;
    else if (TUNNEL_INTERFACES.has(host.interfaceName)) tunnel.push(host);
    else named.push(host);
  }
  return {
    inner,
    loopback: loopback ?? inner,
    tunnel: tunnel.length > 0 ? tunnel : [inner],
    outward: leadingOut(named, nodeAddresses, inner),
  };
}

function leadingOut(named: readonly HostEndpoint[], nodeAddresses: readonly string[], wildcard: Host): readonly Host[] {
  const atKnown = nodeAddresses.flatMap((address) => named.find(({ addresses }) => addresses.includes(address)) ?? []);
  if (atKnown.length > 0) return atKnown;
  const possible = nodeAddresses.length === 0 ? named : named.filter(({ addresses }) => addresses.length === 0);
  if (possible.length === 0) return [wildcard];
  // An interface that is known by addresses alone is nobody else's.
  const [first, ...others] = possible.map(({ interfaceName, ref }) => (interfaceName === '' ? ` ${ref.name}` : interfaceName));
  return others.every((name) => name === first) ? [possible[0]] : [...possible, wildcard];
}

function kindsOf({ inner, loopback, tunnel, outward }: Governors, kindOf: (host: Host) => number): NodeHosts {
  const distinct = (hosts: readonly Host[]) => [...new Set(hosts.map(kindOf))];
  return { inner: kindOf(inner), loopback: kindOf(loopback), tunnel: distinct(tunnel), outward: distinct(outward) };
}

/** Tells the kinds of host endpoints, each once. */
class KindFinder {
  readonly kinds: HostKind[] = [];
  private readonly policies: readonly Policy[];
  private readonly nodeNetwork: Snapshot['nodeNetwork'];
  private readonly numbers = new Map<string, number>();
  private readonly selections = new Map<string, readonly number[]>();
  /** Keys of the labels that selectors look at. */
  private readonly keys: readonly string[];
  private readonly passes: readonly boolean[];
  private readonly isOwn: readonly boolean[];

  constructor(policies: readonly Policy[], nodeNetwork: Snapshot['nodeNetwork']) {
    this.policies = policies;
    this.nodeNetwork = nodeNetwork;
    const keys = new Set<string>();
    for (const { appliesToHosts } of policies) collectKeys(appliesToHosts!, keys);
    this.keys = [...keys];
    this.passes = policies.map((policy) => PASSING.some((hook) => actsAt(policy, hook)));
    this.isOwn = policies.map((policy) => OWN.some((hook) => actsAt(policy, hook)));
  }

  passing(host: Host): number {
    const entries = host ? this.selection(host).filter((entry) => this.passes[entry >>> 1]) : [];
    return host && entries.length > 0 ? this.kind(host, entries, 'Allow') : NOBODY;
  }

  /** Somebody, even without policies: it matters whether what arrives is seen at all. */
  own(host: Host): number {
    if (!host) return NOBODY;
    return this.kind(
      host,
      this.selection(host).filter((entry) => this.isOwn[entry >>> 1]),
      host.profileAction,
    );
  }

  policing(hosts: readonly HostEndpoint[]): Pick<HostKinds, 'policesForwarded' | 'policesOwn' | 'allowsUntracked'> {
    const some = (isIt: (policy: Policy, host: HostEndpoint) => boolean) =>
      hosts.some((host) => this.selection(host).some((entry) => isIt(this.policies[entry >>> 1]!, host)));
    const acts = (hooks: readonly StageHook[]) =>
      some((policy, { interfaceName }) =>
        hooks.some((hook) => actsAt(policy, hook) && (hook !== 'untracked' || interfaceName !== ALL_INTERFACES)),
      );
    return {
      policesForwarded: acts(PASSING),
      policesOwn: hosts.some(({ profileAction }) => profileAction === 'Deny') || acts(OWN),
      allowsUntracked: some(
        ({ hook, ingress = [], egress = [] }, { interfaceName }) =>
          hook === 'untracked' && interfaceName !== ALL_INTERFACES && [...ingress, ...egress].some(({ action }) => action === 'Allow'),
      ),
    };
  }

  /** Worked out once for all host endpoints that no selector tells apart: each node has one, with a label of its own name. */
  private selection(host: HostEndpoint): readonly number[] {
    const subject = hostSubject(host);
    const { labels, profiles } = subject;
    const key = JSON.stringify([
      this.keys.map((name) => (Object.hasOwn(labels.values, name) ? labels.values[name] : null)),
      labels.unknownKeys.filter((name) => this.keys.includes(name)),
      labels.complete,
      profiles,
    ]);
    let selection = this.selections.get(key);
    if (!selection) {
      selection = this.policies.flatMap((policy, index) => {
        const { truth } = matchSelector(policy.appliesToHosts!, subject);
        return truth === 'no' ? [] : [2 * index + (truth === 'maybe' ? 1 : 0)];
      });
      this.selections.set(key, selection);
    }
    return selection;
  }

  private kind(host: HostEndpoint, entries: readonly number[], profileAction: HostKind['profileAction']): number {
    const isWildcard = host.interfaceName === ALL_INTERFACES;
    const [failsafeInbound, failsafeOutbound] = [this.nodeNetwork.failsafeInbound, this.nodeNetwork.failsafeOutbound].map((ports) =>
      [...ports.keys()].filter((place) => isFailsafeOf(ports[place]!, host.node)),
    );
    const key = JSON.stringify([entries, isWildcard, profileAction, failsafeInbound, failsafeOutbound]);
    let number = this.numbers.get(key);
    if (number === undefined) {
      number =
        this.kinds.push({ entries, isWildcard, profileAction, failsafeInbound: failsafeInbound!, failsafeOutbound: failsafeOutbound! }) - 1;
      this.numbers.set(key, number);
    }
    return number;
  }
}

function collectKeys(selector: Selector, keys: Set<string>): void {
  if (selector.kind === 'label') keys.add(selector.key);
  if (selector.kind === 'not') collectKeys(selector.of, keys);
  if (selector.kind === 'and' || selector.kind === 'or') for (const part of selector.of) collectKeys(part, keys);
}
