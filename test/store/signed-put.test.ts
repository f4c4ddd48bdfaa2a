import { keyOfSignedPut, signPut } from '../../src/store/signed-put';

const secret = Buffer.from('a secret');
const base = 'http://127.0.0.1:4000/objects';

test('a signed URL gives its key back, as a whole and as the path that a server sees', () => {
  for (const key of ['a', 'uploads/acme/1', 'a b/ключ/%2e?x#y&z', '🔑+']) {
    const { url } = signPut(secret, base, key, 60);
    expect(keyOfSignedPut(secret, base, url)).toBe(key);
    expect(keyOfSignedPut(secret, base, url.slice('http://127.0.0.1:4000'.length))).toBe(key);
    expect(keyOfSignedPut(secret, `${base}/`, url)).toBe(key);
  }
});

test('a base without a path will do', () => {
  const { url } = signPut(secret, 'http://localhost', 'a/b', 60);
  expect(url).toMatch(/^http:\/\/localhost\/a\/b\?/);
  expect(keyOfSignedPut(secret, 'http://localhost', url)).toBe('a/b');
});

test('any change of it is refused', () => {
  const { url } = signPut(secret, base, 'uploads/acme/1', 60);
  const query = url.slice(url.indexOf('?'));
  const wrong = [
    url.replace('acme', 'other'),
    url.replace('acme/1', 'acme/1/'),
    url.replace('acme/1', 'acme%2F..%2Fother'),
    url.replace('/objects/', '/'),
    url.replace(/expires=\d+/, 'expires=9999999999'),
    url.replace(/expires=\d+/, 'expires=1e12'),
    url.replace(/expires=\d+/, 'expires='),
    url.replace(/signature=.*/, 'signature='),
    url.replace(/signature=.*/, ''),
    url.replace(/signature=./, 'signature=g'),
    url.slice(0, -1),
    `${url}0`,
    url.replace('uploads', '%'),
    `${base}${query}`,
    `${base}/${query}`,
    query,
    '',
    '/',
    '\0',
  ];
  for (const forged of wrong) expect(keyOfSignedPut(secret, base, forged)).toBeUndefined();
  expect(keyOfSignedPut(Buffer.from('another secret'), base, url)).toBeUndefined();
});

test('it holds until its time is over', () => {
  jest.useFakeTimers({ now: Date.parse('2031-05-06T07:08:09.500Z') });
  try {
    const { url, expiresAt } = signPut(secret, base, 'a', 10);
    expect(expiresAt).toBe('2031-05-06T07:08:19.000Z');
    jest.setSystemTime(Date.parse(expiresAt) - 1);
    expect(keyOfSignedPut(secret, base, url)).toBe('a');
    jest.setSystemTime(Date.parse(expiresAt));
    expect(keyOfSignedPut(secret, base, url)).toBeUndefined();
  } finally {
    jest.useRealTimers();
  }
});
