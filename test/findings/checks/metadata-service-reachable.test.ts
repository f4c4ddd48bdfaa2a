import { metadataServiceReachable } from '../../../src/findings/checks/metadata-service-reachable';
import { METADATA_ADDRESSES } from '../../../src/model/metadata-addresses';
import { AT_RUN_TIME, allow, block, deny, type PolicyOptions, to } from '../../support/cluster';
import { findingsOf, judge, scene, selecting, service, summaries } from '../support/scene';

const check = metadataServiceReachable;
const AWS = { given: { platform: 'aws' as const, ipBlockMatchesPods: 'no' as const } };

describe('LT-MET-001', () => {
  it('finds the metadata address of the given platform, in every form that the pods can use', () => {
    const snapshot = scene(['shop'], (builder) => builder.pod('shop/web', {}, { addresses: ['10.0.0.1', 'fd00::1'] }), AWS);
    const [judgement] = judge(check, snapshot);
    expect(summaries([judgement!])).toEqual(['shop[Namespace] egress metadata proven medium']);
    expect(judgement!.sentence).toBe(
      'the only workload of namespace `shop` can reach the instance metadata service at `169.254.169.254` and `fd00:ec2::254`',
    );
    expect(judgement!.evidence.flow).toEqual({ from: 'shop/web[Pod]', to: '169.254.169.254', protocol: 'TCP', port: 80 });
    expect(judgement!.evidence.verify).toBe('kubectl --namespace shop exec pod/web -- nc -zvw 3 169.254.169.254 80');
    expect(judgement!.evidence.assumptions).toEqual([]);
  });

  it('counts the addresses of all platforms, and says that it assumes so, where nobody said which it is', () => {
    const [judgement] = judge(
      check,
      scene(['shop'], (builder) => builder.pod('shop/web', {})),
    );
    expect(summaries([judgement!])).toEqual(['shop[Namespace] egress metadata assumed medium']);
    expect(judgement!.evidence.assumptions).toEqual([
      'the cluster runs in a cloud: the fact `platform` is not given, so the addresses of every platform count',
    ]);
    const told = judgement!.evidence.details.map(({ text }) => text).join();
    for (const { address } of METADATA_ADDRESSES) expect(told).toContain(`${address} TCP`);
    expect(judgement!.sentence).toContain('at `169.254.169.254` and 3 other addresses');
  });

  it('has nothing to say where there is no cloud', () => {
    expect(
      judge(
        check,
        scene(['shop'], (builder) => builder.pod('shop/web', {}), { given: { platform: 'none' } }),
      ),
    ).toEqual([]);
  });

  it.each([
    ['the address is cut out', [allow([block('0.0.0.0/0', ['169.254.169.254/32'])])]],
    ['only other ports are open', [allow('any', to('TCP', 443))]],
    ['only a list of destinations is open', [allow([block('10.0.0.0/8')])]],
  ])('is silent where %s', (_case, egress) => {
    expect(
      judge(
        check,
        scene(['shop'], (builder) => builder.pod('shop/web', {}).policy('shop/out', { egress }), AWS),
      ),
    ).toEqual([]);
  });

  it('is not deceived by a range that covers one platform only', () => {
    const egress = [allow([block('0.0.0.0/0', ['169.254.0.0/16'])])];
    const snapshot = scene(['shop'], (builder) => builder.pod('shop/web', {}).policy('shop/out', { egress }));
    expect(judge(check, snapshot)[0]!.flows).toEqual([
      '168.63.129.16 TCP 80',
      '168.63.129.16 TCP 32526',
      '100.100.100.200 TCP 80',
      '192.0.0.192 TCP 80',
      'shop/web[Pod]',
    ]);
  });

  it('tells of a hole that exists on IPv6 alone', () => {
    const egress = [allow([block('0.0.0.0/0', ['169.254.169.254/32']), block('::/0')])];
    const build = (addresses: readonly string[]) =>
      scene(['shop'], (builder) => builder.pod('shop/web', {}, { addresses }).policy('shop/out', { egress }), AWS);
    expect(summaries(judge(check, build(['10.0.0.1', 'fd00::1'])))).toEqual(['shop/web[Pod] egress metadata IPv6 proven medium']);
    expect(summaries(judge(check, build([])))).toEqual(['shop/web[Pod] egress metadata IPv6 assumed medium']);
    expect(judge(check, build(['10.0.0.1']))).toEqual([]);
  });

  it('is high, and gates earlier, for what can be reached from outside', () => {
    const snapshot = scene(['shop'], (builder) => builder.pod('shop/web', { app: 'web' }), {
      given: { platform: 'aws', nodesReachableFrom: 'internet' },
      services: [service('shop/front', 'NodePort', { app: 'web' }, 8080)],
    });
    const [judgement] = judge(check, snapshot);
    expect(summaries([judgement!])).toEqual(['shop[Namespace] egress metadata proven high']);
    expect(judgement!.gate).toBe('poc');
  });

  it('stays open where a condition decides at run time', () => {
    const snapshot = scene(
      ['shop'],
      (builder) => builder.pod('shop/web', {}).policy('shop/out', { egress: [allow('any', 'any', AT_RUN_TIME)] }),
      AWS,
    );
    expect(summaries(judge(check, snapshot))).toEqual(['shop/web[Pod] egress metadata open']);
  });

  it('tells of pods on the network of their node apart: no policy keeps them away', () => {
    const snapshot = scene(
      ['kube-system', 'shop'],
      (builder) =>
        builder
          .pod('shop/agent', {}, { network: 'host' })
          .pod('kube-system/proxy', {}, { network: 'host' })
          .pod('shop/web', {})
          .policy('shop/out', selecting('shop', {}, { egress: [] })),
      AWS,
    );
    const judgements = judge(check, snapshot);
    expect(summaries(judgements)).toEqual([
      'kube-system[Namespace] egress metadata from the host network proven info',
      'shop[Namespace] egress metadata from the host network proven medium',
    ]);
    expect(judgements[1]!.evidence.trace.map(({ trigger }) => trigger)).toEqual(['host-network']);
  });

  it.each(['aws', 'azure', 'gcp', 'unknown'] as const)(
    'offers a policy that makes it vanish on %s and cuts nothing between workloads',
    (platform) => {
      const snapshot = scene(['pay', 'shop'], (builder) => builder.pod('shop/web', {}).pod('shop/db', {}).pod('pay/api', {}), {
        given: { platform, ipBlockMatchesPods: 'no' },
      });
      const { remediation } = findingsOf(snapshot).find(({ check: id }) => id === 'LT-MET-001')!;
      expect(remediation.manifest).toContain('169.254.169.254/32');
      expect(remediation.wouldCut).toEqual([]);
    },
  );

  it('advises to narrow the rule, and offers no policy, where a rule opens the address: policies add up', () => {
    const snapshot = scene(
      ['shop'],
      (builder) => builder.pod('shop/web', {}).policy('shop/out', { egress: [allow([block('0.0.0.0/0')])] }),
      AWS,
    );
    const { remediation, source } = findingsOf(snapshot).find(({ check: id }) => id === 'LT-MET-001')!;
    expect(remediation.manifest).toBeUndefined();
    expect(remediation.summary).toContain('egress rule 1 of `shop/out[NetworkPolicy]` allows it');
    expect(source).toEqual({ file: 'shop/out.yaml', document: 1, line: 20 });
  });
});

describe('LT-MET-001 under host endpoints', () => {
  const build = (policy: PolicyOptions) =>
    scene(
      ['shop'],
      (builder) =>
        builder
          .node('n1', { addresses: ['192.168.0.1'] })
          .node('n2', { addresses: ['192.168.0.2'] })
          .pod('shop/agent-1', {}, { network: 'host', node: 'n1', workload: 'agent', addresses: ['192.168.0.1'] })
          .pod('shop/agent-2', {}, { network: 'host', node: 'n2', workload: 'agent', addresses: ['192.168.0.2'] })
          .pod('shop/web', {}, { node: 'n1', addresses: ['10.0.0.1'] })
          .host('n1/one', { profileAction: 'Allow' })
          .policy('one', { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, ...policy }),
      AWS,
    );
  const METADATA_DENIED = [deny([block('169.254.169.254/32')]), allow()];

  it('tells nodes whose own traffic may not go there from others', () => {
    expect(judge(check, build({ egress: METADATA_DENIED })).map(({ sentence }) => sentence)).toEqual([
      'the only workload of namespace `shop` can reach the instance metadata service at `169.254.169.254`',
      'the only host-network workload of namespace `shop` (1 of its 2 pods) can reach the instance metadata service at `169.254.169.254`',
    ]);
  });

  it('is silent about pods that their nodes keep from it', () => {
    expect(judge(check, build({ forward: true, egress: METADATA_DENIED })).map(({ object }) => object)).toEqual([
      'metadata from the host network',
    ]);
  });

  it('advises at the host endpoint that lets it out', () => {
    const host = judge(check, build({ egress: [allow()] })).find(({ object }) => object === 'metadata from the host network');
    expect(host!.advice).toMatch(
      /^take the metadata addresses out of what their nodes let out: egress rule 1 of `one\[GlobalNetworkPolicy\]` allows it at host endpoint `one`/,
    );
  });
});
