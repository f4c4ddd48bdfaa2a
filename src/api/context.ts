import type { OpenScan } from './open-scan';
import type { Operations } from './operations';

/** One request: who asks, and what it has loaded so far. */
export interface RequestContext {
  /** From the caller's authentication, never from the request's own words. */
  readonly tenant: string;
  readonly operations: Operations;
  /**
   * The scan with this id, opened once however often the request names it.
   * @throws ApiError `NOT_FOUND`, also for the scan of another tenant
   */
  openScan(id: string): Promise<OpenScan>;
}

/** Begins a request of a tenant. */
export function requestContext(operations: Operations, tenant: string): RequestContext {
  const opened = new Map<string, Promise<OpenScan>>();
  return {
    tenant,
    operations,
    openScan(id) {
      let scan = opened.get(id);
      if (!scan) {
        scan = operations.openScan(tenant, id);
        opened.set(id, scan);
      }
      return scan;
    },
  };
}
