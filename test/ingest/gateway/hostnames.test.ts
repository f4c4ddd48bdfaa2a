import { commonHostname, commonHostnames } from '../../../src/ingest/gateway/hostnames';

test.each<[string, string, string | undefined]>([
  ['', '', ''],
  ['', 'a.example.org', 'a.example.org'],
  ['a.example.org', 'a.example.org', 'a.example.org'],
  ['a.example.org', 'b.example.org', undefined],
  ['*.example.org', 'a.example.org', 'a.example.org'],
  ['*.example.org', 'a.b.example.org', 'a.b.example.org'],
  ['*.example.org', 'example.org', undefined],
  ['*.example.org', 'aexample.org', undefined],
  ['*.example.org', '*.b.example.org', '*.b.example.org'],
  ['*.example.org', '*.example.com', undefined],
])('`%s` and `%s` share `%s`, both ways round', (a, b, expected) => {
  expect([commonHostname(a, b), commonHostname(b, a)]).toEqual([expected, expected]);
});

test.each<[readonly string[], string, readonly string[]]>([
  [[], '', ['']],
  [[], '*.example.org', ['*.example.org']],
  [['a.example.org', 'a.example.com'], '*.example.org', ['a.example.org']],
  [['a.example.com'], '*.example.org', []],
])('a route for %j at a listener for `%s` is served for %j', (hosts, listener, expected) => {
  expect(commonHostnames(hosts, listener)).toEqual(expected);
});
