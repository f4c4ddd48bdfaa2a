import type { EntryClassDraft, Origin } from '../draft';
import { mappingIn, type Reading, textIn } from '../reading';
import { annotationsOf } from './annotations';

/** Makes the class that of Ingresses which name none (kubernetes.io/docs/concepts/services-networking/ingress). */
const DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class';

/** Reads an IngressClass: who serves it, and whether it is the default. */
export function readIngressClass(reading: Reading, origin: Origin): EntryClassDraft {
  const controller = textIn(reading, mappingIn(reading, reading.document.object, 'spec', ''), 'controller', 'spec');
  const isDefault = annotationsOf(reading)(DEFAULT_CLASS) === 'true';
  return { kind: 'entryClass', origin, of: 'ingress', ...(controller && { controller }), isDefault };
}
