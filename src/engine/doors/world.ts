import type { Endpoint } from '../../model/endpoint';
import { compareText } from '../../util/order';
import type { Directory } from '../directory';
import { endpointId } from '../query/catalogue';
import type { ControllerPods } from './controllers';

/** What doors are found and judged in. */
export interface DoorWorld extends Omit<Directory, 'selected'> {
  readonly controllers: readonly ControllerPods[];
  /** Names of the nodes that the input knows of: its Nodes, and where pods and host endpoints say that they are. */
  readonly nodeNames: readonly string[];
  /** Are Nodes in the input, so that there are no others? */
  readonly knowsNodes: boolean;
  nodeNamed(name: string): Endpoint | undefined;
}

/** The directory with its nodes found by name. */
export function doorWorld(directory: Omit<Directory, 'selected'> & { readonly controllers: readonly ControllerPods[] }): DoorWorld {
  const nodes = new Map<string, Endpoint>();
  const names = new Set<string>();
  for (let index = 0; index < directory.endpointCount; index++) {
    const endpoint = directory.endpoint(index);
    if (endpoint.kind === 'node') nodes.set(endpoint.name, endpoint);
    if (endpoint.node !== undefined) names.add(endpoint.node);
  }
  for (const { node } of directory.hostEndpoints) names.add(node);
  return {
    ...directory,
    nodeNames: [...names].sort(compareText),
    knowsNodes: nodes.size > 0,
    nodeNamed: (name) => nodes.get(name),
  };
}

/** `namespace/name` of a pod, `namespace/name[Kind]` of a template, `name[Node]` of a node. */
export function endpointName(world: DoorWorld, index: number): string {
  return endpointId(world, world.endpoint(index));
}
