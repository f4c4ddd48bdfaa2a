/*
 * GraphQL writes enum values in capitals, the rest of the house in lower case: one table, both ways, given to the schema.
 */

/** `['critical', …]` → `{ CRITICAL: 'critical', … }`. */
function capitals<T extends string>(...values: readonly T[]): Readonly<Record<string, T>> {
  return Object.fromEntries(
    values.map((value) => [
      value
        .replaceAll('-', '_')
        .replace(/([a-z])([A-Z])/g, '$1_$2')
        .toUpperCase(),
      value,
    ]),
  );
}

/** Values inside the house of each enum whose spelling differs. */
export const ENUM_VALUES = {
  Stage: capitals('lab', 'poc', 'beta', 'production'),
  BundleMode: capitals('snapshot', 'bundle'),
  DiagnosticSeverity: capitals('fatal', 'severe', 'warning', 'notice'),
  FactOrigin: capitals('given', 'derived', 'assumed'),
  Direction: capitals('ingress', 'egress'),
  Severity: capitals('critical', 'high', 'medium', 'low', 'info', 'open'),
  Certainty: capitals('proven', 'assumed', 'open'),
  FindingOrder: capitals('severity', 'check', 'subject'),
  FlowGrouping: capitals('pod', 'workload', 'namespace'),
  Place: capitals('organisation', 'nodes', 'cluster', 'metadata', 'kubernetes-api', 'control-plane'),
  Protocol: { TCP: 'TCP', UDP: 'UDP', SCTP: 'SCTP', ICMP: 'ICMP', ICMPv6: 'ICMPv6', OTHER: 'other' },
  Verdict: capitals('allowed', 'denied', 'indeterminate'),
  Action: capitals('Allow', 'Deny', 'Pass', 'Log'),
  Trigger: capitals(
    'rule',
    'end-of-tier',
    'not-selected',
    'host-network',
    'external',
    'same-endpoint',
    'local-node',
    'failsafe',
    'profile',
    'host-action',
    'tunnel-packet',
    'tunnel-source',
    'reply',
    'host-unknown',
  ),
  StepCertainty: capitals('yes', 'maybe'),
  Openness: capitals('internet', 'internetPerhaps', 'outside', 'outsidePerhaps', 'cluster', 'pods', 'nobody'),
  NewPods: capitals('any', 'some', 'perhaps', 'none'),
  DoorKind: capitals(
    'loadBalancer',
    'nodePort',
    'externalIP',
    'hostPort',
    'hostNetwork',
    'clusterIP',
    'ingress',
    'route',
    'gateway',
    'podAddress',
  ),
  DeciderKind: capitals('policy', 'door'),
  DoorScope: capitals('internet', 'internal', 'unknown', 'nodes', 'nobody', 'front'),
  InternetShare: capitals('all', 'some', 'perhaps', 'none'),
  PathStepKind: capitals('door', 'translation', 'relay', 'point'),
  PathPlace: capitals('hostIn', 'hostOut', 'egress', 'ingress'),
  Hook: capitals('untracked', 'preDNAT', 'normal', 'forward'),
  Way: capitals('in', 'out'),
  DependencyKind: capitals(
    'fact',
    'namespace-labels',
    'pod-labels',
    'account-labels',
    'address',
    'placement',
    'interface',
    'protocol',
    'condition',
    'door',
  ),
} as const;
