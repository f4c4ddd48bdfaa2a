import { ingestText } from '../../support/ingest-text';

function node(name: string, providerID: string): string {
  return `{apiVersion: v1, kind: Node, metadata: {name: ${name}}, spec: {providerID: "${providerID}"}}\n---\n`;
}

async function platformOf(text: string, facts: Readonly<Record<string, string>> = {}) {
  const { snapshot } = await ingestText(text, facts);
  return [snapshot.facts.platform, snapshot.origins.platform];
}

test('the platform is the one that all nodes agree on', async () => {
  expect(await platformOf(node('a', 'aws:///x') + node('b', 'aws:///y'))).toEqual(['aws', 'derived']);
  expect(await platformOf(node('a', 'aws:///x') + node('b', ''))).toEqual(['aws', 'derived']);
});

test('nodes that disagree tell nothing', async () => {
  expect(await platformOf(node('a', 'aws:///x') + node('b', 'gce://y'))).toEqual(['unknown', 'assumed']);
});

test('a given platform stands, also the unknown one', async () => {
  expect(await platformOf(node('a', 'aws:///x'), { platform: 'none' })).toEqual(['none', 'given']);
  expect(await platformOf(node('a', 'aws:///x'), { platform: 'unknown' })).toEqual(['unknown', 'given']);
});
