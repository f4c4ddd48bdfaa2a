import { adviseOnName, checkSelector, selectorsFor } from '../../../src/ingest/calico/selectors';
import { complaintsIn } from '../../support/calico';

test('equal texts are one selector', () => {
  const selectors = selectorsFor(true);

  expect(selectors.lower('has(a)')).toBe(selectors.lower('has(a)'));
  expect(selectors.parse('has(a)')).toBe(selectors.parse('has(a)'));
  expect(() => selectors.lower('nonsense')).toThrow('bug');
});

describe('a text that is no selector', () => {
  test.each([
    ['served', 'missing', 'calico-refused', true],
    ['served', 'dropped', 'calico-refused', true],
    ['stored', 'missing', 'calico-ignored', true],
    ['stored', 'dropped', 'calico-unchecked', false],
  ] as const)('%s and then %s is told as %s', (api, ifBroken, code, isLeftOut) => {
    const { complaints, problems } = complaintsIn(api);

    checkSelector(complaints, selectorsFor(true), 'app == web', ifBroken, 'spec.selector', {});

    expect(problems).toEqual([
      expect.stringContaining(`${code} \`spec.selector\` is no selector: at character 8, a text in quotes is expected`),
    ]);
    expect(complaints.isLeftOut()).toBe(isLeftOut);
  });
});

test.each([
  [true, ['calico-refused']],
  [false, []],
])('a selector of more than 1,024 characters is refused where CRDs validate: %s', (isStrict, codes) => {
  const { complaints, problems } = complaintsIn('served');

  checkSelector(complaints, selectorsFor(isStrict), `has(a)${' '.repeat(1018)}`, 'missing', 'spec.selector', {});
  expect(problems).toEqual([]);
  checkSelector(complaints, selectorsFor(isStrict), `has(a)${' '.repeat(1019)}`, 'missing', 'spec.selector', {});
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual(codes);
});

test.each([
  ['', "projectcalico.org/namespace == 'x'", ['namespaceSelector']],
  ['has(projectcalico.org/name)', '', ['selector']],
  ["projectcalico.org/namespace == 'x'", "projectcalico.org/name == 'x'", []],
  ["app == 'projectcalico.org/name'", 'nonsense', []],
])('a name under the label of another scope is told: %j, %j', (selector, namespaceSelector, fields) => {
  const { complaints, problems } = complaintsIn('served');

  adviseOnName(complaints, selectorsFor(true), { selector, namespaceSelector }, 'spec.ingress[0].source', {});

  expect(problems).toEqual(fields.map((field) => expect.stringContaining(`label-elsewhere \`spec.ingress[0].source.${field}\``)));
});
