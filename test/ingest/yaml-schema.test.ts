import { load } from 'js-yaml';
import { applyMerges, KUBERNETES_SCHEMA, plainScalar, WrongMerge } from '../../src/ingest/yaml-schema';

const read = (text: string) => applyMerges(load(text, { schema: KUBERNETES_SCHEMA }));

describe('a plain scalar', () => {
  it.each(['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'true', 'True', 'TRUE'])('%s is true to Kubernetes', (text) => {
    expect(plainScalar(text)).toBe(true);
  });
  it.each(['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'false', 'False', 'FALSE'])('%s is false to Kubernetes', (text) => {
    expect(plainScalar(text)).toBe(false);
  });
  it.each(['~', 'null', 'Null', 'NULL', ''])('`%s` is null', (text) => {
    expect(plainScalar(text)).toBeNull();
  });

  it.each([
    ['0', 0],
    ['-0', 0],
    ['8080', 8080],
    ['+12', 12],
    ['-12', -12],
    ['1_000', 1000],
    ['010', 8],
    ['0o17', 15],
    ['0x1F', 31],
    ['-0x10', -16],
    ['0b101', 5],
    ['-0b101010', -42],
    ['0x_0A_74_AE', 685230],
    ['08', 8],
    ['1.10', 1.1],
    ['1.', 1],
    ['.5', 0.5],
    ['-.1', -0.1],
    ['6.8523e+5', 685230],
    ['685.230_15e+03', 685230.15],
    ['123456e1', 1234560],
    ['18446744073709551616', 2 ** 64],
    ['.inf', Number.POSITIVE_INFINITY],
    ['-.Inf', Number.NEGATIVE_INFINITY],
    ['.NaN', Number.NaN],
  ])('%s is the number %d', (text, value) => {
    expect(plainScalar(text)).toBe(value);
  });

  it.each([
    '2026-01-01',
    '2001-12-14t21:59:43.10-05:00',
    '1:30',
    '190:20:30.15',
    '10.0.0.0/8',
    '1.2.3',
    '1.2.3.4',
    '0x',
    '0b2',
    '1e999',
    '-',
    '+',
    '.',
    '...x',
    '_1',
    '1a',
    '8080/TCP',
    'yEs',
    'None',
    'nil',
    'truely',
    '.infinity',
    '=',
    '<<<',
  ])('%s is text', (text) => {
    expect(plainScalar(text)).toBeUndefined();
  });
});

describe('YAML as Kubernetes reads it', () => {
  it('reads quoted and tagged scalars as they say', () => {
    expect(read(`[ "yes", 'on', "8080", !!str 1, !!int "1", !!float 1, !!bool "no", !!null '', ! 12 ]`)).toEqual([
      'yes',
      'on',
      '8080',
      '1',
      1,
      1,
      false,
      null,
      '12',
    ]);
  });

  it('reads keys as scalars, and then as text', () => {
    expect(read('on: 1\nn: 2\n010: 3\n1.10: 4\n"y": 5')).toEqual({ true: 1, false: 2, 8: 3, 1.1: 4, y: 5 });
  });

  it('ignores tags that it does not know', () => {
    expect(read('a: !Ref foo\nb: !custom {c: 1}\nd: !!set [1]\ne: !!timestamp 2026-01-01\nf: !!binary aGk=')).toEqual({
      a: 'foo',
      b: { c: 1 },
      d: [1],
      e: '2026-01-01',
      f: 'aGk=',
    });
  });

  it('keeps `__proto__` a key like any other', () => {
    const value = read('__proto__: {polluted: true}\nconstructor: 1') as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('a merge key', () => {
  it('adds what is not written after it', () => {
    expect(read('base: &b {a: 1, b: 2}\nx:\n  <<: *b\n  b: 3')).toEqual({ base: { a: 1, b: 2 }, x: { a: 1, b: 3 } });
  });

  it('wins over what is written before it, as it does in Kubernetes and nowhere else', () => {
    expect(read('base: &b {a: 1, b: 2}\nx:\n  b: 3\n  <<: *b')).toMatchObject({ x: { a: 1, b: 2 } });
  });

  it('lets the first of several mappings win', () => {
    expect(read('x:\n  <<: [{a: 1, b: 1}, {a: 2, c: 2}]\n  d: 4')).toEqual({ x: { a: 1, b: 1, c: 2, d: 4 } });
  });

  it('may be written several times', () => {
    expect(read('x:\n  <<: {a: 1}\n  b: 2\n  <<: {c: 3}')).toEqual({ x: { a: 1, b: 2, c: 3 } });
  });

  it('works through mappings that merge themselves, and through aliases of them', () => {
    expect(read('a: &a {k: 1}\nb: &b\n  <<: *a\n  l: 2\nc:\n  <<: *b\nd: *b')).toEqual({
      a: { k: 1 },
      b: { k: 1, l: 2 },
      c: { k: 1, l: 2 },
      d: { k: 1, l: 2 },
    });
  });

  it('is text where it is quoted or no key', () => {
    expect(read('a: <<\nb: ["<<", <<]\n"<<": {c: 1}')).toEqual({ a: '<<', b: ['<<', '<<'], '<<': { c: 1 } });
  });

  it('cannot reach the prototype of an object', () => {
    const { x } = read('x:\n  <<: {__proto__: {polluted: true}}') as { x: object };
    expect(Object.getPrototypeOf(x)).toBe(Object.prototype);
    expect(Object.hasOwn(x, '__proto__')).toBe(true);
  });

  it.each(['x:\n  <<: 1', 'x:\n  <<: [[1]]', 'x:\n  <<:'])('needs mappings: %j', (text) => {
    expect(() => read(text)).toThrow(WrongMerge);
  });
});
