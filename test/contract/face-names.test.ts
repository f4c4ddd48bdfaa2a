import { readFileSync } from 'node:fs';
import { buildSchema, isEnumType, isObjectType } from 'graphql';
import { parse } from 'yaml';
import { ENUM_VALUES } from '../../src/api/graphql/enums';

/*
 * One thing has one name in every face. REST and the command line's JSON have the same objects (their answers are checked against the OpenAPI document
 * elsewhere), so that it remains to compare that document with the GraphQL schema: type by type, with the renames that GraphQL's own rules ask for.
 */

interface Shape {
  readonly enum?: readonly string[];
  readonly $ref?: string;
  readonly allOf?: readonly Shape[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
}

const SCHEMAS = (parse(readFileSync('schema/openapi.yaml', 'utf8')) as { components: { schemas: Readonly<Record<string, Shape>> } })
  .components.schemas;
const GRAPHQL = buildSchema(readFileSync('schema/schema.graphql', 'utf8'));

/** `Finding.evidence.flow` is the shape of that member, or of the items of a list. */
function shapeAt(path: string): Shape {
  const [name, ...members] = path.split('.');
  return members.reduce((shape, member) => {
    const own = shape.properties![member]!;
    return own.items ?? own;
  }, SCHEMAS[name!]!);
}

function membersOf({ properties = {}, allOf = [], $ref }: Shape): readonly string[] {
  const inherited = [...allOf, ...($ref ? [SCHEMAS[$ref.split('/').at(-1)!]!] : [])].flatMap(membersOf);
  return [...inherited, ...Object.keys(properties)];
}

/** Names of the fields that are not on their way out. */
function fieldsOf(name: string): readonly string[] {
  const type = GRAPHQL.getType(name);
  if (!isObjectType(type)) throw new Error(`${name} is no type`);
  return Object.values(type.getFields()).flatMap((field) => (field.deprecationReason === undefined ? [field.name] : []));
}

/** Ids are opaque in GraphQL, so that what people read as one is called otherwise; a place is an object of its own. */
const PLACE = { file: 'source', line: 'source' };
const KEYED = { id: 'key' };

/** What the document and the schema say of one thing. */
interface Pair {
  readonly shape: string;
  readonly type: string;
  /** What GraphQL calls otherwise. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** What only GraphQL has. */
  readonly more?: readonly string[];
}

const PAIRS: readonly Pair[] = [
  { shape: 'ScanSummary', type: 'ScanSummary' },
  { shape: 'Diagnostic', type: 'Diagnostic' },
  { shape: 'Source', type: 'SourceLocation' },
  // The catalogue's entry goes by the name of the check there.
  { shape: 'Finding', type: 'Finding', renamed: { check: 'checkCode' }, more: ['id', 'check'] },
  { shape: 'Finding.evidence', type: 'Evidence' },
  { shape: 'Finding.evidence.flow', type: 'EvidenceFlow' },
  { shape: 'Finding.evidence.details', type: 'EvidenceDetail' },
  { shape: 'Finding.remediation', type: 'Remediation' },
  { shape: 'FlowEndpoint', type: 'FlowEndpoint', renamed: KEYED },
  { shape: 'Flow', type: 'Flow' },
  { shape: 'ExposedWorkload', type: 'WorkloadExposure', renamed: { id: 'workload', kind: 'workload', file: 'workload', line: 'workload' } },
  { shape: 'Door', type: 'Door', renamed: { ...KEYED, ...PLACE } },
  { shape: 'Door.controller', type: 'DoorController' },
  { shape: 'ClientGroup', type: 'ClientGroup' },
  { shape: 'Decider', type: 'Decider' },
  { shape: 'ServiceDoor.workloads', type: 'Callers' },
  { shape: 'DeadEnd', type: 'DeadEnd', renamed: PLACE },
  { shape: 'WayOut', type: 'WayOut', renamed: PLACE },
  { shape: 'Answer', type: 'Reach' },
  { shape: 'Answer.parts', type: 'ReachPart' },
  { shape: 'HypotheticalPod', type: 'HypotheticalPod' },
  { shape: 'Path', type: 'Path' },
  { shape: 'Path.steps', type: 'PathStep' },
  { shape: 'Tuple', type: 'Tuple' },
  { shape: 'TraceStep', type: 'TraceStep' },
  { shape: 'HostPoint', type: 'HostPoint' },
  { shape: 'Dependency', type: 'Dependency' },
];

test.each(PAIRS)('$shape of REST has the names of $type in GraphQL', ({ shape, type, renamed = {}, more = [] }) => {
  const named = membersOf(shapeAt(shape)).map((name) => renamed[name] ?? name);
  expect([...new Set([...named, ...more])].sort()).toEqual([...fieldsOf(type)].sort());
});

/** In GraphQL a door is a member of what is said of it: `door { key kind … }`. */
test.each(['ExposedDoor', 'ServiceDoor'])('%s has the same names in both, apart from those of its door', (name) => {
  const own = membersOf(shapeAt(name)).filter((member) => !membersOf(SCHEMAS.Door!).includes(member));
  expect([...own, 'door'].sort()).toEqual([...fieldsOf(name)].sort());
});

test.each([
  ['TraceStep.trigger', 'Trigger'],
  ['TraceStep.action', 'Action'],
  ['TraceStep.certainty', 'StepCertainty'],
  ['TraceStep.direction', 'Direction'],
  ['HostPoint.hook', 'Hook'],
  ['HostPoint.way', 'Way'],
  ['Dependency.kind', 'DependencyKind'],
  ['Decider.kind', 'DeciderKind'],
  ['Path.steps.kind', 'PathStepKind'],
  ['Path.steps.place', 'PathPlace'],
  ['Door.scope', 'DoorScope'],
  ['DoorKind', 'DoorKind'],
  ['ExposedDoor.internet', 'InternetShare'],
  ['ExposedWorkload.openTo', 'Openness'],
  ['NewPods', 'NewPods'],
  ['Verdict', 'Verdict'],
  ['Answer.protocol', 'Protocol'],
  ['Stage', 'Stage'],
  ['Finding.certainty', 'Certainty'],
] as const)('%s of REST has the values of %s in GraphQL', (shape, type) => {
  expect(isEnumType(GRAPHQL.getType(type))).toBe(true);
  expect([...shapeAt(shape).enum!].sort()).toEqual(Object.values<string>(ENUM_VALUES[type]).sort());
});

test('a name that is missing in one of them would be noticed', () => {
  expect(membersOf(shapeAt('ServiceDoor'))).toEqual(expect.arrayContaining(['id', 'dependsOn', 'newPods']));
  expect(fieldsOf('ServiceDoor')).not.toContain('allowedCount');
});
