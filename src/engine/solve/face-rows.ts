import type { CompiledCluster } from '../compile/compile';

/** The row of all faces of which something is so. Costs a look at each face: for rows that are worked out once, and not for each class. */
export function facesWhere({ classes, pool }: Pick<CompiledCluster, 'classes' | 'pool'>, isSo: (face: number) => boolean): number {
  for (let face = 0; face < classes.faceCount; face++) if (isSo(face)) pool.draw(face);
  return pool.finish();
}
