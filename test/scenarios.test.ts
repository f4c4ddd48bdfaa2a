import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { type AskedFlow, analyze, evaluate, explain, verdictOf } from '../src/engine/index';
import { type BundleFile, ingest } from '../src/ingest/index';
import type { Snapshot } from '../src/model/snapshot';
import { askedEndOf, endOf, flowOf } from './support/flow';
import { answerOf, type ExpectedFlow, readScenarios, type Scenario } from './support/scenario';

const SCENARIOS = readScenarios(join(__dirname, 'scenarios'));
const SEVERITIES = ['notice', 'warning', 'severe', 'fatal'];

function askedFlow(snapshot: Snapshot, { from, to, port, protocol = 'TCP', sourcePort, icmp, number }: ExpectedFlow): AskedFlow {
  const packet = {
    protocol,
    ...(port !== undefined && { port }),
    ...(sourcePort !== undefined && { sourcePort }),
    ...(icmp && { icmp }),
    ...(number !== undefined && { number }),
  };
  return { source: askedEndOf(snapshot, from), destination: askedEndOf(snapshot, to), packet };
}

/** What was expected, reduced to what answers say. */
function expectedAnswer({ verdict, decidedBy, at, dependsOn }: ExpectedFlow): Partial<ExpectedFlow> {
  return { verdict, ...(decidedBy && { decidedBy }), ...(at && { at }), ...(dependsOn && { dependsOn }) };
}

test('every scenario says what it shows, and no two show the same', () => {
  expect(SCENARIOS.filter(({ note, flows }) => !note || flows.length === 0)).toEqual([]);
  expect(new Set(SCENARIOS.map(({ note }) => note)).size).toBe(
    // One choice of the plugin, with each of its three answers.
    SCENARIOS.length - 2,
  );
});

describe.each(SCENARIOS.map((scenario): [string, Scenario] => [scenario.name, scenario]))('%s', (_name, scenario) => {
  const { facts, flows, manifests } = scenario;

  test(`${scenario.note}: by the definition and by the solver`, async () => {
    const { snapshot } = await ingest(manifests, { facts });
    const analysis = analyze(snapshot);

    for (const expected of flows) {
      const flow = askedFlow(snapshot, expected);
      const defined = evaluate(snapshot, flowOf(snapshot, flow));
      const { from, to, protocol = 'TCP', port, sourcePort, icmp, number } = expected;
      const about = { flow: JSON.stringify({ from, to, protocol, port, sourcePort, icmp, number }) };
      expect({ ...about, ...answerOf(defined, expected) }).toEqual({ ...about, ...expectedAnswer(expected) });
      expect({ ...about, verdict: verdictOf(analysis, flow) }).toEqual({ ...about, verdict: expected.verdict });
      expect(explain(analysis, flow)).toEqual(defined);
    }
  });

  test('does not depend on how its objects come: in the opposite order, as JSON, one to a file or all in a list', async () => {
    const objects = manifests.flatMap(({ bytes }) => loadAll(String(bytes))).toReversed();
    const jsonFile = (path: string, value: unknown): BundleFile => ({ path, bytes: Buffer.from(JSON.stringify(value)) });
    const apart = objects.map((object, index) => jsonFile(`${index}.json`, object));
    const together = [jsonFile('all.json', { apiVersion: 'v1', kind: 'List', items: objects })];

    for (const files of [apart, together]) {
      const { snapshot } = await ingest(files, { facts });
      const verdicts = flows.map((expected) => evaluate(snapshot, flowOf(snapshot, askedFlow(snapshot, expected))).verdict);
      expect(verdicts).toEqual(flows.map(({ verdict }) => verdict));
    }
  });

  test('reports as much as it should', async () => {
    const { snapshot, diagnostics } = await ingest(manifests, { facts });
    const worst = Math.max(0, ...diagnostics.map(({ severity }) => SEVERITIES.indexOf(severity)));

    if (scenario.diagnostics === undefined) expect(diagnostics.filter(({ severity }) => SEVERITIES.indexOf(severity) > 1)).toEqual([]);
    else expect(SEVERITIES[worst]).toBe(scenario.diagnostics);
    for (const name of scenario.absent) expect(() => endOf(snapshot, name)).toThrow();
  });
});
