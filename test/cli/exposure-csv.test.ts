import type { ExposedWorkload } from '../../src/api/exposure';
import { exposureCsv } from '../../src/cli/exposure-csv';
import { byDoor, clientGroup, doorFacts, exposedDoor, exposedWorkload, serviceDoor } from '../support/exposed-workload';

const BY_DOOR = byDoor('it is open, to all');

function csv(parts: Partial<ExposedWorkload>) {
  return [...exposureCsv([exposedWorkload(parts)])].join('').split('\r\n').slice(1, -1);
}

test('begins with the names of the columns', () => {
  expect([...exposureCsv([])]).toEqual(['workload,openTo,door,protocol,portOutside,portInside,clients,verdict,decidedBy,dependsOn\r\n']);
});

test('has a line for each door and what it says of some clients', () => {
  const clients = [
    clientGroup({ clients: ['10.0.0.0/8', '192.0.2.0/24'], decidedBy: [BY_DOOR] }),
    clientGroup({
      verdict: 'indeterminate',
      clients: ['the internet'],
      decidedBy: [BY_DOOR, BY_DOOR],
      dependsOn: [{ kind: 'fact', text: 'x' }],
    }),
  ];
  const door = exposedDoor({ id: 'd', portInside: 'any', clients });
  expect(csv({ doors: [door] })).toEqual([
    'a/b[Pod],internet,d,TCP,80,any,10.0.0.0/8 192.0.2.0/24,allowed,"it is open, to all",',
    'a/b[Pod],internet,d,TCP,80,any,the internet,indeterminate,"it is open, to all; it is open, to all",x',
  ]);
  expect(csv({ doors: [{ ...door, front: doorFacts({ id: 'front' }) }] })[0]).toContain(',front,');
});

test.each([
  ['any', 'allowed'],
  ['some', 'allowed'],
  ['perhaps', 'indeterminate'],
  ['none', 'denied'],
] as const)('has lines for a Service: pods yet to be created (%s) and workloads', (newPods, verdict) => {
  const service = serviceDoor({
    id: 's',
    port: 'any',
    servicePort: 53,
    portInside: 53,
    newPods,
    workloads: { allowed: 2, conditional: 1, total: 4, names: [] },
    decidedBy: [BY_DOOR],
    ...(newPods === 'perhaps' && { dependsOn: [{ kind: 'address', text: 'its address' }] }),
  });
  expect(csv({ services: [service] })).toEqual([
    `a/b[Pod],internet,s,TCP,53,53,pods yet to be created,${verdict},"it is open, to all",${newPods === 'perhaps' ? 'its address' : ''}`,
    'a/b[Pod],internet,s,TCP,53,53,2 of 4 workloads,allowed,,',
    'a/b[Pod],internet,s,TCP,53,53,1 of 4 workloads,indeterminate,,',
  ]);
});
