import { PLAIN, type Terminal } from '../../src/cli/terminal';

export interface FakeTerminal extends Terminal {
  /** Everything on standard output so far. */
  out(): string;
  /** Everything on standard error so far. */
  notes(): string;
}

/** A terminal for tests: a pipe without colours, unless told otherwise. */
export function fakeTerminal(options: Partial<Terminal> & { readonly stdin?: string } = {}): FakeTerminal {
  const { stdin = '', ...rest } = options;
  const written: string[] = [];
  const noted: string[] = [];
  return {
    async write(text) {
      written.push(text);
    },
    note(text) {
      noted.push(text);
    },
    input: (async function* () {
      yield new TextEncoder().encode(stdin);
    })(),
    columns: undefined,
    paint: PLAIN,
    paintNotes: PLAIN,
    notesAreWatched: false,
    folder: process.cwd(),
    now: () => 0,
    ...rest,
    out: () => written.join(''),
    notes: () => noted.join(''),
  };
}
