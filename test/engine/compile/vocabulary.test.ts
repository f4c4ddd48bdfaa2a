import { ANY_PEER, Vocabulary } from '../../../src/engine/compile/vocabulary';
import type { PeerTerm } from '../../../src/model/policy';
import { matchSelector, type Selector } from '../../../src/model/selector';
import { block, chosen, labels, pods } from '../../support/cluster';
import { generateCluster } from '../../support/generate-cluster';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';
import { selectorsOf, subjectOf } from './works';

const A = labels({ app: 'a' });
const B = labels({ app: 'b' });
const and = (...of: readonly Selector[]): Selector => ({ kind: 'and', of });
const or = (...of: readonly Selector[]): Selector => ({ kind: 'or', of });
const not = (of: Selector): Selector => ({ kind: 'not', of });
const label = (
  key: string,
  test: Extract<Selector, { kind: 'label' }>['test'],
  owner: 'endpoint' | 'namespace' = 'endpoint',
): Selector => ({
  kind: 'label',
  owner,
  key,
  test,
});

describe('the id of a selector', () => {
  it.each([
    ['written twice', A, labels({ app: 'a' })],
    ['with its parts in another order', and(A, B), and(B, A)],
    ['with a part repeated', or(A, B), or(B, A, B)],
    ['with equal parts deep inside', not(and(A, or(B, A))), not(and(or(A, B), A))],
    ['that selects all', { kind: 'all' }, { kind: 'all' }],
  ] as const)('is the same %s', (_, one, other) => {
    const vocabulary = new Vocabulary();
    expect(vocabulary.selector(other)).toBe(vocabulary.selector(one));
  });

  it('differs wherever something else is asked', () => {
    const vocabulary = new Vocabulary();
    const different: readonly Selector[] = [
      { kind: 'all' },
      { kind: 'none' },
      A,
      B,
      not(A),
      not(not(A)),
      and(A, B),
      or(A, B),
      and(),
      or(),
      label('tier', { operator: 'in', values: ['a'] }),
      label('app', { operator: 'in', values: ['a'] }, 'namespace'),
      label('app', { operator: 'notIn', values: ['a'] }),
      label('app', { operator: 'in', values: [] }),
      label('app', { operator: 'in', values: ['a', 'b'] }),
      label('app', { operator: 'exists' }),
      label('app', { operator: 'doesNotExist' }),
      label('app', { operator: 'contains', text: 'a' }),
      label('app', { operator: 'startsWith', text: 'a' }),
      label('app', { operator: 'endsWith', text: 'a' }),
      label('app', { operator: 'endsWith', text: '' }),
      { kind: 'inNamespace', names: [] },
      { kind: 'inNamespace', names: ['a'] },
      { kind: 'inNamespace', names: ['b'] },
      { kind: 'network', network: 'pod' },
      { kind: 'network', network: 'host' },
    ];
    expect(new Set(different.map((selector) => vocabulary.selector(selector))).size).toBe(different.length);
  });

  it('is never shared by two selectors that some endpoint tells apart', () => {
    let shared = 0;
    for (let part = 0; part < 30; part++) {
      const snapshot = generateCluster(randomFrom(seedOf(SEED, part)), 'everything');
      const vocabulary = new Vocabulary();
      const truthsOf = new Map<number, string>();
      for (const selector of selectorsOf(snapshot)) {
        const truths = snapshot.endpoints.map(({ id }) => matchSelector(selector, subjectOf(snapshot, id)).truth).join(' ');
        const id = vocabulary.selector(selector);
        if (truthsOf.has(id)) shared++;
        expect(truthsOf.get(id) ?? truths).toBe(truths);
        truthsOf.set(id, truths);
      }
    }
    expect(shared).toBeGreaterThan(50);
  });

  it('does not depend on how much nests in it', () => {
    const vocabulary = new Vocabulary();
    const many = Array.from({ length: 400 }, (_, index) => labels({ app: `value-${index}` }));
    const deep = many.reduce((inner, selector) => and(selector, not(inner)), A);
    expect(vocabulary.selector(or(...many))).toBe(vocabulary.selector(or(...[...many].reverse())));
    expect(vocabulary.selector(or(...many.slice(1)))).not.toBe(vocabulary.selector(or(...many)));
    expect(vocabulary.selector(deep.kind === 'and' ? and(...[...deep.of].reverse()) : deep)).toBe(vocabulary.selector(deep));
  });
});

describe('the keys of labels', () => {
  it('are counted for each owner by itself, as far as a selector tests them', () => {
    const vocabulary = new Vocabulary();
    vocabulary.selector(
      and(A, label('app', { operator: 'exists' }, 'namespace'), label('zone', { operator: 'doesNotExist' }, 'namespace')),
    );
    vocabulary.selector({ kind: 'label', owner: 'serviceAccount', key: 'team', test: { operator: 'contains', text: 'x' } });
    const keys = (owner: keyof Vocabulary['labelKeys']) => [...vocabulary.labelKeys[owner].indexOf.keys()];
    expect(keys('endpoint')).toEqual(['app']);
    expect(keys('namespace')).toEqual(['app', 'zone']);
    expect(keys('serviceAccount')).toEqual(['team']);
    expect(keys('automatic')).toEqual([]);
  });

  it('may be the names that plain objects trip over', () => {
    const vocabulary = new Vocabulary();
    const hostile = ['__proto__', 'constructor', 'toString'].map((key) => label(key, { operator: 'exists' }));
    expect(new Set(hostile.map((selector) => vocabulary.selector(selector))).size).toBe(3);
    expect(vocabulary.labelKeys.endpoint.count).toBe(3);
  });
});

describe('the id of a peer', () => {
  const FAR = block('203.0.113.0/24');

  it('of any peer is none of the others', () => {
    const vocabulary = new Vocabulary();
    expect(vocabulary.peer('any')).toBe(ANY_PEER);
    expect(vocabulary.peer([])).toBeGreaterThan(ANY_PEER);
    expect(vocabulary.peer([chosen({ kind: 'all' })])).toBeGreaterThan(ANY_PEER);
  });

  it('does not depend on the order and the repetition of its terms', () => {
    const vocabulary = new Vocabulary();
    const peer = vocabulary.peer([pods({ app: 'a' }), FAR]);
    expect(vocabulary.peer([FAR, pods({ app: 'a' }), FAR])).toBe(peer);
    expect(vocabulary.peer([FAR])).not.toBe(peer);
    expect(vocabulary.peers.lengthOf(peer)).toBe(2);
  });

  it('does not depend on whether nets see pods where there are none', () => {
    const vocabulary = new Vocabulary();
    const byAddress = (netsSeePods: PeerTerm['netsSeePods']) => vocabulary.peer([block('10.0.0.0/8', [], netsSeePods)]);
    expect(vocabulary.peer([{ selector: A, netsSeePods: 'yes' }])).toBe(vocabulary.peer([{ selector: A, netsSeePods: 'no' }]));
    expect(new Set([byAddress('yes'), byAddress('no'), byAddress('unknown')]).size).toBe(3);
  });

  it('differs wherever another part is asked', () => {
    const vocabulary = new Vocabulary();
    const terms: readonly PeerTerm[] = [
      { selector: A, netsSeePods: 'no' },
      { notSelector: A, netsSeePods: 'no' },
      { selector: A, notSelector: A, netsSeePods: 'no' },
      { nets: ['10.0.0.0/8'], netsSeePods: 'no' },
      { notNets: ['10.0.0.0/8'], netsSeePods: 'no' },
      { nets: [], notNets: ['10.0.0.0/8'], netsSeePods: 'no' },
      { nets: ['10.0.0.0/8'], notNets: ['10.0.0.0/9'], netsSeePods: 'no' },
      { nets: ['10.0.0.0/8', '10.0.0.0/9'], netsSeePods: 'no' },
      { selector: A, nets: ['10.0.0.0/8'], netsSeePods: 'no' },
      { nets: [], netsSeePods: 'no' },
    ];
    expect(new Set(terms.map((term) => vocabulary.peer([term]))).size).toBe(terms.length);
  });

  it('keeps equal nets once, whatever selector they come with', () => {
    const vocabulary = new Vocabulary();
    vocabulary.peer([FAR, { ...FAR, selector: A }, { ...FAR, notSelector: B }]);
    vocabulary.peer([{ notNets: ['10.0.0.0/8'], netsSeePods: 'unknown' }]);
    expect(vocabulary.netTerms).toEqual([
      { nets: ['203.0.113.0/24'], notNets: [], seesPods: 2 },
      { nets: undefined, notNets: ['10.0.0.0/8'], seesPods: 1 },
    ]);
  });
});
