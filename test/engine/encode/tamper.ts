import type { FlowEnd } from '../../../src/engine/analysis';
import type { Analysis } from '../../../src/engine/analyze';
import { decodeAnalysis } from '../../../src/engine/encode/index';
import { CHECKSUM_AT, checksumOf, SECTION_COUNT_AT } from '../../../src/engine/encode/sections';
import { StoredModelError } from '../../../src/engine/encode/stored-model-error';
import { catalogueOf } from '../../../src/engine/query/catalogue';
import { connectivity } from '../../../src/engine/query/connectivity';
import { explain } from '../../../src/engine/query/explain';
import { isolationOf } from '../../../src/engine/query/isolation';
import { summaryOf } from '../../../src/engine/query/summary';
import { verdictOf } from '../../../src/engine/query/verdict';
import type { Packet } from '../../../src/model/verdict';
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

/**
 * Bytes either are refused with the one error that callers expect, or are an analysis that answers every question. The directory is made to name the
 * model, as somebody would who means harm.
 */
export function expectRefusedOrSound(model: Uint8Array, directory: object): 'refused' | 'sound' {
  const named = { ...directory, model: model.length >= 16 ? wordsIn(model)[CHECKSUM_AT] : 0 };
  let analysis: Analysis;
  try {
    analysis = decodeAnalysis(model, new TextEncoder().encode(JSON.stringify(named)));
  } catch (error) {
    if (!(error instanceof StoredModelError)) throw error;
    return 'refused';
  }
  putEveryQuestion(analysis);
  return 'sound';
}

/** Puts every kind of question; throws if one of them stumbles. */
export function putEveryQuestion(analysis: Analysis): void {
  askForNames(analysis);
  for (const [source, destination, packet] of flowsBetween(analysis))
    expectOne(VERDICTS, verdictOf(analysis, { source, destination, packet }));
  for (const by of ['endpoint', 'workload', 'namespace'] as const) for (const row of connectivity(analysis, { by })) JSON.stringify(row);
  for (let index = 0; index < analysis.directory.endpointCount; index++)
    for (const direction of ['ingress', 'egress'] as const) expectOne(['yes', 'no', 'maybe'], isolationOf(analysis, index, direction));
  const { pairs, allowedPairs, possiblePairs } = summaryOf(analysis);
  if (![pairs, allowedPairs, possiblePairs].every(Number.isFinite)) throw new Error('a count is no number');
}

/** Puts the questions that a directory answers. */
export function askForNames(analysis: Analysis): void {
  const catalogue = catalogueOf(analysis);
  for (let index = 0; index < catalogue.endpointCount(); index++) catalogue.endpoint(index);
  for (let index = 0; index < catalogue.workloadCount(); index++) catalogue.workload(index);
  for (let index = 0; index < catalogue.policyCount(); index++) catalogue.policy(index);
  catalogue.endpointsAt('10.0.0.1');
  for (const [source, destination, packet] of flowsBetween(analysis))
    expectOne(VERDICTS, explain(analysis, { source, destination, packet }).verdict);
}

const VERDICTS = ['allowed', 'denied', 'indeterminate'];
const PACKETS: readonly Packet[] = [{ protocol: 'TCP', port: 80 }, { protocol: 'UDP' }, { protocol: 'ICMP', icmp: { type: 8, code: 0 } }];

/** Each end with each other one, and the packets by turns. */
function flowsBetween({ directory }: Analysis): readonly (readonly [FlowEnd, FlowEnd, Packet])[] {
  const ends: readonly FlowEnd[] = ['10.0.0.1', 'fd00::1', ...Array.from({ length: directory.endpointCount }, (_, index) => index)];
  return ends.flatMap((source, turn) =>
    ends.map((destination, index) => [source, destination, PACKETS[(turn + index) % PACKETS.length]!] as const),
  );
}

function expectOne(known: readonly string[], answer: string): void {
  if (!known.includes(answer)) throw new Error(`\`${answer}\` is no answer`);
}
