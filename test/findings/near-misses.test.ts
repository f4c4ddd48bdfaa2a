import {
  compareNearness,
  describeFailure,
  isOneEditAway,
  type LabelCondition,
  labelTestsOf,
  nearMissOf,
} from '../../src/findings/near-misses';
import type { LabelSet, Selector } from '../../src/model/selector';
import { labels } from '../support/cluster';
import { podsWith } from './support/scene';

function labelled(values: Readonly<Record<string, string>>, unknownKeys: readonly string[] = []): LabelSet {
  return { values, unknownKeys, complete: true };
}

function wanting(values: Readonly<Record<string, string>>): readonly LabelCondition[] {
  return labelTestsOf(labels(values))!;
}

describe('the label tests of a selector', () => {
  it('are those of the endpoint, wherever the policy lies', () => {
    expect(labelTestsOf(podsWith('shop', labels({ app: 'web', tier: 'front' })))!.map(({ key }) => key)).toEqual(['app', 'tier']);
    expect(labelTestsOf(podsWith('shop', labels({ team: 'a' }, 'namespace')))).toEqual([]);
  });

  it('are unknown for anything but a conjunction', () => {
    const either: Selector = { kind: 'or', of: [labels({ app: 'web' }), labels({ app: 'db' })] };
    expect(labelTestsOf(podsWith('shop', either))).toBeUndefined();
    expect(labelTestsOf({ kind: 'not', of: labels({ app: 'web' }) })).toBeUndefined();
  });
});

describe('labels that miss a selector', () => {
  it('by a misspelt value', () => {
    const miss = nearMissOf(wanting({ app: 'fronted' }), labelled({ app: 'frontend' }));
    expect(isOneEditAway(miss)).toBe(true);
    expect(miss.failed.map(describeFailure)).toEqual(['label `app` is `frontend`, wanted is `fronted`']);
  });

  it('by a misspelt key', () => {
    const miss = nearMissOf(wanting({ component: 'api' }), labelled({ compnent: 'api' }));
    expect(isOneEditAway(miss)).toBe(true);
    expect(miss.failed.map(describeFailure)).toEqual(['label `compnent` is there, but not `component`']);
  });

  it('by one of several labels', () => {
    expect(isOneEditAway(nearMissOf(wanting({ app: 'web', tier: 'front' }), labelled({ app: 'web', tier: 'back' })))).toBe(true);
    expect(isOneEditAway(nearMissOf(wanting({ app: 'web', tier: 'front' }), labelled({ app: 'web' })))).toBe(true);
  });

  it('by all they have are no near miss: any other workload would be one', () => {
    expect(isOneEditAway(nearMissOf(wanting({ app: 'web' }), labelled({ app: 'queue' })))).toBe(false);
    expect(isOneEditAway(nearMissOf(wanting({ app: 'web' }), labelled({})))).toBe(false);
  });

  it('count keys that a controller sets as present', () => {
    expect(nearMissOf(wanting({ 'pod-template-hash': 'x' }), labelled({}, ['pod-template-hash'])).failed).toEqual([]);
  });

  it('are compared by failed tests first, then by likely misspellings', () => {
    const near = nearMissOf(wanting({ app: 'fronted', tier: 'a' }), labelled({ app: 'frontend', tier: 'a' }));
    const far = nearMissOf(wanting({ app: 'fronted', tier: 'a' }), labelled({ app: 'queue', tier: 'a' }));
    const farther = nearMissOf(wanting({ app: 'fronted', tier: 'a' }), labelled({}));
    expect([farther, far, near].sort(compareNearness)).toEqual([near, far, farther]);
  });

  it.each([
    [{ operator: 'notIn', values: ['web'] }, { app: 'web' }, 'label `app` is `web`, wanted is none of `web`'],
    [{ operator: 'exists' }, {}, 'label `app` is missing, wanted is any value'],
    [{ operator: 'contains', text: 'eb' }, { app: 'api' }, 'label `app` is `api`, wanted is something with `eb` in it'],
    [{ operator: 'startsWith', text: 'w' }, { app: 'api' }, 'label `app` is `api`, wanted is something that starts with `w`'],
    [{ operator: 'endsWith', text: 'b' }, {}, 'label `app` is missing, wanted is something that ends with `b`'],
    [{ operator: 'doesNotExist' }, { app: 'web' }, 'label `app` is `web`, where it should be missing'],
  ] as const)('are told for %j', (test, values, text) => {
    expect(nearMissOf([{ key: 'app', test }], labelled({ ...values })).failed.map(describeFailure)).toEqual([text]);
  });

  it('never read the prototype of an object as labels', () => {
    expect(nearMissOf(wanting({ constructor: 'x' }), labelled({})).failed.map(describeFailure)).toEqual([
      'label `constructor` is missing, wanted is `x`',
    ]);
  });
});
