import type { AddressPool } from '../../model/host-endpoint';
import { formatCidr, parseCidr } from '../../util/ip';
import type { AddressPoolDraft, Origin } from '../draft';
import { isAbsent, type Mapping, type Reading } from '../reading';
import { type Complaints, complaintsOf, flagField, mappingField, textField, textsField } from './complaints';
import { isStrictlyMasked } from './nets';

/*
 * IPPools (api/pkg/apis/projectcalico/v3/ippool.go): how packets of pods travel between nodes, and whether they leave with the address of a pod or of its
 * node. A disabled pool gives out no more addresses, and does all the rest (felix/dataplane/linux/masq_mgr.go).
 */

const MODES = ['Never', 'Always', 'CrossSubnet'];

/** Reads an IPPool. */
export function readIpPool(reading: Reading, origin: Origin): AddressPoolDraft {
  const complaints = complaintsOf(reading, origin.apiVersion, 'IPPool');
  const spec = mappingField(complaints, reading.document.object, 'spec', 'IPPool') ?? {};
  const cidr = textField(complaints, spec, 'cidr', 'spec') ?? '';
  const range = parseCidr(cidr);
  if (!range) complaints.refuse(`\`spec.cidr\` is \`${cidr}\`, which is no CIDR such as \`10.0.0.0/16\``, spec);
  else if (!isStrictlyMasked(cidr)) complaints.mind(`\`spec.cidr\` is \`${cidr}\`, whose address is not the first of its block`, spec);
  const modes = [readMode(complaints, spec, 'ipipMode'), readMode(complaints, spec, 'vxlanMode')];
  if (modes.every((mode) => mode !== 'Never')) complaints.mind('`spec` has both `ipipMode` and `vxlanMode`', spec);
  const natOutgoing = flagField(complaints, spec, 'natOutgoing', 'spec') ?? false;
  const uses = textsField(complaints, spec, 'allowedUses', 'spec');
  const isForServices = uses.length > 0 && uses.every((use) => use === 'LoadBalancer');
  if (complaints.isLeftOut() || !range || isForServices) return { kind: 'addressPool', origin, pool: undefined, wraps: [] };
  const wraps = (['ipip', 'vxlan'] as const).filter((_, index) => modes[index] !== 'Never');
  return { kind: 'addressPool', origin, wraps, pool: { net: formatCidr(range), encapsulation: encapsulationOf(modes), natOutgoing } };
}

function readMode(complaints: Complaints, spec: Mapping, field: string): string {
  const written = textField(complaints, spec, field, 'spec') ?? '';
  if (isAbsent(written) || written === '') return 'Never';
  if (!MODES.includes(written)) complaints.refuse(`\`spec.${field}\` is none of ${MODES.join(', ')}`, spec);
  return written;
}

function encapsulationOf(modes: readonly string[]): AddressPool['encapsulation'] {
  if (modes.includes('Always')) return 'always';
  return modes.includes('CrossSubnet') ? 'acrossSubnets' : 'never';
}
