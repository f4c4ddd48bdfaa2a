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

  it('fits a terminal, and lets no name drive it', () => {
    const text = answerText({ ...answer, notes: [`${'word '.repeat(60)}\u001b[2J`] }, { columns: 70, paint: PLAIN });
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(70);
    expect(text).not.toContain('\u001b');
  });
});
