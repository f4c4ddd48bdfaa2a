import type { NetworkSetDraft, Origin } from '../draft';
import { checkFields, checkObjectFields } from '../kubernetes/known-fields';
import { isAbsent, type Reading } from '../reading';
import { complaintsOf, mappingField, textsField } from './complaints';
import { readCalicoLabels } from './metadata';
import { netsOf, parseNet } from './nets';
import { NAMESPACE_LABEL } from './selector-scope';

/** Reads a NetworkSet or GlobalNetworkSet (api/pkg/apis/projectcalico/v3/networkset.go): nets that rules choose by the labels of the set. */
export function readNetworkSet(reading: Reading, origin: Origin): NetworkSetDraft {
  const complaints = complaintsOf(reading, origin.apiVersion, origin.kind);
  const { object } = reading.document;
  checkObjectFields(reading, object);
  const spec = mappingField(complaints, object, 'spec', origin.kind) ?? {};
  checkFields(reading, spec, ['nets', 'allowedEgressDomains'], 'spec');
  if (!isAbsent(spec.allowedEgressDomains)) {
    const message =
      "`spec.allowedEgressDomains` is of Calico's commercial editions: which addresses the domains have is unknown, and they are left out";
    reading.report('partly-modelled', message, spec);
  }
  const nets = textsField(complaints, spec, 'nets', 'spec').flatMap((text) => {
    const net = parseNet(text);
    if (!net) complaints.mind(`\`spec.nets\` holds \`${text}\`, which is neither a CIDR nor an address`, spec);
    return net ?? [];
  });
  const labels = readCalicoLabels(reading, origin);
  if (labels.some(([key]) => key === NAMESPACE_LABEL)) complaints.mind(`label \`${NAMESPACE_LABEL}\` is not for network sets to set`);
  return { kind: 'networkSet', origin, labels, nets: complaints.isLeftOut() ? [] : netsOf(nets) };
}
