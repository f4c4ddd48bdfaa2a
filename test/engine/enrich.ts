import type { IndexedFlow } from '../../src/engine/analysis';
import type { PacketTerm, PeerTerm, Policy, Rule } from '../../src/model/policy';
import type { LabelSet, Selector } from '../../src/model/selector';
import type { Snapshot } from '../../src/model/snapshot';
import type { Packet } from '../../src/model/verdict';
import type { Random } from '../support/random';

/* Adds to a generated cluster what only Calico's policies say: labels of service accounts, tests inside values, exclusions, source ports, ICMP types. */

const KEYS = ['app', 'tier', 'team', '__proto__'] as const;
const VALUES = ['a', 'ab', 'b', 'bc', ''] as const;
const NAMES = ['http', 'metrics', 'dns'] as const;

export function enrich(random: Random, snapshot: Snapshot): Snapshot {
  return {
    ...snapshot,
    endpoints: snapshot.endpoints.map((endpoint) => {
      if (endpoint.kind === 'node' || random.chance(0.3)) return endpoint;
      const labels = random.chance(0.8) ? { serviceAccountLabels: accountLabels(random) } : {};
      return { ...endpoint, serviceAccount: random.pick(['default', 'robot']), ...labels };
    }),
    policies: snapshot.policies.map((policy) => enrichPolicy(random, policy)),
  };
}

/** The same flow, with something told that packets usually leave open. */
export function enrichFlow(random: Random, flow: IndexedFlow): IndexedFlow {
  const { protocol } = flow.packet;
  const packet: Packet = {
    ...flow.packet,
    ...(random.chance(0.5) && { sourcePort: random.pick([1, 53, 80, 8080, 40_000]) }),
    ...(protocol.startsWith('ICMP') && random.chance(0.6) && { icmp: { type: random.pick([0, 3, 8]), code: random.below(2) } }),
    ...(protocol === 'other' && random.chance(0.6) && { number: random.pick([4, 47, 50]) }),
  };
  return { ...flow, packet };
}

function accountLabels(random: Random): LabelSet {
  return { values: { [random.pick(KEYS)]: random.pick(VALUES) }, unknownKeys: [], complete: random.chance(0.7) };
}

function enrichPolicy(random: Random, policy: Policy): Policy {
  const rules = (all: readonly Rule[]) => all.map((rule) => enrichRule(random, rule));
  return {
    ...policy,
    appliesTo: random.chance(0.2) ? { kind: 'or', of: [policy.appliesTo, specialSelector(random)] } : policy.appliesTo,
    ...(policy.ingress && { ingress: rules(policy.ingress) }),
    ...(policy.egress && { egress: rules(policy.egress) }),
  };
}

function enrichRule(random: Random, rule: Rule): Rule {
  return {
    ...rule,
    peer:
      rule.peer === 'any' && random.chance(0.6)
        ? 'any'
        : (rule.peer === 'any' ? [] : rule.peer).concat(random.chance(0.4) ? specialTerm(random) : []),
    packets: rule.packets === 'any' ? 'any' : rule.packets.map((term) => (random.chance(0.5) ? specialPackets(random, term) : term)),
    ...(random.chance(0.2) && { index: random.below(9) }),
  };
}

function specialTerm(random: Random): PeerTerm {
  return {
    ...(random.chance(0.5) && { selector: specialSelector(random) }),
    notSelector: specialSelector(random),
    ...(random.chance(0.3) && { nets: [random.pick(['0.0.0.0/0', '10.0.0.0/30', '::/0'])] }),
    netsSeePods: random.pick(['yes', 'no', 'unknown']),
  };
}

function specialSelector(random: Random): Selector {
  if (random.chance(0.2)) {
    const key = random.pick(['projectcalico.org/namespace', 'projectcalico.org/serviceaccount', 'projectcalico.org/orchestrator']);
    const values = random.some(['alpha', 'beta', 'robot', 'k8s'], 2);
    return { kind: 'label', owner: 'automatic', key, test: { operator: random.pick(['in', 'notIn']), values } };
  }
  const test = random.pick([
    { operator: 'contains', text: random.pick(['a', 'b', '']) },
    { operator: 'startsWith', text: 'a' },
    { operator: 'endsWith', text: 'b' },
    { operator: 'in', values: ['a', 'ab'] },
    { operator: 'exists' },
  ] as const);
  return { kind: 'label', owner: random.pick(['endpoint', 'namespace', 'serviceAccount']), key: random.pick(KEYS), test };
}

function specialPackets(random: Random, term: PacketTerm): PacketTerm {
  const { protocol } = term;
  if (protocol.startsWith('ICMP'))
    return {
      ...term,
      icmp: [
        {
          types: random.pick([
            [0, 0],
            [8, 8],
            [0, 255],
          ] as const),
          codes: [0, random.below(2)],
        },
      ],
    };
  if (protocol === 'other')
    return {
      ...term,
      numbers: [
        random.pick([
          [4, 4],
          [47, 50],
          [0, 255],
        ] as const),
      ],
    };
  return {
    ...term,
    ...(random.chance(0.4) && { notPortNames: random.some(NAMES, 2) }),
    ...(random.chance(0.3) && { sourcePorts: random.pick([[], [[1, 1024]], [[80, 80]]] as const) }),
    ...(random.chance(0.3) && { sourcePortNames: random.some(NAMES, 2) }),
    ...(random.chance(0.25) && {
      notPorts: random.pick([
        [],
        [[80, 80]],
        [
          [79, 8080],
          [1, 53],
        ],
      ] as const),
    }),
    ...(random.chance(0.2) && { notSourcePorts: random.pick([[], [[1, 1024]]] as const) }),
    ...(random.chance(0.25) && { notSourcePortNames: random.some(NAMES, 2) }),
  };
}
