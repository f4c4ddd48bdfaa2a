import { annotationsOf } from '../../../src/ingest/kubernetes/annotations';
import { readLoadBalancer, reportIdleSourceRanges } from '../../../src/ingest/kubernetes/load-balancers';
import { readingOfObject } from '../../support/calico';

const RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';

function read(spec: Readonly<Record<string, unknown>>, annotations = {}, status?: unknown) {
  const { reading, problems } = readingOfObject({ metadata: { annotations }, spec, status });
  return { balancer: readLoadBalancer(reading, spec, annotationsOf(reading)), problems };
}

test('a load balancer that is still to be made admits every client, opens node ports, and is nobody knows where', () => {
  expect(read({})).toEqual({ balancer: { addresses: [], hostnames: [], allocatesNodePorts: true, scope: 'unknown' }, problems: [] });
});

test('what the cloud has given it', () => {
  const ingress = [{ ip: 'FD00::1', ipMode: 'VIP' }, { hostname: 'lb.example.org' }, { ip: '10.0.0.5', hostname: '' }];

  expect(read({}, {}, { loadBalancer: { ingress } })).toMatchObject({
    balancer: { addresses: ['fd00::1', '10.0.0.5'], hostnames: ['lb.example.org'], scope: 'internal' },
    problems: [],
  });
});

test('what it asks for', () => {
  const spec = { loadBalancerIP: '198.51.100.7', loadBalancerClass: 'example.org/lb', allocateLoadBalancerNodePorts: false };

  expect(
    read(spec, { 'metallb.io/loadBalancerIPs': ' 198.51.100.7, fd00::7,10.0.0.1-10.0.0.9', 'kube-vip.io/loadbalancerIPs': '0.0.0.0' }),
  ).toEqual({
    balancer: {
      addresses: [],
      hostnames: [],
      requestedAddresses: ['198.51.100.7', 'fd00::7'],
      className: 'example.org/lb',
      allocatesNodePorts: false,
      scope: 'internet',
      scopeEvidence: 'requested address `198.51.100.7` is public',
    },
    problems: [],
  });
});

describe('source ranges', () => {
  test.each<[string, object, object, readonly string[] | undefined, readonly string[]]>([
    ['of the field', { loadBalancerSourceRanges: ['10.0.0.0/8', ' fd00::/8 ', '10.0.0.0/8'] }, {}, ['10.0.0.0/8', 'fd00::/8'], []],
    ['of the annotation', {}, { [RANGES]: '10.0.0.0/8, 192.168.0.0/16' }, ['10.0.0.0/8', '192.168.0.0/16'], []],
    [
      'of the field before those of the annotation',
      { loadBalancerSourceRanges: ['10.0.0.0/8'] },
      { [RANGES]: '0.0.0.0/0' },
      ['10.0.0.0/8'],
      [],
    ],
    ['of the annotation where the field is empty', { loadBalancerSourceRanges: [] }, { [RANGES]: '10.0.0.0/8' }, ['10.0.0.0/8'], []],
    ['of an empty annotation', {}, { [RANGES]: '  ' }, undefined, []],
    ['with host bits', { loadBalancerSourceRanges: ['10.1.2.3/8'] }, {}, ['10.0.0.0/8'], ['host-bits']],
    [
      'of which one is none',
      { loadBalancerSourceRanges: ['10.0.0.0', '10.0.0.0/8', 7] },
      {},
      ['10.0.0.0/8'],
      ['bad-service', 'bad-service'],
    ],
    ['of which none is one', {}, { [RANGES]: 'office' }, undefined, ['bad-service']],
    ['that are a text', { loadBalancerSourceRanges: '10.0.0.0/8' }, {}, undefined, ['wrong-type']],
  ])('%s', (_case, spec, annotations, expected, codes) => {
    const { balancer, problems } = read({ ...spec }, annotations);

    expect(balancer.sourceRanges).toEqual(expected);
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual(codes);
  });

  test.each([
    [{ loadBalancerSourceRanges: ['10.0.0.0/8'] }, {}, 1],
    [{}, { [RANGES]: '10.0.0.0/8' }, 1],
    [{ loadBalancerSourceRanges: [] }, { [RANGES]: '' }, 0],
    [{}, {}, 0],
  ])('of a Service that is no load balancer are told: %j %j', (spec, annotations, count) => {
    const { reading, problems } = readingOfObject({ metadata: { annotations }, spec });

    reportIdleSourceRanges(reading, spec, annotationsOf(reading));

    expect(problems).toEqual(Array<unknown>(count).fill(expect.stringContaining('without-effect')));
  });
});

test('another fence around it is told, since every client counts as admitted', () => {
  const { balancer, problems } = read({}, { 'service.beta.kubernetes.io/azure-allowed-service-tags': 'AzureFrontDoor.Backend' });

  expect(balancer).not.toHaveProperty('sourceRanges');
  expect(problems).toEqual([expect.stringContaining('partly-modelled annotation `service.beta.kubernetes.io/azure-allowed-service-tags`')]);
});

test.each([
  ['a text', 'up'],
  ['a mapping', { loadBalancer: { ingress: { ip: '10.0.0.1' } } }],
  ['texts', { loadBalancer: { ingress: ['10.0.0.1'] } }],
])('a status that is %s tells no address', (_case, status) => {
  const { balancer, problems } = read({}, {}, status);

  expect(balancer).toMatchObject({ addresses: [], hostnames: [] });
  expect(problems).toEqual([expect.stringContaining('wrong-type')]);
});
