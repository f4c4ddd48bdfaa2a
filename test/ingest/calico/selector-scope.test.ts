import { parseSelector } from '../../../src/ingest/calico/selector-parser';
import { entitySelectorText, policySelectorText } from '../../../src/ingest/calico/selector-scope';

const NO_POLICY = { selector: '', namespaceSelector: '', accountSelector: '' };
const NO_ENTITY = { selector: '', notSelector: '', namespaceSelector: '', accountNames: [], accountSelector: '' };

/** The texts are those of Calico's own tests of its update processors, or follow from its code. */
describe('a policy of a namespace', () => {
  test.each([
    [{}, "projectcalico.org/namespace == 'ns'"],
    [{ selector: "a == 'b'" }, "(a == 'b') && projectcalico.org/namespace == 'ns'"],
    [{ accountSelector: "role == 'x'" }, `(projectcalico.org/namespace == 'ns') && pcsa.role == "x"`],
    [{ selector: 'all()', accountSelector: 'all()' }, "((all()) && projectcalico.org/namespace == 'ns') && all()"],
    [{ selector: 'has(a)', accountSelector: 'no selector' }, "(has(a)) && projectcalico.org/namespace == 'ns'"],
  ])('%j applies to %s', (parts, text) => {
    expect(policySelectorText({ ...NO_POLICY, ...parts }, 'ns', parseSelector)).toBe(text);
  });
});

describe('a global policy', () => {
  test.each([
    [{}, ''],
    [{ selector: "a == 'b'" }, "a == 'b'"],
    [{ namespaceSelector: 'all()' }, 'has(projectcalico.org/namespace)'],
    [{ namespaceSelector: '!all()' }, '!has(projectcalico.org/namespace)'],
    [{ selector: 'all()', namespaceSelector: "zone == 'x'" }, '(has(projectcalico.org/namespace)) && pcns.zone == "x"'],
    [{ selector: 'all( )', namespaceSelector: '!has(x)' }, '(all( )) && !has(pcns.x)'],
    [{ namespaceSelector: "a == 'b' || has(c)" }, '(pcns.a == "b" || has(pcns.c))'],
    [{ accountSelector: 'all()' }, 'has(projectcalico.org/serviceaccount)'],
    [{ selector: 'all()', accountSelector: "role == 'x'" }, '(has(projectcalico.org/serviceaccount)) && pcsa.role == "x"'],
    [
      { selector: 'all()', namespaceSelector: 'all()', accountSelector: 'all()' },
      '((has(projectcalico.org/namespace)) && has(projectcalico.org/namespace)) && has(projectcalico.org/serviceaccount)',
    ],
    [{ selector: 'all()', namespaceSelector: 'no selector' }, 'has(projectcalico.org/namespace)'],
  ])('%j applies to %s', (parts, text) => {
    expect(policySelectorText({ ...NO_POLICY, ...parts }, undefined, parseSelector)).toBe(text);
  });
});

describe('a side of a rule', () => {
  test.each([
    ['of a namespace without selectors', {}, 'ns', ''],
    ['of no namespace without selectors', {}, undefined, ''],
    ['of a namespace with a selector', { selector: 'has(a)' }, 'ns', "(projectcalico.org/namespace == 'ns') && (has(a))"],
    ['of no namespace with a selector', { selector: 'has(a)' }, undefined, 'has(a)'],
    ['of a namespace that only excludes', { notSelector: 'has(a)' }, 'ns', "projectcalico.org/namespace == 'ns'"],
    ['of no namespace that only excludes', { notSelector: 'has(a)' }, undefined, ''],
    ['with all namespaces', { namespaceSelector: 'all()' }, 'ns', 'has(projectcalico.org/namespace)'],
    ['with no namespace', { namespaceSelector: 'global()' }, 'ns', '!has(projectcalico.org/namespace)'],
    ['with namespaces and a selector', { namespaceSelector: "z == '1'", selector: 'all()' }, 'ns', '(pcns.z == "1") && (all())'],
    [
      'with accounts by name',
      { accountNames: ['b', 'a'] },
      'ns',
      `(projectcalico.org/namespace == 'ns') && (projectcalico.org/serviceaccount in {"a", "b"})`,
    ],
    ['with accounts by label', { accountSelector: "role == 'x'" }, undefined, 'pcsa.role == "x"'],
    [
      'with accounts by both, and a selector',
      { accountNames: ['a'], accountSelector: "role == 'x'", selector: 'has(b)' },
      undefined,
      '((pcsa.role == "x") && (projectcalico.org/serviceaccount in {"a"})) && (has(b))',
    ],
    ['with namespaces that are no selector', { namespaceSelector: 'nonsense', selector: 'has(a)' }, 'ns', 'has(a)'],
    ['with names that make no selector', { accountNames: ["it's"], accountSelector: 'has(a)' }, undefined, ''],
  ])('%s', (_case, parts, namespace, text) => {
    expect(entitySelectorText({ ...NO_ENTITY, ...parts }, namespace, parseSelector)).toBe(text);
  });
});
