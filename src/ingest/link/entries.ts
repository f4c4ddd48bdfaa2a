import type { Namespace } from '../../model/endpoint';
import type { Entry, EntryBackend } from '../../model/entry';
import type { Service } from '../../model/service';
import { formatRef, type ResourceRef, type Source } from '../../model/source';
import { compareText } from '../../util/order';
import { type DiagnosticCode, diagnose } from '../codes';
import type { Report } from '../document';
import type { BackendDraft, EntryClassDraft, EntryDraft, GatewayDraft, GatewayRouteDraft, Origin, ReferenceGrantDraft } from '../draft';
import { type Attachment, attach } from './attachment';

/*
 * Ways in through controllers. Each Ingress and each Route is one; a route of the Gateway API is one for each Gateway that takes it.
 */

/** What entries are made of. */
export interface EntryParts {
  readonly entries: readonly EntryDraft[];
  readonly classes: readonly EntryClassDraft[];
  readonly gateways: readonly GatewayDraft[];
  readonly routes: readonly GatewayRouteDraft[];
  readonly grants: readonly ReferenceGrantDraft[];
  readonly services: readonly Service[];
  readonly namespaces: readonly Namespace[];
  readonly namespaceOf: (origin: Origin) => string;
  readonly report: Report;
}

/** What several objects look up. */
interface Index {
  readonly parts: EntryParts;
  /** By namespace and name. */
  readonly services: ReadonlyMap<string, Service>;
  readonly gateways: ReadonlyMap<string, GatewayDraft>;
  readonly namespaces: ReadonlyMap<string, Namespace>;
  /** Who may lead where, as `grantKey` writes it. */
  readonly grants: ReadonlySet<string>;
  readonly controllers: Readonly<Record<EntryClassDraft['of'], ReadonlyMap<string, string | undefined>>>;
  /** The only default class of Ingresses. */
  readonly defaultClass: string | undefined;
}

/** Entries by namespace, name, kind and Gateway. */
export function linkEntries(parts: EntryParts): readonly Entry[] {
  const index = indexOf(parts);
  const entries = [...parts.entries.map((draft) => linkEntry(draft, index)), ...parts.routes.flatMap((route) => linkRoute(route, index))];
  return entries.sort(
    (a, b) =>
      compareText(a.ref.namespace!, b.ref.namespace!) ||
      compareText(a.ref.name, b.ref.name) ||
      compareText(a.ref.kind, b.ref.kind) ||
      compareText(gatewayName(a), gatewayName(b)),
  );
}

function indexOf(parts: EntryParts): Index {
  const { classes, namespaceOf } = parts;
  const controllersOf = (of: EntryClassDraft['of']) =>
    new Map(classes.filter((known) => known.of === of).map(({ origin, controller }) => [origin.name, controller]));
  const defaults = classes.filter(({ of, isDefault }) => of === 'ingress' && isDefault);
  const grants = parts.grants.flatMap(({ origin, from, services }) =>
    from.flatMap(({ kind, namespace }) => services.map((service) => grantKey(kind, namespace, namespaceOf(origin), service))),
  );
  return {
    parts,
    services: new Map(parts.services.map((service) => [`${service.ref.namespace}/${service.ref.name}`, service])),
    gateways: new Map(parts.gateways.map((gateway) => [`${namespaceOf(gateway.origin)}/${gateway.origin.name}`, gateway])),
    namespaces: new Map(parts.namespaces.map((namespace) => [namespace.name, namespace])),
    grants: new Set(grants),
    controllers: { ingress: controllersOf('ingress'), gateway: controllersOf('gateway') },
    defaultClass: defaults.length === 1 ? defaults[0]!.origin.name : undefined,
  };
}

function linkEntry({ origin, entry, backends }: EntryDraft, index: Index): Entry {
  const ref = refOf(origin, index.parts);
  const { kind } = entry;
  const className = entry.className ?? (kind === 'ingress' ? index.defaultClass : undefined);
  const controller = kind === 'ingress' && className !== undefined ? index.controllers.ingress.get(className) : undefined;
  return {
    ref,
    ...entry,
    ...(className !== undefined && { className }),
    ...(controller !== undefined && { controller }),
    backends: linkBackends(ref, backends, index),
  };
}

function linkRoute(route: GatewayRouteDraft, index: Index): readonly Entry[] {
  const ref = refOf(route.origin, index.parts);
  if (route.parents.length === 0) tell(index, 'route-not-attached', ref, 'the route names no Gateway that could take it', ref.source);
  const backends = linkBackends(ref, route.backends, index);
  return [...parentsByGateway(route, ref.namespace!)].flatMap(([key, parents]): Entry[] => {
    const gateway = index.gateways.get(key);
    if (!gateway) return [entryWithoutGateway({ ...route, parents }, ref, key, backends, index)];
    const namespace = index.namespaces.get(ref.namespace!)!;
    const attachments = attach(
      { kind: ref.kind, namespace, hosts: route.hosts, parents },
      gateway,
      index.parts.namespaceOf(gateway.origin),
    );
    if (typeof attachments !== 'string') return attachments.map((attachment) => entryAt(gateway, attachment, ref, backends, index));
    tell(index, 'route-not-attached', ref, `Gateway \`${key}\` ${attachments}`, parents[0]!.source);
    return [];
  });
}

function parentsByGateway(route: GatewayRouteDraft, own: string): ReadonlyMap<string, GatewayRouteDraft['parents']> {
  const parents = new Map<string, GatewayRouteDraft['parents'][number][]>();
  for (const parent of route.parents) {
    const key = `${parent.namespace ?? own}/${parent.name}`;
    const known = parents.get(key);
    if (known) known.push(parent);
    else parents.set(key, [parent]);
  }
  return parents;
}

function entryAt(gateway: GatewayDraft, at: Attachment, ref: ResourceRef, backends: readonly EntryBackend[], index: Index): Entry {
  const { className, addresses, hostnames, scope, scopeEvidence, origin } = gateway;
  const controller = className === undefined ? undefined : index.controllers.gateway.get(className);
  return {
    kind: 'gateway',
    ref,
    gateway: refOf(origin, index.parts),
    ...(className !== undefined && { className }),
    ...(controller !== undefined && { controller }),
    hosts: at.hosts,
    listeners: at.listeners,
    backends,
    addresses,
    hostnames,
    scope,
    ...(scopeEvidence !== undefined && { scopeEvidence }),
    ...(at.unknowns.length > 0 && { unknowns: at.unknowns }),
  };
}

/** It may be a way in all the same: Gateways are often kept apart from the routes of applications. */
function entryWithoutGateway(
  { hosts, parents }: GatewayRouteDraft,
  ref: ResourceRef,
  key: string,
  backends: readonly EntryBackend[],
  index: Index,
): Entry {
  const [namespace = '', name = ''] = key.split('/');
  const { source } = parents[0]!;
  tell(
    index,
    'gateway-missing',
    ref,
    `Gateway \`${key}\` is not in the input: where it listens and whether it takes the route is unknown`,
    source,
  );
  return {
    kind: 'gateway',
    ref,
    gateway: { apiVersion: ref.apiVersion, kind: 'Gateway', namespace, name, source },
    hosts,
    listeners: [],
    backends,
    addresses: [],
    hostnames: [],
    scope: 'unknown',
    unknowns: [`Gateway \`${key}\`, which is not in the input: where it listens and whether it takes the route`],
  };
}

/** Backends in their namespaces, without those of other namespaces that these do not grant. */
function linkBackends(ref: ResourceRef, drafts: readonly BackendDraft[], index: Index): readonly EntryBackend[] {
  const told = new Set<string>();
  const backends: EntryBackend[] = [];
  for (const { service: name, namespace = ref.namespace!, ...rest } of drafts) {
    const isGranted =
      namespace === ref.namespace ||
      ['*', name].some((granted) => index.grants.has(grantKey(ref.kind, ref.namespace!, namespace, granted)));
    const lack = isGranted ? lackOf(index.services.get(`${namespace}/${name}`), rest) : 'grant';
    const place = `Service \`${namespace}/${name}\``;
    const key = `${place} ${lack === 'port' ? rest.port : lack}`;
    if (lack !== undefined && !told.has(key)) {
      told.add(key);
      if (lack === 'grant')
        tell(
          index,
          'backend-not-granted',
          ref,
          `${place} is in another namespace, which has no ReferenceGrant for it; nothing travels there`,
          rest.source,
        );
      else
        tell(
          index,
          'backend-missing',
          ref,
          `${lack === 'port' ? `port \`${rest.port}\` of ${place}` : place} is not in the input`,
          rest.source,
        );
    }
    if (isGranted) backends.push({ service: { namespace, name }, ...rest });
  }
  return backends;
}

/** What the input lacks of a backend. A Service's target ports count where the backend may mean them. */
function lackOf(
  service: Service | undefined,
  { port, portIsTarget }: Pick<EntryBackend, 'port' | 'portIsTarget'>,
): 'service' | 'port' | undefined {
  if (!service) return 'service';
  if (port === undefined) return undefined;
  const isThere = service.ports.some((known) => {
    const own = typeof port === 'number' ? known.port === port : known.name === port;
    // A number may be what a named target port stands for in some pod.
    return own || (portIsTarget && (known.targetPort === port || (typeof port === 'number' && typeof known.targetPort === 'string')));
  });
  return isThere ? undefined : 'port';
}

function grantKey(kind: string, from: string, to: string, service: string): string {
  return `${kind}\n${from}\n${to}\n${service}`;
}

function refOf(origin: Origin, { namespaceOf }: EntryParts): ResourceRef {
  const { apiVersion, kind, name, source } = origin;
  return { apiVersion, kind, namespace: namespaceOf(origin), name, source };
}

function gatewayName({ gateway }: Entry): string {
  return gateway ? `${gateway.namespace}/${gateway.name}` : '';
}

function tell({ parts }: Index, code: DiagnosticCode, ref: ResourceRef, message: string, source: Source): void {
  parts.report(diagnose(code, message, source, formatRef(ref)));
}
