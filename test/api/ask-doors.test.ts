import { type Answer, ask, type Question } from '../../src/api/ask';
import type { Analysis } from '../../src/engine/index';
import { analysisOf, DOORS_BUNDLE } from '../support/doors-bundle';

let shop: Analysis;
beforeAll(async () => {
  shop = await analysisOf(DOORS_BUNDLE, { cni: 'calico' });
});

function answer(to: string, port: number, more: Partial<Question> = {}, analysis = shop): Answer {
  return ask(analysis, { from: 'internet', to, port, ...more });
}

describe('from the internet', () => {
  it('is allowed where a door leads and policy lets through, with the whole way', () => {
    const { verdict, egress, ingress, path, trace, assumptions, notes, blockers } = answer('shop/web', 8080);
    expect({ verdict, egress, ingress, blockers }).toEqual({ verdict: 'allowed', egress: 'allowed', ingress: 'allowed', blockers: [] });
    expect(path).toMatchObject({ door: 'loadBalancer shop/web:80', client: '1.0.0.0', verdict: 'allowed' });
    expect(path!.steps.map(({ kind, tuple, after }) => [kind, tuple.port, after?.port])).toEqual([
      ['door', 80, undefined],
      ['translation', 80, 8080],
      ['point', 8080, undefined],
    ]);
    expect(trace.map(({ policy }) => policy)).toEqual(['shop/web[NetworkPolicy]']);
    expect(assumptions).toContain('the input holds every policy and every Service, Ingress and Route of the cluster');
    expect(notes).toEqual(['doors that lead there: `loadBalancer shop/web:80` allowed, `nodePort shop/web:80` indeterminate']);
  });

  it('is denied where doors lead to other ports alone, and tells which', () => {
    const { verdict, path, notes, remedies, trace } = answer('shop/web', 9999);
    expect({ verdict, path, trace }).toEqual({ verdict: 'denied', path: undefined, trace: [] });
    expect(notes[1]).toBe('doors lead to other ports of it: `loadBalancer shop/web:80` to TCP 8080, `nodePort shop/web:80` to TCP 8080');
    expect(remedies).toEqual([
      'a door that leads to TCP 9999 of `shop/web[Deployment]`, such as a Service of type LoadBalancer or an Ingress',
    ]);
  });

  it('is denied by another protocol', () => {
    expect(answer('shop/web', 8080, { protocol: 'UDP' }).verdict).toBe('denied');
  });

  it('is denied where the door admits no public address, and says what would admit one', async () => {
    const closed = await analysisOf(DOORS_BUNDLE, { nodesReachableFrom: 'nobody' });
    const { verdict, remedies, path } = answer('shop/admin', 8443, {}, closed);
    expect({ verdict, last: path!.steps.at(-1) }).toMatchObject({
      verdict: 'denied',
      last: { kind: 'door', sentence: 'source ranges of `shop/admin[Service]`' },
    });
    expect(remedies).toEqual(['a door that admits `internet`: source ranges of `shop/admin[Service]`']);
  });

  it('is denied by the policy on the way, which is told as blocker with the tuple that it sees', async () => {
    const closed = await analysisOf(DOORS_BUNDLE.replace('{ ports: [{ port: 8080 }] }', '{ ports: [{ port: 80 }] }'), { cni: 'calico' });
    const { verdict, ingress, blockers, remedies, path } = answer('shop/web', 8080, {}, closed);
    expect({ verdict, ingress }).toEqual({ verdict: 'denied', ingress: 'denied' });
    expect(path!.steps.at(-1)).toMatchObject({
      kind: 'point',
      verdict: 'denied',
      tuple: { destination: 'shop/web[Deployment]', port: 8080 },
    });
    expect(blockers).toMatchObject([{ trigger: 'end-of-tier', isolatedBy: ['shop/web[NetworkPolicy]'] }]);
    expect(remedies).toEqual(['ingress of `shop/web[Deployment]`: a rule that allows TCP 8080 from `1.0.0.0` to `shop/web[Deployment]`']);
  });

  it('is open where a fact is missing, and names it', () => {
    const { verdict, dependsOn } = answer('shop/metrics', 9100);
    expect(verdict).toBe('indeterminate');
    expect(dependsOn).toEqual([{ kind: 'fact', text: expect.stringContaining('`nodesReachableFrom`') }]);
  });

  it('comes by a controller, which opens a connection of its own', () => {
    const { verdict, path } = answer('shop/api', 8080);
    expect(verdict).toBe('allowed');
    expect(path!.steps.map(({ kind }) => kind)).toContain('relay');
  });

  it('is open where clients differ, and names who gets through', async () => {
    const partner = DOORS_BUNDLE.replace(
      'loadBalancerSourceRanges: [203.0.113.0/24, 198.51.100.7/32]',
      'loadBalancerSourceRanges: [52.0.0.0/8]',
    );
    const { verdict, dependsOn, parts } = answer('shop/admin', 8443, {}, await analysisOf(partner, { nodesReachableFrom: 'nobody' }));
    expect(verdict).toBe('indeterminate');
    expect(dependsOn[0]).toMatchObject({ kind: 'address', text: expect.stringMatching(/^which client: .*52\.0\.0\.0\/8 allowed/) });
    expect(parts.map((part) => [part.verdict, part.flows])).toEqual(expect.arrayContaining([['allowed', 1]]));
  });
});

describe('pods of one workload', () => {
  const pod = (name: string, more: string) => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: DaemonSet, name: edge, uid: "1", controller: true }]
spec: { nodeName: ${name}, containers: [{ name: main, image: "example/edge:1", ports: [{ containerPort: 80${more} }] }] }
status: { podIP: 10.42.0.${name.length} }
---
`;

  it('are asked one by one where their doors differ', async () => {
    const analysis = await analysisOf(pod('a', ', hostPort: 8080') + pod('bb', ''), { nodesReachableFrom: 'internet' });
    expect(answer('shop/a', 80, {}, analysis).verdict).toBe('allowed');
    expect(answer('shop/bb', 80, {}, analysis).verdict).toBe('denied');
    const { verdict, dependsOn } = answer('shop/edge', 80, {}, analysis);
    expect(verdict).toBe('indeterminate');
    expect(dependsOn[0]!.text).toMatch(/^which client and pod: .* at `shop\/a` allowed; .* at `shop\/bb` denied$/);
  });
});

describe('from an address', () => {
  it('asks what policy says, and notes that no door leads there', () => {
    const { verdict, notes, path } = answer('shop/worker', 8080, { from: '203.0.113.9' });
    expect({ verdict, path }).toEqual({ verdict: 'allowed', path: undefined });
    expect(notes).toEqual([
      expect.stringMatching(/^no door from outside leads to TCP 8080 of `shop\/worker\[Deployment\]`: this is what policy says/),
    ]);
  });

  it('tells what the doors say where some lead there', () => {
    expect(answer('shop/web', 8080, { from: '203.0.113.9' }).notes).toEqual([
      'this is what policy says of a packet to an address of `shop/web[Deployment]` itself; doors that lead there: `loadBalancer shop/web:80` allowed, `nodePort shop/web:80` indeterminate',
    ]);
    expect(answer('shop/web', 81, { from: '203.0.113.0/24' }).notes).toHaveLength(1);
  });
});
