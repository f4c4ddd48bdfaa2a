import { nearMatches } from '../../util/near-matches';
import { isMapping, type Mapping, type Reading } from '../reading';

/** Of the unknown fields of one mapping this many are told one by one. */
const TOLD_ONE_BY_ONE = 10;

/** Fields of `metadata` that some version of Kubernetes has or had (k8s.io/apimachinery/pkg/apis/meta/v1/types.go, ObjectMeta). */
const METADATA_FIELDS = [
  'annotations',
  'clusterName',
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'finalizers',
  'generateName',
  'generation',
  'initializers',
  'labels',
  'managedFields',
  'name',
  'namespace',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
];

/** Tells of unknown fields around the `spec` of an object. */
export function checkObjectFields(reading: Reading, object: Mapping): void {
  checkFields(reading, object, ['apiVersion', 'kind', 'metadata', 'spec', 'status'], '');
  if (isMapping(object.metadata)) checkFields(reading, object.metadata, METADATA_FIELDS, 'metadata');
}

/** Tells of fields that no version of the API has: the API server drops them or refuses the object, and a typo there changes what a policy says. */
export function checkFields(reading: Reading, node: Mapping, known: readonly string[], path: string): void {
  const unknown = Object.keys(node).filter((field) => !known.includes(field));
  for (const field of unknown.slice(0, TOLD_ONE_BY_ONE)) {
    const [near] = nearMatches(field, known, 1);
    const advice = near === undefined ? '' : `; did you mean \`${near}\``;
    const name = path === '' ? field : `${path}.${field}`;
    reading.report('unknown-field', `field \`${name}\` is unknown and has no effect${advice}`, node);
  }
  const more = unknown.length - TOLD_ONE_BY_ONE;
  if (more > 0) reading.report('unknown-field', `${more} more fields beside it are unknown and have no effect`, node);
}
