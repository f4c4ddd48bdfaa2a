import { readReferenceGrant } from '../../../src/ingest/gateway/reference-grants';
import { originOf, readingOfObject } from '../../support/calico';

const GROUP = 'gateway.networking.k8s.io';

function read(spec: unknown) {
  const { reading, problems } = readingOfObject({ spec });
  return { grant: readReferenceGrant(reading, originOf('ReferenceGrant', 'g', 'shop')), problems };
}

test('who may lead to which Services', () => {
  const from = [
    { group: GROUP, kind: 'HTTPRoute', namespace: 'edge' },
    { group: 'example.org', kind: 'HTTPRoute', namespace: 'edge' },
    { group: GROUP, kind: 'HTTPRoute' },
  ];
  const to = [
    { group: '', kind: 'Service', name: 'web' },
    { kind: 'Service' },
    { group: '', kind: 'Secret', name: 'tls' },
    { group: 'x', kind: 'Service' },
  ];

  expect(read({ from, to })).toMatchObject({
    grant: { from: [{ kind: 'HTTPRoute', namespace: 'edge' }], services: ['web', '*'] },
    problems: [],
  });
});

test('more entries than the API server admits are cut', () => {
  const { grant, problems } = read({ from: [], to: Array(17).fill({ kind: 'Service', name: 'web' }) });

  expect(grant.services).toHaveLength(16);
  expect(problems).toEqual([expect.stringContaining('bad-entry')]);
});

test('mappings where lists belong are told and grant nothing', () => {
  expect(read({ from: {}, to: 'Service' })).toMatchObject({
    grant: { from: [], services: [] },
    problems: [expect.anything(), expect.anything()],
  });
});
