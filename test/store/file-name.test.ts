import { directoryPath, objectPath, readFileName, segmentOf } from '../../src/store/file-name';

test('a name keeps lower case, digits, dot, dash and underscore, and writes everything else in hex', () => {
  expect(objectPath('t/acme/scan-1_a.b')).toBe('t/acme/scan-1_a.b=');
  expect(objectPath('A b/%/é')).toBe('%41%20b/%25/%c3%a9=');
  expect(directoryPath('T/x')).toBe('%54/x');
  expect(directoryPath('')).toBe('');
});

test('a name that is too long for a file system goes on inside', () => {
  expect(objectPath('a'.repeat(200))).toBe(`${'a'.repeat(200)}=`);
  expect(objectPath('a'.repeat(201))).toBe(`${'a'.repeat(200)}+/a=`);
  for (const key of ['A'.repeat(1000), `${'é'.repeat(400)}/x`]) {
    for (const name of objectPath(key).split('/')) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
  }
});

test('different keys have different paths, on a file system that folds case as well', () => {
  const keys = [
    'a',
    'A',
    '%41',
    'é',
    'e\u0301',
    'É',
    'a=',
    'a+',
    'a/b',
    'a=/b',
    'a+/b',
    'a'.repeat(201),
    `${'a'.repeat(200)}/a`,
    `${'a'.repeat(200)}+/a`,
  ];
  const paths = keys.map((key) => objectPath(key).toLowerCase().normalize());
  expect(new Set(paths).size).toBe(keys.length);
});

test('a name is read as what it was made of', () => {
  expect(readFileName('scan=')).toEqual({ kind: 'object', name: 'scan' });
  expect(readFileName('scans')).toEqual({ kind: 'directory', name: 'scans' });
  expect(readFileName('long+')).toEqual({ kind: 'continued', name: 'long' });
  for (const segment of ['a', 'Case', 'ключ', '🔑', 'a b', '%', 'a=+']) {
    expect(segmentOf(objectPath(segment).slice(0, -1))).toBe(segment);
  }
});

test('a name that no key has is none of ours', () => {
  for (const name of ['A', '%4', '%ZZ', '%61', '%C3%A9', '%ff', ' ', 'a/b', 'a=']) expect(segmentOf(name)).toBeUndefined();
});
