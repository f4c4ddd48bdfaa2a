import { parseCidr } from '../util/ip';

/** What manifests cannot tell. Each has a default; what rests on a default says so. */
export interface Facts {
  /** Name of the network plugin in lower case, or `unknown`. */
  readonly cni: string;
  readonly calicoVersion: string;
  /** Does an `ipBlock` of a NetworkPolicy match pods by their address? Calico: yes, Cilium: no. */
  readonly ipBlockMatchesPods: 'yes' | 'no' | 'unknown';
  /** `ordinary` treats hostNetwork pods as if they had an address of their own. */
  readonly hostNetworkPods: 'host' | 'ordinary';
  /** Whether Succeeded and Failed pods are endpoints. */
  readonly finishedPods: 'drop' | 'keep';
  /**
   * What happens to packets of a pod to its own node that its egress lets out (Felix' `defaultEndpointToHostAction`; `return` leaves it to other rules of the
   * host, taken as `accept`). Only where Calico is the plugin.
   */
  readonly endpointToHostAction: 'accept' | 'return' | 'drop';
  /**
   * Whether nodes drop what could carry other packets between nodes where one of their pods sends it (VXLAN, IPIP), before any policy sees it, except what
   * a FelixConfiguration allows (`allowVXLANPacketsFromWorkloads`, `allowIPIPPacketsFromWorkloads`). Only where Calico is the plugin.
   */
  readonly tunnelPacketsOfPods: 'pass' | 'drop';
  /** Whether the proxy of Services translates the client's address when it sends a connection from outside to another node: eBPF dataplanes keep it. */
  readonly serviceProxy: 'kube-proxy' | 'ebpf' | 'unknown';
  /** Whether packets between pods are wrapped on the way to another node, where no IPPool tells: with `podRanges`, which they hold for. */
  readonly encapsulation: 'always' | 'never' | 'unknown';
  /** Whether what pods send out of `podRanges` takes the address of their node, where no IPPool tells; as Calico's own first pool has it. */
  readonly natOutgoing: 'yes' | 'no';
  readonly nodesReachableFrom: 'internet' | 'organisation' | 'nobody' | 'unknown';
  /** Cloud whose metadata addresses count. */
  readonly platform: 'aws' | 'gcp' | 'azure' | 'alibaba' | 'oracle' | 'openstack' | 'none' | 'unknown';
  /** Namespace of objects that name none, as `kubectl apply --namespace` would set it. */
  readonly defaultNamespace: string;
  readonly podRanges: readonly string[];
  readonly nodeRanges: readonly string[];
  readonly serviceRanges: readonly string[];
  /** The organisation's own addresses outside the cluster. */
  readonly organisationRanges: readonly string[];
}

export type FactName = keyof Facts;

/** `given`: by the user · `derived`: from another fact or from the input · `assumed`: nobody said, this is the default. */
export type FactOrigin = 'given' | 'derived' | 'assumed';
export type FactOrigins = Readonly<Record<FactName, FactOrigin>>;

export interface FactBase {
  readonly facts: Facts;
  readonly origins: FactOrigins;
}

export const DEFAULT_FACTS: Facts = Object.freeze({
  cni: 'unknown',
  calicoVersion: '3.32',
  ipBlockMatchesPods: 'unknown',
  hostNetworkPods: 'host',
  finishedPods: 'drop',
  endpointToHostAction: 'accept',
  tunnelPacketsOfPods: 'pass',
  serviceProxy: 'kube-proxy',
  encapsulation: 'unknown',
  natOutgoing: 'yes',
  nodesReachableFrom: 'unknown',
  platform: 'unknown',
  defaultNamespace: 'default',
  podRanges: [],
  nodeRanges: [],
  serviceRanges: [],
  organisationRanges: [],
});

const CHOICES: Partial<Record<FactName, readonly string[]>> = {
  ipBlockMatchesPods: ['yes', 'no', 'unknown'],
  hostNetworkPods: ['host', 'ordinary'],
  finishedPods: ['drop', 'keep'],
  endpointToHostAction: ['accept', 'return', 'drop'],
  tunnelPacketsOfPods: ['pass', 'drop'],
  serviceProxy: ['kube-proxy', 'ebpf', 'unknown'],
  encapsulation: ['always', 'never', 'unknown'],
  natOutgoing: ['yes', 'no'],
  nodesReachableFrom: ['internet', 'organisation', 'nobody', 'unknown'],
  platform: ['aws', 'gcp', 'azure', 'alibaba', 'oracle', 'openstack', 'none', 'unknown'],
};
/** A release such as `3.32` or `v3.31.2`. */
const RELEASE = /^v?\d+\.\d+(\.\d+)?$/;
const RANGES: readonly string[] = ['podRanges', 'nodeRanges', 'serviceRanges', 'organisationRanges'];

/**
 * Completes given facts (key → text; ranges separated by commas) with what follows from them and with defaults.
 * Answers problems as sentences beside the facts; a wrong fact counts as not given.
 */
export function settleFacts(given: ReadonlyMap<string, string>): FactBase & { readonly problems: readonly string[] } {
  const problems: string[] = [];
  const facts: Record<string, unknown> = { ...DEFAULT_FACTS };
  const origins = Object.fromEntries(Object.keys(DEFAULT_FACTS).map((name) => [name, 'assumed'])) as Record<FactName, FactOrigin>;
  for (const [name, text] of given) {
    const value = readFact(name, text, problems);
    if (value === undefined) continue;
    facts[name] = value;
    origins[name as FactName] = 'given';
  }
  const cni = facts.cni as string;
  if (origins.ipBlockMatchesPods === 'assumed' && (cni === 'calico' || cni === 'cilium')) {
    facts.ipBlockMatchesPods = cni === 'calico' ? 'yes' : 'no';
    origins.ipBlockMatchesPods = 'derived';
  }
  return { facts: facts as unknown as Facts, origins, problems };
}

function readFact(name: string, text: string, problems: string[]): string | readonly string[] | undefined {
  if (!Object.hasOwn(DEFAULT_FACTS, name)) {
    problems.push(`unknown fact \`${name}\`; known are ${Object.keys(DEFAULT_FACTS).join(', ')}`);
    return undefined;
  }
  if (RANGES.includes(name)) {
    const ranges = text.split(',').map((range) => range.trim());
    const wrong = ranges.find((range) => parseCidr(range) === undefined);
    if (wrong === undefined) return ranges;
    problems.push(`fact \`${name}\`: \`${wrong}\` is no CIDR such as \`10.0.0.0/8\``);
    return undefined;
  }
  const choices = CHOICES[name as FactName];
  if (choices && !choices.includes(text)) {
    problems.push(`fact \`${name}\`: \`${text}\` is none of ${choices.join(', ')}`);
    return undefined;
  }
  if (name === 'calicoVersion' && !RELEASE.test(text)) {
    problems.push(`fact \`${name}\`: \`${text}\` is no release such as \`3.32\``);
    return undefined;
  }
  if (text === '') {
    problems.push(`fact \`${name}\` is empty`);
    return undefined;
  }
  return name === 'cni' ? text.toLowerCase() : text;
}
