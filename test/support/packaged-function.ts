import { Worker } from 'node:worker_threads';

/** What a thread runs: the packaged code in a plain Node.js, as Lambda runs it, and not in the sandbox of the test runner. */
const HOST = `
const { parentPort, workerData } = require('node:worker_threads');
const { handler } = require(workerData);
parentPort.on('message', async ({ id, event, context }) => {
  try {
    parentPort.postMessage({ id, answer: JSON.stringify(await handler(JSON.parse(event), context)) });
  } catch (error) {
    parentPort.postMessage({ id, failure: String(error) });
  }
});
`;

interface Reply {
  readonly id: number;
  readonly answer?: string;
  readonly failure?: string;
}

/** A function of the package in a thread of its own; events and answers pass through JSON, as in the cloud. */
export class PackagedFunction {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  /** What it has logged. */
  log = '';
  #calls = 0;

  /** @param path of the packaged module that exports `handler` */
  constructor(path: string) {
    this.#worker = new Worker(HOST, { eval: true, workerData: path, env: { ...process.env }, stdout: true, stderr: true });
    for (const stream of [this.#worker.stdout, this.#worker.stderr])
      stream.on('data', (chunk: Buffer) => {
        this.log += chunk.toString();
      });
    this.#worker.on('message', (reply: Reply) => this.#waiting.get(reply.id)!(reply));
    this.#worker.on('error', (error) => {
      for (const [id, settle] of this.#waiting) settle({ id, failure: String(error) });
    });
  }

  async call(event: unknown, context: unknown): Promise<unknown> {
    const id = ++this.#calls;
    const { answer, failure } = await new Promise<Reply>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#worker.postMessage({ id, event: JSON.stringify(event), context });
    });
    this.#waiting.delete(id);
    if (failure !== undefined) throw new Error(failure);
    return answer === undefined ? undefined : JSON.parse(answer);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
