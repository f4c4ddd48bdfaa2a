import { annotationsOf } from '../../../src/ingest/kubernetes/annotations';
import { readClientRanges } from '../../../src/ingest/kubernetes/client-ranges';
import { readingOfObject } from '../../support/calico';

function read(annotations: Readonly<Record<string, string>>) {
  const { reading, problems } = readingOfObject({ metadata: { annotations } });
  return { ranges: readClientRanges(reading, annotationsOf(reading)), codes: problems.map((problem) => problem.split(' ')[0]) };
}

test.each<[string, string, readonly string[]]>([
  ['nginx.ingress.kubernetes.io/whitelist-source-range', '10.0.0.0/8, 192.0.2.7', ['10.0.0.0/8', '192.0.2.7/32']],
  ['nginx.ingress.kubernetes.io/allowlist-source-range', '10.0.0.0/8,10.0.0.0/8', ['10.0.0.0/8']],
  ['alb.ingress.kubernetes.io/inbound-cidrs', '10.0.0.0/8, fd00::/8', ['10.0.0.0/8', 'fd00::/8']],
  ['haproxy.router.openshift.io/ip_whitelist', '192.0.2.7 fd00::1', ['192.0.2.7/32', 'fd00::1/128']],
])('%s admits %s', (name, value, ranges) => {
  expect(read({ [name]: value })).toEqual({ ranges, codes: [] });
});

test.each([{}, { 'nginx.ingress.kubernetes.io/whitelist-source-range': '  ' }, { 'example.org/whitelist-source-range': '10.0.0.0/8' }])(
  'without such an annotation every client comes in: %j',
  (annotations) => {
    expect(read(annotations as Record<string, string>)).toEqual({ ranges: undefined, codes: [] });
  },
);

test('what is no range is told, and when none is left every client comes in', () => {
  const name = 'nginx.ingress.kubernetes.io/whitelist-source-range';

  expect(read({ [name]: 'office, 10.0.0.0/8' })).toEqual({ ranges: ['10.0.0.0/8'], codes: ['bad-entry'] });
  expect(read({ [name]: 'office' })).toEqual({ ranges: undefined, codes: ['bad-entry'] });
});

test('other fences are told', () => {
  expect(read({ 'alb.ingress.kubernetes.io/security-groups': 'sg-1' })).toEqual({ ranges: undefined, codes: ['partly-modelled'] });
});
