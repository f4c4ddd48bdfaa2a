import { readPlacement, reportHosts } from '../../../src/ingest/calico/placement';
import { complaintsIn, hostEndpoint, readingOfObject, worldOf } from '../../support/calico';

function read(spec: Readonly<Record<string, unknown>>) {
  const { complaints, problems } = complaintsIn('served');
  return { ...readPlacement(complaints, spec), problems };
}

test.each([
  [{}, 'normal', false],
  [{ applyOnForward: true }, 'normal', true],
  [{ preDNAT: true, applyOnForward: true }, 'preDNAT', true],
  [{ doNotTrack: true, applyOnForward: true }, 'untracked', true],
  [{ preDNAT: false, doNotTrack: false }, 'normal', false],
])('%j acts at %s', (spec, hook, applyOnForward) => {
  expect(read(spec)).toEqual({ hook, applyOnForward, problems: [] });
});

test.each([[{ preDNAT: true }], [{ doNotTrack: true }], [{ preDNAT: true, doNotTrack: true, applyOnForward: true }], [{ preDNAT: 'yes' }]])(
  '%j is refused',
  (spec) => {
    expect(read(spec).problems).toEqual([expect.stringContaining('calico-refused')]);
  },
);

describe('what a policy does at host endpoints', () => {
  const world = worldOf({ hostEndpoints: [hostEndpoint('n1'), hostEndpoint('n2', { interfaceName: '*' })] });
  const hosts = world.hosts({ kind: 'all' });

  test.each([
    ['normal', false, [], []],
    ['normal', false, hosts, ['the policy also acts on packets at host endpoint `n1` and 1 more: ']],
    ['normal', true, hosts.slice(0, 1), ['the policy also acts on packets at host endpoint `n1`, and on what passes there: ']],
    [
      'normal',
      true,
      hosts,
      ['the policy also acts on packets at host endpoint `n1` and 1 more, and on every packet of the pods on their nodes: '],
    ],
    ['preDNAT', true, [], ['the policy acts on packets at host endpoints before their destination is translated: ']],
    ['untracked', true, hosts, ['the policy acts on packets at host endpoint `n1` and 1 more without tracking connections: ']],
  ] as const)('is told: %s, on forward: %s', (hook, applyOnForward, selected, told) => {
    const { reading, problems } = readingOfObject({});
    reportHosts(reading, { hook, applyOnForward }, selected, undefined);
    expect(problems).toEqual(told.map((text) => expect.stringContaining(`partly-modelled ${text}`)));
  });
});
