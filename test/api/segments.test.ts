import { addressSegments, segmentsBy } from '../../src/api/segments';
import { analyze } from '../../src/engine/index';
import { formatRange, parseRange } from '../../src/util/address-set';
import { allow, block, cluster, to } from '../support/cluster';

const analysis = analyze(
  cluster()
    .namespace('shop')
    .pod('shop/web', {}, { addresses: ['10.0.0.1'] })
    .policy('shop/web', {
      egress: [
        allow([block('20.0.0.0/8', ['20.1.0.0/16'])], to('TCP', 443)),
        allow([block('20.2.0.0/16')], to('TCP', 80)),
        allow([block('fd00::/8')], to('TCP', 443)),
      ],
      ingress: [allow([block('30.0.0.0/8')])],
    })
    .snapshot(),
);

function segments(direction: 'egress' | 'ingress', port: number, range: string, own: readonly string[] = []): readonly string[] {
  const owners = own.map((text) => ({ address: { family: 4 as const, value: parseRange(text)!.low }, endpoint: 0 }));
  const question = {
    endpoint: 0,
    end: () => 0,
    direction,
    packet: { protocol: 'TCP', port },
    ranges: [parseRange(range)!],
    owners,
  } as const;
  return addressSegments(analysis, question).map(formatRange);
}

describe('addressSegments', () => {
  it('cuts where the verdict changes, and nowhere else', () => {
    expect(segments('egress', 443, '20.0.0.0/8')).toEqual(['20.0.0.0-20.0.255.255', '20.1.0.0-20.1.255.255', '20.2.0.0-20.255.255.255']);
    expect(segments('egress', 80, '20.0.0.0/8')).toEqual(['20.0.0.0-20.1.255.255', '20.2.0.0-20.2.255.255', '20.3.0.0-20.255.255.255']);
    expect(segments('egress', 22, '0.0.0.0/0')).toEqual(['0.0.0.0-255.255.255.255']);
    expect(segments('ingress', 22, '29.0.0.0-31.0.0.0')).toEqual(['29.0.0.0-29.255.255.255', '30.0.0.0-30.255.255.255', '31.0.0.0']);
  });

  it('keeps a range whole that lies inside one block', () => {
    expect(segments('egress', 443, '20.1.7.0/24')).toEqual(['20.1.7.0-20.1.7.255']);
  });

  it('leaves out addresses that endpoints have', () => {
    expect(segments('egress', 22, '40.0.0.0/30', ['40.0.0.1'])).toEqual(['40.0.0.0', '40.0.0.2-40.0.0.3']);
  });

  it('does IPv6', () => {
    expect(segments('egress', 443, 'fc00::/7')).toEqual([
      'fc00::-fcff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
      'fd00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    ]);
  });
});

it('segmentsBy cuts by any verdict, and merges neighbours that have the same one', () => {
  const range = parseRange('10.0.0.0/29')!;
  const cut = (text: string) => ({ family: 4 as const, value: parseRange(text)!.low });
  const parts = segmentsBy({
    ranges: [range],
    owners: [{ address: cut('10.0.0.7'), endpoint: 0 }],
    cuts: [cut('10.0.0.2'), cut('10.0.0.4')],
    verdictAt: (address) => (address === '10.0.0.4' ? 'denied' : 'allowed'),
  });
  expect(parts.map(formatRange)).toEqual(['10.0.0.0-10.0.0.3', '10.0.0.4-10.0.0.6']);
});

it('of one of several addresses cuts are also where lists tell nothing apart', () => {
  const either = analyze(
    cluster()
      .pod('shop/web', {}, { addresses: ['10.0.0.1', '10.1.0.1'] })
      .policy('shop/web', {
        egress: [
          { ...allow([block('20.0.0.0/9')]), subject: [block('10.0.0.0/16')] },
          { ...allow([block('20.0.0.0/8')]), subject: [block('10.1.0.0/16')] },
        ],
      })
      .snapshot(),
  );
  const at = (address: string) =>
    addressSegments(either, {
      endpoint: 0,
      end: () => ({ endpoint: 0, at: address }),
      direction: 'egress',
      packet: { protocol: 'TCP', port: 80 },
      ranges: [parseRange('20.0.0.0/8')!],
      owners: [],
    }).map(formatRange);

  expect(at('10.0.0.1')).toEqual(['20.0.0.0-20.127.255.255', '20.128.0.0-20.255.255.255']);
  expect(at('10.1.0.1')).toEqual(['20.0.0.0-20.255.255.255']);
});
