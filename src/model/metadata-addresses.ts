import type { Facts } from './facts';

/** One address at which a cloud answers its instances with metadata, credentials of the node among them. */
export interface MetadataAddress {
  readonly platform: Exclude<Facts['platform'], 'none' | 'unknown'>;
  readonly name: string;
  readonly address: string;
  /** TCP ports with metadata behind them. */
  readonly ports: readonly number[];
  /** True when the same address is also the platform's DNS resolver, which a block must spare. */
  readonly servesDns: boolean;
  readonly source: string;
}

const AWS = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html';
const GCP = 'https://cloud.google.com/compute/docs/metadata/querying-metadata';
const AZURE = 'https://learn.microsoft.com/en-us/azure/virtual-machines/instance-metadata-service';
const AZURE_WIRE_SERVER = 'https://learn.microsoft.com/en-us/azure/virtual-network/what-is-ip-address-168-63-129-16';
const ALIBABA = 'https://www.alibabacloud.com/help/en/ecs/user-guide/overview-of-ecs-instance-metadata';
const ORACLE = 'https://docs.oracle.com/en-us/iaas/Content/Compute/Tasks/gettingmetadata.htm';
const ORACLE_CLASSIC = 'https://docs.oracle.com/en/cloud/iaas/compute-iaas-cloud/stcsg/retrieving-instance-metadata.html';
const OPENSTACK = 'https://docs.openstack.org/nova/latest/admin/metadata-service.html';

/** Addresses of credential agents that ask for a token of their own (such as 169.254.170.2 and 169.254.170.23) are not instance metadata and not here. */
export const METADATA_ADDRESSES: readonly MetadataAddress[] = Object.freeze([
  { platform: 'aws', name: 'EC2 instance metadata', address: '169.254.169.254', ports: [80], servesDns: false, source: AWS },
  { platform: 'aws', name: 'EC2 instance metadata', address: 'fd00:ec2::254', ports: [80], servesDns: false, source: AWS },
  { platform: 'gcp', name: 'Compute Engine metadata server', address: '169.254.169.254', ports: [80], servesDns: true, source: GCP },
  { platform: 'gcp', name: 'Compute Engine metadata server', address: 'fd20:ce::254', ports: [80], servesDns: true, source: GCP },
  { platform: 'azure', name: 'Azure instance metadata', address: '169.254.169.254', ports: [80], servesDns: false, source: AZURE },
  { platform: 'azure', name: 'Azure WireServer', address: '168.63.129.16', ports: [80, 32526], servesDns: true, source: AZURE_WIRE_SERVER },
  { platform: 'alibaba', name: 'ECS instance metadata', address: '100.100.100.200', ports: [80], servesDns: false, source: ALIBABA },
  { platform: 'oracle', name: 'OCI instance metadata', address: '169.254.169.254', ports: [80], servesDns: true, source: ORACLE },
  { platform: 'oracle', name: 'OCI instance metadata', address: 'fd00:c1::a9fe:a9fe', ports: [80], servesDns: false, source: ORACLE },
  {
    platform: 'oracle',
    name: 'OCI Classic instance metadata',
    address: '192.0.0.192',
    ports: [80],
    servesDns: false,
    source: ORACLE_CLASSIC,
  },
  { platform: 'openstack', name: 'OpenStack metadata', address: '169.254.169.254', ports: [80], servesDns: false, source: OPENSTACK },
  { platform: 'openstack', name: 'OpenStack metadata', address: 'fe80::a9fe:a9fe', ports: [80], servesDns: false, source: OPENSTACK },
]);

/** The rows that count on a platform: none where there is no cloud, all where nobody said which one it is. */
export function metadataAddressesOf(platform: Facts['platform']): readonly MetadataAddress[] {
  if (platform === 'unknown') return METADATA_ADDRESSES;
  return METADATA_ADDRESSES.filter((row) => row.platform === platform);
}
