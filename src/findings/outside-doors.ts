import type { Endpoint, Workload } from '../model/endpoint';
import type { Service, ServicePort } from '../model/service';
import { formatRef } from '../model/source';
import { intervalsHave } from '../util/interval-set';
import { internetReach } from './internet-reach';
import type { Group } from './selection';
import type { Survey } from './survey';

/** A way from the internet to a workload, past its own ingress policies. */
export interface Door {
  readonly text: string;
  /** What has to be so for the door to be open to the internet, where no fact says it. */
  readonly assumption?: string;
}

/**
 * Doors by workload: load balancers, and node ports where a fact says that the internet reaches the nodes.
 * The first door of a workload in the order of Services is enough to tell that it has one.
 */
export function outsideDoors(survey: Survey): ReadonlyMap<Workload, Door> {
  return survey.recall('outside doors', '', () => {
    const doors = new Map<Workload, Door>();
    const own = new Map(survey.namespaces.map((entry) => [entry.namespace.name, entry]));
    for (const service of survey.snapshot.services) {
      const door = doorOf(survey, service);
      const groups = own.get(service.ref.namespace ?? '')?.groups ?? [];
      if (!door) continue;
      for (const group of groups) {
        for (const id of group.endpoints) {
          const endpoint = survey.snapshot.endpoints[id]!;
          const workload = survey.snapshot.workloads[endpoint.workload]!;
          if (doors.has(workload) || !isBackend(service, endpoint)) continue;
          if (service.ports.some((port) => isOpenFromInternet(survey, group, endpoint, port))) doors.set(workload, door);
        }
      }
    }
    return doors;
  });
}

function doorOf({ snapshot }: Survey, { type, ref }: Service): Door | undefined {
  const name = `Service \`${formatRef(ref)}\``;
  const hasPublicNodes = snapshot.facts.nodesReachableFrom === 'internet';
  if ((type === 'NodePort' || type === 'LoadBalancer') && hasPublicNodes)
    return { text: `${name} opens a port of every node, which the internet reaches` };
  if (type !== 'LoadBalancer') return undefined;
  return { text: `${name} is a load balancer`, assumption: `the load balancer of ${name} has a public address and admits every client` };
}

/** A Service without a selector, or with an empty one, has no endpoints of its own accord (kubernetes.io/docs/concepts/services-networking/service). */
function isBackend({ selector }: Service, { labels }: Endpoint): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => Object.hasOwn(labels.values, key) && labels.values[key] === value);
}

function isOpenFromInternet(survey: Survey, group: Group, endpoint: Endpoint, { protocol, targetPort }: ServicePort): boolean {
  const ports =
    typeof targetPort === 'number'
      ? [targetPort]
      : endpoint.ports.filter((declared) => declared.name === targetPort && declared.protocol === protocol).map(({ port }) => port);
  const pieces = internetReach(survey, group, 'ingress').flatMap((reach) => reach.pieces);
  return ports.some((port) => pieces.some(({ allowed }) => intervalsHave(allowed[protocol] ?? [], port)));
}
