import type { Direction, Rule } from '../../../src/model/policy';
import { diagnosticOf, ingestText, networkPolicy, policyOf, problemsOf } from '../../support/ingest-text';

const EVERY = [{ protocol: 'TCP' }, { protocol: 'UDP' }, { protocol: 'SCTP' }];
const OTHERS = {
  action: 'Allow',
  peer: 'any',
  packets: [{ protocol: 'ICMP' }, { protocol: 'ICMPv6' }, { protocol: 'other' }],
  condition: { kind: 'protocol', text: 'how the network plugin treats protocols that NetworkPolicy does not define' },
};

async function lowered(spec: readonly string[], facts: Readonly<Record<string, string>> = {}) {
  const ingested = await ingestText(networkPolicy(...spec), facts);
  return { ...ingested, policy: policyOf(ingested.snapshot), problems: problemsOf(ingested) };
}

/** The rules as written, without the one that every direction has at its end. */
function writtenRules(rules: readonly Rule[] | undefined): readonly Rule[] {
  expect(rules?.at(-1)).toMatchObject(OTHERS);
  return rules!.slice(0, -1);
}

test('a policy becomes one policy of the default tier with its place in it', async () => {
  const { policy, snapshot } = await lowered(['podSelector: {}']);

  expect(snapshot.tiers).toEqual([{ name: 'default', order: 1_000_000, defaultAction: 'Deny' }]);
  expect(policy).toMatchObject({
    ref: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      namespace: 'shop',
      name: 'web',
      source: { file: 'all.yaml', document: 1, line: 1 },
    },
    tier: 'default',
    order: 1000,
    tieBreak: 'web/shop/KubernetesNetworkPolicy',
    hook: 'normal',
    staged: false,
  });
});

test('it applies to pods of its namespace on the pod network, chosen by podSelector', async () => {
  const base = [
    { kind: 'inNamespace', names: ['shop'] },
    { kind: 'network', network: 'pod' },
  ];
  for (const spec of ['podSelector: {}', 'podSelector:', 'ingress: []']) {
    expect((await lowered([spec])).policy.appliesTo).toEqual({ kind: 'and', of: base });
  }
  const chosen = await lowered(['podSelector: {matchLabels: {app: web}}']);
  expect(chosen.policy.appliesTo).toEqual({
    kind: 'and',
    of: [...base, { kind: 'label', owner: 'endpoint', key: 'app', test: { operator: 'in', values: ['web'] } }],
  });
});

describe('policyTypes', () => {
  test.each<[string, readonly string[], readonly Direction[], readonly string[]]>([
    ['absent, no rules: ingress', ['podSelector: {}'], ['ingress'], []],
    ['absent, egress empty: ingress alone', ['egress: []'], ['ingress'], []],
    ['absent, egress null: ingress alone', ['egress:'], ['ingress'], []],
    ['absent, an egress rule: both', ['egress: [{}]'], ['ingress', 'egress'], []],
    ['empty counts as absent', ['policyTypes: []', 'egress: [{}]'], ['ingress', 'egress'], []],
    ['null counts as absent', ['policyTypes:', 'egress: [{}]'], ['ingress', 'egress'], []],
    ['Egress alone', ['policyTypes: [Egress]'], ['egress'], []],
    ['both, no rules', ['policyTypes: [Ingress, Egress]'], ['ingress', 'egress'], []],
    ['Egress with ingress rules: those have no effect', ['policyTypes: [Egress]', 'ingress: [{}]'], ['egress'], ['rules-without-effect:4']],
    [
      'Ingress with egress rules: those have no effect',
      ['policyTypes: [Ingress]', 'egress: [{}]'],
      ['ingress'],
      ['rules-without-effect:4'],
    ],
    ['an unknown type is left out', ['policyTypes: [Egress, ingress]'], ['egress'], ['invalid-policy:5']],
    ['nothing but unknown types counts as absent', ['policyTypes: [egress]'], ['ingress'], ['invalid-policy:5']],
    ['no list', ['policyTypes: Egress'], ['ingress'], ['invalid-policy:4']],
    ['egress that is no list still isolates', ['egress: {}'], ['ingress', 'egress'], ['invalid-policy:4']],
  ])('%s', async (_case, spec, directions, expected) => {
    const { policy, problems } = await lowered(spec);

    expect((['ingress', 'egress'] as const).filter((direction) => policy[direction])).toEqual(directions);
    expect(problems).toEqual(expected);
  });
});

describe('rules', () => {
  test.each([
    ['an empty list', 'ingress: []'],
    ['null', 'ingress:'],
    ['no list at all', 'podSelector: {}'],
  ])('%s allows nothing', async (_case, spec) => {
    expect(writtenRules((await lowered([spec])).policy.ingress)).toEqual([]);
  });

  test('the empty rule allows any peer and every packet of TCP, UDP and SCTP', async () => {
    const { policy, problems } = await lowered(['ingress:', '  - {}']);

    expect(writtenRules(policy.ingress)).toEqual([
      { action: 'Allow', peer: 'any', packets: EVERY, source: { file: 'all.yaml', document: 1, line: 6 } },
    ]);
    expect(problems).toEqual([]);
  });

  test('a null rule is the empty rule, and is told', async () => {
    const { policy, problems } = await lowered(['ingress:', '  -']);

    expect(writtenRules(policy.ingress)).toMatchObject([{ peer: 'any', packets: EVERY }]);
    expect(problems).toEqual(['empty-rule:5']);
  });

  test('rules keep the order and the lines in which they are written, also invalid ones', async () => {
    const { policy, problems } = await lowered([
      'egress:',
      '  - ports: [{port: 53}]',
      '  - nonsense',
      '  - to:',
      '      - podSelector: {}',
    ]);

    const rules = writtenRules(policy.egress);
    expect(rules.map(({ source }) => source.line)).toEqual([6, 5, 8]);
    expect(rules[1]).toMatchObject({ peer: [], packets: [] });
    expect(problems).toEqual(['invalid-policy:5']);
  });

  test('ingress knows `from`, egress knows `to`', async () => {
    const { policy, problems, diagnostics } = await lowered([
      'ingress:',
      '  - to: [{podSelector: {}}]',
      'egress:',
      '  - from: [{podSelector: {}}]',
    ]);

    expect(writtenRules(policy.ingress)).toMatchObject([{ peer: 'any' }]);
    expect(writtenRules(policy.egress)).toMatchObject([{ peer: 'any' }]);
    expect(problems).toEqual(['unknown-field:6', 'unknown-field:8']);
    expect(diagnostics.filter(({ code }) => code === 'unknown-field').map(({ severity }) => severity)).toEqual(['severe', 'severe']);
  });
});

describe('protocols that NetworkPolicy does not define', () => {
  test('are left to the plugin in each direction that isolates', async () => {
    const { policy } = await lowered(['policyTypes: [Ingress, Egress]']);

    expect(policy.ingress).toMatchObject([OTHERS]);
    expect(policy.egress).toMatchObject([OTHERS]);
  });

  test('are isolated by Calico, and a rule without ports allows them', async () => {
    const { policy } = await lowered(['ingress: [{}]', 'egress: [{ports: [{port: 53, protocol: UDP}]}]'], { cni: 'calico' });

    expect(policy.ingress).toMatchObject([{ peer: 'any', packets: 'any' }]);
    expect(policy.egress).toMatchObject([{ packets: [{ protocol: 'UDP', ports: [[53, 53]] }] }]);
  });
});

describe('whatever is not understood is told', () => {
  test.each([
    ['at the top', 'podSelector: {}', 'rules: []'],
    ['in the metadata', 'podSelector: {}', 'metadata: {name: web, namespace: shop, namspace: prod}'],
  ])('an unknown field %s', async (_case, spec, extra) => {
    const text = extra.startsWith('metadata') ? networkPolicy(spec).replace(/metadata:.*/, extra) : `${networkPolicy(spec)}${extra}\n`;
    const ingested = await ingestText(text);

    expect(diagnosticOf(ingested, 'unknown-field')).toMatchObject({ severity: 'severe', resource: 'shop/web[NetworkPolicy]' });
  });

  test('an unknown field of the spec, with what may be meant', async () => {
    const ingested = await lowered(['podselector: {matchLabels: {app: web}}']);

    expect(diagnosticOf(ingested, 'unknown-field')).toMatchObject({
      message: 'field `spec.podselector` is unknown and has no effect; did you mean `podSelector`',
      source: { line: 4 },
    });
    expect(ingested.policy.appliesTo).toMatchObject({ of: [{ kind: 'inNamespace' }, { kind: 'network' }] });
  });

  test.each([
    ['no spec', '', 'no-spec'],
    ['a null spec', 'spec:\n', 'no-spec'],
  ])('%s isolates the whole namespace', async (_case, spec, code) => {
    const ingested = await ingestText(`${networkPolicy().replace('spec:\n', '')}${spec}`);

    expect(problemsOf(ingested)).toEqual([`${code}:1`]);
    expect(Object.keys(policyOf(ingested.snapshot))).toContain('ingress');
  });

  test('a spec that is no mapping leaves the policy out', async () => {
    const ingested = await ingestText(networkPolicy().replace('spec:', 'spec: everything'));

    expect(ingested.snapshot.policies).toEqual([]);
    expect(problemsOf(ingested)).toEqual(['invalid-policy:1']);
  });
});

test('a policy of extensions/v1beta1 is the same policy, and its age is told', async () => {
  const ingested = await ingestText(networkPolicy('podSelector: {}').replace('networking.k8s.io/v1', 'extensions/v1beta1'));

  expect(policyOf(ingested.snapshot).ref.apiVersion).toBe('extensions/v1beta1');
  expect(problemsOf(ingested)).toEqual(['old-api:1']);
});

test.each([
  ['3.32', 'web/shop/KubernetesNetworkPolicy'],
  ['3.31', 'shop/knp.default.web'],
])('ties with policies of Calico %s go by the name that it gives: %s', async (calicoVersion, tieBreak) => {
  const { snapshot } = await ingestText(networkPolicy('podSelector: {}'), { cni: 'calico', calicoVersion });

  expect(policyOf(snapshot).tieBreak).toBe(tieBreak);
});

describe('a staged policy of Calico', () => {
  const staged = (...spec: readonly string[]) =>
    networkPolicy(...spec).replace(
      'networking.k8s.io/v1\nkind: NetworkPolicy',
      'projectcalico.org/v3\nkind: StagedKubernetesNetworkPolicy',
    );

  test('is a NetworkPolicy that does not count', async () => {
    const [ingested, plain] = [
      await ingestText(staged('stagedAction: Set', 'podSelector: {}', 'ingress: [{}]'), { cni: 'calico' }),
      await ingestText(networkPolicy('podSelector: {}', 'ingress: [{}]'), { cni: 'calico' }),
    ];
    const { ref, ingress, ...policy } = policyOf(ingested.snapshot);
    const { ref: _, ingress: plainIngress, ...expected } = policyOf(plain.snapshot);

    expect(policy).toEqual({ ...expected, staged: true, stagedAction: 'Set' });
    expect(ingress!.map(({ peer, packets }) => [peer, packets])).toEqual(plainIngress!.map(({ peer, packets }) => [peer, packets]));
    expect(ref.kind).toBe('StagedKubernetesNetworkPolicy');
    expect(problemsOf(ingested)).toEqual([]);
  });

  test('that deletes selects nothing and has no rules', async () => {
    const ingested = await ingestText(staged('stagedAction: Delete'), { cni: 'calico' });
    const { ref, ...policy } = policyOf(ingested.snapshot);

    expect(ref).toMatchObject({ kind: 'StagedKubernetesNetworkPolicy', namespace: 'shop', name: 'web' });
    expect(policy).toEqual({
      tier: 'default',
      order: Number.POSITIVE_INFINITY,
      tieBreak: 'web/shop/KubernetesNetworkPolicy',
      appliesTo: { kind: 'none' },
      hook: 'normal',
      staged: true,
      stagedAction: 'Delete',
    });
    expect(problemsOf(ingested)).toEqual([]);
  });

  test.each([['Learn'], ['Ignore']])('keeps that it is to %s', async (action) => {
    const { snapshot } = await ingestText(staged(`stagedAction: ${action}`, 'podSelector: {}'), { cni: 'calico' });
    expect(policyOf(snapshot)).toMatchObject({ staged: true, stagedAction: action, appliesTo: { kind: 'and' } });
  });

  test('of an unknown action is left out', async () => {
    const ingested = await ingestText(staged('stagedAction: Try', 'podSelector: {}'), { cni: 'calico' });
    expect(ingested.snapshot.policies).toEqual([]);
    expect(problemsOf(ingested)).toEqual(['invalid-policy:4']);
  });
});

test('a policy without namespace is in that of the fact', async () => {
  const text = networkPolicy('podSelector: {}').replace(', namespace: shop', '');

  const [plain, given] = [await ingestText(text), await ingestText(text, { defaultNamespace: 'prod' })];

  expect(policyOf(plain.snapshot)).toMatchObject({ ref: { namespace: 'default' }, tieBreak: 'web/default/KubernetesNetworkPolicy' });
  expect(policyOf(given.snapshot)).toMatchObject({ ref: { namespace: 'prod' }, appliesTo: { of: [{ names: ['prod'] }, {}] } });
});
