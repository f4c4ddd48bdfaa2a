import { parsePort, readPorts } from '../../../src/ingest/calico/ports';
import { complaintsIn } from '../../support/calico';

test.each([
  [80, [80, 80]],
  ['80', [80, 80]],
  ['080', [80, 80]],
  ['1:65535', [1, 65535]],
  ['80:80', [80, 80]],
])('%j is the range %j', (written, range) => {
  expect(parsePort(written)).toEqual({ kind: 'range', range });
});

test.each([['http'], ['h2-c'], ['8080-tcp'], ['a']])('%j is a name', (name) => {
  expect(parsePort(name)).toEqual({ kind: 'name', name });
});

test.each([
  [0, 'ports go from 1 to 65535'],
  ['0:100', 'ports go from 1 to 65535'],
  ['1:65536', 'ports go from 1 to 65535'],
  [70_000, 'ports go from 1 to 65535'],
  ['100:50', 'a range whose end comes before its beginning'],
  ['6040-6050', 'a range is written `6040:6050`'],
  ['HTTP', 'no port name'],
  ['a-port-name-too-long', 'no port name'],
  ['-http', 'no port name'],
  ['', 'no port name'],
  [1.5, 'no port'],
  [-1, 'no port'],
  [true, 'neither a number nor text'],
  [null, 'neither a number nor text'],
])('%j is no port: %s', (written, text) => {
  expect(parsePort(written)).toEqual({ kind: 'problem', text: expect.stringContaining(text) });
});

test('a list has ranges and names, each in order and once', () => {
  const { complaints, problems } = complaintsIn('served');
  const ports = readPorts(complaints, { ports: ['http', 81, 80, '90:95', 'dns', 'http'] }, 'ports', 'r');

  expect(ports).toEqual({
    ranges: [
      [80, 81],
      [90, 95],
    ],
    names: ['dns', 'http'],
  });
  expect(problems).toEqual([]);
});

test('an empty list is as none, and a bad port takes the policy with it', () => {
  const { complaints, problems } = complaintsIn('stored');

  expect(readPorts(complaints, { ports: [] }, 'ports', 'r')).toBeUndefined();
  expect(readPorts(complaints, {}, 'ports', 'r')).toBeUndefined();
  expect(readPorts(complaints, { ports: [0, 80] }, 'ports', 'r')).toEqual({ ranges: [[80, 80]], names: [] });
  expect(problems).toEqual([expect.stringContaining('calico-ignored `r.ports[0]` is `0`: ports go from')]);
});
