import { ApiError } from '../errors';
import type { Page, PageRequest } from '../paging';

/*
 * Relay in one place: global ids and connections (https://relay.dev/graphql/connections.htm, https://relay.dev/docs/guides/graphql-server-specification).
 * An id is a type and a key in base64url. It carries no authority: whatever it names is looked up inside the caller's own tenant.
 */

/** Types that have an id. */
export const NODE_TYPES = ['Cluster', 'Scan', 'Workload', 'Policy', 'Finding'] as const;
export type NodeType = (typeof NODE_TYPES)[number];

/** What a global id names: `key` is a name or id, or those of the scan and of the thing in it. */
export interface GlobalId {
  readonly type: NodeType;
  readonly key: readonly string[];
}

/** Parts of keys hold no control characters, so a line feed keeps them apart. */
const SEPARATOR = '\n';

/** The id of a thing: its type, and what names it there. */
export function encodeId(type: NodeType, ...key: readonly string[]): string {
  return Buffer.from([type, ...key].join(SEPARATOR)).toString('base64url');
}

/** Undefined when it is no id of ours. */
export function decodeId(id: string): GlobalId | undefined {
  const [type, ...key] = Buffer.from(id, 'base64url').toString().split(SEPARATOR);
  const known = NODE_TYPES.find((candidate) => candidate === type);
  return known && key.length > 0 ? { type: known, key } : undefined;
}

/** Most items that one page has. */
export const LARGEST_PAGE = 100;

/** Arguments of every connection field; GraphQL's defaults do not cover an explicit null. */
export interface ConnectionArguments {
  readonly first?: number | null;
  readonly after?: string | null;
}

/** @throws ApiError `INVALID_REQUEST` when `first` is not 1 to 100 */
export function pageRequestOf({ first, after }: ConnectionArguments): PageRequest {
  const limit = first ?? LARGEST_PAGE;
  if (limit < 1 || limit > LARGEST_PAGE) {
    throw new ApiError('INVALID_REQUEST', `\`first\` is \`${limit}\`; a page has 1 to ${LARGEST_PAGE} items`, [
      { path: 'first', message: 'out of range' },
    ]);
  }
  return { limit, cursor: after ?? undefined };
}

/** A connection type of the schema; `totalCount` only where the schema has it. */
export interface Connection<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly nodes: readonly T[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | undefined;
    readonly endCursor: string | undefined;
  };
  readonly totalCount: number | undefined;
}

/** The connection of a page; `wrap` makes what the type's resolvers expect of each item. */
export function connectionOf<T, N>({ items, hasMore, hasPrevious, total }: Page<T>, wrap: (value: T) => N): Connection<N> {
  const edges = items.map(({ value, cursor }) => ({ cursor, node: wrap(value) }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: { hasNextPage: hasMore, hasPreviousPage: hasPrevious, startCursor: edges[0]?.cursor, endCursor: edges.at(-1)?.cursor },
    totalCount: total,
  };
}
