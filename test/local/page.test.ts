import { createHash } from 'node:crypto';
import { Script } from 'node:vm';
import { pageApp } from '../../src/local/page';

async function page() {
  const response = await pageApp().request('/');
  const html = await response.text();
  return { response, html, script: /<script>([\s\S]*)<\/script>/.exec(html)![1]! };
}

describe('the landing page', () => {
  it('runs its own script and nothing else', async () => {
    const { response, html, script } = await page();
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src 'sha256-${createHash('sha256').update(script).digest('base64')}';`);
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toMatch(/ on[a-z]+=/);
  });

  it('loads nothing from elsewhere', async () => {
    const { html } = await page();
    const addresses = html.match(/https?:\/\/[^'"\s)]+/g) ?? [];
    expect(addresses).toEqual(['http://www.w3.org/2000/svg']);
  });

  it('has a script that parses, and makes no markup of what it is told', async () => {
    const { script } = await page();
    expect(() => new Script(script)).not.toThrow();
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/);
  });
});
