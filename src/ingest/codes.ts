import type { Diagnostic, DiagnosticSeverity } from '../model/diagnostic';
import type { Source } from '../model/source';

interface CodeEntry {
  readonly severity: DiagnosticSeverity;
  /** What it means for the answer, in one sentence. */
  readonly meaning: string;
}

/** Every code a diagnostic of `ingest` can carry. Codes are public: a retired one is never given another meaning. */
export const DIAGNOSTIC_CODES = {
  // Bundle and archives.
  'bundle-too-large': { severity: 'fatal', meaning: 'the submitted files exceed the limit on bytes; the rest of the bundle was not read' },
  'unpacked-too-large': { severity: 'fatal', meaning: 'the bundle exceeds the limit on unpacked bytes; the rest of it was not read' },
  'packed-too-densely': { severity: 'fatal', meaning: 'an archive unpacks to far more than manifests do; the rest of it was not read' },
  'too-many-files': { severity: 'fatal', meaning: 'the bundle exceeds the limit on files; the rest of it was not read' },
  'too-many-documents': { severity: 'fatal', meaning: 'the bundle exceeds the limit on documents; the rest of it was not read' },
  'archive-broken': { severity: 'fatal', meaning: 'an archive is truncated or damaged; what follows the damage was not read' },
  'archive-entry-broken': { severity: 'fatal', meaning: 'one file of an archive is damaged, encrypted or packed in an unknown way' },
  'archive-entry-unsafe': { severity: 'fatal', meaning: 'a file of an archive has a name that leads out of it, and was not read' },
  'archive-entry-not-a-file': { severity: 'warning', meaning: 'links, devices and pipes of an archive are not followed' },
  'nested-archive': { severity: 'warning', meaning: 'archives inside archives are not opened' },
  'duplicate-path': { severity: 'warning', meaning: 'an archive holds several files of one name; all of them were read' },
  'files-skipped': { severity: 'notice', meaning: 'files that are no manifests by their name were left out' },
  'kustomization-not-applied': {
    severity: 'warning',
    meaning: 'files were read as they are, and not as the kustomizations beside them would make them',
  },

  // Documents.
  'document-too-large': { severity: 'fatal', meaning: 'a document or a list item exceeds the limit on its bytes, and was not read' },
  'nested-too-deeply': { severity: 'fatal', meaning: 'a document exceeds the limit on nesting' },
  'too-many-nodes': { severity: 'fatal', meaning: 'a document exceeds the limit on nodes, counted with its aliases followed' },
  'cyclic-alias': { severity: 'fatal', meaning: 'a YAML alias stands inside the node it refers to' },
  'not-text': { severity: 'fatal', meaning: 'a document holds NUL bytes' },
  'invalid-utf8': { severity: 'fatal', meaning: 'a document is not encoded in UTF-8 (nor in UTF-16 with a byte order mark)' },
  'broken-yaml': { severity: 'fatal', meaning: 'a document is not valid YAML' },
  'broken-json': { severity: 'fatal', meaning: 'a value is not valid JSON' },
  'file-given-up': { severity: 'fatal', meaning: 'so much of a file is broken that the rest of it was not read' },
  'unrendered-template': { severity: 'severe', meaning: 'a file holds template markup that must be rendered before it means anything' },
  'duplicate-key': { severity: 'warning', meaning: 'a mapping holds a key twice; as in Kubernetes the last one counts' },
  'incomplete-type': { severity: 'warning', meaning: 'a document has only one of `apiVersion` and `kind`; Kubernetes refuses it' },
  'no-kind': { severity: 'notice', meaning: 'a document has neither `apiVersion` nor `kind`, so it is no Kubernetes object' },
  'not-an-object': { severity: 'notice', meaning: 'a document is no mapping, so it is no Kubernetes object' },

  // Objects.
  'kind-not-modelled': {
    severity: 'severe',
    meaning: 'an object that can change verdicts is of a kind that is not understood; verdicts leave it out',
  },
  'pods-not-modelled': {
    severity: 'warning',
    meaning: 'an object makes pods and is of a kind that is not understood; its pods may be missing',
  },
  'kind-unknown': { severity: 'notice', meaning: 'objects of a kind that nobody knows to matter to reachability were left out' },
  'old-api': {
    severity: 'notice',
    meaning: 'objects were written for an API version that clusters no longer serve, and read as that of today',
  },
  'wrong-api': {
    severity: 'severe',
    meaning: 'an object is in an API of Kubernetes that does not have its kind; it was read as what is meant',
  },
  'no-name': { severity: 'severe', meaning: 'an object has no name and was left out' },
  'bad-name': { severity: 'severe', meaning: 'an object has a name that no object can have, and was left out' },
  'wrong-type': {
    severity: 'severe',
    meaning: 'a field is of a type that the API server refuses; it was read as absent, or a number as its text',
  },
  'object-twice': { severity: 'warning', meaning: 'an object is there twice and differs; the later one was used' },
  'object-repeated': { severity: 'notice', meaning: 'objects are there several times, all equal' },
  'label-not-text': {
    severity: 'severe',
    meaning: 'a label has a value that is no text, which the API server refuses; it was read as its text',
  },
  'invalid-label': { severity: 'warning', meaning: 'a label has a key or value that the API server refuses; it was compared as it is' },

  // Pods, their controllers, nodes and services.
  'no-template': {
    severity: 'severe',
    meaning: 'a controller has no pod template, or its template is not in the input; its pods are missing',
  },
  'bad-owner': { severity: 'warning', meaning: 'an owner reference lacks a part; pods may be grouped otherwise than in the cluster' },
  'owner-cycle': { severity: 'warning', meaning: 'objects own each other in a circle; they count as one workload' },
  'bad-port': { severity: 'warning', meaning: 'a declared port is no port number and was left out' },
  'bad-protocol': { severity: 'warning', meaning: 'a declared port has an unknown protocol and was left out' },
  'bad-address': { severity: 'warning', meaning: 'something that should be an IP address is none and was left out' },
  'bad-service': {
    severity: 'severe',
    meaning: 'the API server refuses a part of a Service; it was read without that part, or as what is meant',
  },
  'not-tracked': {
    severity: 'notice',
    meaning: 'a policy acts before connections are tracked, so that answers are judged by rules as well',
  },
  'without-effect': { severity: 'warning', meaning: 'a part of an object has no effect where it stands, and was left out' },
  'bad-entry': {
    severity: 'severe',
    meaning:
      'the API server or every controller refuses a part of an Ingress, a Route or a Gateway; it was read without that part, or as what is meant',
  },
  'route-not-attached': { severity: 'warning', meaning: 'a Gateway does not take a route that names it; nothing comes in that way' },
  'gateway-missing': {
    severity: 'warning',
    meaning: 'the Gateway of a route is not in the input; where it listens and whether it takes the route is unknown',
  },
  'backend-not-granted': {
    severity: 'warning',
    meaning: 'a route leads to a Service of another namespace without a ReferenceGrant there; nothing travels that way',
  },
  'backend-missing': { severity: 'warning', meaning: 'a way in leads to a Service, or to a port of it, that is not in the input' },
  'slice-without-service': { severity: 'notice', meaning: 'an EndpointSlice names no Service and was left out' },
  'name-label': { severity: 'warning', meaning: 'a Namespace sets its name label to something else; the API server does not allow that' },
  'namespace-assumed': { severity: 'notice', meaning: 'a namespace has no object in the input; its labels are unknown' },
  'pods-made': { severity: 'notice', meaning: 'workload endpoints of Calico have no pods in the input, and pods were made of them' },
  'node-assumed': { severity: 'notice', meaning: 'a node has no object in the input, and is known by its host endpoints alone' },
  'dormant-workload': {
    severity: 'notice',
    meaning: 'a workload makes no pods now (scaled to zero, suspended or finished) and has no endpoint',
  },
  'finished-pods': {
    severity: 'notice',
    meaning: 'pods that have ended, or that are being deleted and have lost their network, were left out',
  },

  // Policies.
  'invalid-policy': {
    severity: 'severe',
    meaning: 'the API server refuses the policy; its invalid entry matches nothing, and it still isolates',
  },
  'invalid-selector': { severity: 'severe', meaning: 'the API server refuses a selector; it matches nothing' },
  'unknown-field': { severity: 'severe', meaning: 'an object has a field that no API version has; it has no effect' },
  'host-bits': { severity: 'warning', meaning: 'a CIDR has an address inside its block; the block was used' },
  'no-spec': { severity: 'warning', meaning: 'a policy without `spec` isolates every pod that it can select' },
  'rules-without-effect': { severity: 'warning', meaning: 'a policy has rules for a direction that it does not list in `policyTypes`' },
  'empty-rule': { severity: 'warning', meaning: 'a rule is empty, hence allows everything' },
  'invalid-admin-policy': {
    severity: 'severe',
    meaning: 'the API server refuses a cluster-wide policy; the part in question has no effect',
  },
  'fails-closed': {
    severity: 'severe',
    meaning:
      'a rule of a cluster-wide policy has a part that is not understood; as its API asks, an allowing rule allows nothing and any other denies everything',
  },
  'beyond-limits': {
    severity: 'warning',
    meaning: 'the API server refuses a cluster-wide policy for a value beyond what it admits; it was read as it stands',
  },
  'policy-without-rules': { severity: 'warning', meaning: 'a cluster-wide policy has no rule, hence no effect' },
  'not-enforced': { severity: 'severe', meaning: 'the network plugin does not enforce policies of this kind; they were left out' },
  'enforcement-assumed': { severity: 'notice', meaning: 'cluster-wide policies are assumed to be enforced by the network plugin' },
  'equal-priority': {
    severity: 'warning',
    meaning: 'cluster-wide policies of one priority contradict each other, and which goes first is not defined; they were taken by name',
  },
  'mixed-generations': {
    severity: 'warning',
    meaning: 'the input has cluster-wide policies of two API versions, and how they stand to each other is not defined',
  },
  'no-such-node': { severity: 'warning', meaning: 'a rule is about nodes, and none of the nodes in the input is chosen' },
  'calico-refused': { severity: 'severe', meaning: "an object breaks a rule of Calico's API, which refuses it; it was left out" },
  'calico-ignored': {
    severity: 'warning',
    meaning: 'a stored object breaks a rule that the dataplane of Calico checks, which treats it as missing; so do the verdicts',
  },
  'calico-unchecked': {
    severity: 'warning',
    meaning: "a stored object breaks a rule that only Calico's API checks; it was read as the dataplane applies it",
  },
  'bad-annotation': { severity: 'severe', meaning: 'the annotation in which Calico keeps labels and names of stored objects is broken' },
  'types-missing': {
    severity: 'warning',
    meaning: 'a policy of Calico leaves it to defaults, which differ, in which directions it applies',
  },
  'tier-missing': {
    severity: 'severe',
    meaning: 'policies are in a tier that is not in the input; they come last, and deny what they select and do not decide',
  },
  'tiers-not-supported': { severity: 'severe', meaning: 'the release of Calico that the facts give has no tiers' },
  'order-tie': {
    severity: 'notice',
    meaning: 'policies of one order contradict each other, and which goes first depends on the release of Calico, which nobody gave',
  },
  'profile-missing': {
    severity: 'severe',
    meaning:
      'an endpoint has a profile that is not in the input; it was taken as missing, which denies what no policy decides, or, if it is that of a namespace, to allow everything',
  },
  'host-endpoints-made': { severity: 'notice', meaning: 'host endpoints that Calico makes of nodes are not in the input and were made' },
  'fact-derived': { severity: 'notice', meaning: 'a fact was taken from the configuration of Calico' },
  'environment-not-read': {
    severity: 'warning',
    meaning: 'the environment of the agent of Calico sets what changes verdicts; values of environment variables are never read',
  },
  'label-elsewhere': { severity: 'warning', meaning: 'a selector looks at a label that exists only in selectors of another scope' },
  'service-without-namespace': {
    severity: 'warning',
    meaning: 'a rule names a Service without its namespace; what Calico makes of it is uncertain',
  },
  'partly-modelled': {
    severity: 'severe',
    meaning: 'an object can change verdicts in a way that is not understood; that part of it was left out',
  },
  'plugin-derived': { severity: 'notice', meaning: 'the network plugin was taken from the policies of the input' },
  'no-policies': { severity: 'notice', meaning: 'the input has no policy, so everything is allowed' },
  'policies-unknown': {
    severity: 'severe',
    meaning: 'the input is of a kind that never holds policies; whether pods are isolated is unknown',
  },
  'nothing-found': { severity: 'warning', meaning: 'the input holds nothing that has a part in reachability' },

  // Facts.
  'bad-fact': { severity: 'severe', meaning: 'a fact is unknown or has an impossible value, and counts as not given' },
  'facts-contradict': { severity: 'warning', meaning: 'two settings files give one fact two values; the later was used' },
  'unknown-setting': { severity: 'warning', meaning: 'a settings file has a field without meaning' },
} as const satisfies Record<string, CodeEntry>;

/** Codes are stable, in kebab case. */
export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES;

/** The only way `ingest` makes a diagnostic: the severity belongs to the code. */
export function diagnose(code: DiagnosticCode, message: string, source?: Source, resource?: string): Diagnostic {
  return {
    code,
    severity: DIAGNOSTIC_CODES[code].severity,
    message,
    ...(source === undefined ? {} : { source }),
    ...(resource === undefined ? {} : { resource }),
  };
}
