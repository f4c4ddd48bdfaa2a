import { readGatewayClass } from '../../../src/ingest/gateway/gateway-classes';
import { originOf, readingOfObject } from '../../support/calico';

test.each([
  [{ spec: { controllerName: 'example.org/gateways' } }, { controller: 'example.org/gateways' }, []],
  [{ spec: { controllerName: '' } }, {}, []],
  [{ spec: [] }, {}, [expect.stringContaining('wrong-type')]],
])('%j', (object, expected, told) => {
  const { reading, problems } = readingOfObject(object);
  const origin = originOf('GatewayClass', 'edge');

  expect(readGatewayClass(reading, origin)).toEqual({ kind: 'entryClass', origin, of: 'gateway', isDefault: false, ...expected });
  expect(problems).toEqual(told);
});
