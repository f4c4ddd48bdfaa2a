import { ask, type Question } from '../../src/api/ask';
import { ApiError } from '../../src/api/errors';
import { analyze } from '../../src/engine/index';
import { answer } from '../support/ask-shop';
import { AT_RUN_TIME, allow, block, cluster, deny, labels, to } from '../support/cluster';
import { ingestText } from '../support/ingest-text';

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

  it('that is denied tells what is allowed instead', () => {
    expect(answer('shop/web-1', 'shop/api', { port: 80 }).notes).toContain(
      'from `shop/web-1` to `shop/api` only this is allowed: TCP 8080',
    );
    expect(answer('other/lone', 'shop/api').notes).toContain('nothing is allowed from `other/lone` to `shop/api`');
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
