import { DIAGNOSTIC_CODES, type DiagnosticCode, diagnose } from '../../src/ingest/codes';

describe('diagnostic codes', () => {
  it.each(Object.entries(DIAGNOSTIC_CODES))('%s is in kebab case and explained in one sentence', (code, { meaning, severity }) => {
    expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(meaning).toMatch(/^[^A-Z].*[^.]$/);
    expect(['fatal', 'severe', 'warning', 'notice']).toContain(severity);
  });

  it('bring their severity with them', () => {
    const source = { file: 'a.yaml', document: 1, line: 2 };
    for (const code of Object.keys(DIAGNOSTIC_CODES) as DiagnosticCode[]) {
      expect(diagnose(code, 'something', source)).toEqual({
        code,
        severity: DIAGNOSTIC_CODES[code].severity,
        message: 'something',
        source,
      });
    }
    expect(diagnose('files-skipped', 'something')).toEqual({ code: 'files-skipped', severity: 'notice', message: 'something' });
    expect(diagnose('no-kind', 'something', source, 'a[Pod]').resource).toBe('a[Pod]');
  });
});
