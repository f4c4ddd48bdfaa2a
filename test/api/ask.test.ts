import { type Answer, ask, type Question } from '../../src/api/ask';
import { ApiError } from '../../src/api/errors';
import { analyze } from '../../src/engine/index';
import { PROFILES_TIER, profilesSelector } from '../../src/model/profiles';
import { AT_RUN_TIME, allow, block, cluster, deny, labels, pods, to } from '../support/cluster';
import { ingestText } from '../support/ingest-text';

/** shop/web → shop/api → shop/db, where api and db are isolated; everything else is open. */
const shop = analyze(
  cluster()
    .namespace('shop', { team: 'a' })
    .namespace('other')
    .pod('shop/web-1', { app: 'web' }, { workload: 'web', addresses: ['10.0.0.1'] })
    .pod('shop/web-2', { app: 'web' }, { workload: 'web', addresses: ['10.0.0.2'] })
    .pod('shop/api', { app: 'api' }, { addresses: ['10.0.0.3'] })
    .pod('shop/db-old', { app: 'db', version: 'old' }, { workload: 'db', addresses: ['10.0.0.8'] })
    .pod('shop/db-new', { app: 'db' }, { workload: 'db', addresses: ['10.0.0.9'] })
    .pod('shop/agent', {}, { network: 'host', addresses: ['192.168.0.1'] })
    .pod('other/lone', {}, { addresses: ['10.0.1.1', 'fd00::1'] })
    .newPod('other')
    .policy('shop/api', {
      appliesTo: { kind: 'and', of: [{ kind: 'inNamespace', names: ['shop'] }, labels({ app: 'api' })] },
      ingress: [allow([pods({ app: 'web' })], to('TCP', 8080))],
      egress: [allow([pods({ app: 'db' })], to('TCP', 5432)), allow([block('20.0.0.0/8')], to('TCP', 443))],
    })
    .policy('shop/db', {
      appliesTo: { kind: 'and', of: [{ kind: 'inNamespace', names: ['shop'] }, labels({ version: 'old' })] },
      ingress: [],
    })
    .snapshot(),
);

function answer(from: string, destination: string, more: Partial<Question> = { port: 8080 }, analysis = shop): Answer {
  return ask(analysis, { from, to: destination, ...more });
}

describe('a question about two pods', () => {
  it('is answered with verdict, both directions and the steps to it', () => {
    const { verdict, egress, ingress, trace, blockers, remedies, parts } = answer('shop/web-1', 'shop/api');
    expect({ verdict, egress, ingress }).toEqual({ verdict: 'allowed', egress: 'allowed', ingress: 'allowed' });
    expect(trace.map(({ direction, sentence, file, line }) => [direction, sentence, file, line])).toEqual([
      ['egress', 'no policy decides about egress of `shop/web-1`, so it is allowed', undefined, undefined],
      ['ingress', 'ingress rule 1 of `shop/api[NetworkPolicy]` allows it', 'shop/api.yaml', 10],
    ]);
    expect([blockers, remedies]).toEqual([[], []]);
    expect(parts).toEqual([{ verdict: 'allowed', flows: 1, examples: ['shop/api'] }]);
  });

  it('that is denied names what denies it, and what would let it through', () => {
    const { verdict, egress, ingress, blockers, remedies } = answer('other/lone', 'shop/api');
    expect({ verdict, egress, ingress }).toEqual({ verdict: 'denied', egress: 'allowed', ingress: 'denied' });
    expect(blockers).toEqual([
      expect.objectContaining({ direction: 'ingress', trigger: 'end-of-tier', isolatedBy: ['shop/api[NetworkPolicy]'] }),
    ]);
    expect(remedies).toEqual([
      'ingress: a rule that allows TCP 8080 from `other/lone`, in a policy that selects `shop/api` such as `shop/api[NetworkPolicy]`',
    ]);
  });

  it('that a tier denies names the tier, since later ones come too late', () => {
    const security = cluster({ cni: 'calico' })
      .tier('security', 10, 'Deny')
      .pod('shop/web')
      .pod('shop/db')
      .policy('strict', { tier: 'security', ingress: [] })
      .policy('open', { order: 1, ingress: [allow()] });
    const { remedies, trace } = answer('shop/web', 'shop/db', { port: 80 }, analyze(security.snapshot()));

    expect(remedies).toEqual([
      'ingress: a rule that allows TCP 80 from `shop/web`, in a policy of tier `security` that selects `shop/db` such as `strict[GlobalNetworkPolicy]`',
    ]);
    expect(trace.at(-1)!.sentence).toMatch(/; tier `security` denies the rest$/);
  });

  it('that the end of its profiles denies says that a policy would do as well', () => {
    const chosen = profilesSelector([['base']]);
    const closed = cluster({ cni: 'calico' })
      .tier(PROFILES_TIER, Number.POSITIVE_INFINITY, 'Deny')
      .node('n', { addresses: ['192.168.0.1'] })
      .pod('shop/web')
      .pod('shop/db', {}, { profiles: ['base'] })
      .host('n/eth0', { interfaceName: 'eth0', profiles: ['base'] })
      .policy('base', { tier: PROFILES_TIER, appliesTo: chosen, appliesToHosts: chosen, ingress: [] });
    const remediesOf = (from: string, target: string) => answer(from, target, { port: 80 }, analyze(closed.snapshot())).remedies;

    expect(remediesOf('shop/web', 'shop/db')).toEqual([
      'ingress: a rule that allows TCP 80 from `shop/web`, in a policy that selects `shop/db` or in one of its profiles',
    ]);
    expect(remediesOf('198.51.100.7', 'n[Node]')).toEqual([
      'ingress: a rule that allows TCP 80, in a policy that selects host endpoint `eth0` or in one of its profiles',
    ]);
  });

  it('that is about a protocol with only a number shows it, and asks policy alone what the internet may', () => {
    expect(answer('shop/web-1', 'shop/api', { protocol: '253' })).toMatchObject({ protocol: 'other', number: 253 });
    const open = analyze(cluster().pod('shop/web').snapshot());
    const closed = analyze(
      cluster()
        .pod('shop/web')
        .policy('closed', { ingress: [deny()] })
        .snapshot(),
    );
    expect(answer('internet', 'shop/web', { protocol: '253' }, closed)).toMatchObject({ verdict: 'denied', dependsOn: [] });
    expect(answer('internet', 'shop/web', { protocol: '253' }, open)).toMatchObject({
      verdict: 'indeterminate',
      dependsOn: [{ kind: 'door' }],
    });
  });

  it('that a host endpoint denies says what would let it through there', () => {
    const hosts = { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' } } as const;
    const nodes = (endpointToHostAction: 'accept' | 'drop' = 'accept') =>
      cluster({ cni: 'calico', endpointToHostAction })
        .node('n', { addresses: ['192.168.0.1'] })
        .node('m', { addresses: ['192.168.0.2'] })
        .pod('shop/web', {}, { node: 'n', addresses: ['10.0.0.1'] })
        .pod('shop/db', {}, { node: 'n', addresses: ['10.0.0.2'] });
    const remediesOf = (builder: ReturnType<typeof nodes>, from: string, target: string) =>
      answer(from, target, { port: 80 }, analyze(builder.snapshot())).remedies;

    expect(remediesOf(nodes().host('m/eth0', { interfaceName: 'eth0' }), 'n[Node]', 'm[Node]')).toEqual([
      'ingress: an ingress rule that allows TCP 80, in a policy that selects host endpoint `eth0`',
    ]);
    expect(
      remediesOf(
        nodes()
          .host('n/all')
          .policy('closed', { ...hosts, forward: true, egress: [] }),
        'shop/web',
        'shop/db',
      ),
    ).toEqual([
      'ingress: an egress rule that allows TCP 80, in a policy that applies on forward and selects host endpoint `all` such as `closed[GlobalNetworkPolicy]`',
    ]);
    expect(
      remediesOf(
        nodes()
          .host('n/all')
          .policy('closed', { ...hosts, forward: true, ingress: [deny()] }),
        'shop/web',
        'shop/db',
      ),
    ).toEqual(['egress: change rule 1 of `closed[GlobalNetworkPolicy]`, or let an earlier rule allow TCP 80 to `shop/db`']);
    expect(
      remediesOf(
        nodes()
          .host('m/eth0', { interfaceName: 'eth0' })
          .policy('raw', { ...hosts, hook: 'untracked', ingress: [allow()] }),
        'n[Node]',
        'm[Node]',
      ),
    ).toEqual(['ingress: an untracked egress rule for the answer, in a policy that selects host endpoint `eth0`']);
    expect(remediesOf(nodes('drop'), 'shop/web', 'n[Node]')).toEqual([
      'ingress: let nodes accept what their own pods send to them (`defaultEndpointToHostAction`)',
    ]);
  });

  it('that a node drops a packet that carries others says what would let it pass', () => {
    const VXLAN = { protocol: 'UDP', ports: [[4789, 4789]] } as const;
    const IPIP = { protocol: 'other', numbers: [[4, 4]] } as const;
    const dropping = analyze(
      cluster({ cni: 'calico', tunnelPacketsOfPods: 'drop' })
        .pod('shop/web')
        .pod('shop/db')
        .network({ droppedFromPods: [VXLAN, IPIP] })
        .snapshot(),
    );
    const ask = (packet: object) => answer('shop/web', 'shop/db', packet, dropping);
    expect(ask({ protocol: 'UDP', port: 4789 })).toMatchObject({
      verdict: 'denied',
      egress: 'denied',
      ingress: 'allowed',
      remedies: ['egress: let nodes pass what carries other packets from their pods (`allowVXLANPacketsFromWorkloads`)'],
    });
    expect(ask({ protocol: '4' }).remedies).toEqual([
      'egress: let nodes pass what carries other packets from their pods (`allowIPIPPacketsFromWorkloads`)',
    ]);
    expect(ask({ protocol: 'UDP', port: 4788 }).verdict).toBe('allowed');
    const atNodes = { droppedAtNodes: [{ packets: VXLAN, family: 4, exempt: [] }] } as const;
    const closed = analyze(
      cluster({ cni: 'calico' })
        .node('n', { addresses: ['192.168.0.1'] })
        .network(atNodes)
        .snapshot(),
    );
    expect(answer('198.51.100.7', 'n[Node]', { protocol: 'UDP', port: 4789 }, closed)).toMatchObject({
      verdict: 'denied',
      ingress: 'denied',
      remedies: ['ingress: name the source in `externalNodesList` of the FelixConfiguration'],
    });
  });

  it('assumes that pods may send packets of tunnels where nobody says so, and only where that matters', () => {
    const plain = analyze(cluster({ cni: 'calico' }).pod('shop/web').pod('shop/db').pod('shop/agent', {}, { network: 'host' }).snapshot());
    const assumed = 'nodes pass what carries other packets where one of their pods sends it (fact `tunnelPacketsOfPods`)';
    const isAssumed = (from: string, to: string, packet: object) => answer(from, to, packet, plain).assumptions.includes(assumed);
    expect(isAssumed('shop/web', 'shop/db', { protocol: 'UDP', port: 4789 })).toBe(true);
    expect(isAssumed('shop/web', 'shop/db', { protocol: '4' })).toBe(true);
    expect(isAssumed('shop/web', 'shop/db', { port: 4789 })).toBe(false);
    expect(isAssumed('shop/web', 'shop/web', { protocol: 'UDP', port: 4789 })).toBe(false);
    expect(isAssumed('shop/agent', 'shop/db', { protocol: 'UDP', port: 4789 })).toBe(false);
  });

  it('that is denied on both sides names both', () => {
    const { blockers } = answer('shop/api', 'shop/db-old', { port: 22 });
    expect(blockers.map(({ direction, isolatedBy }) => [direction, isolatedBy])).toEqual([
      ['egress', ['shop/api[NetworkPolicy]']],
      ['ingress', ['shop/db[NetworkPolicy]']],
    ]);
  });

  it('that is denied tells what is allowed instead', () => {
    expect(answer('shop/web-1', 'shop/api', { port: 80 }).notes).toContain(
      'from `shop/web-1` to `shop/api` only this is allowed: TCP 8080',
    );
    expect(answer('other/lone', 'shop/api').notes).toContain('nothing is allowed from `other/lone` to `shop/api`');
  });

  it('of which a rule denies it names the rule', () => {
    const analysis = analyze(
      cluster()
        .tier('admin', 1, 'Pass')
        .pod('a/x')
        .pod('a/y')
        .policy('a/no', { tier: 'admin', ingress: [deny([pods({})])] })
        .snapshot(),
    );
    expect(answer('a/x', 'a/y', { port: 1 }, analysis).remedies).toEqual([
      'ingress: change rule 1 of `a/no[NetworkPolicy]`, or let an earlier rule allow TCP 1 from `a/x`',
    ]);
  });

  it('is indeterminate where the input does not tell, and says on what it depends', () => {
    const analysis = analyze(
      cluster()
        .pod('a/x')
        .pod('a/y')
        .policy('a/maybe', { ingress: [allow('any', 'any', AT_RUN_TIME)] })
        .snapshot(),
    );
    const { verdict, dependsOn } = answer('a/x', 'a/y', { port: 1 }, analysis);
    expect({ verdict, dependsOn }).toEqual({ verdict: 'indeterminate', dependsOn: [AT_RUN_TIME] });
  });

  it('is allowed between a pod and itself', () => {
    expect(answer('shop/api', 'shop/api', { port: 1 }).verdict).toBe('allowed');
  });
});

describe('a question about a workload', () => {
  it('has the verdict of all its pods', () => {
    const { verdict, from, parts } = answer('shop/web', 'shop/api');
    expect({ verdict, from }).toEqual({ verdict: 'allowed', from: 'shop/web[Deployment]' });
    expect(parts).toEqual([{ verdict: 'allowed', flows: 2, examples: ['shop/web-1', 'shop/web-2'] }]);
  });

  it('whose pods differ is indeterminate and names them', () => {
    const { verdict, dependsOn, parts, trace } = answer('other/lone', 'shop/db', { port: 5432 });
    expect(verdict).toBe('indeterminate');
    expect(dependsOn).toEqual([{ kind: 'condition', text: 'which pods: `shop/db-new` is allowed; `shop/db-old` is denied' }]);
    expect(parts.map(({ verdict: own, flows }) => [own, flows])).toEqual([
      ['allowed', 1],
      ['denied', 1],
    ]);
    expect(trace.at(-1)!.sentence).toContain('`shop/db[NetworkPolicy]` isolates `shop/db-old`');
  });

  it('with itself leaves each pod with itself out', () => {
    expect(answer('shop/web', 'shop/web').parts).toEqual([
      { verdict: 'allowed', flows: 2, examples: ['shop/web-1 → shop/web-2', 'shop/web-2 → shop/web-1'] },
    ]);
  });

  it('of thousands of pods is judged by what tells them apart', () => {
    const builder = cluster().namespace('big');
    for (let i = 0; i < 3_000; i++) {
      builder.pod(`big/a-${i}`, { app: 'a' }, { workload: 'a' });
      builder.pod(`big/b-${i}`, i === 7 ? { app: 'b', odd: '' } : { app: 'b' }, { workload: 'b' });
    }
    builder.policy('big/odd', { appliesTo: { kind: 'label', owner: 'endpoint', key: 'odd', test: { operator: 'exists' } }, ingress: [] });
    const { verdict, parts } = answer('big/a', 'big/b', { port: 80 }, analyze(builder.snapshot()));
    expect(verdict).toBe('indeterminate');
    expect(parts.map(({ verdict: own, flows }) => [own, flows])).toEqual([
      ['allowed', 3_000 * 2_999],
      ['denied', 3_000],
    ]);
    expect(parts[1]!.examples[0]).toBe('big/a-0 → big/b-7');
  });

  it('of one template is about two of its pods', () => {
    const analysis = analyze(cluster().template('a/x').policy('a/none', { ingress: [] }).snapshot());
    expect(answer('a/x', 'a/x', { port: 1 }, analysis).verdict).toBe('denied');
  });
});

describe('a question about a new pod', () => {
  it('is answered as about any pod', () => {
    expect(answer('other/*', 'shop/api').verdict).toBe('denied');
    expect(answer('other/*', 'other/lone').verdict).toBe('allowed');
  });
});

describe('a question about addresses', () => {
  it('of an endpoint is about the endpoint', () => {
    expect(answer('10.0.0.1', 'shop/api')).toMatchObject({ verdict: 'allowed', from: 'shop/web-1' });
  });

  it('is allowed if all are, denied if none is', () => {
    expect(answer('shop/api', '20.1.0.0/16', { port: 443 }).verdict).toBe('allowed');
    expect(answer('shop/api', '21.0.0.0/16', { port: 443 }).verdict).toBe('denied');
    expect(answer('shop/api', '20.0.0.7', { port: 443 }).verdict).toBe('allowed');
  });

  it('is indeterminate if some are, and names the ranges', () => {
    const { verdict, dependsOn } = answer('shop/api', '20.0.0.0/7', { port: 443 });
    expect(verdict).toBe('indeterminate');
    expect(dependsOn).toEqual([
      { kind: 'address', text: 'which address: `20.0.0.0-20.255.255.255` is allowed; `21.0.0.0-21.255.255.255` is denied' },
    ]);
  });

  it('counts the endpoints that have some of them as those', () => {
    const { verdict, parts } = answer('10.0.0.0/30', 'shop/api');
    expect(verdict).toBe('indeterminate');
    expect(parts).toEqual([
      { verdict: 'denied', flows: 1, examples: ['10.0.0.0'] },
      { verdict: 'allowed', flows: 2, examples: ['10.0.0.1 (shop/web-1)', '10.0.0.2 (shop/web-2)'] },
    ]);
  });

  it('on both ends is refused: nothing here decides', () => {
    expect(() => answer('20.0.0.1', '30.0.0.0/8')).toThrow(ApiError);
    expect(() => answer('internet', '20.0.0.1')).toThrow('neither end is an endpoint');
  });

  it('in ranges of the cluster that nobody has says so', () => {
    const analysis = analyze(
      cluster({ podRanges: ['10.0.0.0/16'], serviceRanges: ['10.9.0.0/16'] })
        .pod('a/x', {}, { addresses: ['10.0.0.1'] })
        .snapshot(),
    );
    expect(answer('a/x', '10.0.7.7', { port: 1 }, analysis).notes).toContain(
      '`10.0.7.7` is in the pod ranges, but no known endpoint has it: it is judged as an address outside the cluster',
    );
    expect(answer('a/x', '10.9.0.1', { port: 1 }, analysis).notes).toEqual([expect.stringContaining('is in the service ranges')]);
    expect(answer('a/x', '8.8.8.8', { port: 1 }, analysis).notes).toEqual([]);
  });
});

describe('a question about the internet', () => {
  it('as destination is about all public addresses of the families of the source', () => {
    expect(answer('shop/web', 'internet').verdict).toBe('allowed');
    expect(answer('shop/api', 'internet', { port: 22 }).verdict).toBe('denied');
    expect(answer('other/lone', 'internet').verdict).toBe('allowed');
    const some = answer('shop/api', 'internet', { port: 443 });
    expect(some.verdict).toBe('indeterminate');
    expect(some.dependsOn[0]!.text).toContain('`20.0.0.0-20.255.255.255`');
  });

  it('as source is denied where no door leads, whatever policy says', () => {
    for (const to of ['shop/api', 'shop/web']) {
      const { verdict, notes } = answer('internet', to);
      expect(verdict).toBe('denied');
      expect(notes[0]).toContain(`no door from outside leads to TCP 8080 of \`${to}`);
    }
  });
});

describe('an address of an endpoint', () => {
  const analysis = analyze(
    cluster()
      .node('n1', { addresses: ['10.9.0.5'] })
      .pod('shop/web', {}, { addresses: ['10.0.0.1'], node: 'n1' })
      .pod('shop/far', {}, { addresses: ['10.0.0.2'], node: 'n2' })
      .pod('shop/agent', {}, { network: 'host', addresses: ['10.9.0.5'], node: 'n1' })
      .pod('shop/other-agent', {}, { network: 'host', addresses: ['10.9.0.6'], node: 'n2' })
      .policy('shop/out', { egress: [allow([block('10.9.0.0/24')], to('TCP', 10250))] })
      .snapshot(),
  );
  const between = (from: string, destination: string, port: number) => answer(from, destination, { port }, analysis);

  it('means its node, with what is free on one node', () => {
    expect(between('shop/web', '10.9.0.5', 22)).toMatchObject({
      to: 'n1[Node]',
      verdict: 'allowed',
      trace: [{ trigger: 'local-node' }, {}],
    });
    expect(between('shop/far', '10.9.0.5', 22)).toMatchObject({ to: 'n1[Node]', verdict: 'denied' });
    expect(between('shop/far', '10.9.0.5', 10250).verdict).toBe('allowed');
  });

  it('means the hostNetwork pod where its node is not in the input', () => {
    expect(between('shop/web', '10.9.0.6', 10250)).toMatchObject({ to: 'shop/other-agent', verdict: 'allowed' });
    expect(between('shop/web', '10.9.0.6', 22).verdict).toBe('denied');
  });
});

describe('a place with a name of its own', () => {
  const held = analyze(
    cluster({ organisationRanges: ['10.0.0.0/8'] })
      .node('n1', { addresses: ['192.168.0.1'] })
      .pod('shop/web', {}, { addresses: ['10.0.0.1'] })
      .policy('shop/out', { egress: [allow([block('0.0.0.0/0', ['169.254.169.254/32'])])] })
      .snapshot(),
  );

  it('has the verdict that all its addresses share, on the port that it is known by', () => {
    expect(answer('shop/web', 'metadata:gcp', {}, held)).toMatchObject({ verdict: 'denied', to: 'metadata:gcp', port: 80 });
    const { verdict, parts } = answer('shop/web', 'metadata', {}, held);
    expect(verdict).toBe('indeterminate');
    expect(parts.find(({ verdict: own }) => own === 'allowed')!.examples).toContain('168.63.129.16');
    expect(answer('shop/web', 'organisation', { port: 443 }, held).verdict).toBe('allowed');
    expect(() => answer('shop/web', 'organisation', {}, held)).toThrow('needs a port');
  });

  it('may be all nodes, or every pod', () => {
    expect(answer('shop/web', 'nodes', { port: 10250 }, held)).toMatchObject({ to: 'nodes', verdict: 'allowed' });
    expect(answer('cluster', 'shop/api')).toMatchObject({ from: 'cluster', verdict: 'indeterminate' });
  });
});

describe('what a verdict rests on', () => {
  it('names what a node does with packets of its own pods, where Calico is the plugin', () => {
    const scene = (more: Parameters<typeof cluster>[0]) =>
      analyze(
        cluster({ cni: 'calico', ...more })
          .node('n1')
          .pod('a/x', {}, { node: 'n1' })
          .pod('a/y', {}, { node: 'n1' })
          .snapshot(),
      );
    const own = 'nodes take what their own pods send to them (fact `endpointToHostAction`)';
    expect(answer('a/x', 'n1[Node]', { port: 22 }, scene({})).assumptions).toContain(own);
    expect(answer('n1[Node]', 'a/x', { port: 22 }, scene({})).assumptions).not.toContain(own);
    expect(answer('a/x', 'a/y', { port: 22 }, scene({})).assumptions).not.toContain(own);
    expect(answer('a/x', 'n1[Node]', { port: 22 }, scene({ endpointToHostAction: 'drop' })).assumptions).not.toContain(own);
  });

  it('names the release of Calico where equal orders contradict each other', () => {
    const scene = analyze(
      cluster({ cni: 'calico' })
        .pod('a/x')
        .pod('a/y')
        .policy('default.x', {
          order: 1,
          tieBreak: 'default.x',
          appliesTo: { kind: 'all' },
          ingress: [deny('any', to('TCP', 22)), allow()],
        })
        .policy('e', { order: 1, tieBreak: 'e', appliesTo: { kind: 'all' }, ingress: [allow()] })
        .snapshot(),
    );
    const release = expect.stringContaining('fact `calicoVersion`');
    expect(answer('a/x', 'a/y', { port: 22 }, scene).assumptions).toContainEqual(release);
    expect(answer('a/x', 'a/y', { port: 80 }, scene).assumptions).not.toContainEqual(release);
  });

  it('names facts that nobody told, where they matter', () => {
    expect(answer('other/lone', 'shop/api').assumptions).toEqual(['the network plugin enforces these policies (fact `cni`)']);
    expect(answer('shop/web-1', 'shop/api').assumptions).toEqual([]);
    expect(answer('shop/agent', 'shop/web-1').assumptions).toEqual(['policies do not apply to hostNetwork pods (fact `hostNetworkPods`)']);
  });

  it('names that a bundle is not a cluster', () => {
    const analysis = analyze(cluster().template('a/x').template('a/y').snapshot());
    expect(answer('a/x', 'a/y', { port: 1 }, analysis).assumptions).toEqual([
      'the input holds every policy of the cluster, and pods are as their templates say',
    ]);
  });
});

describe('a packet', () => {
  it('may be ICMP', () => {
    expect(answer('shop/web-1', 'shop/api', { protocol: 'ICMP' })).toMatchObject({ verdict: 'denied', protocol: 'ICMP' });
    expect(answer('shop/web-1', 'other/lone', { icmp: { type: 8 } })).toMatchObject({ verdict: 'allowed', protocol: 'ICMP' });
  });

  it('may name its source port and ICMP type, for rules that look at them', () => {
    const analysis = analyze(
      cluster()
        .pod('a/x')
        .pod('a/y')
        .policy('a/p', {
          ingress: [
            allow('any', [{ protocol: 'TCP', ports: [[80, 80]], sourcePorts: [[53, 53]] }]),
            allow('any', [{ protocol: 'ICMP', icmp: [{ types: [8, 8], codes: [0, 255] }] }]),
          ],
        })
        .snapshot(),
    );
    const verdictOf = (more: Partial<Question>) => answer('a/x', 'a/y', more, analysis).verdict;
    expect([verdictOf({ port: 80 }), verdictOf({ port: 80, sourcePort: 53 }), verdictOf({ port: 80, sourcePort: 54 })]).toEqual([
      'indeterminate',
      'allowed',
      'denied',
    ]);
    expect([verdictOf({ icmp: { type: 8 } }), verdictOf({ icmp: { type: 0 } })]).toEqual(['allowed', 'denied']);
  });

  it('must make sense', () => {
    expect(() => answer('shop/web-1', 'shop/api', {})).toThrow('a question about TCP needs a port');
    expect(() => answer('shop/web-1', 'shop/nobody')).toThrow(ApiError);
  });
});

test('an address that only a host endpoint has is open: nobody stands for it', async () => {
  const { snapshot } = await ingestText(
    `
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: InternalIP, address: 10.0.0.5}]}
---
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop}
spec: {nodeName: n1, containers: [{name: a, image: a}]}
status: {podIP: 10.1.0.1}
---
apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: {name: n1-eth1}
spec: {node: n1, interfaceName: eth1, expectedIPs: [172.16.0.5]}
`,
  );
  const analysis = analyze(snapshot);
  const { verdict, dependsOn } = ask(analysis, { from: 'shop/a', to: '172.16.0.5', port: 9100 });

  expect({ verdict, kinds: dependsOn.map(({ kind }) => kind) }).toEqual({ verdict: 'indeterminate', kinds: ['interface'] });
  expect(dependsOn[0]!.text).toContain('what host endpoint `n1-eth1` says');
  expect(ask(analysis, { from: 'shop/a', to: '172.16.0.6', port: 9100 }).verdict).toBe('allowed');
});

describe('a question that names an address of a pod with both families', () => {
  const dual = analyze(
    cluster()
      .pod('shop/a', { app: 'a' }, { addresses: ['10.0.0.1', 'fd00::1'] })
      .pod('shop/b', { app: 'b' }, { addresses: ['10.0.0.2', 'fd00::2'] })
      .policy('shop/b', { appliesTo: labels({ app: 'b' }), ingress: [allow([block('0.0.0.0/0')])] })
      .snapshot(),
  );
  const on80 = (from: string, destination: string) => answer(from, destination, { port: 80 }, dual);

  it('is judged by that address, and names it', () => {
    expect(on80('fd00::1', 'fd00::2')).toMatchObject({
      verdict: 'denied',
      from: 'fd00::1 (shop/a)',
      to: 'fd00::2 (shop/b)',
      remedies: [expect.stringContaining('TCP 80 from `fd00::1 (shop/a)`, in a policy that selects `fd00::2 (shop/b)`')],
      notes: ['`fd00::1` is one of the addresses of `shop/a`', '`fd00::2` is one of the addresses of `shop/b`'],
    });
    expect(on80('10.0.0.1', '10.0.0.2').verdict).toBe('allowed');
    expect([on80('shop/a', 'fd00::2').verdict, on80('fd00::1', 'shop/b').verdict, on80('shop/a', 'shop/b').verdict]).toEqual([
      'denied',
      'denied',
      'allowed',
    ]);
  });

  it('of a range is judged by the addresses that are in it', () => {
    expect([on80('fd00::/120', 'shop/b').verdict, on80('10.0.0.0/30', 'shop/b').verdict]).toEqual(['denied', 'allowed']);
    expect(on80('shop/a', 'fd00::2/127').parts).toContainEqual({ verdict: 'denied', flows: 1, examples: ['fd00::2 (shop/b)'] });
  });

  it('is about the public addresses of its family, and says where the two ends have none in common', () => {
    expect(on80('fd00::1', 'internet').parts[0]!.examples.every((range) => range.includes(':'))).toBe(true);
    expect(on80('10.0.0.1', 'fd00::2').notes).toContain(
      '`10.0.0.1 (shop/a)` has no address of the family of `fd00::2 (shop/b)`: this is what policy says of a connection that cannot be',
    );
  });
});
