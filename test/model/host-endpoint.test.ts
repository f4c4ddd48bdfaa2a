import { isFailsafeOf } from '../../src/model/host-endpoint';

test.each([
  [undefined, true],
  [['n1'], true],
  [['n2', 'n3'], false],
  [[], false],
])('a failsafe port with nodes %j counts on one of them: %s', (nodes, counts) => {
  expect(isFailsafeOf({ protocol: 'TCP', port: [22, 22], ...(nodes && { nodes }) }, 'n1')).toBe(counts);
});
