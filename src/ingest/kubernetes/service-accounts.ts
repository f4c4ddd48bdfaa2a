import type { Origin, ServiceAccountDraft } from '../draft';
import { isMapping, type Reading } from '../reading';
import { checkLabels, labelSet, readLabels } from './labels';

/** Reads a ServiceAccount: policies may choose pods by the labels of the account that they run as. */
export function readServiceAccount(reading: Reading, origin: Origin): ServiceAccountDraft {
  const metadata = isMapping(reading.document.object.metadata) ? reading.document.object.metadata : undefined;
  const written = readLabels(reading, metadata, 'metadata');
  checkLabels(reading, written, 'metadata', metadata);
  return { kind: 'serviceAccount', origin, labels: labelSet(written) };
}
