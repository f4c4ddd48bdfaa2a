import type { Truth } from '../model/match';
import type { Group } from './selection';
import type { Survey } from './survey';

/** Named in a finding that exists on IPv6 alone while nobody said whether the pods have IPv6 at all. */
export const ASSUMES_IPV6 = 'the pods have IPv6 addresses too: the input tells neither their addresses nor the fact `podRanges`';

/** Do the pods of the group have addresses of this family? Pods whose addresses are not told are taken to have IPv4. */
export function hasFamily({ snapshot }: Survey, { representative }: Group, family: 4 | 6): Truth {
  const { addresses, addressRanges } = representative;
  const told = [...addresses, ...addressRanges].some((text) => text.includes(':') === (family === 6));
  if (told) return 'yes';
  if (addresses.length > 0 || snapshot.origins.podRanges !== 'assumed') return 'no';
  return family === 6 ? 'maybe' : 'yes';
}
