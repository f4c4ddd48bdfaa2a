import type { Door } from '../../model/door';
import { backendFinder } from './backends';
import { withUniqueIds } from './door-ids';
import { entryDoors } from './entry-doors';
import { hostDoors, nodeDoors } from './host-doors';
import { serviceDoors } from './service-doors';
import type { DoorWorld } from './world';

/** All doors of a cluster, found again by their id or by who is behind them. */
export interface Doors {
  /** Doors of Services, then of workloads, then of nodes, then of entries; each in the order of what they belong to. */
  readonly all: readonly Door[];
  byId(id: string): Door | undefined;
  /** Where it is in the list. */
  placeOf(door: Door): number;
  /** Doors with this endpoint among their backends. */
  to(endpoint: number): readonly Door[];
}

/** Finds every door that the input tells of. */
export function findDoors(world: DoorWorld): Doors {
  const finder = backendFinder(world);
  const nodeAddresses = new Set<string>();
  const hosts: Door[] = [];
  for (let index = 0; index < world.endpointCount; index++) {
    const endpoint = world.endpoint(index);
    if (endpoint.kind !== 'node') continue;
    for (const address of endpoint.addresses) nodeAddresses.add(address);
    hosts.push(...nodeDoors(endpoint));
  }
  const addresses = [...nodeAddresses];
  const direct: readonly Door[] = withUniqueIds([
    ...world.services.flatMap((service) => serviceDoors(service, finder, addresses)),
    ...Array.from({ length: world.workloadCount }, (_, workload) => hostDoors(world, workload)).flat(),
    ...hosts,
  ]);
  const doorsTo = byBackend(direct);
  const services = new Map(world.services.map((service) => [`${service.ref.namespace}/${service.ref.name}`, service]));
  const context = { world, finder, services, doorsTo };
  const entries = world.entries.flatMap((entry) => entryDoors(entry, context));
  const all = withUniqueIds([...direct, ...entries]);
  const places = new Map(all.map(({ id }, place) => [id, place]));
  return { all, byId: (id) => all[places.get(id) ?? -1], placeOf: ({ id }) => places.get(id)!, to: byBackend(all) };
}

function byBackend(doors: readonly Door[]): (endpoint: number) => readonly Door[] {
  const index = new Map<number, Door[]>();
  for (const door of doors)
    for (const { endpoint } of door.backends) {
      if (endpoint === undefined) continue;
      const own = index.get(endpoint);
      if (!own) index.set(endpoint, [door]);
      else if (own.at(-1) !== door) own.push(door);
    }
  return (endpoint) => index.get(endpoint) ?? [];
}
