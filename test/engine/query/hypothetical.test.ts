import { analyze } from '../../../src/engine/analyze';
import { decodeAnalysis, encodeDirectory, encodeModel } from '../../../src/engine/encode/index';
import { evaluate } from '../../../src/engine/evaluate';
import { type HypotheticalPod, hypotheticalVerdict } from '../../../src/engine/query/hypothetical';
import type { DeclaredPort, Endpoint, Namespace } from '../../../src/model/endpoint';
import { HOST_RANGES_V4 } from '../../../src/model/internet';
import type { Direction } from '../../../src/model/policy';
import { NO_LABELS, type Selector } from '../../../src/model/selector';
import type { Snapshot } from '../../../src/model/snapshot';
import type { Packet, Party } from '../../../src/model/verdict';
import {
  AT_RUN_TIME,
  allow,
  block,
  chosen,
  cluster,
  deny,
  labels,
  namespaceLabels,
  type PolicyOptions,
  pass,
  pods,
  to,
} from '../../support/cluster';
import { endOf, packetOf, partyOf } from '../../support/flow';
import { generateCluster } from '../../support/generate-cluster';
import { boundariesOf, generateFlow } from '../../support/generate-flow';
import { type Random, randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';

const ANY: HypotheticalPod = { name: 'any-pod' };

function own(namespace: string, wanted: Readonly<Record<string, string>> = {}): Selector {
  return { kind: 'and', of: [{ kind: 'inNamespace', names: [namespace] }, { kind: 'network', network: 'pod' }, labels(wanted)] };
}

/** What may get into `shop/db`, which these policies select. */
function into(policies: Readonly<Record<string, PolicyOptions>>, pod: Partial<HypotheticalPod> = {}, packet = 'TCP:5432') {
  const builder = cluster()
    .tier('early', 1, 'Pass')
    .tier('gate', 2, 'Deny')
    .namespace('other', { team: 'a' })
    .namespace('shop')
    .pod('shop/db', { app: 'db' }, { ports: [['sql', 'TCP', 5432]] });
  const snapshot = Object.entries(policies)
    .reduce((each, [id, options]) => each.policy(id, options), builder)
    .snapshot();
  return hypotheticalVerdict(analyze(snapshot), {
    pod: { ...ANY, ...pod },
    direction: 'egress',
    other: endOf(snapshot, 'shop/db'),
    packet: packetOf(packet),
  });
}

describe('a pod that nobody has deployed', () => {
  it('gets in where no policy is, from a namespace that does not exist', () => {
    expect(into({})).toMatchObject({ verdict: 'allowed', witness: { isNewNamespace: true, labels: {} }, dependsOn: [] });
  });

  it.each<[string, PolicyOptions, object]>([
    ['the labels of the pod', { ingress: [allow([pods({ app: 'web', tier: 'front' })])] }, { labels: { app: 'web', tier: 'front' } }],
    [
      'the labels of its namespace',
      { ingress: [allow([chosen(namespaceLabels({ team: 'b' }))])] },
      { namespaceLabels: { team: 'b' }, isNewNamespace: true },
    ],
    ['an existing namespace', { ingress: [allow([chosen(own('other'))])] }, { namespace: 'other', isNewNamespace: false }],
    [
      'a namespace that nobody has made',
      { ingress: [allow([chosen(namespaceLabels({ 'kubernetes.io/metadata.name': 'tomorrow' }))])] },
      { namespace: 'tomorrow', isNewNamespace: true },
    ],
    [
      'its service account',
      {
        ingress: [
          allow([
            chosen({
              kind: 'label',
              owner: 'automatic',
              key: 'projectcalico.org/serviceaccount',
              test: { operator: 'in', values: ['robot'] },
            }),
          ]),
        ],
      },
      { serviceAccount: 'robot' },
    ],
    [
      'text inside a label',
      { ingress: [allow([chosen({ kind: 'label', owner: 'endpoint', key: 'app', test: { operator: 'startsWith', text: 'web-' } })])] },
      { labels: { app: expect.stringMatching(/^web-/) } },
    ],
    [
      'what earlier rules do not deny',
      {
        ingress: [
          deny([pods({ app: 'a' })]),
          deny([pods({ tier: 'x' })]),
          allow([chosen({ kind: 'label', owner: 'endpoint', key: 'app', test: { operator: 'in', values: ['a', 'b'] } })]),
        ],
      },
      { labels: { app: 'b' } },
    ],
  ])('gets in by %s', (_case, policy, witness) => {
    expect(into({ 'shop/p': policy })).toMatchObject({ verdict: 'allowed', witness });
  });

  it.each<[string, Readonly<Record<string, PolicyOptions>>]>([
    ['nothing is allowed', { 'shop/p': { ingress: [] } }],
    ['only another port is', { 'shop/p': { ingress: [allow('any', to('TCP', 80))] } }],
    ['only addresses are, and blocks match no pods', { 'shop/p': { ingress: [allow([block('0.0.0.0/0', [], 'no')])] } }],
    ['what is allowed is denied before', { 'shop/p': { ingress: [deny([pods({ app: 'web' })]), allow([pods({ app: 'web' })])] } }],
    [
      'the rules ask for two things that no pod is at once',
      { 'shop/p': { ingress: [allow([chosen({ kind: 'and', of: [labels({ app: 'a' }), { kind: 'not', of: labels({ app: 'a' }) }] })])] } },
    ],
    [
      'an earlier tier lets only others pass',
      {
        'shop/gate': { tier: 'gate', ingress: [pass([pods({ app: 'a' })])] },
        'shop/p': { ingress: [allow([pods({ app: 'b' })])] },
      },
    ],
    ['its own namespace lets nothing out', { 'shop/p': { ingress: [allow([chosen(own('other'))])] }, 'other/p': { egress: [] } }],
    [
      'its own policies hold it everywhere',
      { 'shop/p': { ingress: [allow()] }, everywhere: { egress: [deny('any', to('TCP', 5432)), allow()] } },
    ],
  ])('does not get in where %s', (_case, policies) => {
    const { verdict, witness, explanation } = into(policies);
    expect({ verdict, witness }).toEqual({ verdict: 'denied', witness: undefined });
    expect(explanation.verdict).toBe('denied');
  });

  it('finds its way around its own policies', () => {
    const policies = {
      'shop/p': { ingress: [allow([chosen(own('other'))])] },
      'other/default': { egress: [] },
      'other/client': { appliesTo: own('other', { role: 'client' }), egress: [allow([chosen(own('shop'))], to('TCP', 'sql'))] },
    };
    expect(into(policies)).toMatchObject({ verdict: 'allowed', witness: { namespace: 'other', labels: { role: 'client' } } });
    expect(into(policies, {}, 'TCP:80').verdict).toBe('denied');
  });

  it('that is bound to a namespace has only the freedom that is left', () => {
    const policies = { 'shop/p': { ingress: [allow([chosen(own('other'))])] } };
    expect(into(policies, { namespace: 0 })).toMatchObject({ verdict: 'allowed', witness: { namespace: 'other' } });
    expect(into(policies, { namespace: 1 }).verdict).toBe('denied');
  });

  it('of which the labels are given has no others', () => {
    const policies = { 'shop/p': { ingress: [allow([pods({ app: 'web', tier: 'front' })])] } };
    expect(into(policies, { labels: { app: 'web', tier: 'front', more: 'x' } }).verdict).toBe('allowed');
    expect(into(policies, { labels: { app: 'web' } }).verdict).toBe('denied');
  });

  it('of which the new namespace is given has its name and labels', () => {
    const policies = { 'shop/p': { ingress: [allow([chosen(namespaceLabels({ team: 'b' }))])] } };
    const inNew = (own: Readonly<Record<string, string>>) =>
      into(policies, { newNamespace: { name: 'tomorrow', labels: own }, labels: {} });
    expect(inNew({ team: 'b' })).toMatchObject({ verdict: 'allowed', witness: { namespace: 'tomorrow' } });
    expect(inNew({ team: 'c' }).verdict).toBe('denied');
  });

  it('is open where only what no input tells is in the way', () => {
    expect(into({ 'shop/p': { ingress: [allow('any', 'any', AT_RUN_TIME)] } })).toMatchObject({
      verdict: 'indeterminate',
      dependsOn: [AT_RUN_TIME],
    });
    expect(into({ 'shop/p': { ingress: [allow([block('10.0.0.0/8')])] } })).toMatchObject({
      verdict: 'indeterminate',
      dependsOn: [{ kind: 'address' }],
    });
  });

  it('of a service account is not taken for allowed by a name and labels that may not go together', () => {
    const account = (test: Selector) => chosen(test);
    const both: Selector = {
      kind: 'and',
      of: [
        { kind: 'label', owner: 'automatic', key: 'projectcalico.org/serviceaccount', test: { operator: 'in', values: ['robot'] } },
        { kind: 'label', owner: 'serviceAccount', key: 'role', test: { operator: 'exists' } },
      ],
    };
    const { verdict } = into({ 'shop/p': { ingress: [allow([account(both)])] } });
    expect(verdict).toBe('indeterminate');
  });

  it('as the destination has the port names that the rules ask for', () => {
    const snapshot = cluster()
      .pod('shop/web', { app: 'web' })
      .policy('shop/web', { egress: [allow([pods({ app: 'new' })], to('TCP', 'http'))] })
      .snapshot();
    const ask = (packet: string) =>
      hypotheticalVerdict(analyze(snapshot), {
        pod: ANY,
        direction: 'ingress',
        other: endOf(snapshot, 'shop/web'),
        packet: packetOf(packet),
      });
    expect(ask('TCP:8080')).toMatchObject({ verdict: 'allowed', witness: { labels: { app: 'new' }, portNames: ['http'] } });
    expect(ask('UDP:8080').verdict).toBe('denied');
  });

  it('reaches a process of a node from that node, and from elsewhere where a tier guards it', () => {
    const scene = (guards: boolean) =>
      cluster()
        .tier('guard', 1, 'Pass', guards ? { guardsOwnNode: true } : {})
        .node('n1', { addresses: ['192.168.0.1'] })
        .policy('no', { tier: 'guard', appliesTo: { kind: 'network', network: 'pod' }, egress: [deny()] })
        .snapshot();
    const ask = (snapshot: Snapshot) =>
      hypotheticalVerdict(analyze(snapshot), { pod: ANY, direction: 'egress', other: endOf(snapshot, 'n1'), packet: packetOf('TCP:22') });
    expect(ask(scene(false))).toMatchObject({ verdict: 'allowed', witness: { node: 'n1' } });
    expect(ask(scene(true)).verdict).not.toBe('allowed');
  });

  it('may be asked about against another one of which everything is given', () => {
    const snapshot = cluster()
      .namespace('a')
      .namespace('b')
      .policy('b/p', { appliesTo: own('b', { app: 'db' }), ingress: [allow([pods({ app: 'web' })])] })
      .snapshot();
    const ask = (app: string) =>
      hypotheticalVerdict(analyze(snapshot), {
        pod: { name: 'x', namespace: 0, labels: { app } },
        direction: 'egress',
        other: { pod: { name: 'y', namespace: 1, labels: { app: 'db' } } },
        packet: packetOf('TCP:80'),
      }).verdict;
    expect([ask('web'), ask('other')]).toEqual(['allowed', 'denied']);
  });

  it('opens connections to addresses outside by its own policies alone', () => {
    const snapshot = cluster()
      .namespace('a')
      .policy('all', { appliesTo: { kind: 'all' }, egress: [allow([block('203.0.113.0/24')], to('TCP', 443))] })
      .snapshot();
    const ask = (address: string) =>
      hypotheticalVerdict(analyze(snapshot), { pod: ANY, direction: 'egress', other: address, packet: packetOf('TCP:443') }).verdict;
    expect([ask('203.0.113.7'), ask('198.51.100.1')]).toEqual(['allowed', 'denied']);
  });

  it('has the same answer from a stored analysis', () => {
    const snapshot = cluster()
      .pod('shop/db', { app: 'db' })
      .policy('shop/p', { ingress: [allow([pods({ app: 'web' })])] })
      .snapshot();
    const analysis = analyze(snapshot);
    const stored = decodeAnalysis(encodeModel(analysis), encodeDirectory(analysis));
    const question = { pod: ANY, direction: 'egress', other: endOf(snapshot, 'shop/db'), packet: packetOf('TCP:80') } as const;
    expect(hypotheticalVerdict(stored, question).witness).toEqual(hypotheticalVerdict(analysis, question).witness);
  });
});

describe('against trying pods one by one, on generated clusters', () => {
  it('no pod contradicts a verdict, and none is missed', () => {
    const seen = { allowed: 0, denied: 0, indeterminate: 0 };
    for (let round = 0; round < 50; round++) {
      const random = randomFrom(seedOf(SEED + 61, round));
      const snapshot = generateCluster(random, (['networkPolicyLike', 'everything', 'betweenNodes'] as const)[round % 3]!);
      const analysis = analyze(snapshot);
      const boundaries = boundariesOf(snapshot);
      for (let question = 0; question < 6; question++) {
        const { destination: other, packet: asked } = generateFlow(random, snapshot, boundaries);
        const { protocol, port } = asked;
        const packet: Packet = port === undefined ? { protocol } : { protocol, port };
        const direction: Direction = random.pick(['egress', 'ingress']);
        const answer = hypotheticalVerdict(analysis, { pod: ANY, direction, other, packet });
        seen[answer.verdict]++;
        if (answer.witness) expect(answer.explanation.verdict).toBe(answer.verdict);
        if (answer.verdict !== 'allowed') expect(answer.dependsOn.length > 0).toBe(answer.verdict === 'indeterminate');
        const best = bestOf(random, snapshot, partyOf(snapshot, other), direction, packet);
        const where = { round, question, direction, other, packet };
        if (answer.verdict === 'denied') expect({ ...where, best }).toEqual({ ...where, best: 'denied' });
        // Where host endpoints stand on the way, it is open which ones a pod meets that nobody has placed.
        if (answer.verdict === 'indeterminate' && snapshot.hostEndpoints.length === 0)
          expect({ ...where, isAllowed: best === 'allowed' }).toEqual({ ...where, isAllowed: false });
      }
    }
    expect(Math.min(seen.allowed, seen.denied, seen.indeterminate)).toBeGreaterThan(15);
  });
});

/** The best verdict on many pods made of the words of generated clusters. */
function bestOf(random: Random, snapshot: Snapshot, other: Party, direction: Direction, packet: Packet) {
  let best: 'allowed' | 'indeterminate' | 'denied' = 'denied';
  for (let tried = 0; tried < 60 && best !== 'allowed'; tried++) {
    const pod = podOf(random, snapshot, packet);
    const [source, destination] = direction === 'egress' ? [pod, other] : [other, pod];
    const { verdict } = evaluate(snapshot, { source, destination, packet });
    if (verdict === 'allowed' || best === 'denied') best = verdict;
  }
  return best;
}

const WORDS = ['a', 'b', 'c', '', 'zz'] as const;

function someLabels(random: Random): Readonly<Record<string, string>> {
  const keys = random.some(['app', 'tier', 'env', 'constructor', '__proto__'], 4);
  return Object.fromEntries(keys.map((key) => [key, random.pick(WORDS)]));
}

function podOf(random: Random, snapshot: Snapshot, { protocol, port }: Packet): Party {
  const index = random.between(-1, snapshot.namespaces.length - 1);
  const namespace: Namespace = snapshot.namespaces[index] ?? {
    name: 'zeta-new',
    labels: { ...NO_LABELS, values: { ...someLabels(random), 'kubernetes.io/metadata.name': 'zeta-new' } },
  };
  const names = random.some(['http', 'metrics', 'dns'], 3);
  const ports =
    port === undefined ? [] : names.map((name): DeclaredPort => ({ name, protocol: protocol as DeclaredPort['protocol'], port }));
  const endpoint: Endpoint = {
    id: -1,
    kind: 'newPod',
    name: 'any-pod',
    namespace: index,
    workload: -1,
    labels: { ...NO_LABELS, values: someLabels(random) },
    serviceAccount: random.pick(['default', 'robot', 'zz']),
    serviceAccountLabels: NO_LABELS,
    network: 'pod',
    addresses: [],
    addressRanges: snapshot.facts.podRanges.length > 0 ? snapshot.facts.podRanges : HOST_RANGES_V4,
    node: random.pick(['n1', 'n2', 'n3', 'elsewhere']),
    ports,
    source: { file: '', document: 1, line: 1 },
  };
  return { kind: 'endpoint', endpoint, namespace };
}

it('an address of an endpoint is met by pods that have one of its family', () => {
  const snapshot = cluster()
    .pod('shop/db', {}, { addresses: ['10.0.0.3', 'fd00::3'] })
    .policy('shop/db', { ingress: [allow([block('10.0.0.0/8')])] })
    .snapshot();
  const analysis = analyze(snapshot);
  const verdict = (at: string) =>
    hypotheticalVerdict(analysis, {
      pod: ANY,
      direction: 'egress',
      other: { endpoint: 0, at },
      packet: { protocol: 'TCP', port: 80 },
    }).verdict;

  expect([verdict('10.0.0.3'), verdict('fd00::3')]).toEqual(['indeterminate', 'denied']);
});
