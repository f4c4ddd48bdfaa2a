import { Partition } from '../../../src/engine/kernel/partition';
import { randomFrom } from '../../support/random';

describe('a partition', () => {
  it('keeps two elements together exactly as long as every set holds both or neither', () => {
    const random = randomFrom(3);
    for (let round = 0; round < 30; round++) {
      const partition = new Partition(40);
      const sets = random.times(random.below(7), () => new Set(random.times(random.below(30), () => random.below(40))));
      for (const set of sets) partition.refine(Int32Array.from(set), set.size);
      const { cellOf, count } = partition.dense();
      const signature = (element: number) => sets.map((set) => set.has(element)).join();
      const signatures = Array.from({ length: 40 }, (_, element) => signature(element));
      expect([...cellOf]).toEqual(signatures.map((own) => cellOf[signatures.indexOf(own)]));
      expect(new Set(signatures).size).toBe(count);
      expect(new Set(cellOf).size).toBe(count);
    }
  });

  it('numbers cells by their first element', () => {
    const partition = new Partition(4);
    partition.refine(Int32Array.of(3, 1), 2);
    expect(partition.dense()).toEqual({ cellOf: Int32Array.of(0, 1, 0, 1), count: 2 });
  });

  it('reads only as many elements as it is told to', () => {
    const partition = new Partition(3);
    partition.refine(Int32Array.of(2, 1, 0), 1);
    expect(partition.dense().cellOf).toEqual(Int32Array.of(0, 0, 1));
  });

  it('of nothing has no cells', () => {
    expect(new Partition(0).dense()).toEqual({ cellOf: new Int32Array(0), count: 0 });
  });
});
