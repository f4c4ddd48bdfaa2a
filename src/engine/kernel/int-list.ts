/** A growable list of 32-bit integers. `values` is longer than the list; read `length` of it. */
export interface IntList {
  values: Int32Array;
  length: number;
}

/** An empty list with room for so many integers; it grows by itself. */
export function intList(capacity = 64): IntList {
  return { values: new Int32Array(capacity), length: 0 };
}

/** Amortised O(1). `values` may be another array afterwards. */
export function pushInt(list: IntList, value: number): void {
  if (list.length === list.values.length) list.values = grown(list.values, list.length + 1);
  list.values[list.length++] = value;
}

/** A copy that is just as long as the list. */
export function toInts(list: IntList): Int32Array {
  return list.values.slice(0, list.length);
}

/** The same numbers with room for at least `needed`, and for as many again as before. */
export function grown(values: Int32Array, needed: number): Int32Array {
  if (needed <= values.length) return values;
  const larger = new Int32Array(Math.max(needed, values.length * 2, 16));
  larger.set(values);
  return larger;
}
