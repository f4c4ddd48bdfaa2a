import { HIGHEST_PORT, LOWEST_PORT } from '../../model/policy';
import type { Selector } from '../../model/selector';
import { formatAddress, parseAddress } from '../../util/ip';
import type { GatewayDraft, GatewayListener, Origin } from '../draft';
import { annotationsIn, annotationsOf } from '../kubernetes/annotations';
import { doorScope } from '../kubernetes/door-scope';
import { readLabelSelector } from '../kubernetes/label-selector';
import { integerIn, isAbsent, type Mapping, mappingIn, mappingsIn, type Reading, textIn } from '../reading';
import { bounded } from './bounded';

/*
 * Gateway of the Gateway API (gateway-api.sigs.k8s.io/reference/spec). It has no backends: routes hang themselves on its listeners.
 */

/** Group of its kinds, and what a reference without `group` means where it names a Gateway or a kind of route. */
export const GATEWAY_GROUP = 'gateway.networking.k8s.io';

const MOST_LISTENERS = 64;

/** Kinds of routes by the protocol of a listener, where it does not name them itself. */
const ROUTE_KINDS: Readonly<Record<string, readonly string[]>> = {
  HTTP: ['HTTPRoute', 'GRPCRoute'],
  HTTPS: ['HTTPRoute', 'GRPCRoute'],
  TLS: ['TLSRoute', 'TCPRoute'],
  TCP: ['TCPRoute'],
  UDP: ['UDPRoute'],
};

/** Reads a Gateway. */
export function readGateway(reading: Reading, origin: Origin): GatewayDraft {
  const { object } = reading.document;
  const spec = mappingIn(reading, object, 'spec', '');
  const className = textIn(reading, spec, 'gatewayClassName', 'spec');
  const infrastructure = mappingIn(reading, spec, 'infrastructure', 'spec');
  const [own, ofObject] = [annotationsIn(reading, infrastructure?.annotations, 'spec.infrastructure.annotations'), annotationsOf(reading)];
  const given = readAddresses(reading, mappingIn(reading, object, 'status', ''), 'status');
  const requestedAddresses = readAddresses(reading, spec, 'spec').addresses;
  // Controllers give their load balancer the annotations of the one or of the other.
  const annotations = (name: string) => own(name) ?? ofObject(name);
  const listeners = bounded(reading, mappingsIn(reading, spec, 'listeners', 'spec'), MOST_LISTENERS, 'spec.listeners');
  return {
    kind: 'gateway',
    origin,
    ...(className && { className }),
    listeners: listeners.flatMap((listener) => readListener(reading, listener) ?? []),
    ...given,
    ...doorScope({ annotations, owner: 'service', ...given, requestedAddresses, className }),
  };
}

/** `type` says what a value is, an address unless it says otherwise; names that only one controller knows are left out. */
function readAddresses(
  reading: Reading,
  parent: Mapping | undefined,
  path: string,
): { readonly addresses: readonly string[]; readonly hostnames: readonly string[] } {
  const [addresses, hostnames] = [new Set<string>(), new Set<string>()];
  for (const entry of mappingsIn(reading, parent, 'addresses', path)) {
    const value = textIn(reading, entry, 'value', `${path}.addresses`);
    const type = textIn(reading, entry, 'type', `${path}.addresses`) || 'IPAddress';
    if (!value) continue;
    const address = parseAddress(value);
    if (type === 'Hostname') hostnames.add(value);
    else if (address) addresses.add(formatAddress(address));
    else if (type === 'IPAddress') reading.report('bad-address', `\`${path}.addresses\` holds \`${value}\`, which is no IP address`, entry);
  }
  return { addresses: [...addresses], hostnames: [...hostnames] };
}

function readListener(reading: Reading, listener: Mapping): GatewayListener | undefined {
  const at = 'spec.listeners';
  const port = integerIn(reading, listener, 'port', at);
  if (port === undefined || port < LOWEST_PORT || port > HIGHEST_PORT) {
    reading.report('bad-entry', '`spec.listeners` has a port that is not between 1 and 65535; the listener is left out', listener);
    return undefined;
  }
  const protocol = textIn(reading, listener, 'protocol', at) ?? '';
  const allowed = mappingIn(reading, listener, 'allowedRoutes', at);
  const named = readRouteKinds(reading, allowed);
  const usual = Object.hasOwn(ROUTE_KINDS, protocol) ? ROUTE_KINDS[protocol] : undefined;
  if (!usual && !named)
    reading.report('partly-modelled', `protocol \`${protocol}\` of a listener is not understood: no route hangs on it`, listener);
  return {
    name: textIn(reading, listener, 'name', at) ?? '',
    port,
    protocol: protocol === 'UDP' ? 'UDP' : 'TCP',
    tls: protocol === 'HTTPS' || protocol === 'TLS',
    hostname: textIn(reading, listener, 'hostname', at)?.toLowerCase() ?? '',
    routeKinds: named && usual ? named.filter((kind) => usual.includes(kind)) : (named ?? usual ?? []),
    from: readFrom(reading, mappingIn(reading, allowed, 'namespaces', `${at}.allowedRoutes`)),
  };
}

/** Kinds of other groups are other kinds. */
function readRouteKinds(reading: Reading, allowed: Mapping | undefined): readonly string[] | undefined {
  const at = 'spec.listeners.allowedRoutes';
  const kinds = mappingsIn(reading, allowed, 'kinds', at);
  if (kinds.length === 0) return undefined;
  return kinds
    .filter((entry) => (textIn(reading, entry, 'group', `${at}.kinds`) ?? GATEWAY_GROUP) === GATEWAY_GROUP)
    .map((entry) => textIn(reading, entry, 'kind', `${at}.kinds`) ?? '');
}

const NOTHING: Selector = { kind: 'none' };

function readFrom(reading: Reading, namespaces: Mapping | undefined): GatewayListener['from'] {
  const at = 'spec.listeners.allowedRoutes.namespaces';
  const from = textIn(reading, namespaces, 'from', at) || 'Same';
  if (from === 'Same') return 'same';
  if (from === 'All') return 'all';
  if (from === 'None') return NOTHING;
  if (from === 'Selector' && !isAbsent(namespaces?.selector))
    return readLabelSelector(reading, namespaces.selector, 'namespace', `${at}.selector`, namespaces);
  const problem = from === 'Selector' ? 'is `Selector`, and there is none' : `is \`${from}\`, which is none of Same, All, Selector`;
  reading.report('bad-entry', `\`${at}.from\` ${problem}; the listener takes no route`, namespaces);
  return NOTHING;
}
