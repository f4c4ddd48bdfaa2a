import type { FlowEndpoint, FlowRow } from '../api/flows';
import { formatPorts } from '../model/port-sets';
import { compareText } from '../util/order';

/** Rows that say the same: every one of `from` may open the ports to every one of `to` (itself left out). */
export interface FlowGroup {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly ports: string;
  /** Empty when nothing is conditional. */
  readonly conditional: string;
}

/** Merges rows with equal destinations and ports, then sources with equal destinations. In order of the first source. */
export function groupFlows(rows: Iterable<FlowRow>): readonly FlowGroup[] {
  const fans = new Map<string, { readonly from: string; readonly to: string[]; readonly ports: string; readonly conditional: string }>();
  for (const { from, to, ports: certain, conditional: possible } of rows) {
    const ports = formatPorts(certain);
    const conditional = possible ? formatPorts(possible) : '';
    const key = `${from}\n${ports}\n${conditional}`;
    const fan = fans.get(key);
    if (fan) fan.to.push(to);
    else fans.set(key, { from, to: [to], ports, conditional });
  }
  const alike = mergeBy([...fans.values()].map((fan) => ({ ...fan, from: [fan.from], to: fan.to.sort(compareText) })));
  // Two that reach each other and the same others differ only in themselves: a source counts among its own destinations then.
  const single = alike.filter(({ from }) => from.length === 1);
  const joined = mergeBy(single.map((group) => ({ ...group, to: [...new Set([...group.to, group.from[0]!])].sort(compareText) })));
  const merged = joined.filter(({ from }) => from.length > 1);
  const gone = new Set(merged.flatMap((group) => group.from.map((from) => `${from}\n${group.ports}\n${group.conditional}`)));
  const kept = alike.filter((group) => group.from.length > 1 || !gone.has(`${group.from[0]}\n${group.ports}\n${group.conditional}`));
  return [...kept, ...merged].sort((a, b) => compareText(a.from[0]!, b.from[0]!) || compareText(a.to[0]!, b.to[0]!));
}

/** Groups with equal destinations and ports become one; their sources add up. */
function mergeBy(groups: readonly FlowGroup[]): readonly FlowGroup[] {
  const merged = new Map<string, FlowGroup>();
  for (const group of groups) {
    const key = `${group.to.join(',')}\n${group.ports}\n${group.conditional}`;
    const known = merged.get(key);
    merged.set(key, known ? { ...known, from: [...known.from, ...group.from] } : group);
  }
  return [...merged.values()];
}

/** Names a set of ids as shortly as it stays exact: all of the cluster, all of a namespace, address ranges, or one by one. */
export function setNamer(endpoints: readonly FlowEndpoint[]): (ids: readonly string[]) => readonly string[] {
  const byNamespace = new Map<string, string[]>();
  for (const { id } of endpoints) {
    const others = byNamespace.get(namespaceOf(id));
    if (others) others.push(id);
    else byNamespace.set(namespaceOf(id), [id]);
  }
  return (ids) => {
    const blocks = ids.filter((id) => id.startsWith('ip:'));
    const inside = ids.filter((id) => !id.startsWith('ip:'));
    const own = new Set(inside);
    if (inside.length > 2 && inside.length === endpoints.length) return [`all ${inside.length} in the cluster`, ...nameBlocks(blocks)];
    const names: string[] = [];
    /** Whether all of the namespace is there, asked once. */
    const whole = new Map<string, boolean>();
    for (const id of inside) {
      const namespace = namespaceOf(id);
      const members = byNamespace.get(namespace) ?? [];
      const isWhole = whole.get(namespace) ?? (members.length >= 3 && members.every((member) => own.has(member)));
      if (!isWhole) names.push(id);
      else if (!whole.has(namespace)) names.push(`all ${members.length} of ${namespace}`);
      whole.set(namespace, isWhole);
    }
    return [...names, ...nameBlocks(blocks)];
  };
}

const EVERY_IPV4 = 'ip:0.0.0.0-255.255.255.255';
const EVERY_IPV6 = 'ip:::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff';

/** All of a family has a name of its own. */
function nameBlocks(blocks: readonly string[]): readonly string[] {
  const [four, six] = [blocks.includes(EVERY_IPV4), blocks.includes(EVERY_IPV6)];
  const whole = four && six ? ['any address outside'] : four ? ['any IPv4 address outside'] : six ? ['any IPv6 address outside'] : [];
  return [...whole, ...blocks.filter((id) => id !== EVERY_IPV4 && id !== EVERY_IPV6).map(nameBlock)];
}

/** `ip:10.0.0.1-10.0.0.1` is one address. */
function nameBlock(id: string): string {
  const [low, high] = id.slice('ip:'.length).split('-');
  return low === high ? low! : `${low}-${high}`;
}

/** Empty for nodes, addresses and namespaces themselves. */
function namespaceOf(id: string): string {
  const slash = id.indexOf('/');
  return slash < 0 ? '' : id.slice(0, slash);
}
