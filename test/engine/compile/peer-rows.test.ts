import { v4IntervalOf, v6IntervalOf, wordsOf } from '../../../src/engine/address-index';
import type { AddressBlocks } from '../../../src/engine/compile/address-blocks';
import { matchRule } from '../../../src/engine/evaluate-match';
import type { Truth } from '../../../src/model/match';
import type { PeerExpression, PeerTerm } from '../../../src/model/policy';
import { parseAddress } from '../../../src/util/ip';
import { allow, block, cluster, labels, pods } from '../../support/cluster';
import { partyOf } from '../../support/flow';
import { generateCluster } from '../../support/generate-cluster';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';
import { compiled } from '../compiled';
import { enrich } from '../enrich';
import { homeless } from '../homeless';
import { addressesAround, allRules, facesOf, textsOf, truthIn, worksOf } from './works';

/** Whom a peer certainly matches, and whom perhaps; `in`, `out`, `v6` are the blocks of 203.0.113.0/24, the rest of IPv4, and IPv6. */
function matched(peer: PeerExpression) {
  const result = compiled(
    cluster()
      .pod('shop/web', { app: 'web' }, { addresses: ['203.0.113.7'] })
      .pod('shop/db', { app: 'db' }, { addresses: ['10.0.0.1'] })
      .pod('shop/somewhere', {}, { addressRanges: ['203.0.112.0/20'] })
      .pod('shop/moved', {}, { addresses: ['10.0.0.2', '203.0.113.8'] })
      .pod('shop/host', {}, { network: 'host', addresses: ['203.0.113.9'] })
      .policy('shop/p', { ingress: [allow(peer), allow([block('203.0.113.0/24')])] })
      .snapshot(),
  );
  const blocks = ['in', 'out', 'v6'];
  const inside = blockAt(result.blocks, parseAddress('203.0.113.0')!);
  const words = (row: number) =>
    result
      .names(row)
      .map((name) =>
        name.startsWith('block')
          ? blocks[Number(name.slice(6)) === inside ? 0 : Number(name.slice(6)) >= result.blocks.firstV6 ? 2 : 1]!
          : name,
      )
      .sort();
  const [must, may] = [result.ingress.must[0]!, result.ingress.may[0]!];
  const certain = words(must);
  return [certain, words(may).filter((name) => !certain.includes(name))];
}

describe('rows of peers', () => {
  const net = '203.0.113.0/24';
  it.each<readonly [string, PeerExpression, readonly string[], readonly string[]]>([
    ['of an open peer have everybody and every address', 'any', ['db', 'host', 'in', 'moved', 'out', 'somewhere', 'v6', 'web'], []],
    ['of a selector have no address', [pods({ app: 'web' })], ['web'], []],
    ['of two terms have those of either', [pods({ app: 'web' }), pods({ app: 'db' })], ['db', 'web'], []],
    [
      'of a net that sees pods have those inside, and perhaps those of whom nobody knows',
      [block(net)],
      ['host', 'in', 'web'],
      ['moved', 'somewhere'],
    ],
    ['of a net that does not see pods have hosts and addresses', [block(net, [], 'no')], ['host', 'in'], []],
    ['of a net that may see pods have pods only perhaps', [block(net, [], 'unknown')], ['host', 'in'], ['moved', 'somewhere', 'web']],
    ['of all but a net have the rest', [{ notNets: [net], netsSeePods: 'yes' }], ['db', 'out', 'v6'], ['moved', 'somewhere']],
    ['of a selector and a net have what both have', [{ ...pods({ app: 'web' }), nets: [net], netsSeePods: 'yes' }], ['web'], []],
    [
      'of an excluding selector keep every address',
      [{ notSelector: labels({ app: 'web' }), netsSeePods: 'no' }],
      ['db', 'host', 'in', 'moved', 'out', 'somewhere', 'v6'],
      [],
    ],
    [
      'of a selector that excludes from another have the difference',
      [{ selector: { kind: 'network', network: 'pod' }, notSelector: labels({ app: 'web' }), netsSeePods: 'no' }],
      ['db', 'moved', 'somewhere'],
      [],
    ],
  ])('%s', (_, peer, must, may) => {
    expect(matched(peer)).toEqual([must, may]);
  });

  it('take two nets that hold a range only together for a perhaps', () => {
    const halves: PeerTerm = { nets: ['203.0.112.0/21', '203.0.120.0/21'], netsSeePods: 'yes' };
    expect(matched([halves])).toEqual([expect.not.arrayContaining(['somewhere']), expect.arrayContaining(['somewhere'])]);
    expect(matched([block('203.0.112.0/20')])[0]).toContain('somewhere');
  });
});

function blockAt({ index }: AddressBlocks, { family, value }: ReturnType<typeof addressesAround>[number]): number {
  return family === 4 ? index.v4Blocks[v4IntervalOf(index, Number(value))]! : index.v6Blocks[v6IntervalOf(index, wordsOf(value))]!;
}

it('every face and every address around a net is matched as the definition matches it', () => {
  const seen: Record<Truth, number> = { yes: 0, no: 0, maybe: 0 };
  const wrong: object[] = [];
  for (let part = 0; part < 20; part++) {
    const random = randomFrom(seedOf(SEED, part));
    const generated = enrich(random, generateCluster(random, 'everything'));
    const snapshot = part % 3 === 0 ? homeless(generated) : generated;
    const all = snapshot.policies.flatMap(allRules).map(({ peer }) => peer);
    const works = worksOf(snapshot, (vocabulary) => {
      for (const peer of all) vocabulary.peer(peer);
    });
    const terms = all.flatMap((peer) => (peer === 'any' ? [] : peer));
    const addresses = addressesAround(terms.flatMap(({ nets = [], notNets = [] }) => [...nets, ...notNets]));
    const texts = textsOf(addresses);
    for (const peer of all) {
      const rows = works.peers.rowsOf(works.vocabulary.peer(peer));
      const compare = (member: number, end: number | string, family: 4 | 6 | undefined) => {
        const rule = { ...allow(peer), source: { file: 'p.yaml', document: 1, line: 1 } };
        const flow = { source: partyOf(snapshot, end), destination: partyOf(snapshot, 0), packet: { protocol: 'TCP' as const } };
        const { truth } = matchRule(rule, flow, 'ingress', family);
        if (truthIn(works.pool, rows, member) !== truth) wrong.push({ part, peer, end, family, truth });
        seen[truth]++;
      };
      for (const { id } of snapshot.endpoints) for (const { face, family } of facesOf(works.classes, id)) compare(face, id, family);
      addresses.forEach((address, index) => {
        compare(works.classes.faceCount + blockAt(works.blocks, address), texts[index]!, address.family);
      });
    }
  }
  expect(wrong).toEqual([]);
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(100);
});
