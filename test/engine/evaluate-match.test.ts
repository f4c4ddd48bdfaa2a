import { evaluate } from '../../src/engine/evaluate';
import type { PacketExpression, PeerTerm } from '../../src/model/policy';
import type { Selector } from '../../src/model/selector';
import type { Explanation, Packet, Verdict } from '../../src/model/verdict';
import { AT_RUN_TIME, allow, block, chosen, cluster, type EndpointOptions, labels, namespaceLabels, pods, to } from '../support/cluster';
import { ask, endOf, flowOf } from '../support/flow';

/** Does an ingress rule with this peer admit the client? The client is `client/pod`, or an address. */
function admits(terms: readonly PeerTerm[], client: string | EndpointOptions): Explanation {
  const options = typeof client === 'string' ? {} : client;
  const snapshot = cluster()
    .namespace('client', { team: 'a' })
    .pod('client/pod', { app: 'web', tier: 'front' }, { addresses: ['10.0.0.1'], node: 'n1', ...options })
    .pod('server/pod', {}, { addresses: ['10.0.0.2', 'fd00::2'], node: 'n2' })
    .policy('server/all', { ingress: [allow(terms)] })
    .snapshot();
  return ask(snapshot, typeof client === 'string' ? client : 'client/pod', 'server/pod');
}

function verdictOfSelector(selector: Selector): Verdict {
  return admits([chosen(selector)], 'client/pod').verdict;
}

describe('peers', () => {
  test('any one of the terms is enough', () => {
    expect(admits([pods({ app: 'x' }), pods({ app: 'web' })], 'client/pod').verdict).toBe('allowed');
    expect(admits([pods({ app: 'x' }), pods({ app: 'y' })], 'client/pod').verdict).toBe('denied');
  });

  test('a selector looks at the labels of the endpoint or of its namespace', () => {
    expect(verdictOfSelector(labels({ app: 'web', tier: 'front' }))).toBe('allowed');
    expect(verdictOfSelector(labels({ app: 'web', tier: 'back' }))).toBe('denied');
    expect(verdictOfSelector(namespaceLabels({ team: 'a' }))).toBe('allowed');
    expect(verdictOfSelector(namespaceLabels({ app: 'web' }))).toBe('denied');
    expect(verdictOfSelector({ kind: 'and', of: [namespaceLabels({ team: 'a' }), labels({ app: 'x' })] })).toBe('denied');
  });

  test('a selector never chooses an address that belongs to no endpoint, not even when it chooses everything', () => {
    expect(admits([chosen({ kind: 'all' })], '203.0.113.1').verdict).toBe('denied');
    expect(admits([chosen({ kind: 'not', of: { kind: 'none' } })], '203.0.113.1').verdict).toBe('denied');
  });

  test('selector and nets of one term must both hold', () => {
    const both = (net: string, app: string): PeerTerm => ({ ...block(net), selector: labels({ app }) });

    expect(admits([both('10.0.0.0/8', 'web')], 'client/pod').verdict).toBe('allowed');
    expect(admits([both('10.0.0.0/8', 'x')], 'client/pod').verdict).toBe('denied');
    expect(admits([both('10.9.0.0/16', 'web')], 'client/pod').verdict).toBe('denied');
  });

  test('a selector may look at the service account and at the labels that Calico adds', () => {
    const account: EndpointOptions = { serviceAccount: 'robot', serviceAccountLabels: { role: 'batch' } };
    const asks = (owner: 'serviceAccount' | 'automatic', key: string, value: string) =>
      admits([chosen({ kind: 'label', owner, key, test: { operator: 'in', values: [value] } })], account).verdict;

    expect(asks('serviceAccount', 'role', 'batch')).toBe('allowed');
    expect(asks('serviceAccount', 'app', 'web')).toBe('denied');
    expect(asks('automatic', 'projectcalico.org/serviceaccount', 'robot')).toBe('allowed');
    expect(asks('automatic', 'projectcalico.org/namespace', 'server')).toBe('denied');
  });

  test('a hostNetwork client is chosen by the selectors that do not ask for a pod network', () => {
    const onPodNetwork: Selector = { kind: 'and', of: [labels({ app: 'web' }), { kind: 'network', network: 'pod' }] };

    expect(admits([chosen(labels({ app: 'web' }))], { network: 'host' }).verdict).toBe('allowed');
    expect(admits([chosen(onPodNetwork)], { network: 'host' }).verdict).toBe('denied');
    expect(admits([chosen(onPodNetwork)], {}).verdict).toBe('allowed');
  });
});

describe('peers that are excluded', () => {
  const except = (term: Partial<PeerTerm>, app: string): PeerTerm => ({ ...term, notSelector: labels({ app }), netsSeePods: 'yes' });

  test('a notSelector leaves out the endpoints that it chooses', () => {
    expect(admits([except({ selector: { kind: 'all' } }, 'web')], 'client/pod').verdict).toBe('denied');
    expect(admits([except({ selector: { kind: 'all' } }, 'x')], 'client/pod').verdict).toBe('allowed');
  });

  test('a notSelector alone stands for everything else, also for addresses outside', () => {
    expect(admits([except({}, 'web')], 'client/pod').verdict).toBe('denied');
    expect(admits([except({}, 'x')], 'client/pod').verdict).toBe('allowed');
    expect(admits([except({}, 'web')], '203.0.113.1').verdict).toBe('allowed');
  });

  test('a notSelector and nets must both hold', () => {
    expect(admits([except({ nets: ['10.0.0.0/8'] }, 'x')], 'client/pod').verdict).toBe('allowed');
    expect(admits([except({ nets: ['10.0.0.0/8'] }, 'web')], 'client/pod').verdict).toBe('denied');
    expect(admits([except({ nets: ['172.16.0.0/12'] }, 'x')], 'client/pod').verdict).toBe('denied');
  });

  test('an endpoint of which nobody knows whether it is excluded is open', () => {
    const unknown = { unknownKeys: ['revision'] };

    expect(admits([{ notSelector: labels({ revision: '1' }), netsSeePods: 'no' }], unknown).verdict).toBe('indeterminate');
  });
});

describe('nets', () => {
  test.each([
    ['203.0.113.0', 'allowed'],
    ['203.0.113.255', 'allowed'],
    ['203.0.112.255', 'denied'],
    ['203.0.114.0', 'denied'],
    ['2001:db8::1', 'denied'],
  ])('the address %s against 203.0.113.0/24 is %s', (address, verdict) => {
    expect(admits([block('203.0.113.0/24')], address).verdict).toBe(verdict);
  });

  test.each([
    ['203.0.113.127', 'allowed'],
    ['203.0.113.128', 'denied'],
    ['203.0.113.255', 'denied'],
  ])('the address %s against 203.0.113.0/24 except its upper half is %s', (address, verdict) => {
    expect(admits([block('203.0.113.0/24', ['203.0.113.128/25'])], address).verdict).toBe(verdict);
  });

  test('what one term excepts another may name', () => {
    expect(admits([block('203.0.113.0/24', ['203.0.113.128/25']), block('203.0.113.200/32')], '203.0.113.200').verdict).toBe('allowed');
  });

  test('notNets alone stand for everything else, of either family', () => {
    const others: PeerTerm = { notNets: ['203.0.113.0/24'], netsSeePods: 'yes' };

    expect(admits([others], '203.0.113.1').verdict).toBe('denied');
    expect(admits([others], '198.51.100.1').verdict).toBe('allowed');
    expect(admits([others], '2001:db8::1').verdict).toBe('allowed');
  });

  test('all of IPv4 holds no IPv6 address, nor the other way round', () => {
    expect(admits([block('0.0.0.0/0')], '2001:db8::1').verdict).toBe('denied');
    expect(admits([block('::/0')], '2001:db8::1').verdict).toBe('allowed');
    expect(admits([block('::/0')], '203.0.113.1').verdict).toBe('denied');
  });

  test('whether nets see pods is the term’s to say', () => {
    expect(admits([block('10.0.0.0/8', [], 'yes')], 'client/pod').verdict).toBe('allowed');
    expect(admits([block('10.0.0.0/8', [], 'no')], 'client/pod').verdict).toBe('denied');
    expect(admits([block('10.0.0.0/8', [], 'unknown')], 'client/pod')).toMatchObject({
      verdict: 'indeterminate',
      dependsOn: [{ kind: 'fact', text: expect.stringContaining('ipBlockMatchesPods') }],
    });
    expect(admits([block('172.16.0.0/12', [], 'unknown')], 'client/pod').verdict).toBe('denied');
  });

  test.each(['yes', 'no', 'unknown'] as const)('nets that see pods `%s` always see hosts and external addresses', (netsSeePods) => {
    expect(admits([block('192.168.0.0/16', [], netsSeePods)], { network: 'host', addresses: ['192.168.0.1'] }).verdict).toBe('allowed');
    expect(admits([block('203.0.113.0/24', [], netsSeePods)], '203.0.113.1').verdict).toBe('allowed');
  });

  test('an address that the input does not tell is open, unless its range decides', () => {
    const within = (...addressRanges: readonly string[]): EndpointOptions => ({ addresses: [], addressRanges });

    expect(admits([block('0.0.0.0/0')], within('0.0.0.0/0')).verdict).toBe('allowed');
    expect(admits([block('10.0.0.0/8')], within('10.1.0.0/16')).verdict).toBe('allowed');
    expect(admits([block('172.16.0.0/12')], within('10.1.0.0/16')).verdict).toBe('denied');
    expect(admits([block('10.1.2.0/24')], within('10.1.0.0/16'))).toMatchObject({
      verdict: 'indeterminate',
      dependsOn: [{ kind: 'address', text: 'the address of `pod`' }],
    });
    expect(admits([block('10.0.0.0/8', ['10.1.2.0/24'])], within('10.1.0.0/16')).verdict).toBe('indeterminate');
    expect(admits([block('10.0.0.0/8', ['10.1.0.0/16'])], within('10.1.2.0/24')).verdict).toBe('denied');
  });

  test('of several ranges that may hold an address each counts', () => {
    const either: EndpointOptions = { addresses: [], addressRanges: ['10.1.0.0/16', '10.2.0.0/16'] };

    expect(admits([block('10.0.0.0/8')], either).verdict).toBe('allowed');
    expect(admits([block('10.1.0.0/16')], either).verdict).toBe('indeterminate');
    expect(admits([block('10.3.0.0/16')], either).verdict).toBe('denied');
  });

  test('an endpoint with two addresses of one family is open where they differ', () => {
    const two: EndpointOptions = { network: 'host', addresses: ['192.168.0.1', '203.0.113.1'] };

    expect(admits([block('192.168.0.0/16')], two).verdict).toBe('indeterminate');
    expect(admits([block('0.0.0.0/0')], two).verdict).toBe('allowed');
  });

  test('an endpoint without any address of the family is in no net', () => {
    expect(admits([block('::/0')], { addresses: ['10.0.0.1'] }).verdict).toBe('denied');
  });
});

describe('packets', () => {
  /** Is the packet admitted to a server with these declared ports? */
  function admitsPacket(packets: PacketExpression, packet: string, ports: EndpointOptions['ports'] = []): Verdict {
    const snapshot = cluster()
      .pod('client/pod')
      .pod('server/pod', {}, { ports })
      .policy('server/all', { ingress: [allow('any', packets)] })
      .snapshot();
    return ask(snapshot, 'client/pod', 'server/pod', packet).verdict;
  }

  test.each([
    ['TCP:7999', 'denied'],
    ['TCP:8000', 'allowed'],
    ['TCP:8080', 'allowed'],
    ['TCP:8081', 'denied'],
    ['UDP:8000', 'denied'],
  ])('%s against the range TCP 8000 to 8080 is %s', (packet, verdict) => {
    expect(admitsPacket(to('TCP', [8000, 8080]), packet)).toBe(verdict);
  });

  test('a protocol without ports is every port of it, and no other protocol', () => {
    expect(admitsPacket(to('UDP'), 'UDP:1')).toBe('allowed');
    expect(admitsPacket(to('UDP'), 'UDP:65535')).toBe('allowed');
    expect(admitsPacket(to('UDP'), 'TCP:1')).toBe('denied');
  });

  test('every packet includes the protocols that have no ports', () => {
    expect(admitsPacket('any', 'ICMP')).toBe('allowed');
    expect(admitsPacket('any', 'other')).toBe('allowed');
    expect(admitsPacket(to('ICMP'), 'ICMP')).toBe('allowed');
    expect(admitsPacket(to('ICMP'), 'ICMPv6')).toBe('denied');
  });

  test('a rule for ICMP that rests on a condition leaves ICMP open and the rest denied', () => {
    const snapshot = cluster()
      .pod('client/pod')
      .pod('server/pod')
      .policy('server/all', { ingress: [allow('any', to('ICMP'), AT_RUN_TIME)] })
      .snapshot();

    expect(ask(snapshot, 'client/pod', 'server/pod', 'ICMP')).toMatchObject({ verdict: 'indeterminate', dependsOn: [AT_RUN_TIME] });
    expect(ask(snapshot, 'client/pod', 'server/pod', 'TCP:80').verdict).toBe('denied');
  });

  test('a named port is the destination’s, by name and protocol', () => {
    const http = to('TCP', 'http');

    expect(admitsPacket(http, 'TCP:8080', [['http', 'TCP', 8080]])).toBe('allowed');
    expect(admitsPacket(http, 'TCP:80', [['http', 'TCP', 8080]])).toBe('denied');
    expect(admitsPacket(http, 'UDP:8080', [['http', 'UDP', 8080]])).toBe('denied');
    expect(admitsPacket(http, 'TCP:8080', [['http', 'UDP', 8080]])).toBe('denied');
    expect(admitsPacket(http, 'TCP:8080', [['web', 'TCP', 8080]])).toBe('denied');
    expect(admitsPacket(http, 'TCP:8080', [])).toBe('denied');
  });

  test('one name on two protocols is two ports, and one name on two numbers is both', () => {
    const dns: EndpointOptions['ports'] = [
      ['dns', 'TCP', 53],
      ['dns', 'UDP', 5353],
      ['dns', 'TCP', 54],
    ];

    expect(admitsPacket(to('TCP', 'dns'), 'TCP:53', dns)).toBe('allowed');
    expect(admitsPacket(to('TCP', 'dns'), 'TCP:54', dns)).toBe('allowed');
    expect(admitsPacket(to('TCP', 'dns'), 'TCP:5353', dns)).toBe('denied');
    expect(admitsPacket(to('UDP', 'dns'), 'UDP:5353', dns)).toBe('allowed');
    expect(admitsPacket(to('UDP', 'dns'), 'UDP:53', dns)).toBe('denied');
  });

  test('numbers and names of one term are alternatives', () => {
    const either = to('TCP', 22, 'http');

    expect(admitsPacket(either, 'TCP:22', [['http', 'TCP', 8080]])).toBe('allowed');
    expect(admitsPacket(either, 'TCP:8080', [['http', 'TCP', 8080]])).toBe('allowed');
    expect(admitsPacket(either, 'TCP:80', [['http', 'TCP', 8080]])).toBe('denied');
  });

  test('a declared port without a name is no named port and closes nothing', () => {
    expect(admitsPacket(to('TCP', 'http'), 'TCP:80', [['', 'TCP', 80]])).toBe('denied');
    expect(admitsPacket(to('TCP', 81), 'TCP:81', [['', 'TCP', 80]])).toBe('allowed');
  });

  test('a port with one of the notPortNames does not match, and an end without the name does', () => {
    const notMetrics: PacketExpression = [{ protocol: 'TCP', notPortNames: ['metrics'] }];
    const declared: EndpointOptions['ports'] = [
      ['metrics', 'TCP', 9090],
      ['metrics', 'UDP', 9091],
    ];

    expect(admitsPacket(notMetrics, 'TCP:9090', declared)).toBe('denied');
    expect(admitsPacket(notMetrics, 'TCP:9091', declared)).toBe('allowed');
    expect(admitsPacket(notMetrics, 'TCP:9090', [])).toBe('allowed');
    expect(admitsPacket([{ protocol: 'TCP', ports: [[9000, 9999]], notPortNames: ['metrics'] }], 'TCP:80', declared)).toBe('denied');
  });

  describe('what only some packets tell', () => {
    function admitsFrom(packets: PacketExpression, packet: Packet): Explanation {
      const snapshot = cluster()
        .pod('client/pod', {}, { ports: [['ephemeral', 'TCP', 5000]] })
        .pod('server/pod')
        .policy('server/all', { ingress: [allow('any', packets)] })
        .snapshot();
      const [source, destination] = [endOf(snapshot, 'client/pod'), endOf(snapshot, 'server/pod')];
      return evaluate(snapshot, flowOf(snapshot, { source, destination, packet }));
    }

    test('a source port is tested where it is told, and open where it is not', () => {
      const high: PacketExpression = [{ protocol: 'TCP', ports: [[80, 80]], sourcePorts: [[1024, 2048]] }];

      expect(admitsFrom(high, { protocol: 'TCP', port: 80, sourcePort: 1024 }).verdict).toBe('allowed');
      expect(admitsFrom(high, { protocol: 'TCP', port: 80, sourcePort: 2048 }).verdict).toBe('allowed');
      expect(admitsFrom(high, { protocol: 'TCP', port: 80, sourcePort: 2049 }).verdict).toBe('denied');
      expect(admitsFrom(high, { protocol: 'TCP', port: 81 }).verdict).toBe('denied');
      expect(admitsFrom(high, { protocol: 'TCP', port: 80 })).toMatchObject({
        verdict: 'indeterminate',
        dependsOn: [{ kind: 'condition', text: 'the source port, which the question leaves open' }],
      });
    });

    test('a source port name is the source’s; where the source has no such name, nothing matches', () => {
      const named = (name: string): PacketExpression => [{ protocol: 'TCP', sourcePortNames: [name] }];

      expect(admitsFrom(named('ephemeral'), { protocol: 'TCP', port: 80, sourcePort: 5000 }).verdict).toBe('allowed');
      expect(admitsFrom(named('ephemeral'), { protocol: 'TCP', port: 80, sourcePort: 5001 }).verdict).toBe('denied');
      expect(admitsFrom(named('ephemeral'), { protocol: 'TCP', port: 80 }).verdict).toBe('indeterminate');
      expect(admitsFrom(named('other'), { protocol: 'TCP', port: 80 }).verdict).toBe('denied');
    });

    test('an ICMP type and code are tested where they are told', () => {
      const echo: PacketExpression = [{ protocol: 'ICMP', icmp: [{ types: [8, 8], codes: [0, 255] }] }];

      expect(admitsFrom(echo, { protocol: 'ICMP', icmp: { type: 8, code: 3 } }).verdict).toBe('allowed');
      expect(admitsFrom(echo, { protocol: 'ICMP', icmp: { type: 9, code: 3 } }).verdict).toBe('denied');
      expect(
        admitsFrom([{ protocol: 'ICMP', icmp: [{ types: [8, 8], codes: [0, 0] }] }], { protocol: 'ICMP', icmp: { type: 8, code: 1 } })
          .verdict,
      ).toBe('denied');
      expect(admitsFrom(echo, { protocol: 'ICMP' }).verdict).toBe('indeterminate');
    });

    test('a protocol number is tested where it is told', () => {
      const gre: PacketExpression = [{ protocol: 'other', numbers: [[47, 47]] }];

      expect(admitsFrom(gre, { protocol: 'other', number: 47 }).verdict).toBe('allowed');
      expect(admitsFrom(gre, { protocol: 'other', number: 48 }).verdict).toBe('denied');
      expect(admitsFrom(gre, { protocol: 'other' }).verdict).toBe('indeterminate');
    });
  });

  test('a named port in an egress rule is resolved on each destination, and on no external address', () => {
    const snapshot = cluster()
      .pod('client/pod')
      .pod('server/a', {}, { ports: [['http', 'TCP', 8080]] })
      .pod('server/b', {}, { ports: [['http', 'TCP', 9090]] })
      .policy('client/all', { egress: [allow('any', to('TCP', 'http'))] })
      .snapshot();

    expect(ask(snapshot, 'client/pod', 'server/a', 'TCP:8080').verdict).toBe('allowed');
    expect(ask(snapshot, 'client/pod', 'server/a', 'TCP:9090').verdict).toBe('denied');
    expect(ask(snapshot, 'client/pod', 'server/b', 'TCP:9090').verdict).toBe('allowed');
    expect(ask(snapshot, 'client/pod', '203.0.113.1', 'TCP:8080').verdict).toBe('denied');
  });
});
