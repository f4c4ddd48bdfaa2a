import { exposureOf } from '../engine/index';
import type { Door as ModelDoor } from '../model/door';
import type { Workload } from '../model/endpoint';
import { formatRef } from '../model/source';
import type { Survey } from './survey';

/** A way by which the internet, or a part of it, certainly gets to a workload. */
export interface Door {
  readonly text: string;
  /** What has to be so for the door to be open to the internet, where nothing says it. */
  readonly assumptions: readonly string[];
}

/**
 * Doors by workload. One is enough to tell that it has one: that which assumes least. A port of a node that somebody may listen on is none, for nothing
 * says that anybody does.
 */
export function outsideDoors(survey: Survey): ReadonlyMap<Workload, Door> {
  return survey.recall('outside doors', '', () => {
    const { snapshot, analysis } = survey;
    const arePublic = snapshot.facts.nodesReachableFrom === 'internet';
    const isWanted = (door: ModelDoor) => door.port !== 'any' && mayBePublic(door, arePublic);
    return new Map(
      exposureOf(analysis, { isWanted }).flatMap(({ workload, doors }) => {
        const open = doors.filter(({ internet }) => internet === 'all' || internet === 'some');
        const [first] = open.toSorted((a, b) => a.assumptions.length - b.assumptions.length);
        if (!first) return [];
        return [[snapshot.workloads[workload]!, { text: textOf(first.front ?? first.door), assumptions: first.assumptions }] as const];
      }),
    );
  });
}

/** Others are not asked, which spares most of the work: what is inside the organisation opens nothing to the internet. */
function mayBePublic({ scope, unknowns = [] }: ModelDoor, arePublic: boolean): boolean {
  if (unknowns.length > 0) return false;
  return scope === 'nodes' ? arePublic : scope === 'internet' || scope === 'unknown' || scope === 'front';
}

function textOf({ kind, object, port }: ModelDoor): string {
  const name = `\`${formatRef(object)}\``;
  switch (kind) {
    case 'loadBalancer':
      return `Service ${name} is a load balancer`;
    case 'nodePort':
      return `Service ${name} opens a port of every node, which the internet reaches`;
    case 'externalIP':
      return `Service ${name} has a public address`;
    case 'hostPort':
    case 'hostNetwork':
      return `${name} has port ${port} of its node, which the internet reaches`;
    case 'podAddress':
      return `${name} has a public address of its own`;
    default:
      return `${name} leads there`;
  }
}
