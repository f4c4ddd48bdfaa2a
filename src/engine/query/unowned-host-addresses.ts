import type { Analysis } from '../analyze';
import { catalogueOf } from './catalogue';

/** An address of a node's interface that only a host endpoint tells. */
export interface UnownedHostAddress {
  /** Canonical text. */
  readonly address: string;
  /** Name of the host endpoint. */
  readonly host: string;
  readonly node: string;
}

const known = new WeakMap<Analysis, readonly UnownedHostAddress[]>();

/**
 * Addresses of host endpoints that no endpoint of the input has: further interfaces of nodes whose addresses the input tells otherwise. A flow to them meets
 * that host endpoint, and no endpoint stands for them, so that a verdict on the address alone says nothing of it.
 */
export function unownedHostAddresses(analysis: Analysis): readonly UnownedHostAddress[] {
  let found = known.get(analysis);
  if (!found) {
    const catalogue = catalogueOf(analysis);
    found = analysis.directory.hostEndpoints.flatMap(({ ref, node, addresses }) =>
      addresses.filter((address) => catalogue.endpointsAt(address).length === 0).map((address) => ({ address, host: ref.name, node })),
    );
    known.set(analysis, found);
  }
  return found;
}
