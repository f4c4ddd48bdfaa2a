import type { ExposedWorkload } from '../api/exposure';
import { deciderText } from './exposure-lines';
import { csvLine } from './flows-csv';

const HEAD = ['workload', 'openTo', 'door', 'protocol', 'portOutside', 'portInside', 'clients', 'verdict', 'decidedBy', 'dependsOn'];

/** Exposure as RFC 4180 CSV: a line for each door and what it says of some clients, then one for each Service. */
export function* exposureCsv(workloads: Iterable<ExposedWorkload>): Generator<string> {
  yield csvLine(HEAD);
  for (const { id, openTo, doors, services } of workloads) {
    for (const door of doors) {
      for (const { verdict, clients, decidedBy, dependsOn } of door.clients) {
        const ports = [door.protocol, String(door.portOutside), String(door.portInside)];
        const reasons = [decidedBy.map((decider) => deciderText(decider)).join('; '), dependsOn.map(({ text }) => text).join('; ')];
        yield csvLine([id, openTo, door.front?.id ?? door.id, ...ports, clients.join(' '), verdict, ...reasons]);
      }
    }
    for (const service of services) {
      const { newPods, workloads: callers, decidedBy, dependsOn = [], portInside, protocol, port, servicePort } = service;
      const verdict = newPods === 'any' ? 'allowed' : newPods === 'perhaps' ? 'indeterminate' : 'denied';
      const ports = [protocol, String(servicePort ?? port), String(portInside)];
      yield csvLine([
        id,
        openTo,
        service.id,
        ...ports,
        'pods yet to be created',
        newPods === 'some' ? 'allowed' : verdict,
        decidedBy.map((decider) => deciderText(decider)).join('; '),
        dependsOn.map(({ text }) => text).join('; '),
      ]);
      if (callers.allowed > 0)
        yield csvLine([id, openTo, service.id, ...ports, `${callers.allowed} of ${callers.total} workloads`, 'allowed', '', '']);
      if (callers.conditional > 0)
        yield csvLine([id, openTo, service.id, ...ports, `${callers.conditional} of ${callers.total} workloads`, 'indeterminate', '', '']);
    }
  }
}
