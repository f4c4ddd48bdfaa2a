/** Keeps one value per key: equal parts of many pods (labels, ports) become one object in memory. */
export class Pool<Value> {
  readonly #values = new Map<string, Value>();

  /** @param key must tell different values apart; `make` is called for new keys alone */
  share(key: string, make: () => Value): Value {
    let value = this.#values.get(key);
    if (value === undefined) {
      value = make();
      this.#values.set(key, value);
    }
    return value;
  }
}
