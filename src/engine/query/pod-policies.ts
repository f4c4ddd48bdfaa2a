import { type Direction, type Policy, rulesOf } from '../../model/policy';
import { namespacesNamedBy } from '../../model/selector';
import type { Directory } from '../directory';
import type { Place } from './pod-shape';
import type { ListedPolicy } from './shape-split';

/** The policies that may select pods, by the namespaces in which they can, so that each namespace is asked about its own few. */
export class PodPolicies {
  private readonly everywhere: readonly number[];
  private readonly named: ReadonlyMap<string, readonly number[]>;
  private readonly directory: Directory;
  private readonly made = new Map<number | undefined, readonly ListedPolicy[]>();

  private constructor(directory: Directory, direction: Direction) {
    this.directory = directory;
    const everywhere: number[] = [];
    const named = new Map<string, number[]>();
    for (const [index, policy] of directory.policies.entries()) {
      if (!actsOnPods(policy, direction)) continue;
      const names = namespacesNamedBy(policy.appliesTo);
      if (!names) everywhere.push(index);
      for (const name of names ?? []) {
        const list = named.get(name);
        if (list) list.push(index);
        else named.set(name, [index]);
      }
    }
    this.everywhere = everywhere;
    this.named = named;
  }

  /** The one index of a directory and direction. */
  static of(directory: Directory, direction: Direction): PodPolicies {
    let indices = known.get(directory);
    if (!indices) {
      indices = new Map();
      known.set(directory, indices);
    }
    let index = indices.get(direction);
    if (!index) {
      index = new PodPolicies(directory, direction);
      indices.set(direction, index);
    }
    return index;
  }

  /** In evaluation order. A new namespace may have any name that none of the input has. */
  at({ index, namespace }: Place): readonly ListedPolicy[] {
    let policies = this.made.get(index);
    if (!policies) {
      const own = namespace ? (this.named.get(namespace.name) ?? []) : this.elsewhere();
      const all = [...new Set([...this.everywhere, ...own])].sort((a, b) => a - b);
      policies = all.map((place) => ({ policy: this.directory.policies[place]!, isCertain: false }));
      this.made.set(index, policies);
    }
    return policies;
  }

  /** Policies for namespaces that are not in the input. */
  private elsewhere(): readonly number[] {
    const taken = new Set(this.directory.namespaces.map(({ name }) => name));
    return [...this.named].flatMap(([name, list]) => (taken.has(name) ? [] : list));
  }
}

const known = new WeakMap<Directory, Map<Direction, PodPolicies>>();

function actsOnPods(policy: Policy, direction: Direction): boolean {
  return !policy.staged && policy.hook === 'normal' && policy.appliesTo.kind !== 'none' && rulesOf(policy, direction) !== undefined;
}
