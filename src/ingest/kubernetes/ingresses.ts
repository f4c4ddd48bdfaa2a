import type { Listener } from '../../model/entry';
import { HIGHEST_PORT, LOWEST_PORT } from '../../model/policy';
import type { BackendDraft, EntryDraft, Origin } from '../draft';
import { isAbsent, isMapping, type Mapping, mappingIn, mappingsIn, type Reading, sourceOf, textIn } from '../reading';
import { type Annotations, annotationsOf, parsedJson } from './annotations';
import { readClientRanges } from './client-ranges';
import { doorScope } from './door-scope';
import { readLoadBalancerStatus } from './load-balancers';
import { isName } from './origin';

/*
 * Ingress of networking.k8s.io/v1, and of the versions before it, which write a backend as `serviceName` and `servicePort` (kubernetes.io/docs/reference/
 * using-api/deprecation-guide). Controllers differ; what is told here is what all of them share, and annotations that say where they listen.
 */

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
/** A port that stands for a rule in an annotation of AWS' controller. */
const RULE_IN_ANNOTATION = 'use-annotation';

/** Reads an Ingress. */
export function readIngress(reading: Reading, origin: Origin): EntryDraft {
  const spec = mappingIn(reading, reading.document.object, 'spec', '');
  const annotations = annotationsOf(reading);
  const rules = mappingsIn(reading, spec, 'rules', 'spec');
  const general = readDefaultBackend(reading, spec, origin);
  const paths = rules.flatMap((rule) => readRule(reading, rule, origin));
  const hosts = rules.map((rule) => textIn(reading, rule, 'host', 'spec.rules') ?? '');
  const isForEveryHost = general.length > 0 || hosts.includes('');
  const given = readLoadBalancerStatus(reading);
  const className = readClassName(reading, spec, annotations);
  const sourceRanges = readClientRanges(reading, annotations);
  return {
    kind: 'entry',
    origin,
    entry: {
      kind: 'ingress',
      ...(className && { className }),
      hosts: isForEveryHost ? [] : [...new Set(hosts)],
      listeners: readListeners(reading, spec, annotations),
      ...given,
      ...(sourceRanges && { sourceRanges }),
      ...doorScope({ annotations, owner: 'ingress', ...given }),
    },
    backends: [...general, ...paths],
  };
}

/** The field, else the older annotation. Objects in which they differ the API server refuses (pkg/apis/networking/validation, ValidateIngressCreate). */
function readClassName(reading: Reading, spec: Mapping | undefined, annotations: Annotations): string | undefined {
  const [field, annotation] = [textIn(reading, spec, 'ingressClassName', 'spec'), annotations(CLASS_ANNOTATION)];
  if (field && annotation && field !== annotation)
    reading.report(
      'bad-entry',
      `\`spec.ingressClassName\` and annotation \`${CLASS_ANNOTATION}\` name two classes; the field is used`,
      spec,
    );
  return field || annotation;
}

function readDefaultBackend(reading: Reading, spec: Mapping | undefined, origin: Origin): readonly BackendDraft[] {
  const name = isAbsent(spec?.defaultBackend) ? 'backend' : 'defaultBackend';
  const backend = mappingIn(reading, spec, name, 'spec');
  const read = backend && readBackend(reading, backend, `spec.${name}`, 'default backend', origin);
  return read ? [read] : [];
}

function readRule(reading: Reading, rule: Mapping, origin: Origin): readonly BackendDraft[] {
  const http = mappingIn(reading, rule, 'http', 'spec.rules');
  return mappingsIn(reading, http, 'paths', 'spec.rules.http').flatMap((entry) => {
    const backend = mappingIn(reading, entry, 'backend', 'spec.rules.http.paths');
    if (!backend) {
      reading.report('bad-entry', 'a path of `spec.rules` has no backend; it is left out', entry);
      return [];
    }
    const path = textIn(reading, entry, 'path', 'spec.rules.http.paths') ?? '';
    return readBackend(reading, backend, 'spec.rules.http.paths.backend', path || '/', origin) ?? [];
  });
}

function readBackend(reading: Reading, backend: Mapping, at: string, path: string, { apiVersion }: Origin): BackendDraft | undefined {
  if (!isAbsent(backend.resource)) {
    reading.report('partly-modelled', `\`${at}.resource\` leads to something that is no Service, which is left out`, backend);
    return undefined;
  }
  const isOld = !isAbsent(backend.serviceName) || !isAbsent(backend.servicePort);
  if (isOld && apiVersion === 'networking.k8s.io/v1')
    reading.report(
      'bad-entry',
      `\`${at}\` is written as before \`networking.k8s.io/v1\`, which refuses it; it is read as what is meant`,
      backend,
    );
  const service = isOld ? backend : mappingIn(reading, backend, 'service', at);
  const name = textIn(reading, service, isOld ? 'serviceName' : 'name', isOld ? at : `${at}.service`);
  if (!service || !name || !isName(name)) {
    reading.report('bad-entry', `\`${at}\` names no Service; it is left out`, backend);
    return undefined;
  }
  const port = isOld ? portOf(service.servicePort) : readPort(reading, service, at);
  if (port === RULE_IN_ANNOTATION) {
    reading.report('partly-modelled', `\`${at}\` leads where an annotation of its controller says, which is left out`, backend);
    return undefined;
  }
  if (port === undefined) {
    reading.report('bad-entry', `\`${at}\` has no port that is a name or between 1 and 65535; it is left out`, backend);
    return undefined;
  }
  return { service: name, port, path, source: sourceOf(reading.document, backend) };
}

function readPort(reading: Reading, service: Mapping, at: string): number | string | undefined {
  const port = mappingIn(reading, service, 'port', `${at}.service`);
  return isAbsent(port?.number) || port.number === 0
    ? textIn(reading, port, 'name', `${at}.service.port`) || undefined
    : portOf(port.number);
}

/** A port of a Service by number or name; a number in quotes is a number, as the old versions had it. */
function portOf(written: unknown): number | string | undefined {
  if (typeof written === 'string' && written !== '' && !/^\d+$/.test(written)) return written;
  const port = typeof written === 'string' ? Number(written) : written;
  return typeof port === 'number' && Number.isInteger(port) && port >= LOWEST_PORT && port <= HIGHEST_PORT ? port : undefined;
}

const HTTP: Listener = { port: 80, protocol: 'TCP', tls: false };
const HTTPS: Listener = { port: 443, protocol: 'TCP', tls: true };

/** Controllers listen on 80, and on 443 for Ingresses with a certificate, unless annotations say otherwise. */
function readListeners(reading: Reading, spec: Mapping | undefined, annotations: Annotations): readonly Listener[] {
  const chosen = readListenPorts(reading, annotations);
  if (chosen) return chosen;
  const hasTls = mappingsIn(reading, spec, 'tls', 'spec').length > 0 || CERTIFICATES.some((name) => annotations(name));
  const isPlain = annotations('kubernetes.io/ingress.allow-http') !== 'false';
  // With a certificate on it, AWS' controller listens on 443 alone.
  const isTlsAlone = annotations(CERTIFICATES[0]!) !== undefined;
  const plain = isPlain && !isTlsAlone ? [HTTP] : [];
  return hasTls || plain.length === 0 ? [...plain, HTTPS] : plain;
}

const LISTEN_PORTS = 'alb.ingress.kubernetes.io/listen-ports';
/** Certificates that are not in `spec.tls`. */
const CERTIFICATES: readonly string[] = [
  'alb.ingress.kubernetes.io/certificate-arn',
  'ingress.gcp.kubernetes.io/pre-shared-cert',
  'networking.gke.io/managed-certificates',
  'appgw.ingress.kubernetes.io/appgw-ssl-certificate',
];

/** `[{"HTTP": 80}, {"HTTPS": 8443}]`. */
function readListenPorts(reading: Reading, annotations: Annotations): readonly Listener[] | undefined {
  const text = annotations(LISTEN_PORTS);
  if (text === undefined) return undefined;
  const written = parsedJson(text);
  const pairs = Array.isArray(written) ? written.flatMap((entry) => (isMapping(entry) ? Object.entries(entry) : [])) : [];
  const listeners = pairs.flatMap(([protocol, number]): Listener[] => {
    const port = portOf(number);
    return typeof port === 'number' ? [{ port, protocol: 'TCP', tls: protocol === 'HTTPS' }] : [];
  });
  if (listeners.length > 0) return listeners;
  reading.report('bad-entry', `annotation \`${LISTEN_PORTS}\` lists no port such as \`[{"HTTPS": 443}]\`; the usual ports are taken`);
  return undefined;
}
