import type { Log } from '../api/errors';
import type { ScanMessage, ScanQueue } from '../api/operations';

/** Runs one delivery; rejects when it has to be delivered again. */
export type RunScan = (message: ScanMessage, attempt: number) => Promise<unknown>;

/** Deliveries of one message before it is given up; the worker itself gives up a scan earlier, so that this only bounds a broken disk. */
const MOST_DELIVERIES = 5;

/** The queue of one process: one scan after the other, at least once each; a scan that breaks stops no other. */
export class LocalScanQueue implements ScanQueue {
  readonly #run: RunScan;
  readonly #log: Log;
  #line: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(run: RunScan, log: Log) {
    this.#run = run;
    this.#log = log;
  }

  async send(message: ScanMessage): Promise<void> {
    this.#line = this.#line.then(() => this.#deliver(message));
  }

  /** Resolves when everything that was sent so far has been delivered. */
  async idle(): Promise<void> {
    await this.#line;
  }

  /** Begins no other scan, and waits for the one that runs. What is left stays queued in the store. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#line;
  }

  async #deliver(message: ScanMessage): Promise<void> {
    for (let attempt = 1; attempt <= MOST_DELIVERIES && !this.#isClosed; attempt++) {
      try {
        await this.#run(message, attempt);
        return;
      } catch (error) {
        this.#log.error('scan broke off', {
          ...message,
          attempt,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
      }
    }
  }
}
