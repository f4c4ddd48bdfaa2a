import pc from 'picocolors';

/** What a command sees of the world outside: two streams, a stream in, and how wide and how colourful the first one is. */
export interface Terminal {
  /** Writes to standard output and waits until there is room again. Nothing happens once the reader has gone. */
  write(text: string): Promise<void>;
  /** Writes to standard error. */
  note(text: string): void;
  readonly input: AsyncIterable<Uint8Array>;
  /** Width of standard output where a person looks at it; undefined in pipes and files. */
  readonly columns: number | undefined;
  readonly paint: Paint;
  /** Paints notes. */
  readonly paintNotes: Paint;
  /** Is somebody looking at standard error? */
  readonly notesAreWatched: boolean;
  readonly folder: string;
  /** Milliseconds since some moment. */
  now(): number;
}

/** Functions that colour a text. */
export type Paint = ReturnType<typeof pc.createColors>;

/** No colours, for pipes, files and tests. */
export const PLAIN: Paint = pc.createColors(false);

/** The terminal of this process. Colours follow `NO_COLOR` and `FORCE_COLOR`. */
export function processTerminal(): Terminal {
  const { stdout, stderr, stdin } = process;
  let readerIsGone = false;
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    readerIsGone = true;
  };
  stdout.on('error', onError);
  stderr.on('error', onError);
  return {
    async write(text) {
      if (readerIsGone || stdout.write(text)) return;
      await new Promise<void>((resolve) => {
        const done = () => {
          stdout.off('drain', done).off('error', done).off('close', done);
          resolve();
        };
        stdout.on('drain', done).on('error', done).on('close', done);
      });
    },
    note(text) {
      if (!readerIsGone) stderr.write(text);
    },
    input: stdin,
    columns: stdout.isTTY ? stdout.columns : undefined,
    paint: pc.createColors(hasColours(stdout)),
    paintNotes: pc.createColors(hasColours(stderr)),
    notesAreWatched: stderr.isTTY === true,
    folder: process.cwd(),
    now: () => performance.now(),
  };
}

/** As no-color.org and most programs have it: `NO_COLOR` wins, `FORCE_COLOR` comes next, then what the stream is. */
function hasColours({ isTTY }: NodeJS.WriteStream): boolean {
  const { NO_COLOR: without, FORCE_COLOR: forced = '', TERM: kind } = process.env;
  if (without) return false;
  return forced === '' ? isTTY === true && kind !== 'dumb' : forced !== '0';
}

/** A mistake in how the program is called, or a path that cannot be read: told on standard error, exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
