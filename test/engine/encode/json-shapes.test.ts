import {
  isAddress,
  readController,
  readEntry,
  readHostEndpoint,
  readHostPort,
  readNodeNetwork,
  readService,
} from '../../../src/engine/encode/json-shapes';
import { StoredModelError } from '../../../src/engine/encode/stored-model-error';
import { FULL_CONTROLLER, FULL_ENTRY, FULL_HOST, FULL_NODE_NETWORK, FULL_SERVICE } from './tamper';

function throughJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function without(value: object, key: string): object {
  return Object.fromEntries(Object.entries(value).filter(([other]) => other !== key));
}

const HOST_PORT = { protocol: 'TCP', hostPort: 8080, containerPort: 80, hostAddress: '192.168.0.1' };
const { labels: _, ports: __, ...BARE_HOST } = FULL_HOST;
const CASES: readonly [string, (value: unknown) => object, object, readonly string[]][] = [
  ['a Service', readService, FULL_SERVICE, ['selector', 'externalName', 'families', 'loadBalancer']],
  ['an entry', readEntry, FULL_ENTRY, ['gateway', 'className', 'controller', 'sourceRanges', 'scopeEvidence', 'unknowns']],
  ['a host endpoint without labels and ports', readHostEndpoint, BARE_HOST, ['profiles']],
  ['a node network', readNodeNetwork, FULL_NODE_NETWORK, ['links', 'droppedFromPods', 'droppedAtNodes']],
  ['the pods of a controller', readController, FULL_CONTROLLER, ['gateway', 'router']],
  ['a host port', readHostPort, HOST_PORT, ['hostAddress']],
];

describe.each(CASES)('%s', (_name, read, full, optional) => {
  it('is what it was, with everything in it', () => {
    expect(read(throughJson(full))).toEqual(full);
  });

  it('does without what may be absent, and with nothing less', () => {
    for (const key of Object.keys(full)) {
      const rest = without(full, key);
      if (optional.includes(key)) expect(read(throughJson(rest))).toEqual(rest);
      else expect(() => read(throughJson(rest))).toThrow(StoredModelError);
    }
  });

  it('is refused with something else in any place', () => {
    for (const key of Object.keys(full))
      for (const other of [null, { length: 1 }, [[]], [{}]])
        expect(() => read(throughJson({ ...full, [key]: other }))).toThrow(StoredModelError);
  });

  it('keeps nothing that it does not know', () => {
    expect(read(throughJson({ ...full, secret: 'hidden' }))).toEqual(full);
  });

  it.each([null, 0, 'x', [], [[]]])('is not %j', (value) => {
    expect(() => read(value)).toThrow(StoredModelError);
  });
});

test('a key of a selector may be the name of what every object has', () => {
  const selector = JSON.parse('{"__proto__":"a","constructor":"b"}');
  const read = readService({ ...FULL_SERVICE, selector }).selector!;
  expect(Object.entries(read)).toEqual([
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ]);
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
});

test.each([
  ['10.0.0.1', true],
  ['fd00::1', true],
  ['10.0.0.0/8', false],
  ['', false],
  ['host', false],
])('`%s` is an address: %j', (text, expected) => {
  expect(isAddress(text)).toBe(expected);
});
