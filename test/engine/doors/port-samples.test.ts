import { portSamples } from '../../../src/engine/doors/port-samples';
import { doorSession } from '../../../src/engine/doors/session';
import { analyze } from '../../../src/engine/index';
import { allow, cluster, labels, to } from '../../support/cluster';

const SNAPSHOT = cluster()
  .pod('shop/a', { app: 'a' }, { ports: [['http', 'TCP', 8080]] })
  .host('n1/all', { labels: { host: 'y' } })
  .network({ failsafeInbound: [{ protocol: 'TCP', port: [22, 22] }] })
  .policy('shop/own', { appliesTo: labels({ app: 'a' }), ingress: [allow('any', to('TCP', [100, 200])), allow('any', to('UDP', 53))] })
  .policy('shop/other', { appliesTo: labels({ app: 'b' }), ingress: [allow('any', to('TCP', 7000))] })
  .policy('hosts', {
    appliesTo: { kind: 'none' },
    appliesToHosts: labels({ host: 'y' }),
    ingress: [allow('any', to('TCP', [9000, 65_535]))],
  })
  .snapshot();

it('no rule on the way tells a port from one of the samples', () => {
  const session = doorSession(analyze(SNAPSHOT));
  const pod = SNAPSHOT.endpoints.find(({ name }) => name === 'a');

  expect(portSamples(session, pod, 'TCP')).toEqual([1, 22, 23, 100, 201, 8080, 8081, 9000]);
  expect(portSamples(session, pod, 'UDP')).toEqual([1, 53, 54]);
  expect(portSamples(session, undefined, 'TCP')).toEqual([1, 22, 23, 9000]);
});
