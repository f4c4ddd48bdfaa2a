import pc from 'picocolors';
import { PLAIN } from '../../src/cli/terminal';
import { aligned, counted, endOf, paintNames, paragraph, printable, wrap } from '../../src/cli/text';

describe('wrap', () => {
  it('breaks at spaces and keeps a long word whole', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('extraordinary it is', 5)).toEqual(['extraordinary', 'it is']);
  });

  it('leaves a line alone where there is no width', () => {
    expect(wrap('a b c', undefined)).toEqual(['a b c']);
  });
});

describe('paragraph', () => {
  it('indents every line and puts the lead before the first', () => {
    expect(paragraph('alpha beta gamma delta epsilon zeta', { indent: 4, lead: 'so', width: 34 })).toBe(
      'so  alpha beta gamma delta epsilon\n    zeta',
    );
  });
});

test.each([
  ['a/b.yaml:7', undefined, 'a/b.yaml:7'],
  ['a/b.yaml:7', 3, 'a/b.yaml:7'],
  [`${'a/'.repeat(20)}b.yaml:7`, 30, '…/a/a/a/a/a/a/a/a/a/a/b.yaml:7'],
])('of %s in %s columns is shown %s', (place, room, shown) => {
  expect(endOf(place, room)).toBe(shown);
});

describe('aligned', () => {
  it('pads every column but the last', () => {
    expect(
      aligned([
        ['a', 'bb', 'c'],
        ['aaa', 'b', 'cc'],
      ]),
    ).toEqual(['a    bb  c', 'aaa  b   cc']);
  });

  it('makes nothing of nothing', () => {
    expect(aligned([])).toEqual([]);
  });
});

describe('printable', () => {
  it('shows escapes and marks of direction instead of obeying them', () => {
    expect(printable('a\u001b[2Jb\u202ec\rd')).toBe('a\\x1b[2Jb\\x202ec\\x0dd');
  });

  it('leaves text, line ends and other scripts alone', () => {
    expect(printable('Grüße → 世界\n\tend')).toBe('Grüße → 世界\n\tend');
  });
});

it('paintNames shows names bold where there are colours', () => {
  expect(paintNames('`a` is `b`', PLAIN)).toBe('`a` is `b`');
  expect(paintNames('`a` is', pc.createColors(true))).toBe('\u001b[1ma\u001b[22m is');
});

it('counted knows one from many', () => {
  expect([counted(0, 'file'), counted(1, 'file'), counted(1200, 'policy', 'policies')]).toEqual(['0 files', '1 file', '1,200 policies']);
});
