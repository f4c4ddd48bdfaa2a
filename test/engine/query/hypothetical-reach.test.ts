import { analyze } from '../../../src/engine/analyze';
import { hypotheticalVerdict } from '../../../src/engine/query/hypothetical';
import { HypotheticalReach } from '../../../src/engine/query/hypothetical-reach';
import type { Direction } from '../../../src/model/policy';
import { intervalsHave } from '../../../src/util/interval-set';
import { AT_RUN_TIME, allow, block, cluster, pods, to } from '../../support/cluster';
import { endOf } from '../../support/flow';
import { generateCluster } from '../../support/generate-cluster';
import { boundariesOf } from '../../support/generate-flow';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';

const ANY = { name: 'any-pod' };
const EVERY = [[1, 65_535]];

describe('what pods that nobody has deployed may open', () => {
  const snapshot = cluster()
    .pod('shop/web', { app: 'web' }, { workload: 'w' })
    .pod('shop/db', { app: 'db' }, { workload: 'w' })
    .pod('shop/free')
    .policy('shop/web', {
      appliesTo: pods({ app: 'web' }).selector!,
      ingress: [allow([pods({ role: 'a' })], to('TCP', 80)), allow([pods({ role: 'b' })], to('TCP', 443))],
    })
    .policy('shop/db', {
      appliesTo: pods({ app: 'db' }).selector!,
      ingress: [allow('any', to('TCP', 80)), allow('any', to('UDP', 53), AT_RUN_TIME)],
    })
    .policy('out', { appliesTo: pods({ app: 'web' }).selector!, egress: [allow([block('203.0.113.0/24')], to('TCP', 443))] })
    .snapshot();
  const reach = new HypotheticalReach(analyze(snapshot), ANY, 'egress');
  const endOfPod = (id: string) => endOf(snapshot, id) as number;

  it('is put together of what each of them may', () => {
    expect(reach.with([endOfPod('shop/web')])).toEqual({
      allowed: {
        TCP: [
          [80, 80],
          [443, 443],
        ],
      },
      conditional: {},
    });
    expect(reach.with([endOfPod('shop/free')]).allowed).toEqual({ TCP: EVERY, UDP: EVERY, SCTP: EVERY });
  });

  it('is certain where it is with all of several endpoints, else conditional', () => {
    expect(reach.with([endOfPod('shop/web'), endOfPod('shop/db')])).toEqual({
      allowed: { TCP: [[80, 80]] },
      conditional: { TCP: [[443, 443]], UDP: [[53, 53]] },
    });
  });

  it('is nothing with nobody', () => {
    expect(reach.with([])).toEqual({ allowed: {}, conditional: {} });
  });

  it('towards addresses is told in ranges, cut to those that are asked for', () => {
    const held = { name: 'held', labels: { app: 'web' } };
    const ranges = new HypotheticalReach(analyze(snapshot), held, 'egress').ranges([{ low: '203.0.113.128', high: '203.0.114.9' }]);
    expect(ranges).toEqual([{ low: '203.0.113.128', high: '203.0.113.255', allowed: { TCP: [[443, 443]] }, conditional: {} }]);
    expect(reach.ranges(undefined).map(({ low, high }) => [low, high])).toEqual([
      ['0.0.0.0', '255.255.255.255'],
      ['::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ]);
  });
});

it('on generated clusters is what asking for single packets comes to', () => {
  let compared = 0;
  for (let round = 0; round < 25; round++) {
    const random = randomFrom(seedOf(SEED + 67, round));
    const snapshot = generateCluster(random, (['networkPolicyLike', 'everything', 'betweenNodes'] as const)[round % 3]!);
    if (snapshot.hostEndpoints.length > 0) continue;
    const analysis = analyze(snapshot);
    const packets = boundariesOf(snapshot).packets.filter(({ port, protocol }) => port !== undefined && protocol === 'TCP');
    for (const direction of ['egress', 'ingress'] as const satisfies readonly Direction[]) {
      const reach = new HypotheticalReach(analysis, ANY, direction);
      for (const { id } of snapshot.endpoints) {
        const { allowed, conditional } = reach.with([id]);
        for (const packet of random.some(packets, 4)) {
          const { verdict } = hypotheticalVerdict(analysis, { pod: ANY, direction, other: id, packet });
          const has = (set: typeof allowed) => intervalsHave(set.TCP ?? [], packet.port!);
          const told = has(allowed) ? 'allowed' : has(conditional) ? 'perhaps' : 'denied';
          const where = { round, direction, id, packet, told };
          // One witness may settle what a whole set of packets leaves open, never the other way round.
          const fits = { allowed: ['allowed'], perhaps: ['allowed', 'indeterminate'], denied: ['denied'] }[told];
          expect({ ...where, verdict: fits.includes(verdict) ? 'fits' : verdict }).toEqual({ ...where, verdict: 'fits' });
          compared++;
        }
      }
    }
  }
  expect(compared).toBeGreaterThan(200);
});
