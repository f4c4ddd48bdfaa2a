/** Stored bytes that are no analysis: damaged, truncated, of another version, or made to mislead. The message says what is wrong, never what they hold. */
export class StoredModelError extends Error {
  override readonly name = 'StoredModelError';
}

/** @throws StoredModelError unless the condition holds; unlike an `invariant` this is no bug of ours */
export function demand(condition: unknown, message: string): asserts condition {
  if (!condition) throw new StoredModelError(message);
}
