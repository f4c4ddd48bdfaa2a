import { pathContext } from '../../../src/engine/doors/path-context';
import { best, type Course, type Courses, coursesOf, joinWays, walkedWay } from '../../../src/engine/doors/ways';
import type { Door } from '../../../src/model/door';
import { distinctUnknowns } from '../../../src/model/match';
import type { Verdict } from '../../../src/model/verdict';
import { agreedVerdict } from '../../../src/model/verdict';
import { cluster } from '../../support/cluster';
import { doorTester, type ServiceOptions, service, withDoors } from '../../support/door-cluster';
import { doorWorldOf } from './door-world';

const NODE_PORT = { kind: 'nodePort' } as Door;
const BALANCER = { kind: 'loadBalancer' } as Door;
const DOOR_STEP = {
  kind: 'door',
  door: 'd',
  tuple: { source: 'a', destination: 'b', protocol: 'TCP' },
  reason: 'r',
  unknowns: [],
} as const;

/** Entries, each with the verdicts of its cases. */
function joined(door: Door, ...entries: readonly (readonly Verdict[])[]): Verdict {
  const verdicts = new Map<Course, Verdict>();
  const courses = entries.map((cases, index): Courses => {
    const entry = { name: `n${index}`, party: { kind: 'address', address: '192.0.2.1' }, exists: true } as const;
    const own = cases.map((verdict) => {
      const course: Course = { entry, placement: 'same', replacesClient: false };
      verdicts.set(course, verdict);
      return course;
    });
    return { entry, cases: own, unknowns: [] };
  });
  return joinWays(door, courses, (course) => walkedWay(course, '', [{ ...DOOR_STEP, verdict: verdicts.get(course)! }])).verdict;
}

it('the client chooses the node of a node port; a load balancer chooses for it', () => {
  expect(joined(NODE_PORT, ['denied'], ['allowed'])).toBe('allowed');
  expect(joined(BALANCER, ['denied'], ['allowed'])).toBe('indeterminate');
  expect([joined(NODE_PORT, ['denied'], ['denied']), joined(BALANCER, ['denied'], ['denied'])]).toEqual(['denied', 'denied']);
});

it('of an open answer the way that is open is shown, not one of another node that denies', () => {
  const course = (name: string): Course => ({
    entry: { name, party: { kind: 'address', address: '192.0.2.1' }, exists: true },
    placement: 'same',
    replacesClient: false,
  });
  const shownOf = (door: Door, ...verdicts: readonly Verdict[]) => {
    const courses = verdicts.map((verdict): Courses => ({ entry: course(verdict).entry, cases: [course(verdict)], unknowns: [] }));
    return joinWays(door, courses, (own) => walkedWay(own, '', [{ ...DOOR_STEP, verdict: own.entry!.name as Verdict }])).shown.node;
  };

  expect(shownOf(NODE_PORT, 'denied', 'indeterminate')).toBe('indeterminate');
  expect(shownOf(BALANCER, 'allowed', 'denied', 'indeterminate')).toBe('indeterminate');
  expect(shownOf(BALANCER, 'allowed', 'denied')).toBe('denied');
});

it('what nobody knows to answer opens nothing for certain', () => {
  const course: Course = { placement: 'same', replacesClient: false };
  const onlyIf = { kind: 'placement', text: 'whether it runs there' } as const;
  const at = (verdict: Verdict) =>
    joinWays(NODE_PORT, [{ entry: undefined, cases: [course], unknowns: [], onlyIf }], () =>
      walkedWay(course, '', [{ ...DOOR_STEP, verdict }]),
    );

  expect(at('allowed')).toMatchObject({ verdict: 'indeterminate', dependsOn: [onlyIf] });
  expect(at('denied')).toMatchObject({ verdict: 'denied', dependsOn: [] });
});

it('what may be the case at an entry is nobody’s choice', () => {
  expect(joined(NODE_PORT, ['denied', 'allowed'])).toBe('indeterminate');
  expect(joined(NODE_PORT, ['denied', 'allowed'], ['allowed', 'allowed'])).toBe('allowed');
});

it('a way ends where it is denied, and is as open as its most open step', () => {
  const course: Course = { placement: 'same', replacesClient: false };
  const steps = (['allowed', 'denied', 'allowed'] as const).map((verdict) => ({ ...DOOR_STEP, verdict }));
  expect(walkedWay(course, '', steps)).toMatchObject({ verdict: 'denied', steps: [{ verdict: 'allowed' }, { verdict: 'denied' }] });

  const open = [{ ...DOOR_STEP, verdict: 'indeterminate' as const, unknowns: [{ kind: 'fact' as const, text: 'x' }] }];
  expect(walkedWay(course, '', open)).toMatchObject({ verdict: 'indeterminate', dependsOn: [{ text: 'x' }] });
});

it('verdicts are shared or chosen from', () => {
  expect([agreedVerdict([]), agreedVerdict(['allowed', 'allowed']), agreedVerdict(['allowed', 'denied'])]).toEqual([
    'denied',
    'allowed',
    'indeterminate',
  ]);
  expect([best([]), best(['denied', 'indeterminate']), best(['denied', 'allowed'])]).toEqual(['denied', 'indeterminate', 'allowed']);
  expect(
    distinctUnknowns([
      { kind: 'fact', text: 'a' },
      { kind: 'door', text: 'a' },
    ]),
  ).toHaveLength(1);
});

describe('the courses of a door', () => {
  function courses(
    options: ServiceOptions,
    place: 'n1' | 'nowhere' = 'n1',
    facts: Parameters<typeof cluster>[0] = {},
    nodes = ['n1', 'n2'],
  ) {
    const builder = cluster(facts);
    for (const node of nodes) builder.node(node);
    builder.pod('shop/front', { app: 'front' }, place === 'nowhere' ? {} : { node: place });
    const snapshot = withDoors(builder.snapshot(), { services: [service('shop/front', { type: 'NodePort', ...options })] });
    const door = doorTester(snapshot).door('nodePort shop/front:80');
    const endpoint = snapshot.endpoints.find(({ name }) => name === 'front')!;
    return coursesOf(pathContext(doorWorldOf(snapshot)), door, endpoint).map(({ entry, cases }) => [
      entry?.name ?? (entry ? 'a node' : undefined),
      ...cases.map(({ placement, replacesClient }) => `${placement}${replacesClient ? ' replaced' : ''}`),
    ]);
  }

  it('are every node with Cluster, where another node replaces the client', () => {
    expect(courses({})).toEqual([
      ['n1', 'same'],
      ['n2', 'other replaced'],
    ]);
    expect(courses({}, 'n1', { serviceProxy: 'ebpf' })).toEqual([
      ['n1', 'same'],
      ['n2', 'other'],
    ]);
    expect(courses({}, 'n1', { serviceProxy: 'unknown' })).toEqual([
      ['n1', 'same'],
      ['n2', 'other replaced', 'other'],
    ]);
  });

  it('are both where nobody knows where the pod is, unless there is but one node', () => {
    expect(courses({}, 'nowhere')).toEqual([
      ['n1', 'same', 'other replaced'],
      ['n2', 'same', 'other replaced'],
    ]);
    expect(courses({}, 'nowhere', {}, ['n1'])).toEqual([['n1', 'same']]);
    expect(courses({}, 'nowhere', {}, [])).toEqual([['a node', 'same', 'other replaced']]);
  });

  it('are the pod’s own node with Local', () => {
    expect(courses({ externalTrafficPolicy: 'Local' })).toEqual([['n1', 'same']]);
    expect(courses({ externalTrafficPolicy: 'Local' }, 'nowhere')).toEqual([[undefined, 'same']]);
  });

  it('are perhaps a node that the input does not name, where it has no Nodes', () => {
    expect(courses({}, 'n1', {}, [])).toEqual([
      ['n1', 'same'],
      ['a node', 'other replaced'],
    ]);
  });
});
