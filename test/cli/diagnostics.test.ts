import { noteDiagnostics } from '../../src/cli/diagnostics';
import type { Diagnostic } from '../../src/model/diagnostic';
import { fakeTerminal } from '../support/fake-terminal';

function diagnostic(severity: Diagnostic['severity'], message: string, line = 1): Diagnostic {
  return { code: 'any', severity, message, source: { file: 'a.yaml', document: 1, line } };
}

function notesOf(diagnostics: readonly Diagnostic[], verbose = false): string {
  const terminal = fakeTerminal();
  noteDiagnostics(terminal, diagnostics, { verbose });
  return terminal.notes();
}

describe('noteDiagnostics', () => {
  it('is silent about nothing, and about notices', () => {
    expect(notesOf([])).toBe('');
    expect(notesOf([diagnostic('notice', 'kind `Secret` is dropped')])).toBe('');
  });

  it('tells the worst first, with its place, and counts', () => {
    expect(notesOf([diagnostic('warning', 'odd', 3), diagnostic('fatal', 'broken', 9)])).toBe(
      'fatal    a.yaml:9: broken\nwarning  a.yaml:3: odd\n2 problems in the input: 1 fatal, 1 warning\n',
    );
  });

  it('tells at most five, and how to see the rest', () => {
    const notes = notesOf(Array.from({ length: 8 }, (_, index) => diagnostic('severe', `problem ${index}`)));
    expect(notes.match(/^severe/gm)).toHaveLength(5);
    expect(notes).toContain('8 problems in the input: 8 severe; --verbose shows the other 3');
  });

  it('keeps to the width of the terminal that shows it, and to one line elsewhere', () => {
    const long = [diagnostic('severe', 'word '.repeat(40).trim())];
    const shown = (options: Parameters<typeof fakeTerminal>[0]) => {
      const terminal = fakeTerminal({ columns: 60, ...options });
      noteDiagnostics(terminal, long, { verbose: false });
      return terminal.notes().split('\n').slice(0, -2);
    };
    expect(shown({ notesAreWatched: false })).toHaveLength(1);
    const lines = shown({ notesAreWatched: true });
    expect(lines.every((line) => line.length <= 60)).toBe(true);
    expect(lines[0]).toMatch(/^severe {3}a\.yaml:1: word/);
    expect(lines[1]).toMatch(/^ {9}word/);
  });

  it('tells everything when asked', () => {
    const notes = notesOf([diagnostic('notice', 'left out'), ...Array.from({ length: 8 }, () => diagnostic('warning', 'odd'))], true);
    expect(notes.match(/^warning/gm)).toHaveLength(8);
    expect(notes).toContain('notice   a.yaml:1: left out');
    expect(notes).not.toContain('--verbose');
  });

  it('names the resource where the message does not, and lets no text drive the terminal', () => {
    expect(notesOf([{ ...diagnostic('severe', 'bad \u001b[2J'), resource: 'shop/web[Pod]' }])).toContain('bad \\x1b[2J (`shop/web[Pod]`)');
    expect(notesOf([{ ...diagnostic('severe', '`shop/web[Pod]` is bad'), resource: 'shop/web[Pod]' }])).not.toContain('(`shop');
  });
});
