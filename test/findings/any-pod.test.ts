import { evaluate } from '../../src/engine/index';
import { anyPodReach } from '../../src/findings/any-pod';
import type { Group } from '../../src/findings/selection';
import type { Survey } from '../../src/findings/survey';
import type { Endpoint } from '../../src/model/endpoint';
import { HOST_RANGES_V4 } from '../../src/model/internet';
import { TRANSPORT_PROTOCOLS } from '../../src/model/policy';
import { NO_LABELS } from '../../src/model/selector';
import type { Snapshot } from '../../src/model/snapshot';
import type { Party, Verdict } from '../../src/model/verdict';
import { AT_RUN_TIME, allow, block, chosen, labels, namespaceLabels, type PolicyOptions, pods, to } from '../support/cluster';
import { generateCluster } from '../support/generate-cluster';
import { boundariesOf } from '../support/generate-flow';
import { randomFrom, seedOf } from '../support/random';
import { NODES } from '../support/words';
import { scene, surveyFor } from './support/scene';

function reachOf(...policies: readonly PolicyOptions[]) {
  const snapshot = scene(['a', 'b'], (builder) =>
    policies.reduce(
      (each, policy, index) => each.policy(`a/p${index}`, policy),
      builder.pod('a/x', {}, { ports: [['http', 'TCP', 8080]] }),
    ),
  );
  const survey = surveyFor(snapshot);
  return anyPodReach(survey, survey.namespaces[0]!.groups[0]!);
}

const EVERY_POD = chosen({ kind: 'network', network: 'pod' });

describe('the reach of any pod', () => {
  it.each([
    ['every peer', [allow()]],
    ['every pod', [allow([EVERY_POD])]],
    ['every address, where blocks match pods', [allow([block('0.0.0.0/0')])]],
    [
      'namespaces that are not of a team',
      [allow([chosen({ kind: 'label', owner: 'namespace', key: 'team', test: { operator: 'notIn', values: ['x'] } })])],
    ],
    ['pods without a label', [allow([chosen({ kind: 'not', of: labels({ role: 'guest' }) })])]],
    [
      'a named port and the ports around it',
      [allow('any', to('TCP', 'http', [1, 8079], [8081, 65535])), allow('any', to('UDP')), allow('any', to('SCTP'))],
    ],
  ])('is certain through %s', (_case, ingress) => {
    const { truth, steps, unknowns } = reachOf({ ingress });
    expect(truth).toBe('yes');
    expect(unknowns).toEqual([]);
    expect(steps.every(({ direction, action }) => direction === 'ingress' && action === 'Allow')).toBe(true);
  });

  it.each([
    ['nothing', []],
    [
      'all ports but that of a name',
      [allow('any', to('TCP', [1, 8079], [8081, 65535])), allow('any', to('UDP')), allow('any', to('SCTP'))],
    ],
    ['the highest port missing', [allow('any', to('TCP', [1, 65534])), allow('any', to('UDP')), allow('any', to('SCTP'))]],
    ['the lowest port missing', [allow('any', to('TCP', [2, 65535])), allow('any', to('UDP')), allow('any', to('SCTP'))]],
    ['every namespace of the input, by name', [allow([chosen({ kind: 'inNamespace', names: ['a', 'b'] })])]],
    ['namespaces with a label', [allow([chosen(namespaceLabels({ team: 'x' }))])]],
    ['pods with a label', [allow([pods({ role: 'client' })])]],
    ['every address, where blocks match no pods', [allow([block('0.0.0.0/0', [], 'no')])]],
  ])('is not there through %s', (_case, ingress) => {
    expect(reachOf({ ingress })).toEqual({ truth: 'no', steps: [], unknowns: [] });
  });

  it('is possible where only a condition or an unknown fact is in the way', () => {
    expect(reachOf({ ingress: [allow('any', 'any', AT_RUN_TIME)] })).toMatchObject({ truth: 'maybe', unknowns: [AT_RUN_TIME] });
    expect(reachOf({ ingress: [allow([block('0.0.0.0/0', [], 'unknown')])] }).truth).toBe('maybe');
  });

  it('asks each namespace by itself where rules look at what every namespace has of its own', () => {
    const ofNamespace = (values: readonly string[]) =>
      chosen({ kind: 'label', owner: 'automatic', key: 'projectcalico.org/namespace', test: { operator: 'notIn', values } });
    expect(reachOf({ ingress: [allow([ofNamespace(['b'])])] }).truth).toBe('no');
    expect(reachOf({ ingress: [allow([ofNamespace(['c'])])] }).truth).toBe('yes');
  });

  it('is put together from several policies, each step told once', () => {
    const { truth, steps } = reachOf(
      { ingress: [allow([EVERY_POD], to('TCP'))] },
      { ingress: [allow('any', [{ protocol: 'UDP' }, { protocol: 'SCTP' }])] },
    );
    expect(truth).toBe('yes');
    expect(steps.map(({ policy }) => policy!.name)).toEqual(['p0', 'p1']);
  });

  it('does not take a namespace of the input for the one that nobody has made', () => {
    const snapshot = scene(['any-other-namespace'], (builder) =>
      builder
        .pod('any-other-namespace/x', {})
        .policy('any-other-namespace/p', { ingress: [allow([chosen({ kind: 'inNamespace', names: ['any-other-namespace'] })])] }),
    );
    const survey = surveyFor(snapshot);
    expect(anyPodReach(survey, survey.namespaces[0]!.groups[0]!).truth).toBe('no');
  });

  it('is what asking for every namespace and port by itself comes to, on generated clusters', () => {
    const seen = { yes: 0, maybe: 0, no: 0 };
    for (let round = 0; round < 60; round++) {
      const snapshot = withOpenRule(generateCluster(randomFrom(seedOf(23, round)), round % 3 === 0 ? 'withHosts' : 'everything'), round);
      const survey = surveyFor(snapshot);
      const packets = boundariesOf(snapshot).packets.filter(({ protocol }) =>
        TRANSPORT_PROTOCOLS.some((transport) => transport === protocol),
      );
      for (const { groups } of survey.namespaces) {
        for (const group of groups) {
          const { truth } = anyPodReach(survey, group);
          const verdicts = new Set<Verdict>();
          const destination = {
            kind: 'endpoint',
            endpoint: group.representative,
            namespace: snapshot.namespaces[group.namespace]!,
          } as const;
          for (const source of newPodsOf(survey).flatMap((sender) => placed(sender, group))) {
            for (const packet of packets) verdicts.add(evaluate(snapshot, { source, destination, packet }).ingress);
          }
          const expected = verdicts.has('denied') ? 'no' : verdicts.has('indeterminate') ? 'maybe' : 'yes';
          expect({ round, group: group.representative.name, truth }).toEqual({ round, group: group.representative.name, truth: expected });
          seen[truth]++;
        }
      }
    }
    expect(Math.min(seen.yes, seen.maybe, seen.no)).toBeGreaterThan(5);
  });
});

/** Most generated policies shut something: every other cluster gets one that opens nearly everything again. */
function withOpenRule(snapshot: Snapshot, round: number): Snapshot {
  if (round % 2 === 0) return snapshot;
  const policies = snapshot.policies.map((policy, index) => {
    const rule = policy.ingress?.[0];
    return rule && index % 3 === 0
      ? { ...policy, ingress: [{ ...rule, action: 'Allow' as const, peer: 'any' as const, packets: 'any' as const }] }
      : policy;
  });
  return { ...snapshot, policies };
}

/** Wherever the sender may run, where that can matter: it does not as long as the place of the receiver is not known. */
function placed(sender: Party & { readonly kind: 'endpoint' }, { meetsHosts, representative }: Group): readonly Party[] {
  if (!meetsHosts || representative.node === undefined) return [sender];
  return [...NODES, 'elsewhere'].map((node) => ({ ...sender, endpoint: { ...sender.endpoint, node } }));
}

/** The new pod of each namespace of the cluster, and of one that nobody has made. */
function newPodsOf({ snapshot, namespaces }: Survey): readonly (Party & { readonly kind: 'endpoint' })[] {
  const endpoint: Endpoint = {
    ...snapshot.endpoints[0]!,
    id: -1,
    kind: 'newPod',
    network: 'pod',
    labels: NO_LABELS,
    serviceAccount: 'default',
    serviceAccountLabels: NO_LABELS,
    addresses: [],
    addressRanges: snapshot.facts.podRanges.length > 0 ? snapshot.facts.podRanges : HOST_RANGES_V4,
    ports: [],
  };
  const { node: _, ...homeless } = endpoint;
  const imagined = { name: 'nowhere', labels: { ...NO_LABELS, values: { 'kubernetes.io/metadata.name': 'nowhere' } } };
  return [
    ...namespaces.map(({ namespace, newPod }) => ({ namespace, endpoint: newPod?.representative ?? homeless })),
    { namespace: imagined, endpoint: homeless },
  ].map((party) => ({
    kind: 'endpoint' as const,
    ...party,
  }));
}
