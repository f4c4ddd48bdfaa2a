import { type Answer, ask, type Question } from '../../src/api/ask';
import { ApiError } from '../../src/api/errors';
import { analyze } from '../../src/engine/index';
import { allow, block, cluster, labels, pods, to } from '../support/cluster';

const inNamespace = (name: string, wanted: Readonly<Record<string, string>>) =>
  ({ kind: 'and', of: [{ kind: 'inNamespace', names: [name] }, labels(wanted)] }) as const;

/** shop/db lets in what is labelled `app=web`; pods of shop that are labelled `held` get out to one net alone. */
const shop = analyze(
  cluster()
    .namespace('shop')
    .namespace('other')
    .node('n1', { addresses: ['192.168.0.1'] })
    .pod('shop/db', { app: 'db' }, { addresses: ['10.0.0.1'] })
    .pod('shop/cache-1', { app: 'cache' }, { workload: 'cache', addresses: ['10.0.0.2'] })
    .pod('shop/cache-2', { app: 'cache', closed: '' }, { workload: 'cache', addresses: ['10.0.0.3'] })
    .policy('shop/db', { appliesTo: inNamespace('shop', { app: 'db' }), ingress: [allow([pods({ app: 'web' })], to('TCP', 5432))] })
    .policy('shop/closed', { appliesTo: inNamespace('shop', { closed: '' }), ingress: [] })
    .policy('shop/held', { appliesTo: inNamespace('shop', { held: 'yes' }), egress: [allow([block('203.0.113.0/24')])] })
    .snapshot(),
);

function answer(from: string, destination: string, more: Partial<Question> = { port: 5432 }): Answer {
  return ask(shop, { from, to: destination, ...more });
}

describe('a question about a pod that nobody has deployed', () => {
  it('names the one that gets through', () => {
    const { verdict, from, witness, trace, parts } = answer('any-pod', 'shop/db');
    expect({ verdict, from }).toEqual({ verdict: 'allowed', from: 'any-pod' });
    expect(witness).toMatchObject({ labels: { app: 'web' }, isNewNamespace: true });
    expect(trace.at(-1)!.sentence).toBe('ingress rule 1 of `shop/db[NetworkPolicy]` allows it');
    expect(parts).toEqual([{ verdict: 'allowed', flows: 1, examples: ['shop/db'] }]);
  });

  it('that cannot get through is denied, and names what denies it', () => {
    const { verdict, witness, blockers, remedies } = answer('any-pod', 'shop/db', { port: 22 });
    expect({ verdict, witness }).toEqual({ verdict: 'denied', witness: undefined });
    expect(blockers).toEqual([expect.objectContaining({ direction: 'ingress', isolatedBy: ['shop/db[NetworkPolicy]'] })]);
    expect(remedies).toEqual([expect.stringContaining('from `any-pod`')]);
  });

  it('of given labels is judged as it is', () => {
    expect(answer('other/pod:app=web', 'shop/db').verdict).toBe('allowed');
    expect(answer('other/pod:app=wbe', 'shop/db').verdict).toBe('denied');
    expect(answer('tomorrow:/pod:app=web', 'shop/db').witness).toMatchObject({ namespace: 'tomorrow', isNewNamespace: true });
  });

  it('and a workload has the verdict that all its pods share', () => {
    const { verdict, parts } = answer('any-pod', 'shop/cache');
    expect(verdict).toBe('indeterminate');
    expect(parts.map(({ verdict: own, examples }) => [own, examples])).toEqual([
      ['allowed', ['shop/cache-1']],
      ['denied', ['shop/cache-2']],
    ]);
  });

  it('may ask what it could reach outside, address by address', () => {
    expect(answer('any-pod', 'internet', { port: 443 }).verdict).toBe('allowed');
    const held = answer('shop/pod:held=yes', '203.0.112.0/23', { port: 443 });
    expect(held.parts.map(({ verdict, examples }) => [verdict, examples])).toEqual([
      ['denied', ['203.0.112.0-203.0.112.255']],
      ['allowed', ['203.0.113.0-203.0.113.255']],
    ]);
    expect(answer('shop/pod:held=yes', 'metadata', {}).verdict).toBe('denied');
  });

  it('may ask about addresses of endpoints, and about nodes', () => {
    expect(answer('any-pod', '10.0.0.1')).toMatchObject({ to: 'shop/db', verdict: 'allowed' });
    expect(answer('any-pod', 'nodes', { port: 10250 })).toMatchObject({ verdict: 'allowed', witness: { node: 'n1' } });
    expect(answer('any-pod', '10.0.0.0/30', { port: 5432 }).parts.map(({ verdict, flows }) => [verdict, flows])).toEqual([
      ['allowed', 3],
      ['denied', 1],
    ]);
  });

  it('as the destination has its own policies', () => {
    expect(answer('shop/db', 'shop/any-pod', { port: 80 }).verdict).toBe('allowed');
    expect(answer('shop/db', 'shop/pod:closed=', { port: 80 }).verdict).toBe('denied');
  });

  it('from the internet is open while no door is known', () => {
    expect(answer('internet', 'shop/any-pod', { port: 80 })).toMatchObject({ verdict: 'indeterminate', dependsOn: [{ kind: 'door' }] });
    expect(answer('internet', 'shop/pod:closed=', { port: 80 }).verdict).toBe('denied');
  });

  it('may have another one at the other end of which enough is given', () => {
    expect(answer('any-pod', 'shop/pod:app=db')).toMatchObject({ verdict: 'allowed', witness: { labels: { app: 'web' } } });
    expect(answer('shop/pod:app=db', 'any-pod', { port: 1 })).toMatchObject({ verdict: 'allowed', to: 'any-pod' });
    expect(answer('other/pod:app=x', 'shop/pod:app=db').verdict).toBe('denied');
    expect(() => answer('any-pod', 'shop/any-pod')).toThrow(ApiError);
    expect(() => answer('any-pod', 'pod:app=db')).toThrow('both stand for any pod');
  });
});
