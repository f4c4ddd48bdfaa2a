import { flowsCsv } from '../../src/cli/flows-csv';
import { flowsOf, row } from '../support/flow-rows';

function csv(...rows: Parameters<typeof flowsOf>[0]): string {
  return [...flowsCsv(flowsOf(rows))].join('');
}

describe('flowsCsv', () => {
  it('writes a head and a line for each row, quoted where needed', () => {
    expect(csv(row('shop/web', 'shop/db', 80, 443), { ...row('a', 'b'), conditional: { UDP: [[1, 65_535]] } })).toBe(
      'from,to,ports,conditional\r\nshop/web,shop/db,"TCP 80,443",\r\na,b,everything,UDP all\r\n',
    );
  });

  it('doubles quotes, and makes no formula of a hostile name', () => {
    expect(csv(row('=cmd("x")', 'b', 80))).toContain(`"'=cmd(""x"")",b,TCP 80,`);
  });

  it('comes in chunks', () => {
    const chunks = [...flowsCsv(flowsOf(Array.from({ length: 10_000 }, (_, index) => row('shop/web', `shop/w${index}`, 80))))];
    expect(chunks.length).toBeGreaterThan(3);
    expect(chunks.join('').split('\r\n')).toHaveLength(10_002);
  });
});
