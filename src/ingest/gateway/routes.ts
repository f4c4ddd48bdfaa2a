import { HIGHEST_PORT, LOWEST_PORT } from '../../model/policy';
import type { BackendDraft, GatewayParent, GatewayRouteDraft, Origin } from '../draft';
import { isName } from '../kubernetes/origin';
import { integerIn, isMapping, listIn, type Mapping, mappingIn, mappingsIn, type Reading, sourceOf, textIn } from '../reading';
import { bounded } from './bounded';
import { GATEWAY_GROUP } from './gateways';

/*
 * HTTPRoute, GRPCRoute, TLSRoute, TCPRoute and UDPRoute of the Gateway API: Gateways by name, and rules that lead to Services. What a rule looks at
 * inside a connection (headers, methods) has no part in whether a connection may be made.
 */

const MOST_PARENTS = 32;
const MOST_HOSTS = 16;
const MOST_RULES = 64;
const MOST_BACKENDS = 16;
const MOST_MATCHES = 64;

/** Reads a route of any kind. */
export function readGatewayRoute(reading: Reading, origin: Origin): GatewayRouteDraft {
  const spec = mappingIn(reading, reading.document.object, 'spec', '');
  const hosts = (listIn(reading, spec, 'hostnames', 'spec') ?? []).filter((host) => typeof host === 'string');
  const parents = bounded(reading, mappingsIn(reading, spec, 'parentRefs', 'spec'), MOST_PARENTS, 'spec.parentRefs');
  const rules = bounded(reading, mappingsIn(reading, spec, 'rules', 'spec'), MOST_RULES, 'spec.rules');
  const backends = rules.flatMap((rule) => readRule(reading, rule));
  return {
    kind: 'gatewayRoute',
    origin,
    parents: parents.flatMap((parent) => readParent(reading, parent) ?? []),
    hosts: [...new Set(bounded(reading, hosts, MOST_HOSTS, 'spec.hostnames').map((host) => host.toLowerCase()))],
    backends: [...new Map(backends.map((backend) => [keyOf(backend), backend])).values()],
  };
}

/** Rules of one route may lead to one place by several conditions. */
function keyOf({ namespace, service, port, path }: BackendDraft): string {
  return [namespace ?? '', service, port, path].join('\n');
}

function readParent(reading: Reading, parent: Mapping): GatewayParent | undefined {
  const at = 'spec.parentRefs';
  const group = textIn(reading, parent, 'group', at) ?? GATEWAY_GROUP;
  const kind = textIn(reading, parent, 'kind', at) || 'Gateway';
  const [name, namespace] = [textIn(reading, parent, 'name', at), textIn(reading, parent, 'namespace', at)];
  if (group === '' && kind === 'Service') {
    reading.report('partly-modelled', 'the route steers connections to a Service inside a mesh, which is left out', parent);
    return undefined;
  }
  if (group !== GATEWAY_GROUP || kind !== 'Gateway') {
    reading.report(
      'partly-modelled',
      `the route hangs on a ${kind} of \`${group}\`, which is not understood: this way in is left out`,
      parent,
    );
    return undefined;
  }
  if (!name || !isName(name) || !isName(namespace ?? '')) {
    reading.report('bad-entry', '`spec.parentRefs` names no Gateway; the entry is left out', parent);
    return undefined;
  }
  const section = textIn(reading, parent, 'sectionName', at);
  const port = integerIn(reading, parent, 'port', at);
  return {
    ...(namespace && { namespace }),
    name,
    ...(section && { section }),
    ...(port !== undefined && { port }),
    source: sourceOf(reading.document, parent),
  };
}

function readRule(reading: Reading, rule: Mapping): readonly BackendDraft[] {
  const matches = bounded(reading, mappingsIn(reading, rule, 'matches', 'spec.rules'), MOST_MATCHES, 'spec.rules.matches');
  const path = [...new Set(matches.map(pathOf))].join(', ');
  const refs = bounded(reading, mappingsIn(reading, rule, 'backendRefs', 'spec.rules'), MOST_BACKENDS, 'spec.rules.backendRefs');
  const served = refs.filter((ref) => integerIn(reading, ref, 'weight', 'spec.rules.backendRefs') !== 0);
  const targets = [...served, ...mirrorsOf(reading, rule), ...served.flatMap((ref) => mirrorsOf(reading, ref))];
  return targets.flatMap((ref) => readBackend(reading, ref, path) ?? []);
}

/** What a match says of the path, of the service and method for gRPC. */
function pathOf({ path, method }: Mapping): string {
  if (isMapping(path)) return typeof path.value === 'string' ? path.value : '/';
  if (!isMapping(method)) return '/';
  return [method.service, method.method].filter((part) => typeof part === 'string').join('/');
}

/** Backends that get a copy of every request. */
function mirrorsOf(reading: Reading, parent: Mapping): readonly Mapping[] {
  const filters = bounded(reading, mappingsIn(reading, parent, 'filters', 'spec.rules'), MOST_BACKENDS, 'spec.rules.filters');
  return filters
    .filter(({ type }) => type === 'RequestMirror')
    .map((filter) =>
      mappingIn(reading, mappingIn(reading, filter, 'requestMirror', 'spec.rules.filters'), 'backendRef', 'spec.rules.filters'),
    )
    .filter((ref) => ref !== undefined);
}

function readBackend(reading: Reading, ref: Mapping, path: string): BackendDraft | undefined {
  const at = 'spec.rules.backendRefs';
  const group = textIn(reading, ref, 'group', at) ?? '';
  const kind = textIn(reading, ref, 'kind', at) || 'Service';
  const [name, namespace] = [textIn(reading, ref, 'name', at), textIn(reading, ref, 'namespace', at)];
  if (group !== '' || kind !== 'Service') {
    const what = group === '' ? kind : `${kind} of \`${group}\``;
    reading.report('partly-modelled', `the route leads to a ${what}, which is not understood: that backend is left out`, ref);
    return undefined;
  }
  const port = integerIn(reading, ref, 'port', at);
  if (!name || !isName(name) || !isName(namespace ?? '') || port === undefined || port < LOWEST_PORT || port > HIGHEST_PORT) {
    reading.report('bad-entry', '`spec.rules.backendRefs` names no Service with a port between 1 and 65535; it is left out', ref);
    return undefined;
  }
  return { service: name, ...(namespace && { namespace }), port, path, source: sourceOf(reading.document, ref) };
}
