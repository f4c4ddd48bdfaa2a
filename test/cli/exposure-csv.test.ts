import type { ExposedWorkload } from '../../src/api/exposure';
import { exposureCsv } from '../../src/cli/exposure-csv';

const FACTS = { file: 'f', line: 1, protocol: 'TCP', addresses: [], hostnames: [], scope: 'internet' } as const;
const BY_DOOR = { kind: 'door', sentence: 'it is open, to all' } as const;

function csv(parts: Partial<ExposedWorkload>) {
  const workload: ExposedWorkload = {
    id: 'a/b[Pod]',
    kind: 'Pod',
    file: 'f',
    line: 1,
    openTo: 'internet',
    doors: [],
    services: [],
    ...parts,
  };
  return [...exposureCsv([workload])].join('').split('\r\n').slice(1, -1);
}

test('begins with the names of the columns', () => {
  expect([...exposureCsv([])]).toEqual(['workload,openTo,door,protocol,portOutside,portInside,clients,verdict,decidedBy,dependsOn\r\n']);
});

test('has a line for each door and what it says of some clients', () => {
  const clients = [
    { verdict: 'allowed', ranges: [], clients: ['10.0.0.0/8', '192.0.2.0/24'], decidedBy: [BY_DOOR], dependsOn: [] },
    {
      verdict: 'indeterminate',
      ranges: [],
      clients: ['the internet'],
      decidedBy: [BY_DOOR, BY_DOOR],
      dependsOn: [{ kind: 'fact', text: 'x' }],
    },
  ] as const;
  const door = {
    ...FACTS,
    id: 'd',
    kind: 'loadBalancer',
    object: 'a/s[Service]',
    port: 80,
    portOutside: 80,
    portInside: 'any',
    endpoints: [],
    internet: 'all',
    clients,
    assumptions: [],
  } as const;
  expect(csv({ doors: [door] })).toEqual([
    'a/b[Pod],internet,d,TCP,80,any,10.0.0.0/8 192.0.2.0/24,allowed,"it is open, to all",',
    'a/b[Pod],internet,d,TCP,80,any,the internet,indeterminate,"it is open, to all; it is open, to all",x',
  ]);
  expect(csv({ doors: [{ ...door, front: { ...FACTS, id: 'front', kind: 'nodePort', object: 'g/s[Service]', port: 1 } }] })[0]).toContain(
    ',front,',
  );
});

test.each([
  ['any', 'allowed'],
  ['some', 'allowed'],
  ['perhaps', 'indeterminate'],
  ['none', 'denied'],
] as const)('has lines for a Service: pods yet to be created (%s) and workloads', (newPods, verdict) => {
  const workloads = { allowed: 2, conditional: 1, total: 4, names: [] };
  const service = {
    ...FACTS,
    id: 's',
    kind: 'clusterIP',
    object: 'a/s[Service]',
    port: 'any',
    servicePort: 53,
    portInside: 53,
    endpoints: [],
    newPods,
    workloads,
    decidedBy: [BY_DOOR],
    ...(newPods === 'perhaps' && { dependsOn: [{ kind: 'address', text: 'its address' } as const] }),
  } as const;
  expect(csv({ services: [service] })).toEqual([
    `a/b[Pod],internet,s,TCP,53,53,pods yet to be created,${verdict},"it is open, to all",${newPods === 'perhaps' ? 'its address' : ''}`,
    'a/b[Pod],internet,s,TCP,53,53,2 of 4 workloads,allowed,,',
    'a/b[Pod],internet,s,TCP,53,53,1 of 4 workloads,indeterminate,,',
  ]);
});
