import type { Analysis } from '../../../src/engine/analyze';
import { CHECKSUM_AT, checksumOf, SECTION_COUNT_AT } from '../../../src/engine/encode/sections';
import { catalogueOf } from '../../../src/engine/query/catalogue';
import { connectivity } from '../../../src/engine/query/connectivity';
import { explain } from '../../../src/engine/query/explain';
import { isolationOf } from '../../../src/engine/query/isolation';
import { summaryOf } from '../../../src/engine/query/summary';
import { verdictOf } from '../../../src/engine/query/verdict';
import { allow, block, cluster, deny, pods, to } from '../../support/cluster';

/* Stored bytes as somebody might send them who means harm, or a disk that lies. */

/** A small cluster with something in every section of a model and every part of a directory. */
export const SMALL_SHOP = cluster()
  .namespace('shop', { team: 'a' })
  .pod('shop/web', { app: 'web' }, { addresses: ['10.0.0.1', 'fd00::1'], node: 'n1', ports: [['http', 'TCP', 80]], serviceAccount: 'web' })
  .template('shop/db', { app: 'db' }, { unknownKeys: ['app'] })
  .node('n1', { addresses: ['192.168.0.1'] })
  .newPod('shop')
  .policy('shop/db', {
    ingress: [allow([pods({ app: 'web' })], to('TCP', 'http', 5432)), deny([block('10.0.0.0/8', ['10.1.0.0/16'])], to('UDP', [53, 99]))],
    egress: [allow('any', to('ICMP'))],
  })
  .snapshot();

/** Bytes as 32-bit words that can be written to. */
export function wordsIn(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

/** Makes the checksum right again, so that it hides nothing of what was changed. */
export function sealed(bytes: Uint8Array): Uint8Array {
  const words = wordsIn(bytes);
  words[CHECKSUM_AT] = checksumOf(words.subarray(SECTION_COUNT_AT));
  return bytes;
}

/** Puts every kind of question; throws if one of them stumbles. */
export function putEveryQuestion(analysis: Analysis): void {
  const catalogue = catalogueOf(analysis);
  const ends = ['10.0.0.1', 'fd00::1', ...Array.from({ length: catalogue.endpointCount() }, (_, index) => index)];
  const packets = [{ protocol: 'TCP', port: 80 }, { protocol: 'UDP' }, { protocol: 'ICMP', icmp: { type: 8, code: 0 } }] as const;
  for (const source of ends)
    for (const destination of ends)
      for (const packet of packets) {
        const verdicts = [verdictOf(analysis, { source, destination, packet }), explain(analysis, { source, destination, packet }).verdict];
        for (const verdict of verdicts)
          if (!['allowed', 'denied', 'indeterminate'].includes(verdict)) throw new Error(`verdict ${verdict}`);
      }
  for (let index = 0; index < catalogue.endpointCount(); index++) {
    catalogue.endpoint(index);
    for (const direction of ['ingress', 'egress'] as const)
      if (!['yes', 'no', 'maybe'].includes(isolationOf(analysis, index, direction))) throw new Error('isolation is none');
  }
  for (let index = 0; index < catalogue.workloadCount(); index++) catalogue.workload(index);
  for (let index = 0; index < catalogue.policyCount(); index++) catalogue.policy(index);
  catalogue.endpointsAt('10.0.0.1');
  for (const by of ['endpoint', 'workload', 'namespace'] as const)
    for (const { allowed } of connectivity(analysis, { by })) JSON.stringify(allowed);
  const { pairs, allowedPairs, possiblePairs } = summaryOf(analysis);
  if (![pairs, allowedPairs, possiblePairs].every(Number.isFinite)) throw new Error('a count is no number');
}
