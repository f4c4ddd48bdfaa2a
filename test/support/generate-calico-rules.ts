import type { Direction } from '../../src/model/policy';
import type { Random } from './random';

/*
 * Rules of Calico as somebody could write them: every field, alone and beside others, and only what Calico's API takes.
 */

export type Manifest = Readonly<Record<string, unknown>>;

export const NAMESPACES = ['ns1', 'ns2', 'ns3'] as const;
const ZONES = ['east', 'west'] as const;
export const APPS = ['a', 'b', 'c'] as const;
export const TIERS_OF_PODS = ['x', 'y'] as const;
export const ACCOUNTS = ['default', 'runner', 'admin'] as const;
export const SERVICES = ['web', 'dns', 'manual', 'gone'] as const;
export const PORT_NAMES = ['http', 'dns', 'metrics'] as const;

/** Nets that hold some of the addresses of pods and nodes, and some outside; of each family, each the first of its block. */
export const NETS: Readonly<Record<4 | 6, readonly string[]>> = {
  4: ['10.244.0.0/16', '10.244.1.0/24', '10.244.1.2/32', '10.0.0.0/24', '10.0.0.1/32', '198.51.100.0/24', '198.51.100.7/32', '0.0.0.0/1'],
  6: ['fd00::/16', 'fd00::1:0/112', 'fd00::1:2/128', '2001:db8:ffff::/48'],
};

const maybe = <T>(random: Random, probability: number, make: () => T): T | undefined => (random.chance(probability) ? make() : undefined);

/** Without what is absent. */
export function present(fields: Readonly<Record<string, unknown>>): Manifest {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** A selector over labels of endpoints, hosts and network sets, now and then in Calico's own labels. */
export function selector(random: Random, depth = 2): string {
  if (depth > 0 && random.chance(0.35)) {
    const [left, right] = [selector(random, depth - 1), selector(random, depth - 1)];
    return random.pick([`(${left}) && ${right}`, `${left} || ${right}`, `!(${left})`, `(${left}) && !(${right})`]);
  }
  const [key, values] = random.pick([
    ['app', APPS],
    ['tier', TIERS_OF_PODS],
    ['role', ['node', 'set']],
  ] as const);
  const value = random.pick<string>(values);
  return random.pick([
    'all()',
    `has(${key})`,
    `!has(${key})`,
    `${key} == '${value}'`,
    `${key} != "${value}"`,
    `${key} in {'${value}', 'z'}`,
    `${key} not in { "${value}" }`,
    `${key} starts with '${value.slice(0, 2)}'`,
    `${key} contains ''`,
    `${key} ends with 'e'`,
    `projectcalico.org/namespace == '${random.pick(NAMESPACES)}'`,
    `projectcalico.org/orchestrator == 'k8s'`,
    `projectcalico.org/serviceaccount != 'runner'`,
  ]);
}

/** A selector over labels of namespaces. */
export function namespaceSelector(random: Random): string {
  const zone = random.pick(ZONES);
  return random.pick([
    'all()',
    `zone == '${zone}'`,
    `zone != '${zone}'`,
    'has(zone)',
    '!has(zone)',
    `projectcalico.org/name == '${random.pick(NAMESPACES)}'`,
    `kubernetes.io/metadata.name in {'ns1', 'ns2'}`,
    `zone == '${zone}' && has(team)`,
  ]);
}

/** A selector over labels of service accounts. */
export function accountSelector(random: Random): string {
  return random.pick(['all()', "role == 'admin'", 'has(role)', '!has(role)', "projectcalico.org/name == 'runner'"]);
}

/** What a rule is part of. */
export interface RuleScope {
  readonly direction: Direction;
  readonly isGlobal: boolean;
}

/** One rule. Nets of both families in one rule, ports without a protocol that has some, and the like are never made. */
export function generateRule(random: Random, scope: RuleScope): Manifest {
  const kind = random.pick(['transport', 'transport', 'transport', 'icmp', 'number', 'any', 'any'] as const);
  const family = random.chance(0.85) ? 4 : 6;
  const ipVersion = maybe(random, 0.1, () => family);
  const protocol = kind === 'transport' ? random.pick(['TCP', 'TCP', 'UDP', 'SCTP', 6]) : protocolOf(random, kind, family);
  const ports = kind === 'transport' ? 'all' : kind === 'any' ? 'names' : 'none';
  const action = random.pick(['Allow', 'Allow', 'Allow', 'Deny', 'Deny', 'Pass', 'Log']);
  const notProtocol = kind === 'any' ? maybe(random, 0.15, () => random.pick(['TCP', 'UDP', 'UDPLite', 47])) : undefined;
  const icmp = kind === 'icmp' ? maybe(random, 0.6, () => icmpMatch(random)) : undefined;
  const notICMP = kind === 'icmp' ? maybe(random, 0.2, () => icmpMatch(random)) : undefined;
  const http =
    action === 'Allow' && scope.direction === 'ingress' && (protocol === 'TCP' || (kind === 'any' && notProtocol === undefined))
      ? maybe(random, 0.04, () => ({ methods: ['GET'], paths: [{ prefix: '/a' }] }))
      : undefined;
  return present({
    action,
    ipVersion,
    protocol,
    notProtocol,
    icmp,
    notICMP,
    http,
    source: maybe(random, 0.5, () => generateEntity(random, 'source', scope, family, ports)),
    destination: maybe(random, 0.6, () => generateEntity(random, 'destination', scope, family, ports)),
  });
}

function protocolOf(random: Random, kind: 'icmp' | 'number' | 'any', family: 4 | 6): string | number | undefined {
  if (kind === 'any') return undefined;
  if (kind === 'icmp') return random.chance(0.8) ? (family === 4 ? 'ICMP' : 'ICMPv6') : family === 4 ? 1 : 58;
  return random.pick(['UDPLite', 47, 46]);
}

function icmpMatch(random: Random): Manifest {
  return present({ type: random.pick([0, 3, 8]), code: maybe(random, 0.4, () => random.pick([0, 1])) });
}

/** Which ports a rule may have, by what it says of its protocol. */
type Ports = 'all' | 'names' | 'none';

function generateEntity(random: Random, side: 'source' | 'destination', scope: RuleScope, family: 4 | 6, ports: Ports): Manifest {
  const isOther = (scope.direction === 'ingress') === (side === 'source');
  if (isOther && random.chance(0.08)) return { services: generateService(random, scope) };
  const nets = (probability: number) => maybe(random, probability, () => [random.pick(NETS[family]), random.pick(NETS[family])]);
  return present({
    nets: nets(0.2),
    notNets: nets(0.12),
    selector: maybe(random, 0.4, () => selector(random)),
    notSelector: maybe(random, 0.12, () => selector(random, 1)),
    namespaceSelector: maybe(random, 0.25, () => (random.chance(0.2) ? 'global()' : namespaceSelector(random))),
    serviceAccounts: maybe(random, 0.1, () => generateAccounts(random)),
    ports: ports === 'none' ? undefined : maybe(random, side === 'source' ? 0.12 : 0.5, () => generatePorts(random, ports)),
    notPorts: ports === 'none' ? undefined : maybe(random, side === 'source' ? 0.05 : 0.12, () => generatePorts(random, ports)),
  });
}

function generateService(random: Random, { isGlobal }: RuleScope): Manifest {
  return present({ name: random.pick(SERVICES), namespace: isGlobal || random.chance(0.8) ? random.pick(NAMESPACES) : undefined });
}

function generateAccounts(random: Random): Manifest {
  const names = random.chance(0.6);
  return present({
    names: names ? [random.pick(ACCOUNTS)] : undefined,
    selector: !names || random.chance(0.3) ? accountSelector(random) : undefined,
  });
}

function generatePorts(random: Random, ports: Exclude<Ports, 'none'>): readonly (string | number)[] {
  return random.times(random.between(1, 2), () =>
    ports === 'names' || random.chance(0.35) ? random.pick(PORT_NAMES) : random.pick([53, 80, '8080', '80:8080', 22, '1:65535', '9100']),
  );
}
