import type { Selector } from '../../../src/model/selector';
import { matchSelector } from '../../../src/model/selector';
import { cluster, labels } from '../../support/cluster';
import { partyOf } from '../../support/flow';
import { generateCluster } from '../../support/generate-cluster';
import { randomFrom, seedOf } from '../../support/random';
import { compiled } from '../compiled';
import { enrich } from '../enrich';

const SNAPSHOT = cluster()
  .namespace('known', { team: 'a' })
  .pod('known/web', { app: 'web' })
  .pod('known/db', { app: 'db' })
  .pod('known/bare')
  .pod('known/hashed', {}, { unknownKeys: ['app'] })
  .pod('unknown/far', { app: 'web' })
  .node('node')
  .pod('known/host', { app: 'web' }, { network: 'host' });

/** Who is certainly selected, and who perhaps. */
function selected(selector: Selector): readonly [must: readonly string[], maybe: readonly string[]] {
  const { subjects, names } = compiled(withPolicy(selector));
  const { must, may } = subjects[0]!;
  const certain = names(must);
  return [certain, names(may).filter((name) => !certain.includes(name))];
}

function withPolicy(selector: Selector) {
  return { ...SNAPSHOT.snapshot(), policies: cluster().policy('p', { appliesTo: selector, ingress: [] }).snapshot().policies };
}

const label = (operator: 'in' | 'notIn', ...values: readonly string[]): Selector => ({
  kind: 'label',
  owner: 'endpoint',
  key: 'app',
  test: { operator, values },
});

describe('rows of selectors', () => {
  const everybody = ['bare', 'db', 'far', 'hashed', 'host', 'node', 'web'];
  it.each<readonly [string, Selector, readonly string[], readonly string[]]>([
    ['everything', { kind: 'all' }, everybody, []],
    ['nothing', { kind: 'none' }, [], []],
    ['a label', labels({ app: 'web' }), ['far', 'host', 'web'], ['hashed']],
    ['no value', label('in'), [], ['hashed']],
    ['all but a value', label('notIn', 'web'), ['bare', 'db', 'node'], ['hashed']],
    [
      'presence',
      { kind: 'label', owner: 'endpoint', key: 'app', test: { operator: 'exists' } },
      ['db', 'far', 'hashed', 'host', 'web'],
      [],
    ],
    ['absence', { kind: 'label', owner: 'endpoint', key: 'app', test: { operator: 'doesNotExist' } }, ['bare', 'node'], []],
    [
      'a part of a value',
      { kind: 'label', owner: 'endpoint', key: 'app', test: { operator: 'contains', text: 'b' } },
      ['db', 'far', 'host', 'web'],
      ['hashed'],
    ],
    ['a namespace label', labels({ team: 'a' }, 'namespace'), ['bare', 'db', 'hashed', 'host', 'web'], ['far']],
    ['a namespace', { kind: 'inNamespace', names: ['unknown', 'none'] }, ['far'], []],
    ['the pod network', { kind: 'network', network: 'pod' }, ['bare', 'db', 'far', 'hashed', 'web'], []],
    ['the host network', { kind: 'network', network: 'host' }, ['host', 'node'], []],
    ['a negation', { kind: 'not', of: labels({ app: 'web' }) }, ['bare', 'db', 'node'], ['hashed']],
    [
      'a conjunction',
      { kind: 'and', of: [labels({ app: 'web' }), labels({ team: 'a' }, 'namespace')] },
      ['host', 'web'],
      ['far', 'hashed'],
    ],
    ['a disjunction', { kind: 'or', of: [labels({ app: 'db' }), labels({ app: 'web' })] }, ['db', 'far', 'host', 'web'], ['hashed']],
    ['the empty conjunction', { kind: 'and', of: [] }, everybody, []],
    ['the empty disjunction', { kind: 'or', of: [] }, [], []],
  ])('of %s have whom it selects', (_, selector, must, maybe) => {
    expect(selected(selector)).toEqual([must, maybe]);
  });

  it('say of every endpoint what the selector says', () => {
    for (let seed = 0; seed < 60; seed++) {
      const random = randomFrom(seedOf(21, seed));
      const snapshot = enrich(random, generateCluster(random, 'everything'));
      const { subjects, names } = compiled(snapshot);
      snapshot.policies.forEach((policy, index) => {
        const [must, may] = [names(subjects[index]!.must), names(subjects[index]!.may)];
        for (const endpoint of snapshot.endpoints) {
          const party = partyOf(snapshot, endpoint.id);
          const { truth } = matchSelector(policy.appliesTo, {
            ...endpoint,
            ...(party.kind === 'endpoint' && party.namespace && { namespace: party.namespace }),
          } as never);
          if (endpoint.kind !== 'newPod')
            expect([must.includes(endpoint.name), may.includes(endpoint.name)]).toEqual([truth === 'yes', truth !== 'no']);
        }
      });
    }
  });
});
