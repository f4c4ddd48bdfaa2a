import type { FlowRow } from '../../src/api/flows';
import { flowGraph } from '../../src/cli/flow-classes';
import { row } from '../support/flow-rows';

function pairsOf(ids: readonly string[], rows: readonly FlowRow[]): readonly string[] {
  const { classes, arrows } = flowGraph(ids, rows);
  return arrows
    .flatMap(({ from, to, ports }) =>
      classes[from]!.members.flatMap((a) => classes[to]!.members.filter((b) => a !== b).map((b) => `${a} ${b} ${ports}`)),
    )
    .sort();
}

describe('flowGraph', () => {
  it('draws ends that behave alike as one', () => {
    const graph = flowGraph(['web1', 'web2', 'db', 'idle'], [row('web1', 'db', 5432), row('web2', 'db', 5432)]);
    expect(graph.classes.map(({ members }) => members)).toEqual([['web1', 'web2'], ['db'], ['idle']]);
    expect(graph.arrows).toEqual([{ from: 0, to: 1, ports: 'TCP 5432', conditional: '' }]);
  });

  it('draws what may all reach each other as one with an arrow to itself', () => {
    const ids = ['a', 'b', 'c'];
    const rows = ids.flatMap((from) => ids.filter((to) => to !== from).map((to) => row(from, to, 80)));
    const graph = flowGraph(ids, rows);
    expect(graph.classes).toEqual([{ members: ids }]);
    expect(graph.arrows).toEqual([{ from: 0, to: 0, ports: 'TCP 80', conditional: '' }]);
  });

  it('keeps ends apart that differ in one direction only', () => {
    const graph = flowGraph(['a', 'b', 'x'], [row('a', 'x', 80), row('b', 'x', 80), row('x', 'a', 80)]);
    expect(graph.classes).toHaveLength(3);
  });

  it('says exactly what the rows say, whatever they are', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (let seed = 1; seed <= 300; seed++) {
      let state = seed;
      const random = (below: number) => {
        state = (state * 48_271) % 2_147_483_647;
        return state % below;
      };
      const density = 1 + random(3);
      const rows = ids.flatMap((from) => ids.filter((to) => to !== from && random(4) < density).map((to) => row(from, to, 80 + random(2))));
      expect(pairsOf(ids, rows)).toEqual(rows.map(({ from, to, ports }) => `${from} ${to} TCP ${ports.TCP![0]![0]}`).sort());
    }
  });
});
