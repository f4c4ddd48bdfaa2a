import { anyPodReach } from '../../src/findings/any-pod';
import { AT_RUN_TIME, allow, block, chosen, labels, namespaceLabels, type PolicyOptions, pods, to } from '../support/cluster';
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
});
