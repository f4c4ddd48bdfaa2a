import { findingsMarkdown } from '../../src/cli/findings-markdown';
import type { Finding } from '../../src/findings/finding';
import { findingOf } from '../support/findings';

const hostile = findingOf({ subject: 'shop/web[Deployment]', sentence: '`a|b` may [click](http://x)\n<script>', severity: 'high' });

describe('findingsMarkdown', () => {
  it('is a table with a line for each finding', () => {
    const lines = findingsMarkdown([findingOf({ severity: 'high' }), findingOf({ severity: 'low' })])
      .trim()
      .split('\n');
    expect(lines[0]).toBe('**2 findings: 1 high, 1 low**');
    expect(lines.slice(2)).toHaveLength(4);
  });

  it('lets no name end a cell, begin a tag or make a link', () => {
    const row = findingsMarkdown([hostile]).split('\n').at(-2)!;
    expect(row).toContain('`a\\|b` may \\[click](http://x) &lt;script>');
    expect(row.replaceAll('\\|', '').split('|')).toHaveLength(8);
  });

  it('says so when there are none', () => {
    expect(findingsMarkdown([] as readonly Finding[])).toBe('**no findings**\n');
  });
});
