import type { LabelSet } from '../../model/selector';
import type { Origin, ServiceAccountDraft } from '../draft';

/** Of an account whose object is not in the input nothing is known. */
const UNKNOWN: LabelSet = Object.freeze({ values: Object.freeze({}), unknownKeys: Object.freeze([]), complete: false });

/** Finds the labels of service accounts. */
export function accountLabels(
  accounts: readonly ServiceAccountDraft[],
  namespaceOf: (origin: Origin) => string,
): (namespace: string, name: string) => LabelSet {
  const known = new Map(accounts.map(({ origin, labels }) => [`${namespaceOf(origin)}/${origin.name}`, labels]));
  return (namespace, name) => known.get(`${namespace}/${name}`) ?? UNKNOWN;
}
