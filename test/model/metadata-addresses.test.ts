import { METADATA_ADDRESSES, metadataAddressesOf } from '../../src/model/metadata-addresses';
import { parseAddress } from '../../src/util/ip';

describe('the metadata addresses', () => {
  it('are addresses in canonical form, each with ports and a source', () => {
    for (const { address, ports, source } of METADATA_ADDRESSES) {
      expect(parseAddress(address)).toBeDefined();
      expect(ports).toContain(80);
      expect(source).toMatch(/^https:\/\//);
    }
  });

  it('of a platform are its own, in both families', () => {
    expect(metadataAddressesOf('aws').map(({ address }) => address)).toEqual(['169.254.169.254', 'fd00:ec2::254']);
    expect(metadataAddressesOf('alibaba').map(({ address }) => address)).toEqual(['100.100.100.200']);
  });

  it('of Azure include the WireServer, which looks public and serves DNS as well', () => {
    expect(metadataAddressesOf('azure')).toContainEqual(
      expect.objectContaining({ address: '168.63.129.16', ports: [80, 32526], servesDns: true }),
    );
  });

  it('are all of them when nobody said which platform it is, and none where there is no cloud', () => {
    expect(metadataAddressesOf('unknown')).toEqual(METADATA_ADDRESSES);
    expect(metadataAddressesOf('none')).toEqual([]);
  });
});
