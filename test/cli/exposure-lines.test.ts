import type { ExposedWorkload } from '../../src/api/exposure';
import { deadEndLine, deciderText, exposureLines } from '../../src/cli/exposure-lines';
import {
  BY_POLICY,
  byDoor,
  deadEnd,
  exposedDoor as door,
  doorFacts,
  exposedWorkload,
  clientGroup as group,
  STEP,
  serviceDoor as service,
  wayOut,
} from '../support/exposed-workload';

function lines(parts: Partial<ExposedWorkload>) {
  return exposureLines(exposedWorkload(parts)).map(({ who, target, details }) => [`${who} → ${target}`, ...details]);
}

describe('a door', () => {
  it('tells who gets through, the ports on both sides, and what decides', () => {
    expect(lines({ doors: [door()] })).toEqual([
      ['any address → load balancer a/s[Service], TCP 80 → 8080', 'rule 1 allows its pods (p.yaml:3)'],
    ]);
  });

  it('shares a line with ports that are open to the same clients for the same reasons', () => {
    const other = door({ portOutside: 443, portInside: 8443 });
    expect(lines({ doors: [door(), other] })).toEqual([
      ['any address → load balancer a/s[Service], TCP 80 → 8080, TCP 443 → 8443', 'rule 1 allows its pods (p.yaml:3)'],
    ]);
    expect(lines({ doors: [door(), { ...other, clients: [group({ clients: ['10.0.0.0/8'] })] }] })).toHaveLength(2);
    expect(lines({ doors: [door(), { ...other, assumptions: ['x'] }] })).toHaveLength(2);
  });

  it('says perhaps of what depends on something, and leaves out what the dependency says', () => {
    const open = group({
      verdict: 'indeterminate',
      decidedBy: [byDoor('fact `x`')],
      dependsOn: [{ kind: 'fact', text: 'the fact `x`: who is there' }],
    });
    expect(lines({ doors: [door({ clients: [open], kind: 'nodePort', portOutside: 'unknown' })] })).toEqual([
      ['perhaps any address → node port a/s[Service], TCP ? → 8080', 'no policy has a say', 'depends on the fact `x`: who is there'],
    ]);
  });

  it('tells those who do not get through only where nobody does', () => {
    const shut = group({ verdict: 'denied', decidedBy: [byDoor('source ranges of `x`')] });
    expect(lines({ doors: [door({ clients: [group(), shut] })] })).toHaveLength(1);
    expect(lines({ doors: [door({ clients: [shut] })] })).toEqual([
      ['nobody → load balancer a/s[Service], TCP 80 → 8080', 'by source ranges of `x`'],
    ]);
  });

  it('names its pods where they are not all of the workload', () => {
    expect(lines({ doors: [door({ endpoints: ['a/b-1'] })] })[0]).toContain('of its pods only a/b-1');
  });

  it.each([
    [{ hostnames: ['lb.example.com'], addresses: ['203.0.113.7'] }, 'load balancer a/s[Service] at lb.example.com, 203.0.113.7'],
    [{ kind: 'nodePort', addresses: ['10.0.0.1'] }, 'node port a/s[Service]'],
    [{ kind: 'hostPort', object: 'a/b[Pod]' }, 'host port'],
    [{ kind: 'podAddress', addresses: ['203.0.113.9'] }, 'address of the pod at 203.0.113.9'],
    [
      { kind: 'ingress', object: 'a/i[Ingress]', hosts: ['a.example.com'], controller: { name: 'nginx', isInInput: false } },
      'a/i[Ingress] for a.example.com by nginx (not in the input)',
    ],
    [
      {
        kind: 'gateway',
        object: 'a/r[HTTPRoute]',
        hosts: [],
        gateway: 'a/g[Gateway]',
        controller: { name: 'g/envoy[Deployment]', isInInput: true },
        front: doorFacts({ object: 'g/envoy[Service]', hostnames: ['x.example.com'] }),
      },
      'a/r[HTTPRoute] on a/g[Gateway] by load balancer g/envoy[Service] at x.example.com',
    ],
  ] as const)('is placed: %s', (parts, place) => {
    expect(lines({ doors: [door(parts)] })[0]![0]).toBe(`any address → ${place}, TCP 80 → 8080`);
  });
});

describe('a Service', () => {
  const few = { allowed: 1, conditional: 0, total: 3, names: ['a/c[Pod]'] };
  const none = { ...few, allowed: 0, names: [] };

  it.each([
    ['any pod', { newPods: 'any' }, []],
    ['any pod', { newPods: 'any', workloads: { ...few, conditional: 1 } }, ['1 of the other 3 workloads get there, 1 perhaps']],
    ['any pod', { newPods: 'any', workloads: { ...few, allowed: 0, conditional: 2 } }, ['perhaps 2 of the other 3 workloads get there']],
    ['1 of 3 workloads', { newPods: 'none', workloads: few }, ['a/c[Pod]']],
    ['perhaps 2 of 3 workloads', { newPods: 'none', workloads: { ...none, conditional: 2, names: ['x', 'y'] } }, ['x, y']],
    [
      '1 of 3 workloads',
      { newPods: 'some', example: 'one in `a`', workloads: few },
      ['a/c[Pod]', 'and whoever creates a pod such as one in `a`'],
    ],
    ['no workload yet', { newPods: 'some', example: 'one in `a`', workloads: none }, ['and whoever creates a pod such as one in `a`']],
    ['perhaps pods yet to be created', { newPods: 'perhaps', workloads: none }, []],
    ['1 of 3 workloads', { newPods: 'perhaps', workloads: few }, ['a/c[Pod]', 'and perhaps pods yet to be created']],
    ['nobody', { newPods: 'none', workloads: none }, []],
  ] as const)('tells who inside gets through: %s', (who, parts, details) => {
    expect(lines({ services: [service(parts)] })[0]).toEqual([
      `${who} → a/s[Service], TCP 80 → 8080`,
      ...details,
      'rule 1 allows its pods (p.yaml:3)',
    ]);
  });

  it('says on what it depends whether pods yet to be created get through', () => {
    const dependsOn = [{ kind: 'address', text: 'the address of `a new pod`' }] as const;
    expect(lines({ services: [service({ newPods: 'perhaps', workloads: none, dependsOn })] })[0]!.at(-1)).toBe(
      'depends on the address of `a new pod`',
    );
  });

  it('without an address of its own is headless, and dials the pods', () => {
    expect(lines({ services: [service({ port: 'any', servicePort: 5432, portInside: 'any' })] })[0]![0]).toBe(
      'any pod → headless a/s[Service], TCP 5432',
    );
  });
});

describe('the own addresses of pods', () => {
  it.each([
    ['any', { TCP: [[1, 65535]] }, 'any pod → its own addresses, TCP all'],
    ['some', {}, 'some pods → its own addresses'],
    ['perhaps', {}, 'perhaps some pods → its own addresses'],
    ['none', {}, 'nobody → its own addresses'],
  ] as const)('are told where no Service leads there: %s', (newPods, strangers, line) => {
    expect(lines({ newPods, strangers: strangers as ExposedWorkload['strangers'] & object })).toEqual([[line]]);
  });

  it('are told where the Service is shut and another port is not', () => {
    const shut = service({ newPods: 'none', workloads: { allowed: 0, conditional: 0, total: 3, names: [] } });
    expect(lines({ services: [shut], newPods: 'some', strangers: {} })).toHaveLength(2);
    expect(lines({ services: [shut], newPods: 'none', strangers: {} })).toHaveLength(1);
    expect(lines({ services: [service()], newPods: 'any', strangers: {} })).toHaveLength(1);
  });

  it('are no matter where clients outside were asked for', () => {
    expect(lines({ doors: [door()] })).toHaveLength(1);
  });
});

test('a decision names its place, and what no policy selects needs none', () => {
  expect(deciderText(BY_POLICY)).toBe('rule 1 allows `a/b[Pod]` (p.yaml:3)');
  expect(deciderText(BY_POLICY, 'a/b[Pod]')).toBe('rule 1 allows its pods (p.yaml:3)');
  expect(deciderText({ ...BY_POLICY, step: { ...STEP, trigger: 'not-selected' } })).toBe('no policy selects its pods');
  const host = { name: 'h', node: 'n', hook: 'forward', way: 'in' } as const;
  expect(deciderText({ ...BY_POLICY, step: { ...STEP, trigger: 'not-selected', host } })).toContain('rule 1');
});

test('a door that leads nowhere names every way in', () => {
  expect(deadEndLine(deadEnd({ kinds: ['clusterIP', 'nodePort', 'loadBalancer'] }))).toMatchObject({
    who: 'nowhere',
    target: 'a/s[Service], TCP 80 (node port, load balancer)',
    details: ['no pod of the input is behind it (f:1)'],
  });
  expect(deadEndLine(deadEnd()).target).toBe('a/s[Service], TCP 80');
});

test('a door that leads out of the cluster says where to', () => {
  expect(deadEndLine(wayOut())).toMatchObject({
    who: 'out',
    target: 'a/s[Service], TCP 80 → 8080 (node port)',
    details: ['leads out of the cluster, to 198.51.100.50, 198.51.100.51 (f:1)'],
  });
});
