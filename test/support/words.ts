import type { Random } from './random';

/*
 * Few words, so that they meet: generated clusters are worth something only if selectors select, nets overlap and ports collide.
 * Some keys are the names that plain objects trip over.
 */
export const KEYS = ['app', 'app', 'app', 'tier', 'tier', 'env', 'constructor', '__proto__'] as const;
export const AUTOMATIC_KEYS = [
  'projectcalico.org/namespace',
  'projectcalico.org/orchestrator',
  'projectcalico.org/serviceaccount',
] as const;
export const VALUES = ['a', 'a', 'b', 'c', ''] as const;
export const NAMESPACES = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta'] as const;
export const PORT_NAMES = ['http', 'metrics', 'dns'] as const;
export const PORTS = [1, 53, 80, 81, 8080, 65_535] as const;
export const ACCOUNTS = ['default', 'robot'] as const;
export const NODES = ['n1', 'n2', 'n3'] as const;
export const V4_NETS = [
  '0.0.0.0/0',
  '0.0.0.0/1',
  '128.0.0.0/1',
  '0.0.0.0/32',
  '255.255.255.255/32',
  '10.0.0.0/8',
  '10.0.0.0/28',
  '10.0.0.0/30',
  '10.0.0.4/30',
  '10.0.0.5/32',
  '10.0.1.0/24',
  '192.168.0.0/24',
  '192.168.0.2/32',
  '203.0.113.0/24',
  '203.0.113.128/25',
] as const;
export const V6_NETS = [
  '::/0',
  '::/128',
  '8000::/1',
  'fd00::/8',
  'fd00::/124',
  'fd00::4/126',
  'fd00::5/128',
  '2001:db8::/32',
  'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128',
] as const;

export function generateLabelValues(random: Random, most: number): Readonly<Record<string, string>> {
  return Object.fromEntries(random.times(random.below(most + 1), () => [random.pick(KEYS), random.pick(VALUES)]));
}
