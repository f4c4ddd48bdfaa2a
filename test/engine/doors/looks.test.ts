import { lookerOf } from '../../../src/engine/doors/looks';
import { analyze } from '../../../src/engine/index';
import { allow, block, cluster, labels, pods, to } from '../../support/cluster';

function looks(build: (builder: ReturnType<typeof cluster>) => ReturnType<typeof cluster>): readonly string[] {
  const snapshot = build(cluster()).snapshot();
  const look = lookerOf(analyze(snapshot).model, snapshot.policies);
  const all = snapshot.endpoints.map(look);
  return snapshot.endpoints.map(({ name }, index) => `${name} as ${snapshot.endpoints[all.indexOf(all[index]!)]!.name}`);
}

it('labels count as far as a policy speaks of them, in selectors of whatever kind', () => {
  const build = (builder: ReturnType<typeof cluster>) =>
    builder
      .pod('shop/a', { app: 'x', free: '1' })
      .pod('shop/b', { app: 'x', free: '2' })
      .pod('shop/c', { app: 'y' })
      .pod('shop/d', { app: 'z' });

  expect(looks(build)).toEqual(['a as a', 'b as a', 'c as a', 'd as a']);
  expect(looks((builder) => build(builder).policy('shop/x', { appliesTo: labels({ app: 'x' }), ingress: [] }))).toEqual([
    'a as a',
    'b as a',
    'c as c',
    'd as c',
  ]);
  const negated = { kind: 'and', of: [{ kind: 'not', of: labels({ app: 'y' }) }] } as const;
  expect(looks((builder) => build(builder).policy('shop/y', { appliesTo: negated, ingress: [] }))[2]).toBe('c as c');
  expect(looks((builder) => build(builder).policy('shop/y', { ingress: [allow([pods({ app: 'y' })])] }))[2]).toBe('c as c');
});

it('parts of values count where a selector looks inside', () => {
  const starts = { kind: 'label', owner: 'endpoint', key: 'app', test: { operator: 'startsWith', text: 'x' } } as const;

  expect(
    looks((builder) =>
      builder.pod('shop/a', { app: 'x1' }).pod('shop/b', { app: 'x2' }).policy('shop/x', { appliesTo: starts, ingress: [] }),
    ),
  ).toEqual(['a as a', 'b as b']);
});

it('port names count where a rule names one, and addresses where a rule names nets', () => {
  const build = (builder: ReturnType<typeof cluster>) =>
    builder
      .pod('shop/a', {}, { ports: [['http', 'TCP', 80]], addresses: ['10.0.0.1'] })
      .pod('shop/b', {}, { ports: [['http', 'TCP', 81]], addresses: ['10.0.0.2'] });

  expect(looks(build)[1]).toBe('b as a');
  expect(looks((builder) => build(builder).policy('shop/p', { ingress: [allow('any', to('TCP', 'http'))] }))[1]).toBe('b as b');
  expect(looks((builder) => build(builder).policy('shop/n', { ingress: [allow([block('10.0.0.2/32')])] }))[1]).toBe('b as b');
  expect(looks((builder) => build(builder).policy('shop/n', { ingress: [allow([block('10.0.0.0/8')])] }))[1]).toBe('b as a');
});

it('unknown labels, families and networks count always', () => {
  expect(
    looks((builder) =>
      builder
        .pod('shop/a', {}, { addresses: ['10.0.0.1'] })
        .pod('shop/b', {}, { addresses: ['2001:db8::1'] })
        .pod('shop/c', {}, { addresses: ['192.0.2.1'], network: 'host' })
        .pod('shop/d', {}, { addresses: ['10.0.0.2'], unknownKeys: ['app'] })
        .policy('shop/x', { appliesTo: labels({ app: 'x' }), ingress: [] }),
    ),
  ).toEqual(['a as a', 'b as b', 'c as c', 'd as d']);
});

it('profiles count', () => {
  const build = (builder: ReturnType<typeof cluster>) =>
    builder
      .pod('shop/a', {}, { profiles: ['x'] })
      .pod('shop/b', {})
      .pod('shop/c', {});
  expect(looks(build)).toEqual(['a as a', 'b as b', 'c as b']);
});
