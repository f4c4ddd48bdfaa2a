import { whereabouts } from '../../src/model/endpoint';

test('an endpoint is at its addresses, or where they are not told somewhere in its ranges', () => {
  expect(whereabouts({ addresses: ['10.0.0.1'], addressRanges: [] })).toEqual(['10.0.0.1']);
  expect(whereabouts({ addresses: [], addressRanges: ['10.0.0.0/8', 'fd00::/8'] })).toEqual(['10.0.0.0/8', 'fd00::/8']);
});
