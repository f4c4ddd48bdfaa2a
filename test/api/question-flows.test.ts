import type { Peer } from '../../src/api/peers';
import { resolvePeer } from '../../src/api/peers';
import { flowsBetween } from '../../src/api/question-flows';
import { analyze } from '../../src/engine/index';
import { allow, block, cluster, labels } from '../support/cluster';

const analysis = analyze(
  cluster()
    .pod('shop/web-1', { app: 'web' }, { workload: 'web', addresses: ['10.0.0.1'] })
    .pod('shop/web-2', { app: 'web' }, { workload: 'web', addresses: ['10.0.0.2'] })
    .pod('shop/db', { app: 'db' }, { addresses: ['10.0.0.3'] })
    .policy('shop/out', { appliesTo: labels({ app: 'web' }), egress: [allow([block('20.0.0.0/8')])] })
    .snapshot(),
);

const peer = (text: string, path = 'from'): Peer => resolvePeer(analysis, text, { path });

function told(from: string, to: string) {
  return [...flowsBetween(analysis, { protocol: 'TCP', port: 80 }, peer(from), peer(to, 'to'))].map(
    ({ names, flows, labels: own, judged }) => ({
      names: `${names.from} → ${names.to}`,
      flows,
      labels: [...own],
      isJudged: judged !== undefined,
    }),
  );
}

describe('the flows that a question stands for', () => {
  it('are one for endpoints that no policy tells apart', () => {
    expect(told('shop/web', 'shop/db')).toEqual([
      { names: 'shop/web-1 → shop/db', flows: 2, labels: ['shop/web-1', 'shop/web-2'], isJudged: false },
    ]);
  });

  it('leave out each endpoint with itself where there are several', () => {
    expect(told('shop/web', 'shop/web')).toEqual([
      {
        names: 'shop/web-1 → shop/web-2',
        flows: 2,
        labels: ['shop/web-1 → shop/web-2', 'shop/web-2 → shop/web-1'],
        isJudged: false,
      },
    ]);
  });

  it('are one for each part of a range, and for each endpoint in it', () => {
    expect(told('shop/web-1', '19.0.0.0-20.0.0.0').map(({ labels: own }) => own)).toEqual([['19.0.0.0-19.255.255.255'], ['20.0.0.0']]);
    expect(told('shop/web-1', '10.0.0.2/31').map(({ names }) => names)).toEqual(['shop/web-1 → shop/web-2', 'shop/web-1 → shop/db']);
  });

  it('are judged already where one end is a pod that nobody has deployed', () => {
    expect(told('any-pod', 'shop/web')).toEqual([
      { names: 'any-pod → shop/web-1', flows: 2, labels: ['shop/web-1', 'shop/web-2'], isJudged: true },
    ]);
  });
});
