import { snapshotOf } from '../../src/ingest/snapshot';
import type { Diagnostic } from '../../src/model/diagnostic';
import { deployment, ingestText, networkPolicy } from '../support/ingest-text';

const BUNDLE: Readonly<Record<string, string>> = {
  'a/web.yaml': deployment('web', '{app: web}').replace('---', ''),
  'a/db.yaml': deployment('db', '{app: db}').replace('---', ''),
  'b/policy.yaml': networkPolicy('podSelector: {}', 'ingress: [{from: [{podSelector: {}}], ports: [{port: "80"}]}]'),
  'b/again.yaml': networkPolicy('podSelector: {}'),
  'c/pod.yaml': '{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: ops}, spec: {containers: []}, status: {phase: Failed}}',
  'c/node.yaml': '{apiVersion: v1, kind: Node, metadata: {name: n1}, spec: {providerID: "aws:///x"}}',
  'd/calico.yaml': '{apiVersion: projectcalico.org/v3, kind: Tier, metadata: {name: t}}',
  'd/widget.yaml': '{apiVersion: example.com/v1, kind: Widget, metadata: {name: w, namespace: extra}}',
  'e/widget.yaml': '{apiVersion: example.com/v1, kind: Widget, metadata: {name: v, namespace: extra}}',
  'leasttrust.yaml': 'facts: {ipBlockMatchesPods: yes}',
  'x/leasttrust.yaml': 'facts: {ipBlockMatchesPods: no}',
};

/** Some orders of the same files: as they are, backwards, and turned by each number of places. */
function orders(): readonly Readonly<Record<string, string>>[] {
  const entries = Object.entries(BUNDLE);
  const turned = entries.map((_, places) => [...entries.slice(places), ...entries.slice(0, places)]);
  return [[...entries].reverse(), ...turned].map((order) => Object.fromEntries(order));
}

test('nothing depends on the order in which files come', async () => {
  const expected = await ingestText(BUNDLE);
  expect(expected.diagnostics.length).toBeGreaterThan(5);

  for (const order of orders()) expect(await ingestText(order)).toEqual(expected);
});

test('the digest does not depend on how objects are spread over files', async () => {
  const [web, db] = [BUNDLE['a/web.yaml']!, BUNDLE['a/db.yaml']!];

  const apart = await ingestText({ 'web.yaml': web, 'db.yaml': db });
  const together = await ingestText({ 'all.yaml': `${db}\n---\n${web}` });

  expect(together.digest).toBe(apart.digest);
  expect((await ingestText({ 'web.yaml': web })).digest).not.toBe(apart.digest);
});

test('documents are let go one by one', async () => {
  let alive = 0;
  let most = 0;
  async function* documents() {
    for (let number = 1; number <= 50; number++) {
      most = Math.max(most, ++alive);
      const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: `p${number}` }, spec: { containers: [] } };
      yield { file: 'a.json', document: number, line: number, object, lineOf: () => number };
      alive--;
    }
  }

  const { snapshot } = await snapshotOf(documents(), new Map(), () => undefined);

  expect(snapshot.endpoints.filter(({ kind }) => kind === 'pod')).toHaveLength(50);
  expect(most).toBe(1);
});

test('namespaces of objects that are left out exist, unless their name is impossible', async () => {
  const widget = (namespace: string) => `{apiVersion: example.com/v1, kind: Widget, metadata: {name: w, namespace: ${namespace}}}\n---\n`;
  const { snapshot } = await ingestText(widget('extra') + widget('a/b') + widget('7') + widget('""'));

  expect(snapshot.namespaces.map(({ name }) => name)).toEqual(['extra']);
});

test('problems are told as they are found', async () => {
  const told: Diagnostic[] = [];
  const object = { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata: { name: 't' } };

  await snapshotOf([{ file: 'a.yaml', document: 1, line: 4, object, lineOf: () => 4 }], new Map([['speed', 'high']]), (diagnostic) =>
    told.push(diagnostic),
  );

  expect(told.map(({ code }) => code)).toEqual(['kind-not-modelled', 'bad-fact']);
});
