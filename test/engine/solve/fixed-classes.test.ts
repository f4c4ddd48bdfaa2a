import { compile } from '../../../src/engine/compile/compile';
import { V4, V6 } from '../../../src/engine/compile/endpoint-addresses';
import { EMPTY, FULL } from '../../../src/engine/kernel/rows';
import { fixedClasses, narrowed } from '../../../src/engine/solve/fixed-classes';
import { allow, block, cluster, pods } from '../../support/cluster';
import { namesIn } from '../compiled';

/** Rules ask their own endpoint for a label and for its address. */
const SNAPSHOT = cluster()
  .pod('shop/a', { app: 'a' }, { addresses: ['10.0.0.1'] })
  .pod('shop/b', { app: 'b' }, { addresses: ['10.0.0.2'] })
  .pod('shop/both', { app: 'c' }, { addresses: ['10.0.0.3', 'fd00::3'] })
  .pod('shop/six', { app: 'd' }, { addresses: ['fd00::4'] })
  .policy('p', {
    appliesTo: { kind: 'all' },
    ingress: [
      { ...allow(), subject: [pods({ app: 'a' })] },
      { ...allow([pods({ app: 'b' })]), subject: [block('10.0.0.0/24')] },
      allow([pods({ app: 'c' }), pods({ app: 'd' })]),
    ],
  })
  .snapshot();

function made() {
  const compiled = compile(SNAPSHOT);
  const [label, net] = [...new Set(compiled.ingress.subjects)].filter((peer) => peer >= 0) as [number, number];
  const classOf = (id: number) => compiled.classes.classOf[id]!;
  return { compiled, label, net, classOf, names: (row: number) => namesIn(SNAPSHOT, compiled, row) };
}

describe('fixed classes', () => {
  it('are alike where the peers and features do not differ', () => {
    const { compiled, label, classOf } = made();
    const { keyOf, classes } = fixedClasses(compiled, new Set([label]), [], () => []);
    expect(keyOf[classOf(0)]).not.toBe(keyOf[classOf(1)]);
    expect(new Set(keyOf).size).toBe(classes.length);
    const all = fixedClasses(compiled, new Set(), [], () => []);
    expect(all.keyOf[classOf(0)]).toBe(all.keyOf[classOf(1)]);
    const apart = fixedClasses(compiled, new Set(), [], (owner) => [owner]);
    expect(apart.classes).toHaveLength(compiled.classes.count);
  });

  it('are apart where rows of faces differ', () => {
    const { compiled, classOf } = made();
    compiled.pool.draw(compiled.classes.firstFace[classOf(1)]!);
    const { keyOf } = fixedClasses(compiled, new Set(), [compiled.pool.finish()], () => []);
    expect(keyOf[classOf(0)]).not.toBe(keyOf[classOf(1)]);
  });

  it('show one face to all, or that of the family which both ends have', () => {
    const { compiled, classOf, names } = made();
    const { keyOf, classes } = fixedClasses(compiled, new Set(), [], (owner) => [owner]);
    expect(classes[keyOf[classOf(0)]!]!.faces).toEqual([{ face: compiled.classes.firstFace[classOf(0)], row: FULL, family: undefined }]);
    const faces = classes[keyOf[classOf(2)]!]!.faces;
    expect(faces.map(({ family }) => family)).toEqual([V4, V6]);
    expect(names(faces[0]!.row)).toEqual(expect.arrayContaining(['a', 'b', 'both']));
    expect(names(faces[0]!.row)).not.toContain('six');
    expect(names(faces[1]!.row)).toEqual(expect.arrayContaining(['both', 'six']));
  });
});

describe('what is left of a rule', () => {
  it('is all of it, nothing, or what is towards those who see a face that matches', () => {
    const { compiled, label, net, classOf, names } = made();
    const { keyOf, classes } = fixedClasses(compiled, new Set(), [], (owner) => [owner]);
    const fixed = (id: number) => classes[keyOf[classOf(id)]!]!;
    const rows = { must: FULL, may: FULL };
    expect(narrowed(compiled, fixed(1), -1, rows)).toBe(rows);
    expect(narrowed(compiled, fixed(0), label, rows)).toEqual(rows);
    expect(narrowed(compiled, fixed(1), label, rows)).toEqual({ must: EMPTY, may: EMPTY });
    const towards = narrowed(compiled, fixed(2), net, rows);
    expect(names(towards.must)).toEqual(expect.arrayContaining(['a', 'b', 'both']));
    expect(names(towards.may)).not.toContain('six');
  });

  it('is perhaps something where the input does not tell whether the end matches', () => {
    const unsure = {
      ...SNAPSHOT,
      endpoints: SNAPSHOT.endpoints.map((endpoint) => ({ ...endpoint, labels: { values: {}, unknownKeys: ['app'], complete: true } })),
    };
    const compiled = compile(unsure);
    const label = compiled.ingress.subjects.find((peer) => peer >= 0)!;
    const { classes } = fixedClasses(compiled, new Set(), [], (owner) => [owner]);
    expect(narrowed(compiled, classes[0]!, label, { must: FULL, may: FULL })).toEqual({ must: EMPTY, may: FULL });
  });
});
