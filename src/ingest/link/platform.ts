import type { FactBase, Facts } from '../../model/facts';
import type { NodeDraft } from '../draft';

/** Scheme of a node's provider id → platform (each cloud's cloud-controller-manager). */
const PLATFORMS: ReadonlyMap<string, Facts['platform']> = new Map([
  ['aws', 'aws'],
  ['gce', 'gcp'],
  ['azure', 'azure'],
  ['alicloud', 'alibaba'],
  ['oci', 'oracle'],
  ['openstack', 'openstack'],
]);

/** Derives the platform from the nodes when nobody gave it and all nodes that tell agree. */
export function withPlatform(base: FactBase, nodes: readonly NodeDraft[]): FactBase {
  if (base.origins.platform !== 'assumed') return base;
  const schemes = new Set(nodes.map(({ provider }) => provider).filter((provider) => provider !== undefined));
  const [scheme] = schemes;
  const platform = schemes.size === 1 ? PLATFORMS.get(scheme!) : undefined;
  if (!platform) return base;
  return { facts: { ...base.facts, platform }, origins: { ...base.origins, platform: 'derived' } };
}
