import fc from 'fast-check';
import { load } from 'js-yaml';
import { renderYaml, type YamlValue } from '../../src/findings/yaml';

describe('a generated manifest', () => {
  it('is block-style YAML', () => {
    const text = renderYaml({ kind: 'NetworkPolicy', spec: { podSelector: {}, ports: [{ port: 53, protocol: 'UDP' }], none: [] } });
    expect(text).toBe('kind: NetworkPolicy\nspec:\n  podSelector: {}\n  ports:\n    - port: 53\n      protocol: UDP\n  none: []\n');
  });

  it.each([
    'yes',
    'No',
    'on',
    'null',
    '~',
    '1.10',
    '0x1f',
    '1e3',
    '',
    ' x',
    'a: b',
    'a #b',
    "it's",
    '"',
    '- a',
    '\u0000',
    'é',
    '2026-01-01',
    '=',
    '__proto__',
  ])('quotes %j where a reader could take it for something else', (text) => {
    expect(load(renderYaml({ key: text }))).toEqual({ key: text });
  });

  it('reads back as what was written, whatever the texts are', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 12 });
    const { value } = fc.letrec<{ value: YamlValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.boolean(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(text, tie('value'), { maxKeys: 3, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(value, (written) => {
        expect(load(renderYaml({ value: written }))).toEqual({ value: written });
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
