import type { ExposedWorkload } from '../../src/api/exposure';
import { exposureDot, exposureMermaid } from '../../src/cli/exposure-graph';
import { UsageError } from '../../src/cli/terminal';
import type { Verdict } from '../../src/model/verdict';
import { clientGroup, exposedDoor, exposedWorkload } from '../support/exposed-workload';

function workload(id: string, verdict: Verdict, client = 'any address'): ExposedWorkload {
  return exposedWorkload({ id, doors: [exposedDoor({ clients: [clientGroup({ verdict, clients: [client] })] })] });
}

const PICTURE = [workload('a/b[Pod]', 'allowed'), workload('a/c[Pod]', 'indeterminate'), workload('a/d[Pod]', 'denied')];

test('Mermaid draws clients once, an arrow for each door, dashed where it is open, and none where nobody gets through', () => {
  expect(exposureMermaid(PICTURE).split('\n')).toEqual([
    'flowchart LR',
    '  c0(["any address"])',
    '  w0["a/b[Pod]"]',
    '  w1["a/c[Pod]"]',
    '  w2["a/d[Pod]"]',
    '  c0 -->|"load balancer a/s[Service], TCP 80 → 8080"| w0',
    '  c0 -.->|"load balancer a/s[Service], TCP 80 → 8080"| w1',
    '',
  ]);
});

test('DOT draws the same', () => {
  expect(exposureDot(PICTURE).split('\n')).toEqual([
    'digraph exposure {',
    '  rankdir=LR;',
    '  node [shape=box];',
    '  c0 [label="any address", shape=ellipse];',
    '  w0 [label="a/b[Pod]"];',
    '  w1 [label="a/c[Pod]"];',
    '  w2 [label="a/d[Pod]"];',
    '  c0 -> w0 [label="load balancer a/s[Service], TCP 80 → 8080"];',
    '  c0 -> w1 [label="load balancer a/s[Service], TCP 80 → 8080", style=dashed];',
    '}',
    '',
  ]);
});

test('names cannot break out of their quotes', () => {
  const hostile = [workload('a/"]<b>\\[Pod]', 'allowed', 'x"y')];
  expect(exposureMermaid(hostile)).toContain('w0["a/&quot;]&lt;b>\\[Pod]"]');
  expect(exposureDot(hostile)).toContain('w0 [label="a/\\"]<b>\\\\[Pod]"]');
});

test('too much for a picture is refused', () => {
  const many = Array.from({ length: 2_001 }, (_, index) => workload(`a/${index}[Pod]`, 'allowed'));
  expect(() => exposureDot(many)).toThrow(UsageError);
  expect(() => exposureMermaid(many.slice(1))).not.toThrow();
});
