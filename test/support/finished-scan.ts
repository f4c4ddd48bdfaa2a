import { apiService, type ServiceOptions } from './api-service';
import { SHOP_BUNDLE } from './shop-bundle';

/** A service of which tenant `acme` has scanned the shop, once and successfully, as cluster `shop-eu`. */
export async function finishedScan(options: ServiceOptions = {}) {
  const service = apiService(options);
  const bundle = { bytes: new TextEncoder().encode(SHOP_BUNDLE) };
  const { id } = await service.operations.startScan('acme', { bundle, cluster: 'shop-eu', facts: { cni: 'calico' }, stage: 'production' });
  await service.work();
  return { ...service, scanId: id };
}
