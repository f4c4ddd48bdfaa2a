/** A value and about how many bytes of memory it holds. */
export interface Sized<V> {
  readonly value: V;
  readonly bytes: number;
}

/**
 * Keeps values that are dear to make, at most `capacity` bytes of them, the least recently used going first. Whoever asks for a value that is being made
 * waits for that one: a value is made once, not once a caller. What is being made does not count yet.
 */
export class ByteCache<V> {
  /** In order of use, the latest last. */
  readonly #kept = new Map<string, Sized<V>>();
  readonly #underway = new Map<string, Promise<V | undefined>>();
  #bytes = 0;

  constructor(readonly capacity: number) {}

  /** Bytes that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param load makes the value; undefined when there is none, which is not kept, and neither is a failure or a value larger than the capacity */
  get(key: string, load: () => Promise<Sized<V> | undefined>): Promise<V | undefined> {
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return Promise.resolve(kept.value);
    }
    const underway = this.#underway.get(key) ?? this.#load(key, load);
    this.#underway.set(key, underway);
    return underway;
  }

  /** Forgets a value, also one that is being made: who asks from now on gets a new one. */
  delete(key: string): void {
    this.#underway.delete(key);
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }

  #load(key: string, load: () => Promise<Sized<V> | undefined>): Promise<V | undefined> {
    const loading: Promise<V | undefined> = Promise.resolve()
      .then(load)
      .then((made) => {
        if (made !== undefined && this.#underway.get(key) === loading) this.#keep(key, made);
        return made?.value;
      })
      .finally(() => {
        if (this.#underway.get(key) === loading) this.#underway.delete(key);
      });
    return loading;
  }

  #keep(key: string, made: Sized<V>): void {
    if (made.bytes > this.capacity) return;
    this.#kept.set(key, made);
    this.#bytes += made.bytes;
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#bytes <= this.capacity) break;
      this.#kept.delete(oldest);
      this.#bytes -= bytes;
    }
  }
}
