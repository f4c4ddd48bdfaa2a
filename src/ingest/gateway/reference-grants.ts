import type { Origin, ReferenceGrantDraft } from '../draft';
import { mappingIn, mappingsIn, type Reading, textIn } from '../reading';
import { bounded } from './bounded';
import { GATEWAY_GROUP } from './gateways';

const MOST_ENTRIES = 16;

/** Reads a ReferenceGrant, as far as it lets routes lead to Services. */
export function readReferenceGrant(reading: Reading, origin: Origin): ReferenceGrantDraft {
  const spec = mappingIn(reading, reading.document.object, 'spec', '');
  const list = (name: 'from' | 'to') => bounded(reading, mappingsIn(reading, spec, name, 'spec'), MOST_ENTRIES, `spec.${name}`);
  const from = list('from').flatMap((entry) => {
    const [group, kind, namespace] = ['group', 'kind', 'namespace'].map((field) => textIn(reading, entry, field, 'spec.from') ?? '');
    return group === GATEWAY_GROUP && kind && namespace ? [{ kind, namespace }] : [];
  });
  const services = list('to').flatMap((entry) => {
    const isService = (textIn(reading, entry, 'group', 'spec.to') ?? '') === '' && textIn(reading, entry, 'kind', 'spec.to') === 'Service';
    return isService ? [textIn(reading, entry, 'name', 'spec.to') || '*'] : [];
  });
  return { kind: 'referenceGrant', origin, from, services };
}
