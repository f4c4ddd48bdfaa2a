import { join } from 'node:path';
import {
  type Analysis,
  analyze,
  decodeAnalysis,
  doorsOf,
  encodeDirectory,
  encodeModel,
  explainDoor,
  explainDoorFromInside,
  reachFromOutside,
} from '../src/engine/index';
import { ingest } from '../src/ingest/index';
import { internetRanges } from '../src/model/internet';
import type { Snapshot } from '../src/model/snapshot';
import { parseRange } from '../src/util/address-set';
import { backendNamed, doorNamed } from './support/door-cluster';
import { type DoorScenario, doorAnswer, type ExpectedDoor, readDoorScenarios } from './support/door-scenario';
import { endOf } from './support/flow';

const SCENARIOS = readDoorScenarios(join(__dirname, 'door-scenarios'));

function expectedAnswer({ verdict, steps, dependsOn, assumptions }: ExpectedDoor): Partial<ExpectedDoor> {
  return { verdict, ...(steps && { steps }), ...(dependsOn && { dependsOn }), ...(assumptions && { assumptions }) };
}

function rangesOf(snapshot: Snapshot, from: string) {
  return from === 'internet' ? internetRanges(snapshot.facts, new Set([4])) : [parseRange(from)!];
}

test('every door scenario says what it shows, and no two show the same', () => {
  expect(SCENARIOS.filter(({ note, doors, reach }) => !note || doors.length + reach.length === 0)).toEqual([]);
  expect(new Set(SCENARIOS.map(({ note }) => note)).size).toBe(SCENARIOS.length);
});

describe.each(SCENARIOS.map((scenario): [string, DoorScenario] => [scenario.name, scenario]))('%s', (_name, scenario) => {
  const { facts, doors, reach, absent, manifests } = scenario;

  test(scenario.note, async () => {
    const { snapshot } = await ingest(manifests, { facts });
    const analysis = analyze(snapshot);
    const stored = decodeAnalysis(encodeModel(analysis), encodeDirectory(analysis));

    for (const expected of doors) {
      const { client, door: id, to, port, node } = expected;
      const asked = {
        door: id,
        backend: backendNamed(snapshot, doorNamed(analysis, id), to),
        ...(port !== undefined && { port }),
        ...(node !== undefined && { node }),
      };
      const about = { door: JSON.stringify({ client, door: id, to, port, node }) };
      const explain = (by: Analysis) => {
        const end = endOf(snapshot, client);
        return typeof end === 'number' ? explainDoorFromInside(by, { ...asked, from: end }) : explainDoor(by, { ...asked, client });
      };
      const explanation = explain(analysis);
      expect({ ...about, ...doorAnswer(explanation, expected) }).toEqual({ ...about, ...expectedAnswer(expected) });
      expect(explain(stored)).toEqual(explanation);
    }
    for (const { from, to, port, protocol = 'TCP', verdict } of reach) {
      const end = endOf(snapshot, to) as number;
      const answer = reachFromOutside(analysis, rangesOf(snapshot, from), end, { protocol, port });
      expect({ from, to, port, protocol, verdict: answer.verdict }).toEqual({ from, to, port, protocol, verdict });
    }
    const ids = doorsOf(analysis).map(({ id }) => id);
    expect(absent.filter((id) => ids.includes(id))).toEqual([]);
  });
});
