import type { NamespaceDraft, Origin } from '../draft';
import { isMapping, type Reading } from '../reading';
import { checkLabels, labelSet, NAMESPACE_NAME_LABEL, readLabels } from './labels';

/** Reads a Namespace. Its name label is what the API server sets, whatever the file says. */
export function readNamespace(reading: Reading, origin: Origin): NamespaceDraft {
  const { metadata } = reading.document.object;
  const labels = isMapping(metadata) ? metadata : undefined;
  const written = readLabels(reading, labels, 'metadata');
  checkLabels(reading, written, 'metadata', labels);
  const claimed = written.find(([key]) => key === NAMESPACE_NAME_LABEL);
  if (claimed && claimed[1] !== origin.name) {
    const message = `label \`${NAMESPACE_NAME_LABEL}\` says \`${claimed[1]}\`: the API server sets it to \`${origin.name}\`, which is used`;
    reading.report('name-label', message, labels);
  }
  return { kind: 'namespace', origin, labels: labelSet([...written, [NAMESPACE_NAME_LABEL, origin.name]]) };
}
