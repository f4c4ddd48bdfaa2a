import { readPeer } from '../../../src/api/graphql/peer-input';

test.each([
  [{ name: 'shop/web[Deployment]' }, 'shop/web[Deployment]'],
  [{ address: '10.0.0.7' }, '10.0.0.7'],
  [{ address: 'fd00::/8' }, 'fd00::/8'],
  [{ address: 'ip:10.0.0.0-10.0.0.9' }, 'ip:10.0.0.0-10.0.0.9'],
  [{ internet: true }, 'internet'],
])('%j is the peer `%s`', (input, text) => {
  expect(readPeer(input, 'from')).toBe(text);
});

test.each([
  [{ address: 'shop/web' }, 'from.address'],
  [{ address: '10.0.0.300' }, 'from.address'],
  [{ address: '' }, 'from.address'],
  [{ internet: false }, 'from.internet'],
  [{ name: 'x'.repeat(601) }, 'from'],
])('%j is refused and names %s', (input, path) => {
  expect(() => readPeer(input, 'from')).toThrow(
    expect.objectContaining({ code: 'INVALID_REQUEST', details: [expect.objectContaining({ path })] }),
  );
});
