import type { Door, DoorBackend } from '../../model/door';
import type { DoorSession } from './session';

/*
 * Of a controller's pods one of those that nothing tells apart. A controller may run on every node, and be asked about for every Ingress of a cluster.
 */

/** Doors with as few pods as show every verdict that their pods give. */
export interface ControllerLegs {
  /** The front with few of its backends, all of them pods of the door's controller. */
  front(door: Door, front: Door): Door;
  /** The door with few of its controller's pods, for where no front leads to them. */
  withFewPods(door: Door): Door;
}

const known = new WeakMap<DoorSession, ControllerLegs>();

/** The same for the same session. */
export function controllerLegs(session: DoorSession): ControllerLegs {
  let legs = known.get(session);
  if (!legs) {
    legs = makeLegs(session);
    known.set(session, legs);
  }
  return legs;
}

function makeLegs(session: DoorSession): ControllerLegs {
  const { world, alikeKey } = session;
  const fronts = new Map<string, Door>();
  const few = new Map<string, readonly number[]>();
  return {
    front(door, front) {
      if (door.controller?.kind !== 'pods') return front;
      const { name, endpoints } = door.controller;
      const key = `${front.id} ${name}`;
      let taken = fronts.get(key);
      if (!taken) {
        const pods = new Set(endpoints);
        const own = front.backends.filter(({ endpoint }) => endpoint !== undefined && pods.has(endpoint));
        taken = { ...front, backends: firstOfEach(own, (backend) => backendKey(session, backend)) };
        fronts.set(key, taken);
      }
      return taken;
    },
    withFewPods(door) {
      if (door.controller?.kind !== 'pods') return door;
      const { name, endpoints } = door.controller;
      let pods = few.get(name);
      if (!pods) {
        pods = firstOfEach(endpoints, (endpoint) => alikeKey(world.endpoint(endpoint)));
        few.set(name, pods);
      }
      return { ...door, controller: { ...door.controller, endpoints: pods } };
    },
  };
}

/** Backends with equal keys get the same from the same door. */
export function backendKey({ alikeKey, world }: DoorSession, { endpoint, port, certainty, unknowns }: DoorBackend): string {
  return `${endpoint === undefined ? '' : alikeKey(world.endpoint(endpoint))} ${port} ${certainty} ${unknowns.map(({ text }) => text).join()}`;
}

function firstOfEach<T>(values: readonly T[], keyOf: (value: T) => string): readonly T[] {
  const first = new Map<string, T>();
  for (const value of values) {
    const key = keyOf(value);
    if (!first.has(key)) first.set(key, value);
  }
  return [...first.values()];
}
