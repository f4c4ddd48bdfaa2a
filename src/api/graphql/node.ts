import { assertNever } from '../../util/invariant';
import type { OpenScan } from '../open-scan';
import { findScan, type GraphContext } from './graph-context';
import { decodeId } from './relay';
import { findingView, policyView, workloadView } from './views';

/** The cluster of this name, if it has scans. */
export async function findCluster(
  context: GraphContext,
  name: string,
): Promise<{ readonly __typename: 'Cluster'; readonly name: string } | undefined> {
  const { items } = await context.operations.listScans(context.tenant, name, { limit: 1 });
  return items.length > 0 ? { __typename: 'Cluster', name } : undefined;
}

/** Whatever the global id names in the caller's tenant; undefined when it names nothing there. */
export async function findNode(context: GraphContext, id: string): Promise<object | undefined> {
  const { type, key } = decodeId(id) ?? {};
  const [first = '', second = ''] = key ?? [];
  switch (type) {
    case undefined:
      return undefined;
    case 'Cluster':
      return findCluster(context, first);
    case 'Scan':
      return findScan(context, first);
    case 'Workload':
      return inScan(context, first, async (scan) => {
        const workload = await scan.workload(indexIn(second));
        return workload && workloadView(first, workload);
      });
    case 'Policy':
      return inScan(context, first, async (scan) => {
        const policy = await scan.policy(indexIn(second));
        return policy && policyView(first, policy);
      });
    case 'Finding':
      return inScan(context, first, async (scan) => {
        const finding = await scan.finding(second);
        return finding && findingView(first, finding);
      });
    default:
      return assertNever(type);
  }
}

/** Not a number for what is no index. */
function indexIn(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}

async function inScan<T>(context: GraphContext, scanId: string, find: (scan: OpenScan) => Promise<T | undefined>): Promise<T | undefined> {
  const scan = await findScan(context, scanId);
  return scan?.hasResults ? find(scan) : undefined;
}
