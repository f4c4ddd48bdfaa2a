import { failureText, findingsSummary, findingsTable } from '../../src/cli/findings-table';
import { PLAIN } from '../../src/cli/terminal';
import { findingOf } from '../support/findings';

const plain = { columns: undefined, paint: PLAIN, explain: false };

describe('findingsTable', () => {
  it('aligns what, of whom and where, with the sentence below', () => {
    const findings = [findingOf({ severity: 'critical' }), findingOf({ severity: 'low', subject: 'shop[Namespace]' })];
    expect(findingsTable(findings, plain).split('\n')).toEqual([
      'critical  LT-EGR-001  shop/web[Deployment]  shop.yaml:2',
      '          `shop/web[Deployment]` may open every port to the internet',
      'low       LT-EGR-001  shop[Namespace]       shop.yaml:2',
      '          `shop/web[Deployment]` may open every port to the internet',
      '',
    ]);
  });

  it('wraps sentences to the width of a terminal', () => {
    const table = findingsTable([findingOf({ severity: 'high', sentence: 'word '.repeat(40).trim() })], { ...plain, columns: 60 });
    for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('cuts places for which there is no room', () => {
    const source = { file: `${'folder/'.repeat(12)}shop.yaml`, document: 1, line: 2 };
    const [head] = findingsTable([findingOf({ severity: 'high', source })], { ...plain, columns: 100 }).split('\n');
    expect(head).toHaveLength(100);
    expect(head).toMatch(/^high {2}LT-EGR-001 {2}shop\/web\[Deployment\] {2}…[a-z/]+shop\.yaml:2$/);
  });

  it('explains flow, evidence, assumptions and fix, and counts what a fix cuts', () => {
    const finding = findingOf({
      severity: 'high',
      certainty: 'assumed',
      evidence: {
        flow: { from: 'shop/web', to: '203.0.113.7', protocol: 'TCP', port: 3333 },
        trace: [],
        nearestCandidates: ['policy `x` selects it for ingress only'],
        assumptions: ['the platform is AWS'],
        verify: 'kubectl get pods',
        details: [{ label: 'example', text: 'TCP 3333' }],
      },
      remediation: {
        summary: 'deny it',
        manifest: 'kind: NetworkPolicy\nspec: {}\n',
        wouldCut: Array.from({ length: 9 }, (_, index) => `flow ${index}`),
      },
    });
    const table = findingsTable([finding], { ...plain, explain: true });
    expect(table.split('\n').slice(2)).toEqual([
      '          flow       shop/web → 203.0.113.7 TCP 3333',
      '                     example: TCP 3333',
      '          near       policy `x` selects it for ingress only',
      '          assumes    the platform is AWS',
      '          verify     kubectl get pods',
      '          fix        deny it',
      ...[0, 1, 2, 3, 4].map((index) => `          would cut  flow ${index}`),
      '          would cut  and 4 more flows',
      '            kind: NetworkPolicy',
      '            spec: {}',
      '',
    ]);
  });

  it('lets no name drive the terminal', () => {
    expect(findingsTable([findingOf({ severity: 'high', subject: 'a\u001b[2J', sentence: 'b\u001b[2J' })], plain)).not.toContain('\u001b');
  });

  it('prints nothing of nothing', () => {
    expect(findingsTable([], plain)).toBe('');
  });
});

it('findingsSummary counts by severity, open ones as such', () => {
  expect(findingsSummary([findingOf({ severity: 'high' }), findingOf(), findingOf({ severity: 'high' })])).toBe(
    '3 findings: 2 high, 1 open',
  );
  expect(findingsSummary([findingOf({ severity: 'info' })])).toBe('1 finding: 1 info');
  expect(findingsSummary([])).toBe('no findings');
});

it('failureText says how many fail the stage', () => {
  expect([0, 1, 2].map((failing) => failureText(failing, 'lab'))).toEqual([
    'none of them fails stage `lab`',
    'one of them fails stage `lab`',
    '2 of them fail stage `lab`',
  ]);
});
