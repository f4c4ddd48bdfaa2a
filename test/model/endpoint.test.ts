import { type Endpoint, familyOfChoice, narrowedTo, whereabouts } from '../../src/model/endpoint';
import { cluster } from '../support/cluster';

test('an endpoint is at its addresses, or where they are not told somewhere in its ranges', () => {
  expect(whereabouts({ addresses: ['10.0.0.1'], addressRanges: [] })).toEqual(['10.0.0.1']);
  expect(whereabouts({ addresses: [], addressRanges: ['10.0.0.0/8', 'fd00::/8'] })).toEqual(['10.0.0.0/8', 'fd00::/8']);
});

describe('an endpoint by some of its addresses', () => {
  const { endpoints } = cluster()
    .pod('shop/web', {}, { addresses: ['10.0.0.1', '10.0.0.9', 'fd00::1'] })
    .pod('shop/lost', {}, { addressRanges: ['10.0.0.0/8', 'fd00::/8'] })
    .snapshot();
  const [web, lost] = ['web', 'lost'].map((own) => endpoints.find(({ name }) => name === own)!) as [Endpoint, Endpoint];

  it('has that one alone, or those of a family', () => {
    expect(narrowedTo(web, '10.0.0.9')).toEqual({ ...web, addresses: ['10.0.0.9'] });
    expect(narrowedTo(web, 4).addresses).toEqual(['10.0.0.1', '10.0.0.9']);
    expect(narrowedTo(lost, 6)).toEqual({ ...lost, addressRanges: ['fd00::/8'] });
  });

  it('is as it is where nobody knows it to have them', () => {
    expect(narrowedTo(web, '10.0.0.2')).toBe(web);
    expect(narrowedTo(lost, '10.0.0.2')).toBe(lost);
    expect(narrowedTo({ ...web, addresses: ['10.0.0.1'] }, 6).addresses).toEqual(['10.0.0.1']);
  });

  it('tells a family', () => {
    expect([familyOfChoice('10.0.0.1'), familyOfChoice('fd00::1'), familyOfChoice(6)]).toEqual([4, 6, 6]);
  });
});
