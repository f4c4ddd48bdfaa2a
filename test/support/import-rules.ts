import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync } from '@swc/core';

/** Source text by path relative to the project's root, with forward slashes. */
export type SourceTree = ReadonlyMap<string, string>;

interface RoomRule {
  /** Rooms, or files of rooms, that may be imported beside the room's own files. */
  readonly rooms: readonly string[];
  /** Packages and `node:` modules that may be imported; a trailing `*` is a prefix. */
  readonly packages: readonly string[];
  readonly reason: string;
}

const ANY_NODE = 'node:*';

/** Who may import whom. The room of a file is the longest key that its path starts with. */
export const ROOMS: Readonly<Record<string, RoomRule>> = {
  'src/util/': { rooms: [], packages: [], reason: 'util knows no domain and no package, so that everything may rest on it' },
  'src/model/': {
    rooms: ['src/util/'],
    packages: [],
    reason: 'the model is nouns; it knows neither how they are read nor how they are judged',
  },
  'src/ingest/': {
    rooms: ['src/model/', 'src/util/'],
    packages: ['js-yaml', 'tar-stream', 'yauzl', 'node:zlib', 'node:stream', 'node:stream/*', 'node:crypto', 'node:buffer', 'node:util'],
    reason: 'ingest turns bytes into a snapshot; where the bytes come from and what becomes of it is not its business',
  },
  'src/engine/': {
    rooms: ['src/model/', 'src/util/'],
    packages: [],
    reason: 'the engine is pure: equal snapshot, equal answer, on any machine',
  },
  'src/findings/': {
    rooms: ['src/engine/index.ts', 'src/model/', 'src/util/'],
    packages: ['node:crypto'],
    reason: 'checks judge what the engine answers at its door, never its tables',
  },
  'src/store/': {
    rooms: ['src/findings/finding.ts', 'src/model/', 'src/util/'],
    packages: ['node:crypto', 'node:zlib', 'node:util', 'node:buffer'],
    reason: 'the store keeps bytes and records; it cannot compute them',
  },
  'src/store/file-object-store.ts': {
    rooms: ['src/store/', 'src/util/'],
    packages: [ANY_NODE],
    reason: 'only this file of the store touches the file system',
  },
  'src/store/s3-object-store.ts': {
    rooms: ['src/store/', 'src/util/'],
    packages: ['@aws-sdk/*', '@smithy/*', ANY_NODE],
    reason: 'only this file knows the S3 client',
  },
  'src/api/': {
    rooms: ['src/ingest/index.ts', 'src/engine/index.ts', 'src/findings/', 'src/store/', 'src/model/', 'src/util/', 'schema/'],
    packages: ['zod', 'hono', 'hono/*', 'node:crypto', 'node:util', 'node:buffer', 'node:stream', 'node:stream/*'],
    reason: 'the api is use cases; clouds and transports are outside it',
  },
  'src/api/graphql/': {
    rooms: ['src/api/', 'src/engine/index.ts', 'src/findings/', 'src/store/', 'src/model/', 'src/util/', 'schema/'],
    packages: ['graphql', 'graphql/*', '@apollo/*', '@escape.tech/*', 'hono', 'hono/*', 'zod', 'node:crypto', 'node:buffer'],
    reason: 'GraphQL stays in its own folder, so that REST starts without it',
  },
  'src/config.ts': { rooms: ['src/model/', 'src/util/'], packages: ['zod'], reason: 'the only reader of the environment' },
  'src/telemetry.ts': {
    rooms: ['src/util/', 'src/api/errors.ts'],
    packages: ['@aws-lambda-powertools/logger'],
    reason: 'logs; knows nothing of manifests',
  },
  'src/cli': {
    rooms: [
      'src/cli/',
      'src/local/',
      'src/api/',
      'src/engine/index.ts',
      'src/ingest/index.ts',
      'src/findings/',
      'src/store/',
      'src/model/',
      'src/util/',
      'src/config.ts',
      'package.json',
    ],
    packages: ['commander', 'picocolors', ANY_NODE],
    reason: 'the command line is a face over the same operations',
  },
  'src/local/': {
    rooms: ['src/api/', 'src/ingest/index.ts', 'src/findings/', 'src/store/', 'src/model/', 'src/util/', 'src/config.ts'],
    packages: ['hono', 'hono/*', '@hono/node-server', '@hono/node-server/*', ANY_NODE],
    reason: 'the local service is a face over the same operations, without a cloud',
  },
  'functions/': {
    rooms: ['functions/', 'src/api/', 'src/store/', 'src/config.ts', 'src/telemetry.ts'],
    packages: ['aws-lambda', 'hono/aws-lambda', 'hono', '@aws-sdk/client-sqs', '@aws-lambda-powertools/*', 'node:crypto'],
    reason: 'functions are the thin outer skin: events in, operations called, responses out',
  },
};

/** Rooms whose other files are private: from outside only these may be imported. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  'src/ingest/': ['src/ingest/index.ts'],
  'src/engine/': ['src/engine/index.ts'],
  'src/findings/': [
    'src/findings/catalog.ts',
    'src/findings/finding.ts',
    'src/findings/sarif.ts',
    'src/findings/junit.ts',
    'src/findings/severity.ts',
  ],
};

export interface Violation {
  readonly file: string;
  readonly imported: string;
  readonly reason: string;
}

export function readSourceTree(root: string, folders: readonly string[]): SourceTree {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
      .map((path) => join(folder, path).replaceAll('\\', '/')),
  );
  return new Map(files.sort().map((file) => [file, readFileSync(join(root, file), 'utf8')]));
}

interface ImportLike {
  readonly type: string;
  readonly source?: { readonly value: string } | null;
  readonly typeOnly?: boolean;
}

/** Every module that a file names: static imports, re-exports, and `import('…')`. */
export function importsOf(text: string): readonly { readonly specifier: string; readonly typeOnly: boolean }[] {
  const module = parseSync(text, { syntax: 'typescript', target: 'es2022' });
  const named = (module.body as unknown as readonly ImportLike[])
    .filter((item) => item.source)
    .map((item) => ({ specifier: item.source!.value, typeOnly: item.typeOnly === true }));
  const dynamic = [...text.matchAll(/\b(?:import|require)\(\s*'([^']+)'\s*\)/g)].map((match) => ({
    specifier: match[1]!,
    typeOnly: false,
  }));
  return [...named, ...dynamic];
}

/** The path that a relative specifier means, among the files of the tree; text modules keep their extension. */
export function resolveImport(file: string, specifier: string, tree: SourceTree): string {
  const path = normalize(join(dirname(file), specifier)).replaceAll('\\', '/');
  return [`${path}.ts`, `${path}/index.ts`].find((candidate) => tree.has(candidate)) ?? path;
}

function roomOf(file: string): string | undefined {
  return Object.keys(ROOMS)
    .filter((room) => file.startsWith(room))
    .sort((a, b) => b.length - a.length)[0];
}

function matches(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** All imports that the table forbids, with the reason to tell the author. */
export function violationsOf(tree: SourceTree): readonly Violation[] {
  const violations: Violation[] = [];
  for (const [file, text] of tree) {
    const room = roomOf(file);
    if (!room) {
      violations.push({ file, imported: '', reason: 'the file belongs to no room of the table' });
      continue;
    }
    const rule = ROOMS[room]!;
    for (const { specifier } of importsOf(text)) {
      const relativeImport = specifier.startsWith('.');
      const target = relativeImport ? resolveImport(file, specifier, tree) : specifier;
      const home = Object.keys(DOORS).find((door) => target.startsWith(door) && !file.startsWith(door));
      if (home && !DOORS[home]!.includes(target)) {
        violations.push({ file, imported: target, reason: `${home} is entered by its doors only: ${DOORS[home]!.join(', ')}` });
        continue;
      }
      const allowed = relativeImport
        ? target.startsWith(room) || rule.rooms.some((other) => target.startsWith(other))
        : rule.packages.some((pattern) => matches(specifier, pattern));
      if (!allowed) violations.push({ file, imported: target, reason: rule.reason });
    }
  }
  return violations;
}

/** Import cycles among the files, each as the list of its files; imports of types alone do not count, they are gone at run time. */
export function cyclesOf(tree: SourceTree): readonly (readonly string[])[] {
  const targets = new Map(
    [...tree].map(([file, text]) => [
      file,
      importsOf(text)
        .filter(({ specifier, typeOnly }) => specifier.startsWith('.') && !typeOnly)
        .map(({ specifier }) => resolveImport(file, specifier, tree))
        .filter((target) => tree.has(target)),
    ]),
  );
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: string[]) => {
    const at = path.indexOf(file);
    if (at >= 0) cycles.push(path.slice(at));
    if (at >= 0 || done.has(file)) return;
    for (const target of targets.get(file)!) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of tree.keys()) visit(file, []);
  return cycles;
}

/** Does a file hold nothing that runs (types, constants, re-exports), so that there is nothing to test in it? */
export function isDeclarative(text: string): boolean {
  const module = JSON.stringify(parseSync(text, { syntax: 'typescript', target: 'es2022' }).body);
  return !/"type":"(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ClassDeclaration|ClassExpression)"/.test(module);
}

export function projectRoot(): string {
  return join(__dirname, '..', '..');
}
