import { ON_HOST } from '../../../src/engine/classes';
import { compile } from '../../../src/engine/compile/compile';
import { EMPTY, rowHas } from '../../../src/engine/kernel/rows';
import { facesWhere } from '../../../src/engine/solve/face-rows';
import { cluster } from '../../support/cluster';

const COMPILED = compile(cluster().node('n1').pod('shop/front', {}, { node: 'n1' }).snapshot());

it('a row has the faces of which something is so, and nothing else', () => {
  const { classes, pool } = COMPILED;
  const isOnHost = (face: number) => (classes.flags[classes.faceClass[face]!]! & ON_HOST) !== 0;
  const row = facesWhere(COMPILED, isOnHost);
  const faces = Array.from({ length: classes.faceCount }, (_, face) => face);
  expect(faces.map((face) => rowHas(pool, row, face))).toEqual(faces.map(isOnHost));
  expect(new Set(faces.map(isOnHost)).size).toBe(2);
  expect(facesWhere(COMPILED, () => false)).toBe(EMPTY);
});

it('addresses outside are in no row of faces', () => {
  const { classes, pool } = COMPILED;
  const row = facesWhere(COMPILED, () => true);
  expect(rowHas(pool, row, classes.faceCount - 1)).toBe(true);
  expect(rowHas(pool, row, classes.faceCount)).toBe(false);
});
