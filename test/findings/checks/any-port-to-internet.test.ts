import { anyPortToInternet } from '../../../src/findings/checks/any-port-to-internet';
import { AT_RUN_TIME, allow, block, deny, labels, type PolicyOptions, type RuleParts, to } from '../../support/cluster';
import { findingsOf, judge, scene, selecting, service, summaries } from '../support/scene';

const check = anyPortToInternet;
const WEB = [...(to('TCP', 80, 443) as []), ...(to('UDP', 443) as [])];

describe('LT-EGR-001', () => {
  it('is one finding for a namespace where nothing but the default decides', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder.pod('shop/web', { app: 'web' }).pod('shop/db', { app: 'db' }).policy('shop/in', { ingress: [] }),
    );
    const judgements = judge(check, snapshot);
    expect(summaries(judgements)).toEqual(['shop[Namespace] egress internet proven medium']);
    expect(judgements[0]!.sentence).toBe('the 2 workloads of namespace `shop` may open every port to the internet');
    expect(judgements[0]!.evidence.flow).toEqual({ from: 'shop/db[Pod]', to: '203.0.113.7', protocol: 'TCP', port: 3333 });
    expect(judgements[0]!.evidence.trace.map(({ trigger }) => trigger)).toEqual(['not-selected']);
    expect(judgements[0]!.evidence.details).toContainEqual({
      label: 'example',
      text: 'TCP 3333, 4444, 14444, on which mining pools listen, are allowed',
    });
    expect(judgements[0]!.evidence.nearestCandidates).toEqual(['policy `shop/in[NetworkPolicy]` selects it, but only for ingress']);
  });

  it('says which port nodes drop of all that pods send', () => {
    const open = scene(['shop'], (builder) => builder.pod('shop/web', {}));
    const [judgement] = judge(check, {
      ...open,
      nodeNetwork: { ...open.nodeNetwork, droppedFromPods: [{ protocol: 'UDP', ports: [[4789, 4789]] }] },
    });
    expect(judgement!.sentence).toContain('may open every port but UDP 4789 to the internet');
  });

  it('is one finding for each workload where policies tell workloads apart', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/web', { app: 'web' })
        .pod('shop/db', { app: 'db' })
        .pod('shop/job', { app: 'job' })
        .policy('shop/db', selecting('shop', { app: 'db' }, { egress: [] })),
    );
    const judgements = judge(check, snapshot);
    expect(summaries(judgements)).toEqual(['shop/job[Pod] egress internet proven medium', 'shop/web[Pod] egress internet proven medium']);
    expect(judgements.map(({ evidence }) => evidence.flow!.from)).toEqual(['shop/job[Pod]', 'shop/web[Pod]']);
    expect(judgements[1]!.evidence.verify).toMatch(/^kubectl --namespace shop exec pod\/web -- nc -zvw 3 HOST 3333 #/);
  });

  it('names the rule that opens the internet, and the ports', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder.pod('shop/web', {}).policy('shop/out', { egress: [allow([block('0.0.0.0/0')], to('TCP', 443, [3000, 4000]))] }),
    );
    const [judgement] = judge(check, snapshot);
    expect(judgement!.sentence).toBe('`shop/web[Pod]` may open TCP 3000-4000 to the internet');
    expect(judgement!.source).toEqual({ file: 'shop/out.yaml', document: 1, line: 20 });
    expect(judgement!.advice).toContain('egress rule 1 of `shop/out[NetworkPolicy]` allows it');
    expect(judgement!.proposal).toBeUndefined();
  });

  it.each([
    ['nothing', []],
    ['the ports of the web, HTTP/3 among them', [allow([block('0.0.0.0/0')], WEB)]],
    ['a list of destinations', [allow([block('52.0.0.0/9')]), allow([block('140.82.112.0/20')])]],
    ['private ranges', [allow([block('10.0.0.0/8'), block('192.168.0.0/16'), block('100.64.0.0/10'), block('169.254.0.0/16')])]],
    ['documentation ranges', [allow([block('203.0.113.0/24')])]],
    ['every port, but denied first', [deny([block('0.0.0.0/0'), block('::/0')]), allow()]],
  ])('is silent about %s', (_case, egress) => {
    expect(
      judge(
        check,
        scene(['shop'], (builder) => builder.pod('shop/web', {}).policy('shop/out', { egress })),
      ),
    ).toEqual([]);
  });

  it('adds the addresses of all rules up', () => {
    const quarters = ['4.0.0.0/10', '64.0.0.0/10', '128.0.0.0/10', '200.0.0.0/10'].map((cidr) => allow([block(cidr)], to('TCP', 25)));
    const snapshot = scene(['shop'], (builder) => builder.pod('shop/web', {}).policy('shop/out', { egress: quarters }));
    expect(judge(check, snapshot)[0]!.sentence).toBe('`shop/web[Pod]` may open TCP 25 to the internet');
  });

  it('does not count what the facts give to the organisation', () => {
    const egress = [allow([block('8.0.0.0/7')])];
    const build = (facts: object) =>
      scene(['shop'], (builder) => builder.pod('shop/web', {}).policy('shop/out', { egress }), { given: facts });
    expect(judge(check, build({}))).toHaveLength(1);
    expect(judge(check, build({ organisationRanges: ['8.0.0.0/8', '9.0.0.0/8'] }))).toEqual([]);
  });

  it('is high for a store of data', () => {
    const snapshot = scene(['shop'], (builder) => builder.pod('shop/db', {}), { images: { 'shop/db': ['mongo:7'] } });
    expect(summaries(judge(check, snapshot))).toEqual(['shop[Namespace] egress internet proven high']);
  });

  it('is high for what a load balancer leads to, which is then taken to be public', () => {
    const build = (ingress: boolean) =>
      scene(
        ['shop'],
        (builder) =>
          ingress ? builder.pod('shop/web', { app: 'web' }).policy('shop/in', { ingress: [] }) : builder.pod('shop/web', { app: 'web' }),
        {
          services: [service('shop/front', 'LoadBalancer', { app: 'web' }, 8080)],
        },
      );
    const [judgement] = judge(check, build(false));
    expect(summaries([judgement!])).toEqual(['shop[Namespace] egress internet assumed high']);
    expect(judgement!.evidence.assumptions).toEqual([
      'the load balancer of `shop/front[Service]` faces the internet: nothing in the input says that it is internal',
    ]);
    expect(summaries(judge(check, build(true)))).toEqual(['shop[Namespace] egress internet proven medium']);
  });

  it('is low where only the ports of DNS are open to everybody', () => {
    const dns = [...(to('UDP', 53) as []), ...(to('TCP', 53) as [])];
    const snapshot = scene(['shop'], (builder) => builder.pod('shop/web', {}).policy('shop/out', { egress: [allow('any', dns)] }));
    const [judgement] = judge(check, snapshot);
    expect(summaries([judgement!])).toEqual(['shop/web[Pod] egress internet proven low']);
    expect(judgement!.sentence).toBe('`shop/web[Pod]` may open TCP 53 and UDP 53 to the internet');
  });

  it('stays open where a condition decides at run time', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder.pod('shop/web', {}).policy('shop/out', { egress: [allow([block('0.0.0.0/0')], 'any', AT_RUN_TIME)] }),
    );
    const [judgement] = judge(check, snapshot);
    expect(summaries([judgement!])).toEqual(['shop/web[Pod] egress internet open']);
    expect(judgement!.sentence).toBe('whether `shop/web[Pod]` may open every port to the internet depends on what the request asks for');
  });

  it('tells of IPv6 alone only where pods have it, and assumes it where nobody knows', () => {
    const egress = [allow([block('0.0.0.0/0')], WEB), allow([block('::/0')])];
    const build = (addresses: readonly string[]) =>
      scene(['shop'], (builder) => builder.pod('shop/web', {}, { addresses }).policy('shop/out', { egress }));
    expect(summaries(judge(check, build(['10.0.0.1', 'fd00::1'])))).toEqual(['shop/web[Pod] egress internet IPv6 proven medium']);
    expect(summaries(judge(check, build([])))).toEqual(['shop/web[Pod] egress internet IPv6 assumed medium']);
    expect(judge(check, build(['10.0.0.1']))).toEqual([]);
    expect(findingsOf(build(['fd00::1'])).find(({ check: id }) => id === 'LT-EGR-001')!.title).toBe(
      'Workload may open any port to the internet (IPv6 only)',
    );
  });

  it('tells of pods on the network of their node apart, without a policy to offer', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/web', {})
        .pod('shop/agent', {}, { network: 'host' })
        .policy('shop/out', selecting('shop', {}, { egress: [] })),
    );
    const [judgement] = judge(check, snapshot);
    expect(summaries([judgement!])).toEqual(['shop[Namespace] egress internet from the host network proven medium']);
    expect(judgement!.sentence).toBe('the only host-network workload of namespace `shop` may open every port to the internet');
    expect(judgement!.advice).toContain('move these workloads off the network of their node');
    expect(judgement!.proposal).toBeUndefined();
  });

  it('only lists node agents of the distribution, and offers it no policy', () => {
    const snapshot = scene(['kube-system'], (builder) =>
      builder.pod('kube-system/proxy', {}, { network: 'host' }).pod('kube-system/dns', {}),
    );
    const judgements = judge(check, snapshot);
    expect(summaries(judgements)).toEqual([
      'kube-system[Namespace] egress internet proven medium',
      'kube-system[Namespace] egress internet from the host network proven info',
    ]);
    expect(judgements.map(({ proposal }) => proposal)).toEqual([undefined, undefined]);
    expect(judgements[0]!.advice).toBe('isolate these pods for egress, then allow the destinations and ports that are needed');
  });

  it('offers a policy that makes it vanish and cuts nothing between workloads', () => {
    const whole = scene(
      ['pay', 'shop'],
      (builder) => builder.pod('shop/web', { app: 'web' }).pod('shop/db', { app: 'db' }).pod('pay/api', {}),
      { given: { ipBlockMatchesPods: 'no' } },
    );
    const single = scene(['shop'], (builder) =>
      builder
        .pod('shop/web', { app: 'web' })
        .pod('shop/db', { app: 'db' })
        .policy('shop/db', selecting('shop', { app: 'db' }, { egress: [] })),
    );
    for (const snapshot of [whole, single]) {
      const { remediation } = findingsOf(snapshot).find(({ check: id }) => id === 'LT-EGR-001')!;
      expect(remediation.manifest).toBeDefined();
      expect(remediation.wouldCut).toEqual([]);
    }
    expect(findingsOf(single).find(({ check: id }) => id === 'LT-EGR-001')!.remediation.manifest).toContain(
      'name: leasttrust-web-only-egress-web',
    );
  });

  it('offers no policy for pods that no label tells from others', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/bare', {})
        .pod('shop/db', { app: 'db' })
        .policy('shop/db', selecting('shop', { app: 'db' }, { egress: [] })),
    );
    expect(judge(check, snapshot)[0]!.proposal).toBeUndefined();
  });
});

describe('LT-EGR-001 under host endpoints', () => {
  const AGENTS = (policy: PolicyOptions, second: PolicyOptions = policy) =>
    scene(['shop'], (builder) =>
      builder
        .node('n1', { addresses: ['192.168.0.1'] })
        .node('n2', { addresses: ['192.168.0.2'] })
        .pod('shop/agent-1', {}, { network: 'host', node: 'n1', workload: 'agent', addresses: ['192.168.0.1'] })
        .pod('shop/agent-2', {}, { network: 'host', node: 'n2', workload: 'agent', addresses: ['192.168.0.2'] })
        .host('n1/one', { labels: { role: 'one' } })
        .host('n2/two', { labels: { role: 'two' } })
        .policy('one', { appliesTo: { kind: 'none' }, appliesToHosts: labels({ role: 'one' }), ...policy })
        .policy('two', { appliesTo: { kind: 'none' }, appliesToHosts: labels({ role: 'two' }), ...second }),
    );

  it('is silent where the own traffic of nodes is kept to the web', () => {
    expect(judge(check, AGENTS({ egress: [allow([block('0.0.0.0/0')], WEB)] }))).toEqual([]);
  });

  it('says of how many pods it is true, and names the rule at the host endpoint', () => {
    const [judgement, ...others] = judge(check, AGENTS({ egress: [] }, { egress: [allow()] }));
    expect(others).toEqual([]);
    expect(judgement!.sentence).toBe(
      'the only host-network workload of namespace `shop` (1 of its 2 pods) may open every port to the internet',
    );
    expect(judgement!.source).toEqual({ file: 'two.yaml', document: 1, line: 20 });
    expect(judgement!.advice).toBe(
      "narrow what their nodes let out to the destinations and ports that are needed: egress rule 1 of `two[GlobalNetworkPolicy]` allows it at host endpoint `two` of node `n2`, on the node's own traffic (two.yaml:20)",
    );
  });

  it('names no ports where each node lets out others, and weighs them together', () => {
    const [judgement] = judge(check, AGENTS({ egress: [allow('any', to('UDP', 53))] }, { egress: [allow('any', to('TCP', 25))] }));
    expect(judgement!.sentence).toBe(
      'the only host-network workload of namespace `shop` may open ports beyond those of the web to the internet',
    );
    expect(judgement!.severity).toBe('medium');
    expect(judgement!.flows).toEqual(expect.arrayContaining(['IPv4 UDP 53', 'IPv4 TCP 25']));
  });

  it('asks for pods at each node what it passes on', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/web-1', {}, { node: 'n1', workload: 'web' })
        .pod('shop/web-2', {}, { node: 'n2', workload: 'web' })
        .host('n1/one')
        .policy('one', { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, forward: true, egress: [] }),
    );
    const [judgement] = judge(check, snapshot);
    expect(judgement!.sentence).toBe('the only workload of namespace `shop` (1 of its 2 pods) may open every port to the internet');
    expect(judgement!.proposal).toBeDefined();
    expect(judgement!.evidence.trace.map(({ trigger }) => trigger)).toEqual(['not-selected']);
  });

  it('stays open for pods of which nobody knows where they run, and names that', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/web', {})
        .host('n1/one')
        .policy('one', { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, forward: true, egress: [] }),
    );
    expect(judge(check, snapshot).map(({ sentence }) => sentence)).toEqual([
      'whether the only workload of namespace `shop` may open every port to the internet depends on which node `web` runs on, hence which host endpoints it meets',
    ]);
  });

  it('takes of what untracked policies let a process send that of which they let the answer in', () => {
    const judged = (...ingress: readonly RuleParts[]) =>
      judge(
        check,
        scene(['shop'], (builder) =>
          builder
            .node('n1', { addresses: ['192.168.0.1'] })
            .pod('shop/agent', {}, { network: 'host', node: 'n1', addresses: ['192.168.0.1'] })
            .host('n1/one', { interfaceName: 'eth0' })
            .policy('one', { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, hook: 'untracked', egress: [allow()], ingress }),
        ),
      ).map(({ sentence }) => sentence);
    const from = (port: number) => allow('any', [{ protocol: 'TCP', sourcePorts: [[port, port]] }]);
    const blocks = Array.from({ length: 60 }, (_, index) => allow([block(`52.${index}.0.0/16`)], to('TCP', 2 * index + 1)));
    expect(judged(deny())).toEqual([]);
    expect(judged(...blocks, deny())).toEqual([]);
    expect(judged(from(22), from(25), deny())).toEqual([
      'the only host-network workload of namespace `shop` may open TCP 22,25 to the internet',
    ]);
    expect(judged(allow('any', to('TCP', [1024, 65_535])), deny())).toEqual([
      'whether the only host-network workload of namespace `shop` may open TCP 1-79,81-442,444-65535 to the internet depends on the source port, which the question leaves open',
    ]);
    expect(judged(allow())).toEqual(['the only host-network workload of namespace `shop` may open every port to the internet']);
  });
});
