import type { IngestOptions } from '../ingest/index';
import type { Terminal } from './terminal';
import { counted } from './text';

/** Milliseconds of silence, and between two lines. */
const PATIENCE = 1_000;
const PACE = 200;

/** Passed to whoever reads. */
export interface Progress {
  readonly onProgress: NonNullable<IngestOptions['onProgress']>;
  /** Wipes what was shown. */
  done(): void;
}

/** Shows how far reading is, on standard error where somebody looks at it, once it has taken more than a second. */
export function progressOn(terminal: Terminal): Progress {
  const start = terminal.now();
  let shownAt: number | undefined;
  return {
    onProgress({ files, documents, bytes }) {
      const now = terminal.now();
      if (!terminal.notesAreWatched || now - start < PATIENCE || (shownAt !== undefined && now - shownAt < PACE)) return;
      shownAt = now;
      terminal.note(`\r\u001b[Kreading: ${counted(files, 'file')}, ${counted(documents, 'document')}, ${Math.round(bytes / 1e6)} MB`);
    },
    done() {
      if (shownAt !== undefined) terminal.note('\r\u001b[K');
      shownAt = undefined;
    },
  };
}
