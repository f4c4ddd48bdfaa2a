import { grown, intList, pushInt, toInts } from '../../../src/engine/kernel/int-list';

describe('an int list', () => {
  it.each([0, 1, 2, 64])('keeps what was pushed, in order, when it outgrows a capacity of %i', (capacity) => {
    const list = intList(capacity);
    const pushed = Array.from({ length: 300 }, (_, index) => (index * 7919) % 101);
    for (const value of pushed) pushInt(list, value);
    expect(list.length).toBe(300);
    expect([...toInts(list)]).toEqual(pushed);
  });

  it('is empty at first, whatever room it has', () => {
    expect(toInts(intList(16))).toEqual(new Int32Array(0));
  });

  it('holds 32-bit integers of either sign', () => {
    const list = intList(0);
    for (const value of [-1, 0x7fffffff, -0x80000000]) pushInt(list, value);
    expect([...toInts(list)]).toEqual([-1, 0x7fffffff, -0x80000000]);
  });

  it('gives copies that later pushes do not change', () => {
    const list = intList(4);
    pushInt(list, 1);
    const copy = toInts(list);
    list.values[0] = 9;
    pushInt(list, 2);
    expect([...copy]).toEqual([1]);
  });

  it('can be used again after its length was set to zero', () => {
    const list = intList(2);
    for (const value of [1, 2, 3]) pushInt(list, value);
    list.length = 0;
    pushInt(list, 4);
    expect([...toInts(list)]).toEqual([4]);
  });
});

describe('grown', () => {
  it('answers the same array as long as there is room', () => {
    const values = Int32Array.of(1, 2, 3);
    expect(grown(values, 3)).toBe(values);
    expect(grown(values, 0)).toBe(values);
  });

  it('keeps the values, fills with zeros and at least doubles, so that pushing costs the same on average', () => {
    const values = Int32Array.from({ length: 40 }, (_, index) => index + 1);
    const larger = grown(values, 41);
    expect(larger.length).toBe(80);
    expect(larger.subarray(0, 40)).toEqual(values);
    expect(larger.subarray(40).every((value) => value === 0)).toBe(true);
  });

  it('has as much room as is needed where doubling is not enough', () => {
    expect(grown(new Int32Array(8), 1000).length).toBeGreaterThanOrEqual(1000);
    expect(grown(new Int32Array(0), 1).length).toBeGreaterThanOrEqual(1);
  });
});
