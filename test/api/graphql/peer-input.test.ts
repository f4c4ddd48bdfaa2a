import { readPeer } from '../../../src/api/graphql/peer-input';

test.each([
  [{ name: 'shop/web[Deployment]' }, 'shop/web[Deployment]'],
  [{ address: '10.0.0.7' }, '10.0.0.7'],
  [{ address: 'fd00::/8' }, 'fd00::/8'],
  [{ address: 'ip:10.0.0.0-10.0.0.9' }, 'ip:10.0.0.0-10.0.0.9'],
  [{ internet: true }, 'internet'],
  [{ anyPod: {} }, 'any-pod'],
  [{ anyPod: { namespace: 'shop' } }, 'shop/any-pod'],
  [{ pod: { labels: [] } }, 'pod:'],
  [
    {
      pod: {
        namespace: 'shop',
        labels: [
          { key: 'app', value: 'web' },
          { key: 'tier', value: '' },
        ],
      },
    },
    'shop/pod:app=web,tier=',
  ],
  [{ pod: { namespace: 'new', namespaceLabels: [], labels: [], serviceAccount: 'robot' } }, 'new:/pod:@robot'],
  [{ pod: { namespace: 'new', namespaceLabels: [{ key: 'team', value: 'a' }], labels: [] } }, 'new:team=a/pod:'],
  [{ place: 'kubernetes-api' }, 'kubernetes-api'],
  [{ metadataOf: 'aws' }, 'metadata:aws'],
])('%j is the peer `%s`', (input, text) => {
  expect(readPeer(input, 'from')).toBe(text);
});

test.each([
  [{ address: 'shop/web' }, 'from.address'],
  [{ address: '10.0.0.300' }, 'from.address'],
  [{ address: '' }, 'from.address'],
  [{ internet: false }, 'from.internet'],
  [{ name: 'x'.repeat(601) }, 'from'],
  [{ anyPod: { namespace: 'a/b' } }, 'from.anyPod.namespace'],
  [{ pod: { namespace: 'a:b', labels: [] } }, 'from.pod.namespace'],
  [{ pod: { labels: [], namespaceLabels: [] } }, 'from.pod.namespace'],
  [{ pod: { labels: [{ key: 'a,b', value: 'c' }] } }, 'from.pod.labels'],
  [{ pod: { labels: [{ key: 'a', value: 'c@d' }] } }, 'from.pod.labels'],
  [{ pod: { labels: [], serviceAccount: 'R' } }, 'from.pod.serviceAccount'],
])('%j is refused and names %s', (input, path) => {
  expect(() => readPeer(input, 'from')).toThrow(
    expect.objectContaining({ code: 'INVALID_REQUEST', details: [expect.objectContaining({ path })] }),
  );
});
