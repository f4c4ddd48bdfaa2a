import { editDistance, nearMatches } from '../../src/util/near-matches';

describe('nearMatches', () => {
  it.each([
    ['one letter missing', 'shop/wb', ['shop/web', 'shop/cart'], ['shop/web']],
    ['another case', 'Shop/Web', ['shop/web'], ['shop/web']],
    ['the nearest first', 'cart', ['card', 'carts-db', 'cart1'], ['card', 'cart1', 'carts-db']],
    ['a part of a longer name', 'cache', ['cart-cache'], ['cart-cache']],
    ['nothing alike', 'shop/web', ['payments/ledger'], []],
    ['two letters are no part of anything', 'db', ['catalog-database'], []],
  ])('finds %s', (_case, text, candidates, expected) => {
    expect(nearMatches(text, candidates)).toEqual(expected);
  });

  it('tells each once and at most as many as asked for', () => {
    expect(nearMatches('web', ['web1', 'web2', 'web2', 'web3', 'web4'], 3)).toEqual(['web1', 'web2', 'web3']);
  });
});

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['kitten', 'sitting', 3],
    ['ledger-db', 'ledgerdb', 1],
    ['a', 'b', 1],
  ])('between `%s` and `%s` is %d', (a, b, distance) => {
    expect(editDistance(a, b, 10)).toBe(distance);
    expect(editDistance(b, a, 10)).toBe(distance);
  });

  it('stops counting above the bound', () => {
    expect(editDistance('abcdef', 'uvwxyz', 2)).toBe(3);
    expect(editDistance('a', 'abcdef', 2)).toBe(3);
  });
});
