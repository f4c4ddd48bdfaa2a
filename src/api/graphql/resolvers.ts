import { CHECKS } from '../../findings/catalog';
import type { OpenScan } from '../open-scan';
import { ENUM_VALUES } from './enums';
import { findScan, type GraphContext, listed, scanIdOf } from './graph-context';
import { MUTATION_RESOLVERS } from './mutations';
import { findCluster, findNode } from './node';
import { type ConnectionArguments, encodeId, pageRequestOf } from './relay';
import { SCAN_RESOLVERS } from './scan-resolvers';
import { checkView } from './views';

/** A cluster is its name; everything else is asked for when a query wants it. */
export interface ClusterParent {
  readonly name: string;
}

const CLUSTER_RESOLVERS = {
  id: ({ name }: ClusterParent) => encodeId('Cluster', name),
  latestScan: async ({ name }: ClusterParent, _: unknown, context: GraphContext) =>
    (await context.operations.listScans(context.tenant, name, { limit: 1 })).items[0]?.value,
  scans: ({ name }: ClusterParent, args: ConnectionArguments, context: GraphContext) => scans(name, args, context),
};

const QUERY_RESOLVERS = {
  node: (_: unknown, { id }: { readonly id: string }, context: GraphContext) => findNode(context, id),
  viewer: (_: unknown, __: unknown, { tenant }: GraphContext) => ({ tenant }),
  cluster: (_: unknown, { name }: ClusterParent, context: GraphContext) => findCluster(context, name),
  clusters: async (_: unknown, args: ConnectionArguments, context: GraphContext) =>
    listed(context, await context.operations.listClusters(context.tenant, pageRequestOf(args)), ({ name }) => ({ name })),
  scan: (_: unknown, { id }: { readonly id: string }, context: GraphContext) => findScan(context, scanIdOf(id)),
  scans: (_: unknown, { cluster, ...args }: ConnectionArguments & { readonly cluster?: string | null }, context: GraphContext) =>
    scans(cluster ?? undefined, args, context),
  checks: () => CHECKS.map(({ id }) => checkView(id)),
};

async function scans(cluster: string | undefined, args: ConnectionArguments, context: GraphContext) {
  return listed(context, await context.operations.listScans(context.tenant, cluster, pageRequestOf(args)), (scan: OpenScan) => scan);
}

/** All resolvers of the schema; fields without one are read from what their parent's resolver gave. */
export const RESOLVERS = {
  ...ENUM_VALUES,
  Node: { __resolveType: ({ __typename }: { readonly __typename?: string }) => __typename ?? 'Scan' },
  Query: QUERY_RESOLVERS,
  Mutation: MUTATION_RESOLVERS,
  Scan: SCAN_RESOLVERS,
  Cluster: CLUSTER_RESOLVERS,
};
