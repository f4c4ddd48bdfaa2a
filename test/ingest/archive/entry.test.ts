import { brokenArchive, isUnsafeName, printable } from '../../../src/ingest/archive/entry';
import { Refusal, SourceFailure } from '../../../src/ingest/limits';

describe('a name in an archive', () => {
  it.each(['a.yaml', 'ns/a.yaml', './a.yaml', 'a..b.yaml', '..a/b', 'größe/☸.yaml', 'a b', 'resources/pods:v1/a.json'])(
    '%s stays inside it',
    (name) => {
      expect(isUnsafeName(name)).toBe(false);
    },
  );

  it.each(['../a', 'a/../../b', 'a/..', '/etc/passwd', 'C:/a', 'c:a', 'a\\b', '..\\a', '', 'a\0b', 'a\nb', 'a\u001b[31mb', 'a\u202Eb'])(
    '%j leads out of it, or misleads',
    (name) => {
      expect(isUnsafeName(name)).toBe(true);
    },
  );

  it('is shown without what confuses terminals, and not at any length', () => {
    expect(printable('a\u001b[31m\nb\u202E☸')).toBe('a\uFFFD[31m\uFFFDb\uFFFD☸');
    expect(printable('x'.repeat(10_000))).toHaveLength(513);
  });
});

it('errors of libraries are told in our words, our own are passed on', () => {
  const told = brokenArchive(new Error('hunter2'), 'zip archive');
  expect(told).toMatchObject({
    code: 'archive-broken',
    ends: 'file',
    message: 'the zip archive is truncated or damaged; what follows was not read',
  });
  for (const own of [new Refusal('too-many-files', 'x', 'bundle'), new SourceFailure(new Error('gone'))])
    expect(brokenArchive(own, 'zip archive')).toBe(own);
});
