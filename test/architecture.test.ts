import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cyclesOf, isDeclarative, projectRoot, readSourceTree, type SourceTree, violationsOf } from './support/import-rules';

const root = projectRoot();
const tree = readSourceTree(root, ['src', 'functions']);

/** Names that would make an answer of the engine depend on something other than its snapshot. */
const IMPURE = /\b(Date|process|setTimeout|setInterval|setImmediate|queueMicrotask|fetch|async|await|Promise)\b|Math\.random|globalThis/;

function withFile(file: string, text: string): SourceTree {
  return new Map([...tree, [file, text]]);
}

/** Comments may name what code may not. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, '');
}

function impureEngineFiles(files: SourceTree): readonly string[] {
  return [...files].filter(([file, text]) => file.startsWith('src/engine/') && IMPURE.test(withoutComments(text))).map(([file]) => file);
}

function evaluateIsAlone(files: SourceTree): boolean {
  const own = [...files].filter(([file]) => /^src\/engine\/evaluate[^/]*\.ts$/.test(file));
  return own.every(([, text]) => !/from '\.\/(?!evaluate)/.test(text));
}

describe('the import table', () => {
  it('is kept by every file', () => {
    expect(violationsOf(tree)).toEqual([]);
  });

  it.each([
    ['the engine importing a package', 'src/engine/planted.ts', "import { z } from 'zod';"],
    ['the engine importing ingest', 'src/engine/planted.ts', "import { ingest } from '../ingest/index';"],
    ['a check behind the engine door', 'src/findings/planted.ts', "import { x } from '../engine/solve/tiers';"],
    ['the store computing', 'src/store/planted.ts', "import { analyze } from '../engine/index';"],
    ['the api knowing a cloud', 'src/api/planted.ts', "import { S3Client } from '@aws-sdk/client-s3';"],
    ['ingest reading files', 'src/ingest/planted.ts', "import { readFileSync } from 'node:fs';"],
    ['a dynamic import', 'src/model/planted.ts', "export const later = () => import('../engine/index');"],
    ['anyone importing functions', 'src/api/planted.ts', "import { handler } from '../../functions/rest';"],
  ])('notices %s', (_case, file, text) => {
    expect(violationsOf(withFile(file, text)).map((violation) => violation.file)).toEqual([file]);
  });

  it('has no cycles, and would notice one', () => {
    expect(cyclesOf(tree)).toEqual([]);
    const cycle = new Map([
      ...withFile('src/util/planted-a.ts', "import { b } from './planted-b';"),
      ['src/util/planted-b.ts', "import { a } from './planted-a';"],
    ]);
    expect(cyclesOf(cycle)).toHaveLength(1);
  });
});

describe('the engine', () => {
  it('uses no clock, randomness, environment or asynchrony, and the guard would notice', () => {
    expect(impureEngineFiles(tree)).toEqual([]);
    expect(impureEngineFiles(withFile('src/engine/planted.ts', 'export const now = Date.now();'))).toEqual(['src/engine/planted.ts']);
  });

  it('defines verdicts apart from the solver, and the guard would notice', () => {
    expect(evaluateIsAlone(tree)).toBe(true);
    expect(evaluateIsAlone(withFile('src/engine/evaluate-planted.ts', "import { x } from './compile/classes';"))).toBe(false);
  });
});

describe('tests', () => {
  it('mirror the source: every file that does something has a test of the same path', () => {
    const missing = [...tree]
      .filter(([, text]) => !isDeclarative(text))
      .map(([file]) => file.replace(/^src\//, '').replace(/\.ts$/, '.test.ts'))
      .filter((path) => !existsSync(join(root, 'test', path)));
    expect(missing).toEqual([]);
  });
});

describe('the house', () => {
  it('keeps files short enough to read', () => {
    const long = [...tree].filter(([, text]) => text.split('\n').length > 400).map(([file]) => file);
    expect(long).toEqual([]);
  });
});
