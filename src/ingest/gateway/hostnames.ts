/*
 * Host names of listeners and routes (gateway-api.sigs.k8s.io/reference/spec, Hostname): `*.example.org` stands for every name that ends in
 * `.example.org`, of any number of parts, and not for `example.org`. The empty text stands for every name.
 */

/** The names that both stand for, in the narrower of the two forms; undefined: none. */
export function commonHostname(a: string, b: string): string | undefined {
  if (a === '' || a === b) return b;
  if (b === '') return a;
  if (covers(a, b)) return b;
  return covers(b, a) ? a : undefined;
}

function covers(wide: string, narrow: string): boolean {
  return wide.startsWith('*.') && narrow.endsWith(wide.slice(1)) && narrow.length > wide.length - 1;
}

/** The names that a route and a listener share: those of the listener where the route names none. */
export function commonHostnames(hosts: readonly string[], listener: string): readonly string[] {
  if (hosts.length === 0) return [listener];
  return hosts.map((host) => commonHostname(host, listener)).filter((host) => host !== undefined);
}
