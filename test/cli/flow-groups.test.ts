import type { FlowRow } from '../../src/api/flows';
import { groupFlows, setNamer } from '../../src/cli/flow-groups';
import { flowsOf, row } from '../support/flow-rows';

/** What groups say, row by row. */
function spelledOut(rows: readonly FlowRow[]): readonly string[] {
  return groupFlows(rows).flatMap(({ from, to, ports }) =>
    from.flatMap((source) => to.filter((id) => id !== source).map((id) => `${source} ${id} ${ports}`)),
  );
}

describe('groupFlows', () => {
  it('merges destinations of one source, and sources with equal destinations', () => {
    const groups = groupFlows([row('a', 'x', 80), row('a', 'y', 80), row('b', 'x', 80), row('b', 'y', 80), row('b', 'z', 443)]);
    expect(groups).toEqual([
      { from: ['a', 'b'], to: ['x', 'y'], ports: 'TCP 80', conditional: '' },
      { from: ['b'], to: ['z'], ports: 'TCP 443', conditional: '' },
    ]);
  });

  it('merges what may all reach each other, itself left out', () => {
    const ids = ['a', 'b', 'c'];
    const rows = ids.flatMap((from) => ids.filter((to) => to !== from).map((to) => row(from, to)));
    expect(groupFlows(rows)).toEqual([{ from: ids, to: ids, ports: 'everything', conditional: '' }]);
  });

  it('keeps conditional rows apart from certain ones', () => {
    const groups = groupFlows([row('a', 'x', 80), { ...row('b', 'x', 80), conditional: { UDP: [[53, 53]] } }]);
    expect(groups).toHaveLength(2);
    expect(groups[1]).toMatchObject({ from: ['b'], conditional: 'UDP 53' });
  });

  it('says exactly what the rows say, whatever they are', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    for (let seed = 1; seed <= 200; seed++) {
      let state = seed;
      const random = (below: number) => {
        state = (state * 48_271) % 2_147_483_647;
        return state % below;
      };
      const rows = ids.flatMap((from) => ids.filter((to) => to !== from && random(3) > 0).map((to) => row(from, to, 80 + random(2))));
      expect([...spelledOut(rows)].sort()).toEqual(rows.map(({ from, to, ports }) => `${from} ${to} TCP ${ports.TCP![0]![0]}`).sort());
    }
  });
});

describe('setNamer', () => {
  const { endpoints } = flowsOf([], ['shop/a', 'shop/b', 'shop/c', 'pay/x']);
  const nameOf = setNamer(endpoints);

  it.each([
    ['all of the cluster', ['pay/x', 'shop/a', 'shop/b', 'shop/c'], ['all 4 in the cluster']],
    ['all of a namespace', ['pay/x', 'shop/a', 'shop/b', 'shop/c'].slice(1), ['all 3 of shop']],
    ['some of a namespace', ['shop/a', 'shop/b'], ['shop/a', 'shop/b']],
    ['a namespace too small to be worth it', ['pay/x'], ['pay/x']],
    ['every address', ['ip:0.0.0.0-255.255.255.255', 'ip:::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'], ['any address outside']],
    ['one family', ['ip:0.0.0.0-255.255.255.255'], ['any IPv4 address outside']],
    ['one address and a range', ['ip:10.0.0.1-10.0.0.1', 'ip:10.0.0.3-10.0.0.9'], ['10.0.0.1', '10.0.0.3-10.0.0.9']],
  ])('names %s', (_case, ids, expected) => {
    expect(nameOf(ids)).toEqual(expected);
  });
});
