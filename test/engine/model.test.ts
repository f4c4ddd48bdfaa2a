import { analyze } from '../../src/engine/analyze';
import { FULL } from '../../src/engine/kernel/rows';
import { faceCountOf, UNRESTRICTED } from '../../src/engine/model';
import { allow, block, cluster, type EndpointOptions } from '../support/cluster';

/** Two pods of which a rule sees the addresses. */
function modelOf(first: EndpointOptions, second: EndpointOptions) {
  const snapshot = cluster()
    .pod('shop/web', {}, first)
    .pod('shop/db', {}, second)
    .policy('shop/web', { ingress: [allow([block('10.0.0.0/8')])] })
    .snapshot();
  return analyze(snapshot).model;
}

const V4 = { addresses: ['10.0.0.1'] };
const BOTH = { addresses: ['10.0.0.1', 'fd00::1'] };
const NONE = { addressRanges: [] };

describe('a model', () => {
  it.each([
    ['one class of one face, for pods that no rule tells apart', V4, V4, 1],
    ['a face for each family of a class that has both', BOTH, BOTH, 2],
    ['a third face where some endpoint has no family to share', BOTH, NONE, 4],
  ] as const)('has %s', (_name, first, second, faces) => {
    expect(faceCountOf(modelOf(first, second))).toBe(faces);
  });

  it('has the blocks of addresses behind the faces of classes, as the members of its rows', () => {
    const model = modelOf(V4, V4);
    // Inside and outside 10.0.0.0/8, and all of IPv6.
    expect(model.rows.size - faceCountOf(model)).toBe(3);
    expect(Math.max(...model.addresses.v4Blocks, ...model.addresses.v6Blocks)).toBe(2);
  });

  it('has a block for each family even if there is nothing else', () => {
    const { model } = analyze(cluster().snapshot());
    expect(faceCountOf(model)).toBe(0);
    expect(model.rows.size).toBe(2);
  });

  it('has as its first result the one that lets everything through', () => {
    const { results } = modelOf(V4, V4);
    expect([results.starts[UNRESTRICTED], results.starts[UNRESTRICTED + 1]]).toEqual([0, 1]);
    expect([results.runs[0], results.lower[0], results.upper[0]]).toEqual([0, FULL, FULL]);
  });
});
