import type { Origin } from '../draft';
import { checkLabels, readLabels } from '../kubernetes/labels';
import { isMapping, type Mapping, type Reading, typeName } from '../reading';
import { isStored } from './complaints';

/*
 * Metadata of an object in the storage CRDs. Calico keeps the labels that its user gave, and the name of a policy, in an annotation, and hides most of
 * them from Kubernetes (libcalico-go/lib/backend/k8s/resources/resources.go).
 */

const ANNOTATION = 'projectcalico.org/metadata';

export type Labels = readonly (readonly [key: string, value: string])[];

/** Name and labels as Calico knows them. */
export interface CalicoMetadata {
  readonly name: string;
  readonly labels: Labels;
}

/** `isPolicy`: the kind is one whose name may be kept in the annotation, and whose name in tier `default` may be stored with that as a prefix. */
export function readCalicoMetadata(reading: Reading, { apiVersion, name }: Origin, isPolicy: boolean): CalicoMetadata {
  const { object } = reading.document;
  const metadata = isMapping(object.metadata) ? object.metadata : undefined;
  const outer = readLabels(reading, metadata, 'metadata');
  const annotation = isStored(apiVersion) ? readAnnotation(reading, metadata) : undefined;
  const inner = annotation ? readLabels(reading, annotation, `metadata.annotations.${ANNOTATION}`) : [];
  const labels = [...new Map([...outer, ...inner])];
  checkLabels(reading, labels, 'metadata', metadata);
  return { name: isPolicy && annotation ? policyName(annotation, name, object) : name, labels };
}

function readAnnotation(reading: Reading, metadata: Mapping | undefined): Mapping | undefined {
  const annotations = metadata?.annotations;
  const text = isMapping(annotations) && Object.hasOwn(annotations, ANNOTATION) ? annotations[ANNOTATION] : undefined;
  if (text === undefined) return undefined;
  const value = typeof text === 'string' ? parsedJson(text) : text;
  if (typeof text === 'string' && isMapping(value)) return value;
  const message = `annotation \`${ANNOTATION}\` is ${typeof text === 'string' ? 'no JSON object' : typeName(text)}: the labels that it holds are unknown`;
  reading.report('bad-annotation', message, metadata);
  return undefined;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function policyName(annotation: Mapping, name: string, { spec }: Mapping): string {
  if (typeof annotation.name === 'string' && annotation.name !== '') return annotation.name;
  const tier = isMapping(spec) ? spec.tier : undefined;
  const isDefault = tier === undefined || tier === null || tier === '' || tier === 'default';
  return isDefault && name.startsWith('default.') ? name.slice('default.'.length) : name;
}
