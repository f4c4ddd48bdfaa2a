import type { Answer } from '../../src/api/ask';
import { answerText } from '../../src/cli/answer-text';
import { PLAIN } from '../../src/cli/terminal';

const answer: Answer = {
  from: 'shop/web[Deployment]',
  to: 'shop/db',
  protocol: 'TCP',
  port: 22,
  verdict: 'denied',
  egress: 'allowed',
  ingress: 'denied',
  trace: [
    { direction: 'egress', trigger: 'not-selected', action: 'Allow', certainty: 'yes', sentence: 'no policy decides', dependsOn: [] },
    {
      direction: 'ingress',
      trigger: 'end-of-tier',
      action: 'Deny',
      certainty: 'maybe',
      file: 'a.yaml',
      line: 3,
      sentence: '`p` may isolate it',
      dependsOn: [{ kind: 'fact', text: 'the fact `x`' }],
    },
  ],
  dependsOn: [],
  assumptions: ['the plugin enforces it'],
  blockers: [],
  remedies: ['ingress: a rule'],
  notes: ['a note', 'another note'],
  parts: [{ verdict: 'denied', flows: 1, examples: ['shop/db'] }],
};

describe('answerText', () => {
  it('tells verdict, steps, what would change it, and what it rests on', () => {
    expect(answerText(answer, { columns: undefined, paint: PLAIN }).split('\n')).toEqual([
      'denied  shop/web[Deployment] → shop/db  TCP 22',
      '',
      'egress      allowed',
      '            - no policy decides',
      'ingress     denied',
      '            - `p` may isolate it (a.yaml:3), depending on the fact `x`',
      'allowed by  ingress: a rule',
      'assumes     the plugin enforces it',
      'note        a note',
      '            another note',
      '',
    ]);
  });

  it('tells how flows differ when they do, and on what it depends', () => {
    const parts = [
      { verdict: 'allowed', flows: 7, examples: ['a', 'b'] },
      { verdict: 'denied', flows: 1, examples: ['c'] },
    ] as const;
    const text = answerText(
      { ...answer, verdict: 'indeterminate', dependsOn: [{ kind: 'condition', text: 'which pods' }], parts },
      { columns: undefined, paint: PLAIN },
    );
    expect(text).toContain('depends on  which pods\n');
    expect(text).toContain('flows       7 flows allowed: a, b, and 5 more\n            1 flow denied: c\n');
  });

  it('tells a way into the cluster step by step, each with the connection as it is there', () => {
    const outside = { source: '203.0.113.7', destination: 'n1[Node]', protocol: 'TCP', port: 30080 } as const;
    const inside = { ...outside, destination: 'shop/db', port: 22 };
    const dependsOn = [{ kind: 'fact', text: 'the fact `x`' }] as const;
    const path: Answer['path'] = {
      door: 'nodePort shop/db:22',
      client: '203.0.113.7',
      way: 'enters at `n1`',
      verdict: 'denied',
      steps: [
        { kind: 'door', tuple: outside, verdict: 'indeterminate', sentence: 'fact `x`', trace: [], dependsOn },
        { kind: 'translation', tuple: outside, after: inside, sentence: 'node `n1` replaces the destination', trace: [], dependsOn: [] },
        {
          kind: 'point',
          place: 'ingress',
          tuple: inside,
          verdict: 'denied',
          sentence: 'ingress of `shop/db`',
          trace: answer.trace.slice(1),
          dependsOn,
        },
      ],
    };
    expect(
      answerText({ ...answer, path, notes: [] }, { columns: undefined, paint: PLAIN })
        .split('\n')
        .slice(2, 10),
    ).toEqual([
      'path        by `nodePort shop/db:22`, for client `203.0.113.7`: enters at `n1`',
      '         1. 203.0.113.7 → n1[Node] TCP 30080',
      '            fact `x`: indeterminate, depending on the fact `x`',
      '         2. 203.0.113.7 → n1[Node] TCP 30080 becomes 203.0.113.7 → shop/db TCP 22',
      '            node `n1` replaces the destination',
      '         3. 203.0.113.7 → shop/db TCP 22',
      '            ingress of `shop/db`: denied',
      '            - `p` may isolate it (a.yaml:3), depending on the fact `x`',
    ]);
    const behind = answerText({ ...answer, path: { ...path, front: 'loadBalancer edge/envoy:443' } }, { columns: undefined, paint: PLAIN });
    expect(behind).toContain('path        by `loadBalancer edge/envoy:443` to `nodePort shop/db:22`, for client');
  });

  it('begins with the notes where no policy was asked', () => {
    const text = answerText({ ...answer, trace: [], notes: ['no door leads there'] }, { columns: undefined, paint: PLAIN });
    expect(text.split('\n').slice(2, 4)).toEqual(['note        no door leads there', 'allowed by  ingress: a rule']);
  });

  it('fits a terminal, and lets no name drive it', () => {
    const text = answerText({ ...answer, notes: [`${'word '.repeat(60)}\u001b[2J`] }, { columns: 70, paint: PLAIN });
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(70);
    expect(text).not.toContain('\u001b');
  });
});
