import type { Endpoint } from '../../model/endpoint';
import { whereabouts } from '../../model/endpoint';
import type { Packet } from '../../model/verdict';
import { parseRange } from '../../util/address-set';
import type { Analysis } from '../analyze';
import type { Directory } from '../directory';
import { rangeInNet } from '../evaluate-match';
import { orderFor } from '../query/explain';
import { type Doors, findDoors } from './doors-of';
import { lookerOf } from './looks';
import { nodeKinds } from './node-kinds';
import { contextWith, type EntryNode, entryNodesOf, type PathContext } from './path-context';
import { type DoorWorld, doorWorld } from './world';

/** What questions about doors of one analysis share, made when the first one comes. */
export interface DoorSession {
  readonly analysis: Analysis;
  readonly world: DoorWorld;
  readonly doors: Doors;
  /** Shows few nodes of each kind, and of the policies those that matter. */
  readonly context: PathContext;
  /** Endpoints with equal keys get the same from the same door and port. */
  alikeKey(endpoint: Endpoint): string;
}

const sessions = new WeakMap<Directory, DoorSession>();

/** The same for the same directory, and gone with it. */
export function doorSession(analysis: Analysis): DoorSession {
  let session = sessions.get(analysis.directory);
  if (!session) {
    session = openSession(analysis);
    sessions.set(analysis.directory, session);
  }
  return session;
}

/** An end that is no endpoint: of the policies only those at host endpoints are wanted. */
const OUTSIDE = '0.0.0.0';

function openSession(analysis: Analysis): DoorSession {
  const { model, directory } = analysis;
  const world = doorWorld(directory);
  const lookOf = lookerOf(model, world.policies);
  const kinds = nodeKinds(world, lookOf);
  const { few, members } = representatives(entryNodesOf(world), kinds);
  const entryNodesFor = (backend: Endpoint | undefined) => {
    const home = backend?.node;
    if (home === undefined || few.some(({ name }) => name === home)) return few;
    return [...few, context.entryNode(home)];
  };
  const order = (destination: Endpoint | undefined, packet: Packet) =>
    orderFor(analysis, OUTSIDE, destination && destination.id >= 0 ? destination.id : OUTSIDE, packet);
  const context: PathContext = contextWith(world, entryNodesFor, order);
  return {
    analysis,
    world,
    doors: findDoors(world),
    context,
    alikeKey: remembered((endpoint) => {
      const { node } = endpoint;
      const kind = node === undefined ? undefined : kinds.get(node)!;
      // The only node of its kind is no entry beside itself for its own pods.
      const isOnly = kind !== undefined && members.get(kind) === 1;
      return JSON.stringify([lookOf(endpoint), kind, isOnly, poolsOf(world, endpoint)]);
    }),
  };
}

/** Keys are asked for again and again, and are long. */
function remembered(make: (endpoint: Endpoint) => string): (endpoint: Endpoint) => string {
  const known = new Map<number, string>();
  return (endpoint) => {
    let key = known.get(endpoint.id);
    if (key === undefined) {
      key = make(endpoint);
      known.set(endpoint.id, key);
    }
    return key;
  };
}

/** Where an endpoint's addresses lie among the pools tells by which interface packets come to it, and whose address they show. */
function poolsOf({ nodeNetwork }: DoorWorld, endpoint: Endpoint): readonly unknown[] {
  if (nodeNetwork.pools.length === 0) return [];
  return whereabouts(endpoint).map((text) => {
    const range = parseRange(text)!;
    return nodeNetwork.pools.map(({ net }) => rangeInNet(range, net).truth);
  });
}

/** Two nodes of each kind, so that each of them has another one of its kind beside it. */
function representatives(nodes: readonly EntryNode[], kinds: ReadonlyMap<string, string>) {
  const members = new Map<string, number>();
  const few = nodes.filter(({ name }) => {
    if (name === undefined) return true;
    const kind = kinds.get(name)!;
    const count = (members.get(kind) ?? 0) + 1;
    members.set(kind, count);
    return count <= 2;
  });
  return { few, members };
}
