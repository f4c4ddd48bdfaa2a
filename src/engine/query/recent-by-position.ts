/** Things that were needed lately, by what they are made of and the position of a packet; when there are too many, all are forgotten. */
export class RecentByPosition<Key, Value> {
  private readonly byKey = new Map<Key, Map<number, Value>>();
  private size = 0;

  /** What is remembered, else what is made now. */
  at(key: Key, position: number, make: () => Value): Value {
    const known = this.byKey.get(key)?.get(position);
    return known ?? this.remember(key, position, make());
  }

  private remember(key: Key, position: number, value: Value): Value {
    if (this.size >= MOST_RECENT) {
      this.byKey.clear();
      this.size = 0;
    }
    let byPosition = this.byKey.get(key);
    if (!byPosition) {
      byPosition = new Map();
      this.byKey.set(key, byPosition);
    }
    byPosition.set(position, value);
    this.size++;
    return value;
  }
}

/** Over all keys. */
const MOST_RECENT = 4096;
