import { nodeRemedyOf } from '../../src/api/node-remedy';

test.each([
  ['egress', 'tunnel-packet', 'UDP', '`allowVXLANPacketsFromWorkloads`'],
  ['egress', 'tunnel-packet', 'other', '`allowIPIPPacketsFromWorkloads`'],
  ['ingress', 'tunnel-packet', 'UDP', '`externalNodesList`'],
  ['ingress', 'host-action', 'TCP', '`defaultEndpointToHostAction`'],
] as const)('what a node drops of %s (%s, %s) is let pass by %s', (direction, trigger, protocol, field) => {
  expect(nodeRemedyOf({ direction, trigger }, protocol)).toContain(field);
});

test('for what policies deny nodes have no remedy', () => {
  expect(nodeRemedyOf({ direction: 'ingress', trigger: 'rule' }, 'TCP')).toBeUndefined();
});
