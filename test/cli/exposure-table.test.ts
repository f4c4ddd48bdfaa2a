import pc from 'picocolors';
import type { ExposedWorkload, Openness } from '../../src/api/exposure';
import { exposureSummary, exposureTable } from '../../src/cli/exposure-table';
import { PLAIN } from '../../src/cli/terminal';
import { byDoor, clientGroup, deadEnd, exposedDoor, exposedWorkload, wayOut } from '../support/exposed-workload';

const PLAIN_VIEW = { columns: undefined, paint: PLAIN };

/** A workload behind a Service of its name. */
function workload(name: string, openTo: Openness, assumptions: readonly string[] = []): ExposedWorkload {
  const clients = [clientGroup({ decidedBy: [byDoor('`y` decides')] })];
  const doors = [exposedDoor({ object: `a/${name}[Service]`, portInside: 80, clients, assumptions })];
  return exposedWorkload({ id: `a/${name}[Pod]`, file: 'manifests/all.yaml', line: 7, openTo, doors });
}

describe('exposureTable', () => {
  it('puts the most exposed first, and workloads in the same case together', () => {
    const table = exposureTable([workload('c', 'outside'), workload('b', 'internet'), workload('d', 'internet')], [], PLAIN_VIEW);
    expect(table.split('\n')).toEqual([
      'internet   a/b[Pod]  manifests/all.yaml:7',
      '           a/d[Pod]  manifests/all.yaml:7',
      '           • any address → load balancer a/b[Service], TCP 80',
      '           • any address → load balancer a/d[Service], TCP 80',
      '             - `y` decides',
      '             - no policy has a say',
      '',
      'outside    a/c[Pod]  manifests/all.yaml:7',
      '           • any address → load balancer a/c[Service], TCP 80',
      '             - `y` decides',
      '             - no policy has a say',
      '',
    ]);
  });

  it('keeps workloads apart that are open by their own addresses on other ports', () => {
    const own = (name: string, port: number): ExposedWorkload => ({
      ...workload(name, 'cluster'),
      doors: [],
      newPods: 'any',
      strangers: { TCP: [[port, port]] },
    });
    const table = exposureTable([own('b', 80), own('c', 80), own('d', 81)], [], PLAIN_VIEW);
    expect(table.split('\n')).toEqual([
      'any pod    a/b[Pod]  manifests/all.yaml:7',
      '           a/c[Pod]  manifests/all.yaml:7',
      '           • any pod → its own addresses, TCP 80',
      '',
      'any pod    a/d[Pod]  manifests/all.yaml:7',
      '           • any pod → its own addresses, TCP 81',
      '',
    ]);
  });

  it('tells what is assumed once, by number', () => {
    const lines = exposureTable([workload('b', 'internet', ['one', 'two']), workload('c', 'outside', ['two'])], [], PLAIN_VIEW).split('\n');
    expect(lines.filter((line) => line.includes('['))).toEqual(
      expect.arrayContaining([
        '           • any address → load balancer a/b[Service], TCP 80 [1,2]',
        '           • any address → load balancer a/c[Service], TCP 80 [2]',
        '[1]  assumed: one',
        '[2]  assumed: two',
      ]),
    );
  });

  it('keeps to the width of the terminal, and cuts places for which there is no room', () => {
    const long = {
      ...workload('b'.repeat(40), 'internet', ['a sentence that is rather long '.repeat(5).trim()]),
      file: `${'folder/'.repeat(12)}all.yaml`,
    };
    const lines = exposureTable([long], [], { columns: 100, paint: PLAIN }).split('\n');
    expect(lines.every((line) => line.length <= 100)).toBe(true);
    expect(lines[0]).toMatch(/ {2}…[a-z/]+all\.yaml:7$/);
  });

  it('tells doors that lead nowhere at the end', () => {
    expect(exposureTable([], [deadEnd()], PLAIN_VIEW)).toBe(
      'nowhere    a/s[Service], TCP 80\n             no pod of the input is behind it (f:1)\n',
    );
    expect(exposureTable([], [], PLAIN_VIEW)).toBe('');
  });

  it('has colours only where there are some', () => {
    const paint = pc.createColors(true);
    const table = (openTo: Openness) => exposureTable([workload('b', openTo)], [], { columns: 100, paint });
    expect(table('internet')).toContain(paint.red(paint.bold('internet   ')));
    expect(table('internetPerhaps')).toContain(paint.yellow('internet?  '));
    expect(table('cluster')).toContain(paint.cyan('any pod    '));
    expect(table('nobody')).toContain(paint.green('nobody     '));
    expect(exposureTable([workload('b', 'internet')], [], PLAIN_VIEW)).not.toContain('\u001b');
  });
});

test.each([
  [[], 0, 0, '0 workloads'],
  [[['internet', 1]], 0, 1, '1 workload: 1 open to the internet; 1 door leads out of the cluster'],
  [
    [
      ['nobody', 2],
      ['internetPerhaps', 1],
    ],
    2,
    0,
    '3 workloads: 1 perhaps open to the internet, 2 open to nobody; 2 doors lead nowhere',
  ],
] as const)('the summary counts: %j', (counts, dead, out, text) => {
  const doors = { deadEnds: Array.from({ length: dead }, () => deadEnd()), waysOut: Array.from({ length: out }, () => wayOut()) };
  expect(exposureSummary(new Map(counts), doors)).toBe(text);
});
