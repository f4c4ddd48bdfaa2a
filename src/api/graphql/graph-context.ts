import type { RequestContext } from '../context';
import { ApiError } from '../errors';
import type { OpenScan } from '../open-scan';
import type { Page } from '../paging';
import type { ItemBudget } from './limits';
import { type Connection, connectionOf, decodeId } from './relay';

/** What every resolver is given beside its parent and arguments. */
export interface GraphContext extends RequestContext {
  readonly budget: ItemBudget;
}

/** The connection of a page, paid from the query's budget. */
export function listed<T, N>(context: GraphContext, page: Page<T>, wrap: (value: T) => N): Connection<N> {
  context.budget.spend(page.items.length);
  return connectionOf(page, wrap);
}

/** The scan that an `ID` argument names: the id of a node, or the plain id that REST tells. */
export function scanIdOf(id: string): string {
  const global = decodeId(id);
  return global?.type === 'Scan' ? global.key.join() : id;
}

/** Undefined where there is none. */
export async function findScan(context: GraphContext, id: string): Promise<OpenScan | undefined> {
  try {
    return await context.openScan(id);
  } catch (error) {
    if (error instanceof ApiError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}
