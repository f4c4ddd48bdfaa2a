import { isolatedInNameOnly } from '../../../src/findings/checks/isolated-in-name-only';
import { AT_RUN_TIME, allow, block, chosen, deny, namespaceLabels, type PolicyOptions, pods, to } from '../../support/cluster';
import { judge, scene, selecting, summaries } from '../support/scene';

const check = isolatedInNameOnly;
const EVERY_NAMESPACE = chosen({ kind: 'network', network: 'pod' });
const ALL_TRANSPORTS = [{ protocol: 'TCP' }, { protocol: 'UDP' }, { protocol: 'SCTP' }] as const;

describe('LT-COV-003 for ingress', () => {
  it('finds a rule that allows everything, and names it', () => {
    const snapshot = scene(['shop'], (builder) => builder.pod('shop/web', {}).policy('shop/open', { ingress: [allow()] }));
    const [judgement] = judge(check, snapshot);
    expect(summaries([judgement!])).toEqual(['shop[Namespace] ingress any-pod proven medium']);
    expect(judgement!.sentence).toBe(
      'any new pod in namespace `shop` is isolated for ingress in name only: ingress rule 1 of policy `shop/open[NetworkPolicy]` (shop/open.yaml:10) lets in every connection from any pod of any namespace and from every address outside',
    );
    expect(judgement!.source).toEqual({ file: 'shop/open.yaml', document: 1, line: 10 });
    expect(judgement!.gate).toBe('poc');
    expect(judgement!.evidence.trace.map(({ policy, rule }) => [policy!.name, rule])).toEqual([['open', 0]]);
  });

  it('counts a rule for every namespace, although addresses outside stay shut', () => {
    const snapshot = scene(['shop'], (builder) => builder.pod('shop/web', {}).policy('shop/open', { ingress: [allow([EVERY_NAMESPACE])] }));
    const [judgement] = judge(check, snapshot);
    expect(summaries([judgement!])).toEqual(['shop[Namespace] ingress any-pod proven medium']);
    expect(judgement!.sentence).not.toContain('outside');
  });

  it('counts rules that are complete only together', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/web', {})
        .policy('shop/low', { ingress: [allow('any', [{ protocol: 'TCP', ports: [[1, 1023]] }, { protocol: 'UDP' }])] })
        .policy('shop/high', { ingress: [allow('any', [{ protocol: 'TCP', ports: [[1024, 65535]] }, { protocol: 'SCTP' }])] }),
    );
    const [judgement] = judge(check, snapshot);
    expect(summaries([judgement!])).toEqual(['shop[Namespace] ingress any-pod proven medium']);
    expect(judgement!.sentence).toContain(
      'policy `shop/low[NetworkPolicy]` (shop/low.yaml:10) with ingress rule 1 of policy `shop/high[NetworkPolicy]`',
    );
  });

  it('counts a deny-list that ends in allowing the rest', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder.pod('shop/web', {}).policy('shop/list', { ingress: [deny([pods({ app: 'bad' })]), allow()] }),
    );
    expect(summaries(judge(check, snapshot))).toEqual(['shop[Namespace] ingress any-pod proven medium']);
  });

  it.each([
    [
      'all ports but one',
      [
        allow('any', [
          {
            protocol: 'TCP',
            ports: [
              [1, 21],
              [23, 65535],
            ],
          },
          { protocol: 'UDP' },
          { protocol: 'SCTP' },
        ]),
      ],
    ],
    ['every port of TCP alone', [allow('any', to('TCP'))]],
    ['a public port for everybody', [allow('any', to('TCP', 443))]],
    ['every pod of its own namespace', [allow([chosen({ kind: 'inNamespace', names: ['shop'] })])]],
    ['both namespaces of the input, by name', [allow([chosen({ kind: 'inNamespace', names: ['shop', 'other'] })])]],
    ['every namespace of a team', [allow([chosen(namespaceLabels({ team: 'a' }))])]],
    ['addresses outside', [allow([block('0.0.0.0/0', [], 'no')])]],
    ['pods with a label', [allow([pods({ role: 'client' })])]],
    ['a deny in front', [deny('any', to('TCP', 22)), allow()]],
  ])('does not count %s', (_case, ingress) => {
    const snapshot = scene(['other', 'shop'], (builder) =>
      builder.pod('shop/web', {}).policy('shop/some', { ingress }).policy('other/deny', { ingress: [] }),
    );
    expect(judge(check, snapshot)).toEqual([]);
  });

  it('does not care that senders are held back by their own policies', () => {
    const snapshot = scene(['other', 'shop'], (builder) =>
      builder
        .pod('shop/web', {})
        .policy('shop/open', { ingress: [allow()] })
        .policy('other/out', { egress: [] }),
    );
    expect(summaries(judge(check, snapshot))).toEqual(['shop[Namespace] ingress any-pod proven medium']);
  });

  it('is one finding for each workload where the rest of the namespace is isolated in fact', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/web', { app: 'web' })
        .pod('shop/db', { app: 'db' })
        .policy('shop/deny', { ingress: [] })
        .policy('shop/web', selecting('shop', { app: 'web' }, { ingress: [allow()] })),
    );
    expect(summaries(judge(check, snapshot))).toEqual(['shop/web[Pod] ingress any-pod proven medium']);
  });

  it('stays open where only the plugin knows whether a block of all addresses matches pods', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder.pod('shop/web', {}).policy('shop/open', { ingress: [allow([block('0.0.0.0/0', [], 'unknown')])] }),
    );
    const [judgement] = judge(check, snapshot);
    expect(summaries([judgement!])).toEqual(['shop[Namespace] ingress any-pod open']);
    expect(judgement!.sentence).toContain('depends on the fact `ipBlockMatchesPods`');
  });

  it('stays open where a condition decides at run time', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder.pod('shop/web', {}).policy('shop/open', { ingress: [allow('any', 'any', AT_RUN_TIME)] }),
    );
    expect(summaries(judge(check, snapshot))).toEqual(['shop[Namespace] ingress any-pod open']);
  });

  it('is silent about namespaces that are not isolated at all: that is another finding', () => {
    expect(
      judge(
        check,
        scene(['shop'], (builder) => builder.pod('shop/web', {})),
      ),
    ).toEqual([]);
  });
});

describe('LT-COV-003 for egress', () => {
  it('finds the whole internet also where nodes drop packets of tunnels', () => {
    const open = scene(['shop'], (builder) => builder.pod('shop/web', {}).policy('shop/open', { egress: [allow()] }));
    const dropping = {
      ...open,
      nodeNetwork: { ...open.nodeNetwork, droppedFromPods: [{ protocol: 'UDP', ports: [[4789, 4789]] }] } as const,
    };
    expect(summaries(judge(check, dropping))).toEqual(summaries(judge(check, open)));
    expect(summaries(judge(check, dropping))).not.toEqual([]);
  });

  it('finds the whole internet on every port', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder.pod('shop/web', {}).policy('shop/out', { egress: [allow([block('0.0.0.0/0', ['10.0.0.0/8'])])] }),
    );
    const [judgement] = judge(check, snapshot);
    expect(summaries([judgement!])).toEqual(['shop[Namespace] egress internet proven low']);
    expect(judgement!.sentence).toBe(
      'any new pod in namespace `shop` is isolated for egress in name only: egress rule 1 of policy `shop/out[NetworkPolicy]` (shop/out.yaml:20) lets out every connection to the internet',
    );
    expect(judgement!.gate).toBe('beta');
  });

  it.each([
    ['a hole in public space', [allow([block('0.0.0.0/0', ['8.8.8.0/24'])])]],
    ['the ports of the web', [allow([block('0.0.0.0/0')], to('TCP', 80, 443))]],
    ['all pods and nothing outside', [allow([EVERY_NAMESPACE])]],
    ['half of public space', [allow([block('0.0.0.0/1')])]],
    ['every port of TCP and UDP', [allow([block('0.0.0.0/0')], ALL_TRANSPORTS.slice(0, 2))]],
  ])('does not count %s', (_case, egress) => {
    expect(
      judge(
        check,
        scene(['shop'], (builder) => builder.pod('shop/web', {}).policy('shop/out', { egress })),
      ),
    ).toEqual([]);
  });

  it('stays open, and names what is missing, where only some protocols are certain', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder.pod('shop/web', {}).policy('shop/out', { egress: [allow('any', to('TCP')), allow('any', 'any', AT_RUN_TIME)] }),
    );
    const [judgement] = judge(check, snapshot);
    expect(judgement).toMatchObject({ certainty: 'open', evidence: { flow: { protocol: 'UDP', port: 1 } } });
    expect(judgement!.sentence).toBe(
      'whether any new pod in namespace `shop` is isolated for egress in name only depends on what the request asks for',
    );
  });

  it('shows an address of the internet where the one for examples is shut', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder.pod('shop/web', {}).policy('shop/out', { egress: [allow([block('0.0.0.0/0', ['203.0.113.0/24'])])] }),
    );
    const [judgement] = judge(check, snapshot);
    expect(judgement!.evidence.flow).toEqual({ from: 'any new pod in shop', to: '1.0.0.0', protocol: 'TCP', port: 8080 });
    expect(judgement!.evidence.trace.map(({ action }) => action)).toEqual(['Allow']);
  });

  it('counts IPv6 alone only for pods that have it', () => {
    const open = { egress: [allow([block('::/0')])] };
    const v6 = { addresses: ['10.0.0.1', 'fd00::1'] };
    const onBoth = scene(['shop'], (builder) =>
      builder
        .pod('shop/web', { app: 'web' }, v6)
        .policy('shop/deny', { egress: [] })
        .policy('shop/web', selecting('shop', { app: 'web' }, open)),
    );
    expect(summaries(judge(check, onBoth))).toEqual(['shop/web[Pod] egress internet proven low']);
    const onV4 = scene(['shop'], (builder) =>
      builder
        .pod('shop/web', { app: 'web' }, { addresses: ['10.0.0.1'] })
        .policy('shop/deny', { egress: [] })
        .policy('shop/web', selecting('shop', { app: 'web' }, open)),
    );
    expect(judge(check, onV4)).toEqual([]);
  });
});

describe('LT-COV-003 under host endpoints', () => {
  const build = (policy: PolicyOptions, interfaceName = '*') =>
    scene([], (builder) =>
      builder
        .pod('shop/web', {}, { node: 'n1', addresses: ['10.0.0.1'] })
        .pod('shop/db', {}, { node: 'n2', addresses: ['10.0.0.2'] })
        .policy('shop/open', { ingress: [allow()], egress: [allow()] })
        .host('n1/one', { interfaceName })
        .policy('one', { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, forward: true, ...policy })
        .network({ pools: [{ net: '10.0.0.0/16', encapsulation: 'never', natOutgoing: true }] }),
    );

  it('is certain of both nodes where they let everything pass, and names the rule at the pod alone', () => {
    const judgements = judge(check, build({ ingress: [allow()], egress: [allow()] }));
    expect(summaries(judgements)).toEqual([
      'shop/db[Pod] ingress any-pod proven medium',
      'shop/web[Pod] ingress any-pod proven medium',
      'shop/db[Pod] egress internet proven low',
      'shop/web[Pod] egress internet proven low',
    ]);
    expect(judgements[1]!.sentence).toContain(
      'in name only: ingress rule 1 of policy `shop/open[NetworkPolicy]` (shop/open.yaml:10) lets in',
    );
    expect(judgements[1]!.evidence.trace.some(({ host }) => host?.name === 'one')).toBe(true);
  });

  it.each([
    ['what pods of other nodes send', 'eth0', { ingress: [] }],
    ['one port', '*', { egress: [deny('any', to('TCP', 7777)), allow()] }],
  ])('is silent where the node stops %s', (_case, interfaceName, policy) => {
    const judgements = judge(check, build(policy, interfaceName)).filter(({ direction }) => direction === 'ingress');
    expect(summaries(judgements)).toEqual(['shop/db[Pod] ingress any-pod proven medium']);
  });
});
