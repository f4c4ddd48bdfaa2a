import { grown, intList, pushInt, toInts } from '../../../src/engine/kernel/int-list';

describe('an integer list', () => {
  it('keeps what was pushed, however much it has to grow', () => {
    const list = intList(1);
    for (let value = 0; value < 1000; value++) pushInt(list, -value);
    expect(list.length).toBe(1000);
    expect(list.values.length).toBeGreaterThanOrEqual(1000);
    expect(toInts(list)).toEqual(Int32Array.from({ length: 1000 }, (_, value) => -value));
  });

  it('gives a copy that later pushes do not change', () => {
    const list = intList();
    pushInt(list, 7);
    const copy = toInts(list);
    list.values[0] = 8;
    expect(copy).toEqual(Int32Array.of(7));
  });
});

describe('grown', () => {
  it('leaves an array that is long enough as it is', () => {
    const values = Int32Array.of(1, 2, 3);
    expect(grown(values, 3)).toBe(values);
  });

  it('keeps the numbers and at least doubles the room', () => {
    const larger = grown(
      Int32Array.from({ length: 20 }, (_, index) => index),
      21,
    );
    expect(larger.length).toBe(40);
    expect(larger.slice(0, 20)).toEqual(Int32Array.from({ length: 20 }, (_, index) => index));
    expect(grown(new Int32Array(0), 1).length).toBe(16);
  });
});
