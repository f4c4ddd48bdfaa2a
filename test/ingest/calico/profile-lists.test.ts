import { describeUnknown, OPEN_PROFILES, profileLists } from '../../../src/ingest/calico/profile-lists';
import { ALLOW_PROFILE, profileIndex } from '../../../src/ingest/calico/profiles';
import { ALLOW_ALL, namespace, profile } from '../../support/calico';

const DENY = [{ action: 'Deny' }];
const profileAt = profileIndex(
  [
    profile('open', ALLOW_ALL),
    profile('in', { ingress: DENY }),
    profile('out', { egress: DENY }),
    profile('inOpen', { ingress: ALLOW_ALL.ingress }),
    profile('labels', { labelsToApply: { a: 'b' } }),
  ],
  [namespace('shop')],
);
const BOTH = ['ingress', 'egress'];

test.each<[readonly string[], readonly string[], readonly string[]]>([
  // Everything is allowed.
  [[ALLOW_PROFILE], [ALLOW_PROFILE], []],
  [['kns.shop', 'ksa.shop.robot'], ['kns.shop'], []],
  [['labels', 'open', 'in', 'gone'], ['open'], []],
  // Nothing is.
  [[], [], BOTH],
  [['labels', 'ksa.shop.robot'], [], BOTH],
  [['gone', 'open'], ['gone'], BOTH],
  // Rules decide, or the end of the list.
  [['in'], ['in'], BOTH],
  [['in', 'open', 'out'], ['in', 'open'], ['ingress']],
  [['out', 'open'], ['out', 'open'], ['egress']],
  [['inOpen', 'out'], ['inOpen', 'out'], ['egress']],
  [['inOpen', 'gone'], ['inOpen', 'gone'], ['egress']],
  [['in', 'in', 'labels', 'out'], ['in', 'out'], BOTH],
])('%j comes to %j, which has to decide %j', (list, names, closed) => {
  const listOf = profileLists(profileAt);
  expect(listOf(list)).toMatchObject({ names, closed });
  expect(listOf(names)).toMatchObject({ names, closed });
});

test('what is not in the input is told as far as it is asked, once for each list', () => {
  const listOf = profileLists(profileAt);
  expect(listOf(['in', 'gone', 'lost']).unknown).toEqual({ name: 'gone', isOpen: false });
  expect(listOf(['in', 'kns.other', 'gone']).unknown).toEqual({ name: 'kns.other', isOpen: true });
  expect(listOf(['open', 'gone'])).not.toHaveProperty('unknown');
  expect(listOf(['in'])).toBe(listOf(['in']));
});

test('the list of what is open is open', () => {
  expect(profileLists(profileAt)(OPEN_PROFILES).closed).toEqual([]);
});

test('a profile that is not in the input denies, and one of a namespace allows', () => {
  expect(describeUnknown({ name: 'gone', isOpen: false }, 'node')).toBe(
    'profile `gone` is not in the input: where no policy decides, Calico denies what goes to or from the node',
  );
  expect(describeUnknown({ name: 'kns.x', isOpen: true }, 'pod')).toBe(
    'profile `kns.x` is that of a namespace that is not in the input: it is taken to allow everything',
  );
});
