import { familyNotes } from '../../src/api/family-notes';
import { resolvePeer } from '../../src/api/peers';
import { analyze } from '../../src/engine/index';
import { cluster } from '../support/cluster';

const analysis = analyze(
  cluster()
    .pod('shop/old', {}, { addresses: ['10.0.0.1'] })
    .pod('shop/both', {}, { addresses: ['10.0.0.2', 'fd00::2'] })
    .template('shop/lost', {}, { addressRanges: ['10.0.0.0/8'] })
    .snapshot(),
);

const notes = (from: string, to: string) =>
  familyNotes(analysis, resolvePeer(analysis, from, { path: 'from' }), resolvePeer(analysis, to, { path: 'to' }));

it('tells of ends that have no family in common, as far as their addresses are known', () => {
  const text = (from: string, to: string) => [
    `\`${from}\` has no address of the family of \`${to}\`: this is what policy says of a connection that cannot be`,
  ];
  expect(notes('shop/old', 'fd00::2')).toEqual(text('shop/old', 'fd00::2 (shop/both)'));
  expect(notes('2001:db8::1', 'shop/old')).toEqual(text('2001:db8::1', 'shop/old'));
  expect([notes('shop/old', 'shop/both'), notes('shop/both', '2001:db8::1'), notes('shop/lost', 'fd00::2')]).toEqual([[], [], []]);
  expect([notes('any-pod', 'fd00::2'), notes('internet', 'shop/old')]).toEqual([[], []]);
});
