import { readFelixEnvironment } from '../calico/felix-settings';
import type { ControllerDraft, Origin } from '../draft';
import { flagIn, integerIn, isMapping, type Mapping, mappingIn, mappingsIn, type Reading, textIn } from '../reading';
import { type ControllerKind, currentGroup } from './controller-kinds';
import { readOwner } from './owner';
import { readPodShape, type ShapePool } from './pod-shape';

/** Reads an object that makes pods from a template. */
export function readController(reading: Reading, origin: Origin, type: ControllerKind, shapes: ShapePool): ControllerDraft {
  const { object } = reading.document;
  const metadata = isMapping(object.metadata) ? object.metadata : undefined;
  const spec = mappingIn(reading, object, 'spec', '');
  const owner = readOwner(reading, metadata, origin.kind);
  const base = { kind: 'controller', origin, ...scaleOf(reading, type, object, spec), ...(owner && { owner }) } as const;
  const reference = origin.kind === 'Rollout' ? mappingIn(reading, spec, 'workloadRef', 'spec') : undefined;
  if (reference) return { ...base, templateOf: templateReference(reading, reference) };
  const path = type.template.join('.');
  const template = type.template.reduce<Mapping | undefined>((parent, name, depth) => {
    return mappingIn(reading, parent, name, type.template.slice(0, depth).join('.'));
  }, object);
  if (!template) {
    reading.report('no-template', `this ${origin.kind} has no \`${path}\`: what pods it makes is unknown`, spec);
    return base;
  }
  const podSpec = origin.kind === 'DaemonSet' && isMapping(template.spec) ? template.spec : undefined;
  const felix = podSpec && readFelixEnvironment(reading, podSpec, `${path}.spec`);
  return { ...base, template: readPodShape(reading, template, path, shapes, type.adds(origin.name, object)), ...(felix && { felix }) };
}

function templateReference(reading: Reading, reference: Mapping): NonNullable<ControllerDraft['templateOf']> {
  const [apiVersion, kind, name] = ['apiVersion', 'kind', 'name'].map(
    (field) => textIn(reading, reference, field, 'spec.workloadRef') ?? '',
  );
  return { apiVersion: apiVersion!, group: currentGroup(apiVersion!, kind!), kind: kind!, name: name! };
}

type Scale = Pick<ControllerDraft, 'replicas' | 'dormant'>;

function scaleOf(reading: Reading, { scale }: ControllerKind, object: Mapping, spec: Mapping | undefined): Scale {
  switch (scale) {
    case 'everyNode':
      return {};
    case 'replicas': {
      const replicas = integerIn(reading, spec, 'replicas', 'spec') ?? 1;
      return replicas === 0 ? { replicas, dormant: 'scaled to zero' } : { replicas };
    }
    case 'cronJob':
      return flagIn(reading, spec, 'suspend', 'spec') ? { dormant: 'suspended' } : {};
    case 'job': {
      const replicas = integerIn(reading, spec, 'parallelism', 'spec') ?? 1;
      if (isFinishedJob(reading, object, spec)) return { replicas, dormant: 'finished' };
      if (flagIn(reading, spec, 'suspend', 'spec')) return { replicas, dormant: 'suspended' };
      return replicas === 0 ? { replicas, dormant: 'scaled to zero' } : { replicas };
    }
  }
}

function isFinishedJob(reading: Reading, object: Mapping, spec: Mapping | undefined): boolean {
  const status = mappingIn(reading, object, 'status', '');
  if (!status) return false;
  if (typeof status.completionTime === 'string') return true;
  const conditions = mappingsIn(reading, status, 'conditions', 'status');
  if (conditions.some(({ type, status: truth }) => (type === 'Complete' || type === 'Failed') && truth === 'True')) return true;
  const succeeded = integerIn(reading, status, 'succeeded', 'status') ?? 0;
  return succeeded >= (integerIn(reading, spec, 'completions', 'spec') ?? 1);
}
