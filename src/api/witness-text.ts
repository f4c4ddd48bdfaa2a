import type { Witness } from '../engine/index';

/** A pod that somebody could create and that gets through, or may, as answers tell it. */
export interface ToldWitness extends Witness {
  /** The pod in words. */
  readonly text: string;
}

/** The pod with the words for it. */
export function toldWitness(witness: Witness): ToldWitness {
  return { text: witnessText(witness), ...witness };
}

/** A pod in words, such as "one labelled `app=web` in namespace `shop`". */
export function witnessText({ namespace, isNewNamespace, namespaceLabels, labels, serviceAccount, portNames }: Witness): string {
  const labelled = labelText(labels);
  const inNamespace = labelText(namespaceLabels);
  const place = isNewNamespace ? `a new namespace${inNamespace === '' ? '' : ` labelled ${inNamespace}`}` : `namespace \`${namespace}\``;
  return [
    `one ${labelled === '' ? 'without labels' : `labelled ${labelled}`} in ${place}`,
    ...(serviceAccount === 'default' ? [] : [`service account \`${serviceAccount}\``]),
    ...(portNames.length === 0 ? [] : [`a port named \`${portNames.join('`, `')}\``]),
  ].join(', ');
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `\`${key}=${value}\``)
    .join(', ');
}
