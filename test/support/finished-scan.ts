import { apiService, type ServiceOptions } from './api-service';
import { SHOP_BUNDLE } from './shop-bundle';

/** A service of which tenant `acme` has scanned the shop (or another bundle), once and successfully, as cluster `shop-eu`. */
export async function finishedScan(
  options: ServiceOptions = {},
  text = SHOP_BUNDLE,
  facts: Readonly<Record<string, string>> = { cni: 'calico' },
) {
  const service = apiService(options);
  const bundle = { bytes: new TextEncoder().encode(text) };
  const { id } = await service.operations.startScan('acme', { bundle, cluster: 'shop-eu', facts, stage: 'production' });
  await service.work();
  return { ...service, scanId: id };
}
