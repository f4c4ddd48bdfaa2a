import { dump } from 'js-yaml';
import { analyze, evaluate, verdictOf } from '../../src/engine/index';
import { type BundleFile, ingest } from '../../src/ingest/index';
import type { Snapshot } from '../../src/model/snapshot';
import { endOf, flowOf } from '../support/flow';
import { type Random, randomFrom, seedOf } from '../support/random';
import { SEED } from '../support/seed';
import { generateBundle, generateOracleFlow } from './generate-bundle';
import { type Bundle, type OracleEnd, type OracleFlow, oracleAllows } from './network-policy-oracle';

const BUNDLES = 300;
const FLOWS = 24;

/** The bundle as files, in one of the forms in which bundles come. */
function filesOf({ namespaces, pods, policies }: Bundle, random: Random): readonly BundleFile[] {
  const objects = [...namespaces, ...pods, ...policies];
  const file = (path: string, text: string): BundleFile => ({ path, bytes: Buffer.from(text) });
  const documents = objects.map((object) => dump(object, { noRefs: true }));
  switch (random.below(4)) {
    case 0:
      return [file('all.yaml', documents.join('---\n'))];
    case 1:
      return documents.map((text, index) => file(`${index}.yaml`, text));
    case 2:
      return [file('all.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }))];
    default:
      return [file('all.ndjson', objects.map((object) => `${JSON.stringify(object)}\n`).join(''))];
  }
}

function nameOf(end: OracleEnd): string {
  return typeof end === 'string' ? end : `${end.metadata.namespace ?? 'default'}/${end.metadata.name}`;
}

function indexed(snapshot: Snapshot, { from, to, protocol, port }: OracleFlow) {
  return { source: endOf(snapshot, nameOf(from)), destination: endOf(snapshot, nameOf(to)), packet: { protocol, port } };
}

/** Flows on which the project and the oracle differ. */
async function differences(seed: number, oracle: typeof oracleAllows): Promise<readonly object[]> {
  const random = randomFrom(seed);
  const bundle = generateBundle(random);
  const ipBlockMatchesPods = random.chance(0.5);
  const facts = new Map([['ipBlockMatchesPods', ipBlockMatchesPods ? 'yes' : 'no']]);
  const { snapshot } = await ingest(filesOf(bundle, random), { facts });
  const analysis = analyze(snapshot);
  const wrong: object[] = [];
  for (let count = 0; count < FLOWS; count++) {
    const asked = generateOracleFlow(random, bundle);
    const flow = indexed(snapshot, asked);
    const expected = oracle(bundle, asked, ipBlockMatchesPods) ? 'allowed' : 'denied';
    const defined = evaluate(snapshot, flowOf(snapshot, flow)).verdict;
    const solved = verdictOf(analysis, flow);
    if (defined === expected && solved === expected) continue;
    const flowText = `${nameOf(asked.from)} to ${nameOf(asked.to)} ${asked.protocol} ${asked.port}`;
    wrong.push({ seed, flow: flowText, expected, defined, solved, bundle: JSON.stringify(bundle) });
  }
  return wrong;
}

test('manifests of NetworkPolicies are judged as their documentation says, by the definition and by the solver', async () => {
  for (let index = 0; index < BUNDLES; index++) expect(await differences(seedOf(SEED, index), oracleAllows)).toEqual([]);
});

test.each([
  ['ipBlocks that match pods when they must not', (bundle, flow, matches) => oracleAllows(bundle, flow, !matches)],
  [
    'policies without egress',
    (bundle, flow, matches) =>
      oracleAllows(
        withPolicies(bundle, ({ egress: _, ...spec }) => spec),
        flow,
        matches,
      ),
  ],
  [
    'policyTypes that are ignored',
    (bundle, flow, matches) =>
      oracleAllows(
        withPolicies(bundle, ({ policyTypes: _, ...spec }) => spec),
        flow,
        matches,
      ),
  ],
] satisfies readonly [string, typeof oracleAllows][])('the comparison notices %s', async (_fault, oracle) => {
  let noticed = false;
  for (let index = 0; index < BUNDLES && !noticed; index++) noticed = (await differences(seedOf(SEED, index), oracle)).length > 0;
  expect(noticed).toBe(true);
});

type Spec = Bundle['policies'][number]['spec'];

function withPolicies(bundle: Bundle, change: (spec: Spec) => Spec): Bundle {
  return { ...bundle, policies: bundle.policies.map((policy) => ({ ...policy, spec: change(policy.spec) })) };
}
