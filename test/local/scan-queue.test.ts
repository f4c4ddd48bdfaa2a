import type { ScanMessage } from '../../src/api/operations';
import { LocalScanQueue } from '../../src/local/scan-queue';

const silent = { info() {}, error() {} };
const message = (scanId: string): ScanMessage => ({ tenant: 'local', scanId });

describe('LocalScanQueue', () => {
  it('runs one scan after the other, in order', async () => {
    const events: string[] = [];
    const queue = new LocalScanQueue(async ({ scanId }) => {
      events.push(`begin ${scanId}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
      events.push(`end ${scanId}`);
    }, silent);
    await queue.send(message('a'));
    await queue.send(message('b'));
    await queue.idle();
    expect(events).toEqual(['begin a', 'end a', 'begin b', 'end b']);
  });

  it('does not make the sender wait for the scan', async () => {
    let finish = () => {};
    const running = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const queue = new LocalScanQueue(() => running, silent);
    await queue.send(message('a'));
    finish();
    await queue.idle();
  });

  it('delivers again what broke off, tells the attempt, and gives up at last without stopping the others', async () => {
    const attempts: string[] = [];
    const errors: string[] = [];
    const queue = new LocalScanQueue(
      async ({ scanId }, attempt) => {
        attempts.push(`${scanId}${attempt}`);
        if (scanId === 'bad' || (scanId === 'shaky' && attempt === 1)) throw new Error('broken');
      },
      { info() {}, error: (text) => errors.push(text) },
    );
    for (const id of ['bad', 'shaky', 'good']) await queue.send(message(id));
    await queue.idle();
    expect(attempts).toEqual(['bad1', 'bad2', 'bad3', 'bad4', 'bad5', 'shaky1', 'shaky2', 'good1']);
    expect(errors).toHaveLength(6);
  });

  it('begins nothing more once it is closed', async () => {
    const begun: string[] = [];
    let finish = () => {};
    const running = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const queue = new LocalScanQueue(async ({ scanId }) => {
      begun.push(scanId);
      await running;
    }, silent);
    await queue.send(message('a'));
    await queue.send(message('b'));
    const closed = queue.close();
    finish();
    await closed;
    expect(begun.filter((id) => id === 'b')).toEqual([]);
  });
});
