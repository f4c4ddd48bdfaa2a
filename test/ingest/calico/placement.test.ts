import { readPlacement, reportPlacement } from '../../../src/ingest/calico/placement';
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

describe('what has no effect, or one that is left out, is told', () => {
  const world = worldOf({ hostEndpoints: [hostEndpoint('n1'), hostEndpoint('n2', { node: 'n2', interfaceName: '*' })] });
  const hosts = world.hosts({ kind: 'all' });

  test.each([
    ['normal', 'everywhere', hosts, 'n1', []],
    ['preDNAT', 'everywhere', hosts, 'n1', []],
    ['normal', 'nowhere', [], 'n1', []],
    ['preDNAT', 'nowhere', [], 'n1', ['without-effect the policy acts at host endpoints alone, and it selects none']],
    ['untracked', 'nowhere', [], 'n1', ['without-effect the policy acts at host endpoints alone, and it selects none']],
    [
      'untracked',
      'at all interfaces',
      hosts.slice(1),
      'n2',
      ['without-effect the policy does not track connections, and such policies do not act'],
    ],
    ['untracked', 'at one interface and at all', hosts, 'n1', ['partly-modelled the policy does not track connections: ']],
    ['untracked', 'at an interface of a node without pods', hosts, 'n2', ['not-tracked the policy does not track connections: ']],
  ] as const)('%s policies %s', (hook, _where, selected, nodeWithPods, told) => {
    const { reading, problems } = readingOfObject({});
    const mayHavePods = (node: string) => node === nodeWithPods;
    reportPlacement(reading, { hook, applyOnForward: true }, { hosts: selected, mayHavePods }, undefined);
    expect(problems).toEqual(told.map((text) => expect.stringContaining(text)));
  });
});
