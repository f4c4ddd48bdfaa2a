import { type Complaints, complaintsOf } from '../../src/ingest/calico/complaints';
import type { Labels } from '../../src/ingest/calico/metadata';
import { netsOf, parseNet } from '../../src/ingest/calico/nets';
import { type Profile, profileIndex, readProfile, writtenProfiles } from '../../src/ingest/calico/profiles';
import { selectorsFor } from '../../src/ingest/calico/selectors';
import { type CalicoWorld, calicoWorld } from '../../src/ingest/calico/world';
import type { HostEndpointDraft, NetworkSetDraft, Origin } from '../../src/ingest/draft';
import type { Mapping, Reading } from '../../src/ingest/reading';
import { readingOf } from '../../src/ingest/reading';
import type { Diagnostic } from '../../src/model/diagnostic';
import type { Namespace } from '../../src/model/endpoint';

/** A document while it is read, and what is told of it as `code message`. */
export interface Told {
  readonly reading: Reading;
  readonly problems: string[];
}

export function readingOfObject(object: Mapping): Told {
  const problems: string[] = [];
  const document = { file: 'all.yaml', document: 1, line: 1, object, lineOf: () => 1 };
  const report = ({ code, message }: Diagnostic) => problems.push(`${code} ${message}`);
  return { reading: readingOf(document, undefined, report), problems };
}

/** Complaints about a resource in one of the two groups. */
export function complaintsIn(api: 'served' | 'stored'): Told & { readonly complaints: Complaints } {
  const told = readingOfObject({});
  const apiVersion = api === 'served' ? 'projectcalico.org/v3' : 'crd.projectcalico.org/v1';
  return { ...told, complaints: complaintsOf(told.reading, apiVersion, 'policy') };
}

export function originOf(kind: string, name: string, namespace?: string, apiVersion = 'projectcalico.org/v3'): Origin {
  return {
    apiVersion,
    group: 'projectcalico.org',
    kind,
    scope: namespace === undefined ? 'cluster' : 'namespaced',
    namespace,
    name,
    revision: undefined,
    source: { file: 'all.yaml', document: 1, line: 1 },
    sequence: 1,
    fingerprint: '',
  };
}

export function networkSet(name: string, labels: Labels, nets: readonly string[], namespace?: string): NetworkSetDraft {
  const kind = namespace === undefined ? 'GlobalNetworkSet' : 'NetworkSet';
  return { kind: 'networkSet', origin: originOf(kind, name, namespace), labels, nets: netsOf(nets.map((net) => parseNet(net)!)) };
}

export function hostEndpoint(name: string, parts: Partial<HostEndpointDraft> = {}): HostEndpointDraft {
  const plain = { node: 'n1', interfaceName: 'eth0', addresses: ['10.0.0.1'], labels: [], profiles: [], ports: [], isLeftOut: false };
  return { kind: 'hostEndpoint', origin: originOf('HostEndpoint', name), ...plain, ...parts };
}

export function namespace(name: string, labels: Readonly<Record<string, string>> = {}, complete = true): Namespace {
  return { name, labels: { values: labels, unknownKeys: [], complete } };
}

/** The profile of such an object, which must be one that Calico takes. */
export function profile(name: string, spec: Mapping): Profile {
  const draft = readProfile(readingOfObject({ spec }).reading, originOf('Profile', name));
  const [written] = writtenProfiles([draft], selectorsFor(true), ({ message }) => {
    throw new Error(message);
  });
  return written!;
}

/** Allows everything, both ways. */
export const ALLOW_ALL = { ingress: [{ action: 'Allow' }], egress: [{ action: 'Allow' }] };

/** A world of these sets and host endpoints, of release 3.32. */
export function worldOf(parts: Partial<Parameters<typeof calicoWorld>[0]> = {}): CalicoWorld {
  return calicoWorld({
    version: { major: 3, minor: 32 },
    selectors: selectorsFor(true),
    networkSets: [],
    hostEndpoints: [],
    profileAt: profileIndex([], []),
    namespaces: [],
    endpoints: [],
    scopeOf: ({ namespace: scope }) => scope,
    services: () => undefined,
    ...parts,
  });
}
