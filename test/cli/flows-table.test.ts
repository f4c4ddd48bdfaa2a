import { bounded, flowsTable } from '../../src/cli/flows-table';
import { PLAIN, UsageError } from '../../src/cli/terminal';
import { flowsOf, row } from '../support/flow-rows';

describe('flowsTable', () => {
  it('prints merged rows in full where nobody watches', () => {
    const flows = flowsOf([
      row('shop/web', 'shop/cart', 8080),
      row('shop/web', 'shop/catalog', 8080),
      row('shop/cart', 'ip:0.0.0.0-255.255.255.255'),
    ]);
    expect(flowsTable(flows, { columns: undefined, paint: PLAIN })).toBe(
      [
        'FROM       TO                        PORTS',
        'shop/cart  any IPv4 address outside  everything',
        'shop/web   shop/cart, shop/catalog   TCP 8080',
        '',
      ].join('\n'),
    );
  });

  it('fits a terminal and hides nothing of a name', () => {
    const long = `namespace-with-a-long-name/${'workload-'.repeat(6)}end`;
    const flows = flowsOf([row(long, 'shop/cart', 8080), row('shop/web', 'shop/cart', 8080, 8081, 9090)]);
    const table = flowsTable(flows, { columns: 60, paint: PLAIN });
    for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    expect(
      table
        .split('\n')
        .map((line) => line.slice(0, 18).trim())
        .join(''),
    ).toContain(long.slice(0, 17));
  });

  it('shows a terminal forty groups and counts the rest', () => {
    const flows = flowsOf(Array.from({ length: 50 }, (_, index) => row(`a/w${index}`, `b/w${index}`, 1000 + index)));
    expect(flowsTable(flows, { columns: 100, paint: PLAIN })).toContain('… and 10 more groups');
    expect(flowsTable(flows, { columns: undefined, paint: PLAIN }).trim().split('\n')).toHaveLength(51);
  });

  it('marks what is only possible', () => {
    const flows = flowsOf([{ from: 'a/x', to: 'a/y', ports: {}, conditional: { TCP: [[80, 80]] } }]);
    expect(flowsTable(flows, { columns: undefined, paint: PLAIN })).toContain('a/x   a/y  maybe TCP 80');
  });

  it('says so when nothing may flow', () => {
    expect(flowsTable(flowsOf([]), { columns: 80, paint: PLAIN })).toBe('nothing may flow\n');
  });
});

it('bounded passes rows up to its limit and no further', () => {
  const rows = [row('a', 'b'), row('a', 'c'), row('a', 'd')];
  expect([...bounded(rows, 3, 'a table')]).toHaveLength(3);
  expect(() => [...bounded(rows, 2, 'a table')]).toThrow(UsageError);
});
