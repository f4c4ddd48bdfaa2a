import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { invariant } from '../util/invariant';
import { compareText } from '../util/order';
import { tarOf } from './tar';

/** Where the example lies, as people name it from the project's folder: also how findings name its files. */
export const EXAMPLE_PATH = 'examples/shop';
/** Cluster under which the local service scans it. */
export const EXAMPLE_CLUSTER = 'shop-example';

/** The example as one bundle. It lies beside the bundled program, and two folders above this file. */
export function exampleBundle(): Uint8Array {
  const folder = [join(__dirname, '..', EXAMPLE_PATH), join(__dirname, '..', '..', EXAMPLE_PATH)].find((candidate) =>
    existsSync(candidate),
  );
  invariant(folder !== undefined, `\`${EXAMPLE_PATH}\` is not installed`);
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return tarOf(names.sort(compareText).map((name) => ({ path: `${EXAMPLE_PATH}/${name}`, bytes: readFileSync(join(folder, name)) })));
}
