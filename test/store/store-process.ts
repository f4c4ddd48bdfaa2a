import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { buildSync } from 'esbuild';

/** What another process does with the store; it says `ready`, waits for any message, and says what came of it. */
const SCRIPT = `
const files = require('node:fs/promises');
const { FileObjectStore } = require('./store.cjs');
const [root, task, name] = process.argv.slice(2);
const store = new FileObjectStore({ root });
const isRefused = (write) => write.then(() => false, (error) => { if (error.name === 'PreconditionFailed') return true; throw error; });
const tasks = {
  // Six racers for each of thirty keys; which keys were won.
  async race() {
    const won = [];
    for (let key = 0; key < 30; key++) {
      const refusals = await Promise.all([0, 1, 2, 3, 4, 5].map((racer) => isRefused(store.put('race/' + key, Buffer.from(name), { ifNoneMatch: '*' }))));
      for (const refused of refusals) if (!refused) won.push(key);
    }
    return won;
  },
  async count() {
    for (let step = 0; step < 20; ) {
      const { bytes, tag } = await store.get('counter');
      if (!(await isRefused(store.put('counter', Buffer.from(String(Number(bytes) + 1)), { ifMatch: tag })))) step++;
    }
  },
  async writeForEver() {
    for (let n = 0; ; n++) await store.put('busy/' + (n % 3), Buffer.alloc(100000, name));
  },
  // Stops for ever while it holds the lock of the key, just before the write.
  async hang() {
    setInterval(() => undefined, 1000);
    const { rename } = files;
    files.rename = (from, to) => (to.includes('/objects/') ? new Promise(() => process.send('holding')) : rename(from, to));
    await store.put('held', Buffer.from('never written'));
  },
};
process.once('disconnect', () => process.exit());
process.once('message', () => tasks[task]().then((outcome) => process.send({ outcome })));
process.send('ready');
`;

const started: ChildProcess[] = [];

export type Task = 'race' | 'count' | 'writeForEver' | 'hang';

/** Makes the script that other processes run, below a directory of the test. */
export function buildStoreProcess(directory: string): string {
  mkdirSync(directory, { recursive: true });
  buildSync({
    entryPoints: [`${__dirname}/../../src/store/file-object-store.ts`],
    outfile: `${directory}/store.cjs`,
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
  writeFileSync(`${directory}/process.cjs`, SCRIPT);
  return `${directory}/process.cjs`;
}

/** Starts a process that does one task on the store at `root` as soon as it is told to. */
export async function startStoreProcess(script: string, root: string, task: Task, name = ''): Promise<ChildProcess> {
  const child = fork(script, [root, task, name], { execArgv: [] });
  started.push(child);
  await messageOf(child);
  return child;
}

export function messageOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message));
    child.once('exit', (code) => reject(new Error(`the process ended with ${code}`)));
  });
}

/** Tells all to go, and answers what came of each. */
export async function runAll(children: readonly ChildProcess[]): Promise<readonly unknown[]> {
  const outcomes = children.map(messageOf);
  for (const child of children) child.send('go');
  const done = await Promise.all(outcomes);
  return done.map((message) => (message as { readonly outcome: unknown }).outcome);
}

/** Ends what a failed test left running. */
export function stopStoreProcesses(): void {
  for (const child of started.splice(0)) child.kill('SIGKILL');
}

export async function killed(child: ChildProcess): Promise<void> {
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exit;
}
