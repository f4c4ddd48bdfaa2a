import { processTerminal } from '../../src/cli/terminal';

describe('processTerminal', () => {
  const listeners = { out: process.stdout.listeners('error'), err: process.stderr.listeners('error') };
  afterEach(() => {
    process.stdout.removeAllListeners('error');
    process.stderr.removeAllListeners('error');
    for (const listener of listeners.out) process.stdout.on('error', listener as () => void);
    for (const listener of listeners.err) process.stderr.on('error', listener as () => void);
    jest.restoreAllMocks();
  });

  it('writes, and waits for room where there is none', async () => {
    const terminal = processTerminal();
    const written: string[] = [];
    const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 1);
    const first = terminal.write('a');
    let isDone = false;
    void first.then(() => {
      isDone = true;
    });
    await Promise.resolve();
    expect(isDone).toBe(false);
    process.stdout.emit('drain');
    await first;
    await terminal.write('b');
    expect(written).toEqual(['a', 'b']);
    write.mockRestore();
  });

  it.each([
    [{ FORCE_COLOR: '1' }, true],
    [{ FORCE_COLOR: '0' }, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    [{}, false],
  ])('colours a pipe only when told to: %j', (environment, expected) => {
    const { env } = process;
    process.env = environment;
    expect(processTerminal().paint.isColorSupported).toBe(expected);
    process.env = env;
  });

  it('stops writing once the reader has gone, without an error', async () => {
    const terminal = processTerminal();
    const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    process.stdout.emit('error', Object.assign(new Error('gone'), { code: 'EPIPE' }));
    await terminal.write('a');
    expect(write).not.toHaveBeenCalled();
    expect(() => process.stdout.emit('error', Object.assign(new Error('broken'), { code: 'EIO' }))).toThrow('broken');
  });
});
