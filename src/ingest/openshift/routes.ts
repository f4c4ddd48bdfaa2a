import type { Entry, Listener } from '../../model/entry';
import type { BackendDraft, EntryDraft, Origin } from '../draft';
import { annotationsOf } from '../kubernetes/annotations';
import { readClientRanges } from '../kubernetes/client-ranges';
import { isName } from '../kubernetes/origin';
import { integerIn, isAbsent, isMapping, type Mapping, mappingIn, mappingsIn, type Reading, sourceOf, textIn, typeName } from '../reading';

/*
 * Route of route.openshift.io/v1 (openshift/api route/v1/types.go). The router listens on 80 for Routes without TLS and on 443 for those with it.
 */

/** Reads a Route of OpenShift. */
export function readRoute(reading: Reading, origin: Origin): EntryDraft {
  const { object } = reading.document;
  const spec = mappingIn(reading, object, 'spec', '');
  const routers = mappingsIn(reading, mappingIn(reading, object, 'status', ''), 'ingress', 'status');
  const texts = (field: string) =>
    [...new Set(routers.map((router) => textIn(reading, router, field, 'status.ingress') ?? ''))].filter((text) => text !== '');
  const [className] = texts('routerName');
  const sourceRanges = readClientRanges(reading, annotationsOf(reading));
  const host = readHost(reading, spec);
  const hosts = host === undefined ? texts('host') : [host];
  const unknowns = [
    ...(hosts.length === 0 ? ['the host name, which the router gives it'] : []),
    ...(routers.length > 0 && routers.every(isRefused) ? ['whether a router takes it: by its status none does'] : []),
  ];
  return {
    kind: 'entry',
    origin,
    entry: {
      kind: 'route',
      ...(className && { className }),
      hosts,
      listeners: readListeners(reading, spec),
      addresses: [],
      hostnames: texts('routerCanonicalHostname'),
      ...(sourceRanges && { sourceRanges }),
      scope: 'unknown',
      ...(unknowns.length > 0 && { unknowns }),
    },
    backends: readBackends(reading, spec),
  };
}

/** With the wildcard policy `Subdomain`, a Route for `any.apps.example.org` takes all names of `apps.example.org`. */
function readHost(reading: Reading, spec: Mapping | undefined): string | undefined {
  const host = textIn(reading, spec, 'host', 'spec');
  if (!host) return undefined;
  return textIn(reading, spec, 'wildcardPolicy', 'spec') === 'Subdomain' && host.includes('.') ? `*${host.slice(host.indexOf('.'))}` : host;
}

function isRefused({ conditions }: Mapping): boolean {
  return (
    Array.isArray(conditions) &&
    conditions.some((condition) => isMapping(condition) && condition.type === 'Admitted' && condition.status === 'False')
  );
}

/** Without encryption a Route with TLS is redirected or refused, unless it allows it. */
function readListeners(reading: Reading, spec: Mapping | undefined): Entry['listeners'] {
  const tls = mappingIn(reading, spec, 'tls', 'spec');
  const plain: Listener = { port: 80, protocol: 'TCP', tls: false };
  if (!tls) return [plain];
  const takesPlain = textIn(reading, tls, 'insecureEdgeTerminationPolicy', 'spec.tls') === 'Allow';
  return [...(takesPlain ? [plain] : []), { port: 443, protocol: 'TCP', tls: true }];
}

function readBackends(reading: Reading, spec: Mapping | undefined): readonly BackendDraft[] {
  const port = readTargetPort(reading, spec);
  const to = mappingIn(reading, spec, 'to', 'spec');
  const others = mappingsIn(reading, spec, 'alternateBackends', 'spec');
  if (!to) reading.report('bad-entry', '`spec.to` names no Service: the Route leads nowhere by itself', spec);
  return [...(to ? [to] : []), ...others].flatMap((target) => {
    const at = target === to ? 'spec.to' : 'spec.alternateBackends';
    const name = textIn(reading, target, 'name', at);
    const kind = textIn(reading, target, 'kind', at) || 'Service';
    if (!name || !isName(name) || kind !== 'Service') {
      reading.report('bad-entry', `\`${at}\` names no Service; it is left out`, target);
      return [];
    }
    if (integerIn(reading, target, 'weight', at) === 0) return [];
    const path = textIn(reading, spec, 'path', 'spec') ?? '';
    return [
      { service: name, ...(port !== undefined && { port, portIsTarget: true as const }), path, source: sourceOf(reading.document, target) },
    ];
  });
}

function readTargetPort(reading: Reading, spec: Mapping | undefined): number | string | undefined {
  const port = mappingIn(reading, spec, 'port', 'spec');
  const written = port?.targetPort;
  if (isAbsent(written) || written === '') return undefined;
  // The router looks a number in quotes up among numbers as well.
  if (typeof written === 'string') return /^\d+$/.test(written) ? Number(written) : written;
  if (typeof written === 'number' && Number.isInteger(written)) return written;
  reading.report(
    'bad-entry',
    `\`spec.port.targetPort\` is ${typeName(written)} where a port or its name belongs; it counts as not given`,
    port,
  );
  return undefined;
}
