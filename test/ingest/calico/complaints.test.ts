import {
  flagField,
  isStored,
  listField,
  mappingField,
  mappingsField,
  numberField,
  textField,
  textsField,
} from '../../../src/ingest/calico/complaints';
import { complaintsIn } from '../../support/calico';

test.each([
  ['projectcalico.org/v3', false],
  ['crd.projectcalico.org/v1', true],
  ['crd.projectcalico.org.example.com/v1', false],
])('%s is how Calico stores things: %s', (apiVersion, stored) => {
  expect(isStored(apiVersion)).toBe(stored);
});

describe('what breaks a rule', () => {
  test.each([
    ['served', 'refuse', 'calico-refused', true],
    ['served', 'mind', 'calico-refused', true],
    ['served', 'ignore', 'calico-ignored', true],
    ['stored', 'refuse', 'calico-ignored', true],
    ['stored', 'mind', 'calico-unchecked', false],
    ['stored', 'ignore', 'calico-ignored', true],
  ] as const)('%s: to %s it is told as %s and leaves the resource out: %s', (api, complain, code, isLeftOut) => {
    const { complaints, problems } = complaintsIn(api);

    expect(complaints.isLeftOut()).toBe(false);
    expect(complaints[complain]('`x` is wrong')).toBeUndefined();

    expect(problems).toEqual([expect.stringMatching(`^${code} \`x\` is wrong; `)]);
    expect(complaints.isLeftOut()).toBe(isLeftOut);
  });
});

describe('fields', () => {
  const spec = { text: 'x', flag: true, number: 0.5, list: [1], mapping: {}, nothing: null, texts: ['a', 1], mappings: [{}, 'x', null] };

  test('of the right type are read', () => {
    const { complaints, problems } = complaintsIn('served');

    expect(textField(complaints, spec, 'text', 'spec')).toBe('x');
    expect(flagField(complaints, spec, 'flag', 'spec')).toBe(true);
    expect(numberField(complaints, spec, 'number', 'spec')).toBe(0.5);
    expect(listField(complaints, spec, 'list', 'spec')).toEqual([1]);
    expect(mappingField(complaints, spec, 'mapping', 'spec')).toEqual({});
    expect(problems).toEqual([]);
  });

  test('that are absent or null are absent', () => {
    const { complaints, problems } = complaintsIn('served');

    expect([textField(complaints, spec, 'none', 'spec'), listField(complaints, spec, 'nothing', 'spec')]).toEqual([undefined, undefined]);
    expect([textsField(complaints, spec, 'none', 'spec'), mappingsField(complaints, spec, 'nothing', 'spec')]).toEqual([[], []]);
    expect(problems).toEqual([]);
  });

  test('of another type take the resource with them', () => {
    for (const read of [flagField, numberField, listField, mappingField]) {
      const { complaints, problems } = complaintsIn('stored');
      expect(read(complaints, spec, 'text', 'spec')).toBeUndefined();
      expect(problems).toEqual([expect.stringMatching(/^calico-ignored `spec.text` is text where .* belongs; /)]);
    }
  });

  test('of lists leave out what does not belong', () => {
    const { complaints, problems } = complaintsIn('served');

    expect(textsField(complaints, spec, 'texts', 'spec')).toEqual(['a']);
    expect(mappingsField(complaints, spec, 'mappings', 'spec')).toEqual([{}]);
    expect(problems.map((problem) => problem.split(';')[0])).toEqual([
      'calico-refused an entry of `spec.texts` is a number where text belongs',
      'calico-refused an entry of `spec.mappings` is text where a mapping belongs',
      'calico-refused an entry of `spec.mappings` is empty where a mapping belongs',
    ]);
  });
});
