import { formatRef, formatSource } from '../../src/model/source';

test('a source is printed as editors and terminals link it', () => {
  expect(formatSource({ file: 'a/b.yaml', document: 3, line: 12 })).toBe('a/b.yaml:12');
});

test('a resource is printed with its namespace, if it has one, and its kind', () => {
  expect(formatRef({ namespace: 'shop', name: 'web', kind: 'Deployment' })).toBe('shop/web[Deployment]');
  expect(formatRef({ name: 'n1', kind: 'Node' })).toBe('n1[Node]');
});
