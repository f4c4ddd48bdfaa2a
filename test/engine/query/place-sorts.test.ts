import { sortPlaces } from '../../../src/engine/query/place-sorts';
import type { Place } from '../../../src/engine/query/pod-shape';
import { allow, chosen, labelsOfNamespace, namespaceLabels, policyOf } from '../../support/cluster';

const NEW: Place = { index: undefined };

function place(name: string, labels: Readonly<Record<string, string>> = {}, complete = true): Place {
  return { index: name.charCodeAt(0), namespace: { name, labels: labelsOfNamespace(name, labels, complete) } };
}

const PLACES = [NEW, place('a', { team: 'x' }), place('b', { team: 'x' }), place('c', { team: 'y' }), place('d')];

function sorts(places: readonly Place[], ...selectors: readonly Parameters<typeof chosen>[0][]) {
  const policies = selectors.map((selector, index) => policyOf(`p${index}`, { ingress: [allow([chosen(selector)])] }));
  return sortPlaces(places, policies).map((sort) => sort.map(({ namespace }) => namespace?.name ?? 'new').join(' '));
}

describe('places in sorts', () => {
  it('are a new namespace and all others where nobody tells them apart', () => {
    expect(sorts(PLACES)).toEqual(['new', 'a b c d']);
    expect(sorts(PLACES, { kind: 'network', network: 'pod' })).toEqual(['new', 'a b c d']);
  });

  it('are told apart by labels', () => {
    expect(sorts(PLACES, namespaceLabels({ team: 'x' }))).toEqual(['new', 'a b', 'c', 'd']);
  });

  it('are told apart by name, also in Calico’s label and within other selectors', () => {
    expect(sorts(PLACES, { kind: 'not', of: { kind: 'inNamespace', names: ['b'] } })).toEqual(['new', 'a c d', 'b']);
    const own = { kind: 'label', owner: 'automatic', key: 'projectcalico.org/namespace', test: { operator: 'in', values: ['c'] } } as const;
    expect(sorts(PLACES, { kind: 'or', of: [own] })).toEqual(['new', 'a b d', 'c']);
    expect(sorts(PLACES, { ...own, test: { operator: 'startsWith', text: 'c' } })).toHaveLength(5);
  });

  it('are each their own where labels are not known', () => {
    expect(sorts([place('e', {}, false), place('f', {}, false)], namespaceLabels({ team: 'x' }))).toEqual(['e', 'f']);
  });

  it('are what they are when there is one', () => {
    expect(sorts([NEW], namespaceLabels({ team: 'x' }))).toEqual(['new']);
  });
});
