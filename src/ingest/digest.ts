import { createHash } from 'node:crypto';
import { compareText } from '../util/order';

/** Hex SHA-256 of a value, whatever the order of its keys. INVARIANT: the value is a tree (readers bound aliases and refuse cycles). */
export function fingerprintOf(value: unknown): string {
  return createHash('sha256').update(canonicalText(value)).digest('hex');
}

/** Hex SHA-256 over documents in any order, given their fingerprints. */
export function digestOf(fingerprints: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const fingerprint of [...fingerprints].sort(compareText)) hash.update(fingerprint);
  return hash.digest('hex');
}

/** JSON with keys in bytewise order. What `kubectl` prints has that order already, and goes through the runtime's own writer. */
function canonicalText(value: unknown): string {
  return isSorted(value) ? JSON.stringify(value) : sortedText(value);
}

function isSorted(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return value !== undefined && typeof value !== 'bigint';
  if (Array.isArray(value)) {
    for (const entry of value) if (!isSorted(entry)) return false;
    return true;
  }
  let last = '';
  for (const key of Object.keys(value)) {
    if (key < last) return false;
    last = key;
    if (!isSorted((value as Record<string, unknown>)[key])) return false;
  }
  return true;
}

function sortedText(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(sortedText).join(',')}]`;
  const keys = Object.keys(value).sort(compareText);
  return `{${keys.map((key) => `${JSON.stringify(key)}:${sortedText((value as Record<string, unknown>)[key])}`).join(',')}}`;
}
