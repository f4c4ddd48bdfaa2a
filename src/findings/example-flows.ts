/** Addresses for examples that belong to nobody (RFC 5737, RFC 3849). */
export const EXAMPLE_ADDRESS = { 4: '203.0.113.7', 6: '2001:db8::7' } as const;

/** TCP ports on which mining pools commonly speak Stratum: what nobody needs and everybody should see closed. */
export const STRATUM_PORTS: readonly number[] = [3333, 4444, 14444];
