import { progressOn } from '../../src/cli/progress';
import { fakeTerminal } from '../support/fake-terminal';

function progress(notesAreWatched: boolean) {
  let time = 0;
  const terminal = fakeTerminal({ notesAreWatched, now: () => time });
  const { onProgress, done } = progressOn(terminal);
  const at = (milliseconds: number) => {
    time = milliseconds;
    onProgress({ files: 2, documents: 1500, bytes: 3_400_000 });
  };
  return { at, done, terminal };
}

describe('progressOn', () => {
  it('says nothing in the first second, then how far it is', () => {
    const { at, terminal } = progress(true);
    at(900);
    expect(terminal.notes()).toBe('');
    at(1_000);
    expect(terminal.notes()).toContain('reading: 2 files, 1,500 documents, 3 MB');
  });

  it('does not hurry', () => {
    const { at, terminal } = progress(true);
    for (let time = 1_000; time < 1_200; time += 10) at(time);
    expect(terminal.notes().match(/reading/g)).toHaveLength(1);
    at(1_200);
    expect(terminal.notes().match(/reading/g)).toHaveLength(2);
  });

  it('wipes what it showed, and only that', () => {
    const quick = progress(true);
    quick.done();
    expect(quick.terminal.notes()).toBe('');
    const slow = progress(true);
    slow.at(2_000);
    slow.done();
    expect(slow.terminal.notes().endsWith('\r\u001b[K')).toBe(true);
  });

  it('says nothing where nobody looks', () => {
    const { at, done, terminal } = progress(false);
    at(5_000);
    done();
    expect(terminal.notes()).toBe('');
  });
});
