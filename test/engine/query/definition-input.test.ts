import { analyze } from '../../../src/engine/analyze';
import { policingOf } from '../../../src/engine/evaluate-path';
import { clusterOf, endpointIndexOf, flowOf, partyOf } from '../../../src/engine/query/definition-input';
import { cluster, hostOf } from '../../support/cluster';

const SCENE = cluster().node('n1').pod('shop/web').policy('shop/p', { ingress: [] }).snapshot();

it('partyOf is an endpoint with its namespace, or an address', () => {
  const analysis = analyze(SCENE);
  const web = SCENE.endpoints.findIndex(({ name }) => name === 'web');
  expect(partyOf(analysis, web)).toMatchObject({ kind: 'endpoint', endpoint: { name: 'web' }, namespace: { name: 'shop' } });
  expect(partyOf(analysis, '10.0.0.1')).toEqual({ kind: 'address', address: '10.0.0.1' });
});

it('clusterOf has all policies, and nodes where host endpoints look at them', () => {
  expect(clusterOf(analyze(SCENE))).toMatchObject({ policies: SCENE.policies, endpoints: [] });
  const hosts = { ...SCENE, hostEndpoints: [hostOf('n1/all', {})] };
  expect(clusterOf(analyze(hosts)).endpoints!.map(({ name }) => name)).toEqual(['n1']);
});

it('clusterOf is found once, with what all host endpoints police', () => {
  const analysis = analyze({ ...SCENE, hostEndpoints: [hostOf('n1/all', {})] });
  expect(clusterOf(analysis)).toBe(clusterOf(analysis));
  expect(clusterOf(analysis).policing).toEqual(policingOf(clusterOf(analysis)));
});

describe('an end that is asked about by an address', () => {
  const dual = cluster()
    .pod('shop/web', {}, { addresses: ['10.0.0.1', 'fd00::1'] })
    .template('shop/lost', {}, { addressRanges: ['10.0.0.0/8'] })
    .snapshot();
  const analysis = analyze(dual);
  const [web, lost] = ['web', 'lost'].map((own) => dual.endpoints.findIndex(({ name }) => name === own)) as [number, number];
  const packet = { protocol: 'TCP', port: 80 } as const;

  it('has that address alone', () => {
    expect(partyOf(analysis, { endpoint: web, at: 'fd00::1' })).toMatchObject({ endpoint: { addresses: ['fd00::1'] }, namespace: {} });
    expect([endpointIndexOf({ endpoint: web, at: 4 }), endpointIndexOf(web), endpointIndexOf('10.0.0.1')]).toEqual([web, web, undefined]);
  });

  it('is met by somebody of its family, if nobody knows where that one is', () => {
    expect(flowOf(analysis, { source: lost, destination: { endpoint: web, at: 'fd00::1' }, packet }).source).toMatchObject({
      endpoint: { addressRanges: ['::/0'] },
    });
    expect(flowOf(analysis, { source: lost, destination: web, packet }).source).toMatchObject({
      endpoint: { addressRanges: ['10.0.0.0/8'] },
    });
  });
});
