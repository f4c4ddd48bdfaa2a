import type { WorkloadSummary } from '../../engine/index';
import type { Decider, DoorFacts, ExposedDoor } from '../exposed-door';
import type { ServiceDoor } from '../exposed-service';
import type { DeadEnd, ExposedWorkload, WayOut } from '../exposure';
import { portsView, stepView, workloadView } from './views';

/*
 * Exposure in the shape of the schema's types. A door's port is text there, for it may be a word.
 */

/** `WorkloadExposure`. */
export function exposureView(scanId: string, workload: WorkloadSummary, { openTo, doors, services, strangers, newPods }: ExposedWorkload) {
  return {
    workload: workloadView(scanId, workload),
    openTo,
    doors: doors.map(exposedDoorView),
    services: services.map(serviceDoorView),
    strangers: strangers && portsView(strangers),
    newPods,
  };
}

/** `DeadEnd`. */
export function deadEndView({ object, file, line, kinds, protocol, port }: DeadEnd) {
  return { object, source: { file, line }, kinds, protocol, port: String(port) };
}

/** `WayOut`. */
export function wayOutView({ portInside, leadsTo, ...way }: WayOut) {
  return { ...deadEndView(way), portInside: String(portInside), leadsTo };
}

function exposedDoorView(exposed: ExposedDoor) {
  const { front, portOutside, portInside, endpoints, internet, clients, assumptions } = exposed;
  return {
    door: doorView(exposed),
    front: front && doorView(front),
    portOutside: String(portOutside),
    portInside: String(portInside),
    endpoints,
    internet,
    clients: clients.map((group) => ({ ...group, decidedBy: group.decidedBy.map(deciderView) })),
    assumptions,
  };
}

function serviceDoorView(service: ServiceDoor) {
  const { portInside, endpoints, newPods, example, workloads, decidedBy, dependsOn = [] } = service;
  return {
    door: doorView(service),
    portInside: String(portInside),
    endpoints,
    newPods,
    example,
    workloads,
    allowedCount: workloads.allowed,
    conditionalCount: workloads.conditional,
    workloadCount: workloads.total,
    names: workloads.names,
    decidedBy: decidedBy.map(deciderView),
    dependsOn,
  };
}

function doorView({ id, file, line, port, ...door }: DoorFacts) {
  return { ...door, key: id, source: { file, line }, port: String(port) };
}

function deciderView({ kind, sentence, step }: Decider) {
  return { kind, sentence, step: step && stepView(step) };
}
