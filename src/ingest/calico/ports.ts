import { HIGHEST_PORT, LOWEST_PORT } from '../../model/policy';
import { type Interval, type IntervalSet, intervalSet } from '../../util/interval-set';
import { compareText } from '../../util/order';
import type { Mapping } from '../reading';
import { type Complaints, listField } from './complaints';

/** Ports of a rule's `ports` or `notPorts`: any of the ranges, or any port with one of the names. */
export interface PortList {
  readonly ranges: IntervalSet;
  readonly names: readonly string[];
}

/** As for Kubernetes, a port name has a letter (k8s.io/apimachinery/pkg/util/validation, IsValidPortName). */
const PORT_NAME = /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/;

/** Reads a list of ports; absent and empty are the same. */
export function readPorts(complaints: Complaints, entity: Mapping, name: string, path: string): PortList | undefined {
  const list = listField(complaints, entity, name, path);
  if (!list || list.length === 0) return undefined;
  const ranges: Interval[] = [];
  const names = new Set<string>();
  for (const [index, written] of list.entries()) {
    const port = parsePort(written);
    if (port.kind === 'problem') complaints.refuse(`\`${path}.${name}[${index}]\` is ${port.text}`, list);
    else if (port.kind === 'name') names.add(port.name);
    else ranges.push(port.range);
  }
  return { ranges: intervalSet(ranges), names: [...names].sort(compareText) };
}

type ParsedPort =
  | { readonly kind: 'range'; readonly range: Interval }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'problem'; readonly text: string };

/** A number, digits, `LOW:HIGH` or a name (api/pkg/lib/numorstring/port.go). */
export function parsePort(written: unknown): ParsedPort {
  if (typeof written !== 'string' && typeof written !== 'number') return problem('neither a number nor text');
  const text = String(written);
  const [, low, high = low] = /^(\d+)(?::(\d+))?$/.exec(text) ?? [];
  if (low !== undefined) {
    const range: Interval = [Number(low), Number(high)];
    if (!range.every((port) => port >= LOWEST_PORT && port <= HIGHEST_PORT)) {
      return problem(`\`${text}\`: ports go from ${LOWEST_PORT} to ${HIGHEST_PORT}`);
    }
    return range[0] <= range[1] ? { kind: 'range', range } : problem(`\`${text}\`, a range whose end comes before its beginning`);
  }
  if (typeof written === 'string' && PORT_NAME.test(text)) return { kind: 'name', name: text };
  const advice = /^\d+-\d+$/.test(text) ? `: a range is written \`${text.replace('-', ':')}\`` : '';
  return problem(`\`${text}\`, which is no port, no range and no port name${advice}`);
}

function problem(text: string): ParsedPort {
  return { kind: 'problem', text };
}
