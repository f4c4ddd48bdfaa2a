import { analyze } from '../../../src/engine/index';
import { runChecks } from '../../../src/findings/catalog';
import type { Finding } from '../../../src/findings/finding';
import { AT_RUN_TIME, allow, block, to } from '../../support/cluster';
import { scene, selecting } from './scene';

/** Findings of most kinds: proven, assumed and open ones, with and without a rule that decided. */
export function sampleFindings(): readonly Finding[] {
  const snapshot = scene(
    ['pay', 'shop'],
    (builder) =>
      builder
        .pod('shop/web', { app: 'web' })
        .pod('shop/db', { app: 'db' })
        .pod('pay/api', { app: 'api' })
        .policy('shop/in', selecting('shop', {}, { ingress: [] }))
        .policy('shop/web', selecting('shop', { app: 'web' }, { egress: [allow([block('0.0.0.0/0')], to('TCP', [1, 9000]))] }))
        .policy('shop/late', selecting('shop', { app: 'db' }, { egress: [allow('any', 'any', AT_RUN_TIME)] }))
        .policy('pay/apo', selecting('pay', { app: 'apo' }, { ingress: [] })),
    { images: { 'pay/api': ['postgres'] } },
  );
  return runChecks({ snapshot, analysis: analyze(snapshot), stage: 'production' });
}
