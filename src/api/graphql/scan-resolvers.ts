import { refusal } from '../errors';
import type { FindingQuery } from '../finding-query';
import type { FlowsQuestion } from '../flows';
import type { NamespaceFilter, OpenScan } from '../open-scan';
import { pageOf } from '../paging';
import { deadEndView, exposureView, wayOutView } from './exposure-views';
import { type GraphContext, listed } from './graph-context';
import { type PeerInput, readPeer } from './peer-input';
import { type ConnectionArguments, encodeId, pageRequestOf } from './relay';
import { factViews, findingView, flowEndpointView, flowView, policyView, reachView, workloadView } from './views';

/** What the arguments of an input's optional list say: GraphQL lets callers write null for absent. */
type Nullable<T> = { readonly [K in keyof T]?: T[K] | null };

interface FlowsArguments extends ConnectionArguments {
  readonly from?: PeerInput | null;
  readonly to?: PeerInput | null;
  readonly groupBy?: FlowsQuestion['by'] | null;
  readonly external?: boolean | null;
  readonly icmp?: boolean | null;
}

interface ExposureArguments extends ConnectionArguments {
  readonly workload?: string | null;
  readonly namespace?: readonly string[] | null;
  readonly from?: PeerInput | null;
}

interface ReachArguments {
  readonly from: PeerInput;
  readonly to: PeerInput;
  readonly port?: number | null;
  readonly protocol?: string | null;
  /** Of protocol `other`. */
  readonly number?: number | null;
  readonly icmp?: { readonly type: number; readonly code?: number | null } | null;
  readonly sourcePort?: number | null;
}

interface NamespaceArgument {
  readonly namespace?: readonly string[] | null;
}

/** Resolves a field that rests on the results: null until there are some, so that one query may follow a scan from its start. */
function whenReady<A, R>(resolve: (scan: OpenScan, args: A, context: GraphContext) => R) {
  return (scan: OpenScan, args: A, context: GraphContext): R | null => (scan.hasResults ? resolve(scan, args, context) : null);
}

/** Fields of `Scan`; the parent is an open scan. */
export const SCAN_RESOLVERS = {
  id: ({ scan }: OpenScan) => encodeId('Scan', scan.id),
  scanId: ({ scan }: OpenScan) => scan.id,
  cluster: ({ scan }: OpenScan) => ({ __typename: 'Cluster', name: scan.request.cluster }),
  stage: ({ scan }: OpenScan) => scan.request.stage,
  status: ({ scan }: OpenScan) => scan.status,
  createdAt: ({ scan }: OpenScan) => scan.createdAt,
  startedAt: ({ scan }: OpenScan) => scan.startedAt,
  finishedAt: ({ scan }: OpenScan) => scan.finishedAt,
  failure: ({ scan }: OpenScan) => scan.failure,
  digest: ({ scan }: OpenScan) => scan.digest,
  summary: ({ scan }: OpenScan) => scan.summary,

  /** A failed scan has diagnostics too: they tell why. */
  diagnostics: ({ scan }: OpenScan, args: ConnectionArguments, context: GraphContext) =>
    scan.diagnostics &&
    listed(context, pageOf(['diagnostics', scan.id], scan.diagnostics, pageRequestOf(args)), (diagnostic) => diagnostic),

  facts: ({ scan }: OpenScan) => factViews(scan),
  assumptions: ({ scan }: OpenScan) => factViews(scan)?.filter(({ origin }) => origin === 'assumed'),

  workloads: whenReady(async (scan, { filter, ...args }: ConnectionArguments & { readonly filter?: NamespaceFilter | null }, context) =>
    listed(context, await scan.workloads(namespaceFilter(filter), pageRequestOf(args)), (workload) => workloadView(scan.scan.id, workload)),
  ),

  policies: whenReady(async (scan, { filter, ...args }: ConnectionArguments & { readonly filter?: NamespaceFilter | null }, context) =>
    listed(context, await scan.policies(namespaceFilter(filter), pageRequestOf(args)), (policy) => policyView(scan.scan.id, policy)),
  ),

  findings: whenReady(
    async (
      scan,
      {
        filter,
        orderBy,
        ...args
      }: ConnectionArguments & { readonly filter?: Nullable<FindingQuery> | null; readonly orderBy?: FindingQuery['orderBy'] | null },
      context,
    ) => {
      const { severity, check, namespace } = filter ?? {};
      const query = {
        severity: severity ?? undefined,
        check: check ?? undefined,
        namespace: namespace ?? undefined,
        orderBy: orderBy ?? 'severity',
      };
      return listed(context, await scan.findingsPage(query, pageRequestOf(args)), (finding) => findingView(scan.scan.id, finding));
    },
  ),

  flows: whenReady(async (scan, { from, to, groupBy, external, icmp, ...args }: FlowsArguments, context) => {
    const question = {
      by: groupBy ?? 'workload',
      from: from ? readPeer(from, 'from') : undefined,
      to: to ? readPeer(to, 'to') : undefined,
      external: external ?? true,
      possibleIcmp: icmp ?? false,
    };
    const page = await scan.flowsPage(question, pageRequestOf(args));
    return { ...listed(context, page, flowView), endpoints: page.endpoints.map(flowEndpointView), notes: page.notes };
  }),

  exposure: whenReady(async (scan, { workload, namespace, from, ...args }: ExposureArguments, context) => {
    const question = {
      workload: workload ?? undefined,
      namespace: namespace ?? undefined,
      from: from ? readPeer(from, 'from') : undefined,
    };
    return listed(context, await scan.exposurePage(question, pageRequestOf(args)), ({ workload: summary, exposed }) =>
      exposureView(scan.scan.id, summary, exposed),
    );
  }),

  deadEnds: whenReady(async (scan, { namespace, ...args }: ConnectionArguments & NamespaceArgument, context) =>
    listed(context, await scan.deadEnds({ namespace: namespace ?? undefined }, pageRequestOf(args)), deadEndView),
  ),

  waysOut: whenReady(async (scan, { namespace, ...args }: ConnectionArguments & NamespaceArgument, context) =>
    listed(context, await scan.waysOut({ namespace: namespace ?? undefined }, pageRequestOf(args)), wayOutView),
  ),

  reach: whenReady(async (scan, { from, to, port, icmp, sourcePort, ...protocol }: ReachArguments) =>
    reachView(
      await scan.ask({
        from: readPeer(from, 'from'),
        to: readPeer(to, 'to'),
        protocol: protocolOf(protocol),
        port: port ?? undefined,
        icmp: icmp ? { type: icmp.type, code: icmp.code ?? undefined } : undefined,
        sourcePort: sourcePort ?? undefined,
      }),
    ),
  ),
};

function namespaceFilter(filter: Nullable<NamespaceFilter> | null | undefined): NamespaceFilter {
  return { namespace: filter?.namespace ?? undefined };
}

/** A protocol as a question names it: by its number where it has no name. @throws ApiError `INVALID_REQUEST` */
function protocolOf({ protocol, number }: Pick<ReachArguments, 'protocol' | 'number'>): string | undefined {
  if (protocol === 'other') {
    if (number === undefined || number === null) throw refusal('number', 'protocol `OTHER` needs its number');
    return String(number);
  }
  if (number !== undefined && number !== null) throw refusal('number', 'a number goes with protocol `OTHER` only');
  return protocol ?? undefined;
}
