import { findDoors } from '../../src/engine/doors/doors-of';
import { explainDirect } from '../../src/engine/doors/explain-door';
import { explainEntry, relayJudge, withoutFront } from '../../src/engine/doors/explain-entry';
import { pathContext } from '../../src/engine/doors/path-context';
import { doorWorld } from '../../src/engine/doors/world';
import {
  type Analysis,
  analyze,
  decodeAnalysis,
  doorsOf,
  encodeDirectory,
  encodeModel,
  explainDoor,
  explainDoorFromInside,
  exposureOf,
  reachFromOutside,
} from '../../src/engine/index';
import type { Door, DoorBackend, DoorExposure } from '../../src/model/door';
import type { Snapshot } from '../../src/model/snapshot';
import type { Verdict } from '../../src/model/verdict';
import { rangesHave } from '../../src/util/address-set';
import { formatAddress, parseAddress, parseCidr } from '../../src/util/ip';
import { oracleAcross, oracleVerdict } from '../support/door-oracle';
import { generateDoorCluster, type Openness } from '../support/generate-doors';
import { type Random, randomFrom, seedOf } from '../support/random';
import { SEED } from '../support/seed';

/*
 * Who gets through doors, as ranges, against the definition of one client's way (every node, every policy, no two of anything taken as alike) and, where
 * everything is known, against a second walk that was written apart. Random clusters, random clients: inside the ranges, at their edges, and one beyond.
 */

interface Question {
  readonly door: Door;
  readonly front: Door | undefined;
  readonly backend: DoorBackend;
  readonly client: string;
  readonly claimed: Verdict;
}

/** Questions about one exposure: for some of its ranges the ends and a client in between, for each endpoint behind the door. */
function* questionsAbout(random: Random, { door, front, endpoints, portInside, ranges }: DoorExposure): Generator<Question> {
  if (portInside === 'any') return;
  const backends = door.backends.filter((own) => own.endpoint !== undefined && endpoints.includes(own.endpoint) && own.port === portInside);
  for (const { low, high, verdict } of ranges) {
    const [from, to] = [parseAddress(low)!, parseAddress(high)!];
    const inside = from.value + (BigInt(random.below(2 ** 31)) * (to.value - from.value)) / 2n ** 31n;
    for (const value of new Set([from.value, to.value, inside]))
      yield { door, front, backend: random.pick(backends), client: formatAddress({ family: from.family, value }), claimed: verdict };
  }
}

function questionsOf(random: Random, analysis: Analysis): readonly Question[] {
  return exposureOf(analysis).flatMap(({ doors }) => doors.flatMap((exposure) => [...questionsAbout(random, exposure)]));
}

/** The definition over the whole cluster. */
function definition(snapshot: Snapshot): (question: Question) => Verdict {
  const { directory } = analyze(snapshot);
  const world = doorWorld(directory);
  const context = pathContext(world);
  const doors = findDoors(world);
  return ({ door, front, backend, client }) => {
    const address = parseAddress(client)!;
    if (!door.controller) return explainDirect(context, door, backend, address).verdict;
    const judge = relayJudge(context, door, snapshot);
    if (!front) return withoutFront(context, door, backend, address, judge).verdict;
    const by = door.controller.kind === 'pods' ? { ...door, controller: { ...door.controller, fronts: [front.id] } } : door;
    return explainEntry(context, doors, by, backend, address, judge).verdict;
  };
}

/** What a wrong engine would see, or say. */
interface Fault {
  readonly seen?: (snapshot: Snapshot) => Snapshot;
  readonly says?: (question: Question, snapshot: Snapshot) => Verdict;
}

function mismatches(
  openness: Openness,
  clusters: number,
  part: number,
  judgeOf: (snapshot: Snapshot) => (question: Question) => Verdict,
  { seen = (snapshot) => snapshot, says = ({ claimed }) => claimed }: Fault = {},
) {
  const verdicts = new Map<Verdict, number>();
  const kinds = new Set<string>();
  const wrong: string[] = [];
  let asked = 0;
  for (let index = 0; index < clusters; index++) {
    const seed = seedOf(SEED, part + index);
    const random = randomFrom(seed);
    const snapshot = generateDoorCluster(random, openness);
    const judge = judgeOf(snapshot);
    for (const question of questionsOf(random, analyze(seen(snapshot)))) {
      const { door, front, backend, client } = question;
      const claimed = says(question, snapshot);
      const right = judge(question);
      asked++;
      verdicts.set(right, (verdicts.get(right) ?? 0) + 1);
      kinds.add(door.kind);
      if (claimed !== right)
        wrong.push(
          `seed ${seed}: ${client} by ${door.id}${front ? ` (${front.id})` : ''} to ${backend.endpoint}: says ${claimed}, is ${right}`,
        );
    }
  }
  return { asked, verdicts, kinds, wrong };
}

test('ranges agree with the definition, in clusters of which much is unknown', () => {
  const { asked, verdicts, kinds, wrong } = mismatches('open', 680, 0, definition);

  expect(wrong.slice(0, 5)).toEqual([]);
  expect(asked).toBeGreaterThan(20_000);
  expect(Math.min(...(['allowed', 'denied', 'indeterminate'] as const).map((verdict) => verdicts.get(verdict) ?? 0))).toBeGreaterThan(
    1_000,
  );
  expect([...kinds].sort()).toEqual(['externalIP', 'hostNetwork', 'hostPort', 'ingress', 'loadBalancer', 'nodePort']);
});

/** Only what the second walk knows: direct doors, as the true cluster has them. */
const oracle = (snapshot: Snapshot) => {
  const doors = new Map(doorsOf(analyze(snapshot)).map((door) => [door.id, door]));
  return ({ door, backend, client, claimed }: Question) =>
    door.controller ? claimed : oracleVerdict(snapshot, doors.get(door.id)!, backend, client);
};

test('ranges agree with a walk that was written apart, in clusters of which all is known', () => {
  const { asked, wrong } = mismatches('known', 450, 10_000, oracle);

  expect(wrong.slice(0, 5)).toEqual([]);
  expect(asked).toBeGreaterThan(10_000);
});

test('a node port that is dialled at one node agrees with the walk that was written apart, for clients outside and for pods of other nodes', () => {
  const wrong: string[] = [];
  const verdicts = new Map<string, number>();
  const compare = (about: string, kind: string, says: Verdict, right: Verdict) => {
    verdicts.set(`${kind} ${right}`, (verdicts.get(`${kind} ${right}`) ?? 0) + 1);
    if (says !== right) wrong.push(`${about}: says ${says}, is ${right}`);
  };
  for (let index = 0; index < 300; index++) {
    const seed = seedOf(SEED, 40_000 + index);
    const snapshot = generateDoorCluster(randomFrom(seed), 'known');
    if (snapshot.facts.serviceProxy !== 'kube-proxy') continue;
    const analysis = analyze(snapshot);
    const nodes = snapshot.endpoints.filter(({ kind }) => kind === 'node');
    const pods = snapshot.endpoints.filter(({ kind, network }) => kind === 'pod' && network === 'pod');
    for (const door of doorsOf(analysis).filter(({ kind, port }) => kind === 'nodePort' && typeof port === 'number'))
      for (const backend of door.backends.filter(({ endpoint, port }) => endpoint !== undefined && typeof port === 'number'))
        for (const { name: node } of nodes) {
          const asked = { door: door.id, backend, node };
          const about = `seed ${seed}: ${door.id} at ${node} to ${backend.endpoint}`;
          for (const client of ['203.0.113.9', '198.51.100.7'])
            compare(
              `${client} ${about}`,
              'outside',
              explainDoor(analysis, { ...asked, client }).verdict,
              oracleVerdict(snapshot, door, backend, client, node),
            );
          for (const { id: from, node: own } of pods)
            if (own !== node && from !== backend.endpoint)
              compare(
                `${from} ${about}`,
                'pod',
                explainDoorFromInside(analysis, { ...asked, from }).verdict,
                oracleAcross(snapshot, door, backend, from, node),
              );
        }
  }
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(
    Math.min(...['outside allowed', 'outside denied', 'pod allowed', 'pod denied'].map((key) => verdicts.get(key) ?? 0)),
  ).toBeGreaterThan(200);
});

test('answers are the same from an analysis that was stored and loaded', () => {
  for (let index = 0; index < 60; index++) {
    const snapshot = generateDoorCluster(randomFrom(seedOf(SEED, 20_000 + index)), 'open');
    const analysis = analyze(snapshot);
    const stored = decodeAnalysis(encodeModel(analysis), encodeDirectory(analysis));

    expect(exposureOf(stored)).toEqual(exposureOf(analysis));
  }
});

test('what the outside reaches is the best that any door gives', () => {
  for (let index = 0; index < 60; index++) {
    const random = randomFrom(seedOf(SEED, 30_000 + index));
    const snapshot = generateDoorCluster(random, 'open');
    const analysis = analyze(snapshot);
    const byDefinition = definition(snapshot);
    for (const { client, backend } of questionsOf(random, analysis)) {
      const address = parseAddress(client)!;
      const range = { family: address.family, low: address.value, high: address.value };
      const packet = { protocol: 'TCP', port: backend.port as number } as const;
      const reach = reachFromOutside(analysis, [range], backend.endpoint!, packet);
      const verdicts = reach.doors.map(({ door, front, explanation }) =>
        byDefinition({ door, front, backend: explanation.backend, client, claimed: 'denied' }),
      );
      const best = verdicts.includes('allowed') ? 'allowed' : verdicts.includes('indeterminate') ? 'indeterminate' : 'denied';
      expect({ client, backend, verdict: reach.verdict }).toEqual({ client, backend, verdict: best });
    }
  }
});

describe('faults are found', () => {
  const everyService = (change: (service: Snapshot['services'][number]) => Snapshot['services'][number]) => (snapshot: Snapshot) => ({
    ...snapshot,
    services: snapshot.services.map(change),
  });

  /** Source ranges of a load balancer, kept at its node port as well. */
  const alsoAtNodePorts = ({ door, client, claimed }: Question, { services }: Snapshot): Verdict => {
    const ranges = services.find(({ ref }) => ref === door.object)?.loadBalancer?.sourceRanges ?? [];
    if (door.kind !== 'nodePort' || ranges.length === 0) return claimed;
    return rangesHave(
      ranges.map((range) => parseCidr(range)!),
      client,
    )
      ? claimed
      : 'denied';
  };

  test.each<[string, Fault]>([
    [
      'a node that keeps the client on the way to another node',
      { seen: (snapshot) => ({ ...snapshot, facts: { ...snapshot.facts, serviceProxy: 'ebpf' } }) },
    ],
    [
      'externalTrafficPolicy Local that is taken for Cluster',
      { seen: everyService((service) => ({ ...service, externalTrafficPolicy: 'Cluster' })) },
    ],
    [
      'source ranges that nobody keeps',
      {
        seen: everyService(({ loadBalancer, ...service }) => {
          const { sourceRanges: _, ...open } = loadBalancer ?? {};
          return { ...service, ...(loadBalancer && { loadBalancer: open as typeof loadBalancer }) };
        }),
      },
    ],
    ['source ranges that the node port keeps as well', { says: alsoAtNodePorts }],
    [
      'policies before translation that see what follows it',
      {
        seen: everyService((service) => ({
          ...service,
          ports: service.ports.map((port) => ({ ...port, ...(port.nodePort !== undefined && { nodePort: 8080 }) })),
        })),
      },
    ],
    ['host endpoints that nobody asks', { seen: (snapshot) => ({ ...snapshot, hostEndpoints: [] }) }],
  ])('%s', (_fault, fault) => {
    expect(mismatches('known', 150, 10_000, oracle, fault).wrong.length).toBeGreaterThan(0);
  });

  test('and without one nothing is', () => {
    expect(mismatches('known', 150, 10_000, oracle).wrong).toEqual([]);
  });
});
