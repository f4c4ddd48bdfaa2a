import type { Origin } from '../draft';
import { parsedJson } from '../kubernetes/annotations';
import { checkLabels, readLabels } from '../kubernetes/labels';
import { isName } from '../kubernetes/origin';
import { isAbsent, isMapping, type Mapping, type Reading, typeName } from '../reading';
import { isStored } from './complaints';
import { DEFAULT_TIER } from './policy-names';

/*
 * Metadata of an object in the storage CRDs. Calico keeps the labels that its user gave, and the name of a policy, in an annotation, and hides most of
 * them from Kubernetes (libcalico-go/lib/backend/k8s/resources/resources.go).
 */

const ANNOTATION = 'projectcalico.org/metadata';
const DEFAULT_PREFIX = `${DEFAULT_TIER}.`;

/** Labels by key, each key once. */
export type Labels = readonly (readonly [key: string, value: string])[];

/** The labels of an object, as Calico knows them: those of the annotation win. */
export function readCalicoLabels(reading: Reading, origin: Origin): Labels {
  const metadata = metadataOf(reading);
  const annotation = readAnnotation(reading, origin, metadata);
  const outer = readLabels(reading, metadata, 'metadata');
  const inner = annotation ? readLabels(reading, annotation, `metadata.annotations.${ANNOTATION}`) : [];
  const labels = [...new Map([...outer, ...inner])];
  checkLabels(reading, labels, 'metadata', metadata);
  return labels;
}

/** The name of a policy, as Calico knows it: in tier `default` it may be stored with that as a prefix. */
export function readPolicyName(reading: Reading, origin: Origin): string {
  const annotation = readAnnotation(reading, origin, metadataOf(reading));
  if (!annotation) return origin.name;
  if (typeof annotation.name === 'string' && isName(annotation.name) && annotation.name !== '') return annotation.name;
  const { spec } = reading.document.object;
  const tier = isMapping(spec) ? spec.tier : undefined;
  const isDefault = isAbsent(tier) || tier === '' || tier === DEFAULT_TIER;
  return isDefault && origin.name.startsWith(DEFAULT_PREFIX) ? origin.name.slice(DEFAULT_PREFIX.length) : origin.name;
}

function metadataOf({ document }: Reading): Mapping | undefined {
  return isMapping(document.object.metadata) ? document.object.metadata : undefined;
}

function readAnnotation(reading: Reading, { apiVersion }: Origin, metadata: Mapping | undefined): Mapping | undefined {
  if (!isStored(apiVersion)) return undefined;
  const annotations = metadata?.annotations;
  const text = isMapping(annotations) && Object.hasOwn(annotations, ANNOTATION) ? annotations[ANNOTATION] : undefined;
  if (text === undefined) return undefined;
  const value = typeof text === 'string' ? parsedJson(text) : text;
  if (typeof text === 'string' && isMapping(value)) return value;
  const message = `annotation \`${ANNOTATION}\` is ${typeof text === 'string' ? 'no JSON object' : typeName(text)}: the labels that it holds are unknown`;
  reading.report('bad-annotation', message, metadata);
  return undefined;
}
