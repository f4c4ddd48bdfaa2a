import {
  artefactKey,
  clusterNameKey,
  clusterNameOf,
  clusterNamesPrefix,
  isClusterName,
  isId,
  isPosition,
  isTenant,
  positionOf,
  positionsPrefix,
  resultsKey,
  resultsPrefix,
  scanIdOf,
  scanKey,
  uploadKey,
} from '../../src/store/keys';
import { isObjectKey } from '../../src/store/object-key';

const scan = { tenant: 'acme', id: 'scan-1', createdAt: '2031-05-06T07:08:09.012Z' };
const digest = 'ab'.repeat(32);

test('every object has its place', () => {
  expect(uploadKey('acme', 'u1')).toBe('uploads/acme/u1');
  expect(scanKey('acme', 'scan-1')).toBe('t/acme/scans/scan-1/scan');
  expect(resultsKey(scan)).toBe('t/acme/scans/scan-1/1935817689012/results');
  expect(artefactKey(scan, digest, 'model')).toBe(`t/acme/scans/scan-1/1935817689012/${digest}/model`);
  expect(positionsPrefix('acme')).toBe('t/acme/newest/');
  expect(positionsPrefix('acme', 'prod-eu')).toBe('t/acme/clusters/prod-eu/');
  expect(clusterNameKey('acme', 'prod-eu')).toBe('t/acme/cluster-names/prod-eu');
  expect(resultsKey(scan).startsWith(resultsPrefix(scan))).toBe(true);
});

test('tenants and ids are of a fixed alphabet', () => {
  for (const text of ['a', 'Acme-1', 'acme.com', 'a_b', '0', 'x'.repeat(64)]) expect(isTenant(text)).toBe(true);
  for (const text of ['', '.', '..', '.a', '-a', 'a/b', 'a b', 'a\n', 'é', 'a%', 'x'.repeat(65)]) expect(isTenant(text)).toBe(false);
  for (const text of ['a', '-', '_x', '01H-ab_C', 'x'.repeat(64)]) expect(isId(text)).toBe(true);
  for (const text of ['', '.', 'a.b', 'a/b', '../x', 'a\n', 'é', 'x'.repeat(65)]) expect(isId(text)).toBe(false);
});

test('a cluster is named with any text of one to 200 bytes', () => {
  for (const text of [
    'a',
    'gke_project_zone_name',
    'arn:aws:eks:eu-west-1:111122223333:cluster/prod',
    '..',
    ' ',
    'ключ',
    'x'.repeat(200),
  ]) {
    expect(isClusterName(text)).toBe(true);
  }
  for (const text of ['', 'a\0', 'a\nb', '\ud800', '\uffff', 'x'.repeat(201), 'é'.repeat(101)]) expect(isClusterName(text)).toBe(false);
});

test('a cluster stays one segment of its tenant, and its name comes back', () => {
  const names = [
    'prod-eu',
    'Prod.EU',
    '.',
    '..',
    '../../other',
    '.a',
    '/',
    'a/b',
    '!2f',
    '!',
    'a b',
    'ключ',
    '🔑',
    '%2f',
    `${'/'.repeat(200)}`,
  ];
  for (const name of names) {
    const key = clusterNameKey('acme', name);
    expect(isObjectKey(key)).toBe(true);
    expect(key.split('/')).toHaveLength(4);
    expect(key.startsWith(clusterNamesPrefix('acme'))).toBe(true);
    expect(clusterNameOf(key)).toBe(name);
    const position = `${positionsPrefix('acme', name)}${positionOf({ ...scan, id: 'x'.repeat(64) })}`;
    expect(isObjectKey(position)).toBe(true);
    expect(position.split('/')).toHaveLength(5);
  }
  expect(new Set(names.map((name) => clusterNameKey('acme', name))).size).toBe(names.length);
});

test('no prefix of one cluster or tenant begins that of another', () => {
  const prefixes = [
    positionsPrefix('a'),
    positionsPrefix('ab'),
    positionsPrefix('a', 'c'),
    positionsPrefix('a', 'cd'),
    clusterNamesPrefix('a'),
  ];
  for (const one of prefixes) expect(prefixes.filter((other) => other.startsWith(one))).toEqual([one]);
});

test('positions put the newest first, whatever the ids', () => {
  const times = [
    '1970-01-01T00:00:00.000Z',
    '2031-05-06T07:08:09.012Z',
    '2031-05-06T07:08:09.013Z',
    '2031-05-06T09:08:10+02:00',
    '2285-01-01T00:00:00Z',
  ];
  const positions = times.map((createdAt, i) => positionOf({ createdAt, id: `${i}` }));
  expect([...positions].sort().reverse()).toEqual(positions);
  for (const position of positions) expect(isPosition(position)).toBe(true);
  expect(positionOf({ ...scan, id: 'a' }) < positionOf({ ...scan, id: 'b' })).toBe(true);
});

test('a position tells its scan', () => {
  for (const id of ['a', '0-1_b', '-', 'x'.repeat(64)]) expect(scanIdOf(`t/acme/newest/${positionOf({ ...scan, id })}`)).toBe(id);
});

test('a text that no list hands out is no position', () => {
  for (const text of [
    '',
    'a',
    '8064182310987',
    '8064182310987-',
    '806418231098-a',
    '8064182310987-a/b',
    '8064182310987-../x',
    ' 8064182310987-a',
    '8064182310987-a\n',
  ]) {
    expect(isPosition(text)).toBe(false);
  }
});

test('a part that is not valid is a bug of whoever made the key', () => {
  for (const make of [
    () => uploadKey('..', 'a'),
    () => uploadKey('a', '../b'),
    () => scanKey('a', ''),
    () => resultsKey({ ...scan, createdAt: 'now' }),
    () => resultsKey({ ...scan, createdAt: '1969-12-31T23:59:59.999Z' }),
    () => resultsKey({ ...scan, createdAt: '2300-01-01T00:00:00Z' }),
    () => artefactKey(scan, '../..', 'model'),
    () => positionsPrefix('a', ''),
    () => clusterNameKey('a/b', 'c'),
    () => positionOf({ ...scan, id: 'a/b' }),
  ]) {
    expect(make).toThrow('bug');
  }
});
