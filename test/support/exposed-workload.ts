import type { ClientGroup, Decider, DoorFacts, ExposedDoor } from '../../src/api/exposed-door';
import type { ServiceDoor } from '../../src/api/exposed-service';
import type { DeadEnd, ExposedWorkload, WayOut } from '../../src/api/exposure';
import type { TraceStep } from '../../src/api/trace-step';

/*
 * Exposure as the faces are given it. Each part is a plain one, of which a test says what matters to it: workload `a/b[Pod]`, behind Service `a/s` whose
 * port 80 leads to 8080, open to everybody by one rule.
 */

const PLACE = { file: 'f', line: 1 } as const;

/** A rule of policy that allows. */
export const STEP: TraceStep = {
  direction: 'ingress',
  trigger: 'rule',
  action: 'Allow',
  certainty: 'yes',
  file: 'p.yaml',
  line: 3,
  sentence: 'rule 1 allows `a/b[Pod]`',
  dependsOn: [],
};

/** That step as what decides. */
export const BY_POLICY: Decider = { kind: 'policy', sentence: STEP.sentence, step: STEP };

/** The door itself as what decides. */
export function byDoor(sentence: string): Decider {
  return { kind: 'door', sentence };
}

/** A load balancer, whoever gets through. */
export function doorFacts(parts: Partial<DoorFacts> = {}): DoorFacts {
  return {
    ...PLACE,
    id: 'x',
    kind: 'loadBalancer',
    object: 'a/s[Service]',
    protocol: 'TCP',
    port: 80,
    addresses: [],
    hostnames: [],
    scope: 'internet',
    ...parts,
  };
}

/** Everybody, who gets through. */
export function clientGroup(parts: Partial<ClientGroup> = {}): ClientGroup {
  return { verdict: 'allowed', ranges: [], clients: ['any address'], decidedBy: [BY_POLICY], dependsOn: [], ...parts };
}

/** A load balancer that lets everybody through. */
export function exposedDoor(parts: Partial<ExposedDoor> = {}): ExposedDoor {
  const reach = { portOutside: 80, portInside: 8080, endpoints: [], internet: 'all', clients: [clientGroup()], assumptions: [] } as const;
  return { ...doorFacts(), ...reach, ...parts };
}

/** A Service that lets any pod through, all three of the other workloads among them. */
export function serviceDoor(parts: Partial<ServiceDoor> = {}): ServiceDoor {
  const workloads = { allowed: 3, conditional: 0, total: 3, names: ['a/c[Pod]'] };
  const reach = { portInside: 8080, endpoints: [], newPods: 'any', workloads, decidedBy: [BY_POLICY] } as const;
  return { ...doorFacts({ kind: 'clusterIP' }), ...reach, ...parts };
}

/** A workload without doors, unless they are told. */
export function exposedWorkload(parts: Partial<ExposedWorkload> = {}): ExposedWorkload {
  return { ...PLACE, id: 'a/b[Pod]', kind: 'Pod', openTo: 'internet', doors: [], services: [], ...parts };
}

/** A Service behind which there is nothing. */
export function deadEnd(parts: Partial<DeadEnd> = {}): DeadEnd {
  return { ...PLACE, object: 'a/s[Service]', kinds: ['clusterIP'], protocol: 'TCP', port: 80, ...parts };
}

/** A node port that leads out of the cluster. */
export function wayOut(parts: Partial<WayOut> = {}): WayOut {
  return { ...deadEnd({ kinds: ['nodePort'] }), portInside: 8080, leadsTo: ['198.51.100.50', '198.51.100.51'], ...parts };
}
