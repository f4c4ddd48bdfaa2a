import type { EntryClassDraft, Origin } from '../draft';
import { mappingIn, type Reading, textIn } from '../reading';

/** Reads a GatewayClass: who serves it. There is no default one. */
export function readGatewayClass(reading: Reading, origin: Origin): EntryClassDraft {
  const controller = textIn(reading, mappingIn(reading, reading.document.object, 'spec', ''), 'controllerName', 'spec');
  return { kind: 'entryClass', origin, of: 'gateway', ...(controller && { controller }), isDefault: false };
}
