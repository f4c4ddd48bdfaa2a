import type { Snapshot } from '../../src/model/snapshot';

/** The same cluster, but of every third endpoint not even a range is known that holds its address. */
export function homeless(snapshot: Snapshot): Snapshot {
  return {
    ...snapshot,
    endpoints: snapshot.endpoints.map((endpoint) => (endpoint.id % 3 === 0 ? { ...endpoint, addresses: [], addressRanges: [] } : endpoint)),
  };
}
