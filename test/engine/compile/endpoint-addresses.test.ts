import { compileAddressBlocks, flagsIn } from '../../../src/engine/compile/address-blocks';
import { EndpointAddresses, V4, V6 } from '../../../src/engine/compile/endpoint-addresses';
import { cluster } from '../../support/cluster';

const BLOCKS = compileAddressBlocks([{ nets: ['10.0.0.0/8'], notNets: [], seesPods: 2 }]);

function endpointWith(addresses: readonly string[], addressRanges: readonly string[] = []) {
  return cluster().pod('shop/web', {}, { addresses, addressRanges }).snapshot().endpoints[0]!;
}

describe('addresses of endpoints', () => {
  it('have the families of the addresses, or of the ranges where there are none', () => {
    const addresses = new EndpointAddresses(BLOCKS);
    expect(addresses.familiesOf(endpointWith(['10.0.0.1']))).toBe(V4);
    expect(addresses.familiesOf(endpointWith(['10.0.0.1', 'fd00::1']))).toBe(V4 | V6);
    expect(addresses.familiesOf(endpointWith([], ['fd00::/8']))).toBe(V6);
    expect(addresses.familiesOf({ ...endpointWith([]), addressRanges: [] })).toBe(0);
  });

  it('have one signature where no rule tells them apart', () => {
    const addresses = new EndpointAddresses(BLOCKS);
    const signature = (own: readonly string[], families = V4) => addresses.signatureOf(endpointWith(own), families);
    expect(signature(['10.0.0.1'])).toBe(signature(['10.9.9.9']));
    expect(signature(['10.0.0.1'])).not.toBe(signature(['11.0.0.1']));
    expect(signature(['10.0.0.1', '11.0.0.1'])).toBe(signature(['11.9.9.9', '10.7.7.7', '10.6.6.6']));
  });

  it('are seen by family, and all together where no family is shared', () => {
    const addresses = new EndpointAddresses(BLOCKS);
    const both = endpointWith(['10.0.0.1', 'fd00::1']);
    expect(addresses.signatureOf(both, V4)).toBe(addresses.signatureOf(endpointWith(['10.0.0.2']), V4));
    expect(addresses.signatureOf(both, V6)).toBe(addresses.signatureOf(endpointWith(['::9']), V6));
    expect(addresses.signatures.lengthOf(addresses.signatureOf(both, V4 | V6))).toBe(2);
    expect(addresses.signatureOf(both, 0)).toBe(0);
  });

  it('that are not known are told apart by the range that holds them', () => {
    const addresses = new EndpointAddresses(BLOCKS);
    const signature = (ranges: readonly string[]) => addresses.signatureOf(endpointWith([], ranges), V4);
    expect(signature(['10.0.0.0/8'])).toBe(signature(['10.0.0.0/8']));
    expect(signature(['10.0.0.0/8'])).not.toBe(signature(['10.0.0.0/9']));
    expect(addresses.ranges).toHaveLength(2);
    expect(addresses.signatures.tuple(signature(['10.0.0.0/8']))[0]).toBeGreaterThanOrEqual(BLOCKS.count);
  });

  it('are the places of the blocks that hold them, ascending and each once', () => {
    const addresses = new EndpointAddresses(BLOCKS);
    const places = (own: readonly string[]) => [...addresses.signatures.tuple(addresses.signatureOf(endpointWith(own), V4 | V6))];
    const at = (text: string) => places([text])[0]!;
    expect(places(['fd00::1', '11.0.0.1', '10.0.0.1', '10.0.0.2'])).toEqual(
      [at('10.0.0.1'), at('11.0.0.1'), at('fd00::1')].sort((a, b) => a - b),
    );
    expect([at('9.255.255.255'), at('10.0.0.0'), at('10.255.255.255'), at('11.0.0.0')]).toEqual([
      at('11.0.0.0'),
      at('10.0.0.1'),
      at('10.0.0.1'),
      at('9.0.0.0'),
    ]);
    expect(flagsIn(BLOCKS, 0)[at('10.0.0.1')]).toBe(1);
    expect(at('fd00::1')).toBeGreaterThanOrEqual(BLOCKS.firstV6);
  });

  it('that are neither address nor range are a fault of ours', () => {
    const addresses = new EndpointAddresses(BLOCKS);
    expect(() => addresses.signatureOf(endpointWith([], ['10.0.0.0/99']), V4)).toThrow('bug: an address range of an endpoint is a CIDR');
  });
});
