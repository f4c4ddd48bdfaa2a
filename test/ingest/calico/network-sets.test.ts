import { formatNets } from '../../../src/ingest/calico/nets';
import { readNetworkSet } from '../../../src/ingest/calico/network-sets';
import { originOf, readingOfObject } from '../../support/calico';

function read(spec: unknown, labels: unknown = undefined, apiVersion = 'projectcalico.org/v3') {
  const { reading, problems } = readingOfObject({ metadata: { name: 'set', labels }, spec });
  const draft = readNetworkSet(reading, originOf('NetworkSet', 'set', 'shop', apiVersion));
  return { labels: draft.labels, nets: formatNets(draft.nets), codes: problems.map((problem) => problem.split(' ')[0]) };
}

test('a set has labels, and nets of either family, also as addresses and with host bits', () => {
  expect(read({ nets: ['10.1.2.3/8', '192.0.2.1', 'fd00::/8'] }, { role: 'x' })).toEqual({
    labels: [['role', 'x']],
    nets: ['10.0.0.0/8', '192.0.2.1/32', 'fd00::/8'],
    codes: [],
  });
  expect(read(undefined)).toEqual({ labels: [], nets: [], codes: [] });
});

test('a set with something that is no net is refused, and stored it is skipped', () => {
  expect(read({ nets: ['10.0.0.0/8', 'nonsense'] })).toMatchObject({ nets: [], codes: ['calico-refused'] });
  expect(read({ nets: ['10.0.0.0/8', 'nonsense'] }, undefined, 'crd.projectcalico.org/v1')).toMatchObject({
    nets: ['10.0.0.0/8'],
    codes: ['calico-unchecked'],
  });
  expect(read({ nets: '10.0.0.0/8' }, undefined, 'crd.projectcalico.org/v1')).toMatchObject({ nets: [], codes: ['calico-ignored'] });
});

test('a set cannot say in which namespace it is', () => {
  expect(read({ nets: ['10.0.0.0/8'] }, { 'projectcalico.org/namespace': 'other' })).toMatchObject({ nets: [], codes: ['calico-refused'] });
});

test('domains are told', () => {
  expect(read({ nets: [], allowedEgressDomains: ['example.com'] }).codes).toEqual(['partly-modelled']);
});
