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

  it('shows names in backticks as they are', () => {
    const row = findingsMarkdown([findingOf({ subject: 'shop/web[Deployment]', sentence: '`a[b]\\` and c[d]' })])
      .split('\n')
      .at(-2)!;
    expect(row).toContain('| `shop/web[Deployment]` | `a[b]\\` and c\\[d] |');
  });

  it.each([
    ['one `alone <b>', "one 'alone &lt;b>"],
    ['``<b>` x``', "''&lt;b>' x''"],
  ])('trusts no backticks but pairs: %s', (sentence, shown) => {
    expect(findingsMarkdown([findingOf({ sentence })])).toContain(`| ${shown} |`);
  });

  it('says so when there are none', () => {
    expect(findingsMarkdown([] as readonly Finding[])).toBe('**no findings**\n');
  });
});
