import { isUnsure, type Place, type PodShape, podOf, refine, refinePortName, shapeIn } from '../../../src/engine/query/pod-shape';
import type { Namespace } from '../../../src/model/endpoint';
import { matchSelector, type Selector } from '../../../src/model/selector';
import { labelsOfNamespace } from '../../support/cluster';

const SHOP: Namespace = { name: 'shop', labels: labelsOfNamespace('shop', { team: 'a' }, true) };
const IN_SHOP: Place = { index: 0, namespace: SHOP };
const NEW: Place = { index: undefined };
const WIDEST = shapeIn(NEW, {}, ['shop']);

function label(owner: 'endpoint' | 'namespace' | 'serviceAccount' | 'automatic', key: string, ...values: readonly string[]) {
  return { kind: 'label', owner, key, test: { operator: 'in', values } } as const;
}

function yes(shape: PodShape, leaf: Parameters<typeof refine>[1]): PodShape {
  const refinement = refine(shape, leaf);
  if ('truth' in refinement) throw new Error('nothing is left to choose');
  return refinement.yes;
}

function made(shape: PodShape) {
  return podOf(shape, { name: 'any-pod', addressRanges: ['10.0.0.0/8'], port: { protocol: 'TCP', port: 80 } });
}

describe('a shape', () => {
  it('in its widest form makes a pod without labels in a new namespace', () => {
    const { endpoint, namespace } = made(WIDEST);
    expect(endpoint).toMatchObject({ kind: 'newPod', labels: { values: {} }, serviceAccount: 'default', network: 'pod', ports: [] });
    expect(namespace.name).toBe('new-namespace');
  });

  it.each<[string, Parameters<typeof refine>[1]]>([
    ['labels', label('endpoint', 'app', 'web')],
    ['labels of its namespace', label('namespace', 'team', 'b')],
    ['the name of its namespace', label('namespace', 'kubernetes.io/metadata.name', 'tomorrow')],
    ['the name of its namespace, as Calico has it', label('automatic', 'projectcalico.org/namespace', 'tomorrow')],
    ['a namespace by name', { kind: 'inNamespace', names: ['shop', 'tomorrow'] }],
    ['its service account', label('automatic', 'projectcalico.org/serviceaccount', 'robot')],
    ['labels of its service account', label('serviceAccount', 'role', 'x')],
  ])('that is settled by %s makes a pod that the selector chooses, and one that it does not', (_case, leaf) => {
    const refinement = refine(WIDEST, leaf);
    if ('truth' in refinement) throw new Error('it was settled before');
    const truths = [refinement.yes, refinement.no()!].map((shape) => {
      const { endpoint, namespace } = made(shape);
      return matchSelector(leaf as Selector, { ...endpoint, namespace } as Parameters<typeof matchSelector>[1]).truth;
    });
    expect(truths).toEqual(['yes', 'no']);
  });

  it('has nothing left to choose of an existing namespace', () => {
    const shape = shapeIn(IN_SHOP, {}, ['shop']);
    expect(refine(shape, label('namespace', 'team', 'a'))).toMatchObject({ truth: 'yes' });
    expect(refine(shape, label('namespace', 'team', 'b'))).toMatchObject({ truth: 'no' });
    expect(refine(shape, { kind: 'inNamespace', names: ['other'] })).toMatchObject({ truth: 'no' });
    expect(refine(shape, label('automatic', 'projectcalico.org/orchestrator', 'k8s'))).toMatchObject({ truth: 'yes' });
  });

  it('of a new namespace cannot have a name that is taken', () => {
    expect(refine(WIDEST, { kind: 'inNamespace', names: ['shop'] })).toMatchObject({ truth: 'no' });
  });

  it('depends on what is not known of a namespace', () => {
    const named: Place = { index: 0, namespace: { name: 'x', labels: labelsOfNamespace('x', {}, false) } };
    expect(refine(shapeIn(named, {}, []), label('namespace', 'team', 'a'))).toMatchObject({ truth: 'maybe' });
  });

  it('of which the labels are given has no others, and the usual account', () => {
    const given = shapeIn(NEW, { labels: { app: 'web' } }, []);
    const same = refine(given, label('endpoint', 'app', 'web'));
    expect('truth' in same ? same : same.no()).toBeUndefined();
    expect(refine(given, label('endpoint', 'tier', 'x'))).toMatchObject({ truth: 'no' });
    expect(refine(given, label('automatic', 'projectcalico.org/serviceaccount', 'robot'))).toMatchObject({ truth: 'no' });
  });

  it('is on the pod network', () => {
    expect(refine(WIDEST, { kind: 'network', network: 'host' })).toMatchObject({ truth: 'no' });
    expect(refine(WIDEST, { kind: 'network', network: 'pod' })).toMatchObject({ truth: 'yes' });
  });

  it('gives its port the names that are asked for', () => {
    const first = refinePortName(WIDEST, 'http');
    if ('truth' in first) throw new Error('it was settled before');
    expect(made(first.yes).endpoint.ports).toEqual([{ name: 'http', protocol: 'TCP', port: 80 }]);
    expect(made(first.no()!).endpoint.ports).toEqual([]);
    expect(refinePortName(first.yes, 'http')).toMatchObject({ truth: 'yes' });
    expect(refinePortName(first.no()!, 'http')).toMatchObject({ truth: 'no' });
  });

  it('is unsure of a service account of which name and labels are settled', () => {
    const named = yes(WIDEST, label('automatic', 'projectcalico.org/serviceaccount', 'robot'));
    expect([isUnsure(named), isUnsure(yes(named, label('serviceAccount', 'role', 'x')))]).toEqual([false, true]);
  });
});
