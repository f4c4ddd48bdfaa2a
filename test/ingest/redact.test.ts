import { redact } from '../../src/ingest/redact';

describe('a Secret', () => {
  it.each(['Secret', 'secret', 'SECRET', 'SecretList'])('keeps nothing but its name (%s)', (kind) => {
    const object = {
      apiVersion: 'v1',
      kind,
      type: 'Opaque',
      metadata: { name: 'a', namespace: 'b', labels: { pw: 'hunter2' }, annotations: { pw: 'hunter2' } },
      data: { pw: 'aHVudGVyMg==' },
      stringData: { pw: 'hunter2' },
      immutable: 'hunter2',
      items: { pw: 'hunter2' },
    };
    expect(redact(object)).toEqual({ apiVersion: 'v1', kind, metadata: { name: 'a', namespace: 'b' } });
  });

  it.each([undefined, null, 'hunter2', { name: { pw: 'hunter2' }, namespace: ['hunter2'] }])(
    'keeps no more when its metadata is %j',
    (metadata) => {
      expect(redact({ apiVersion: 'v1', kind: 'Secret', metadata })).toEqual({ apiVersion: 'v1', kind: 'Secret', metadata: {} });
    },
  );
});

describe('any object', () => {
  const container = () => ({
    name: 'main',
    image: 'x',
    env: [{ name: 'A', value: 'hunter2' }, { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }, 'odd'],
    args: ['--port', '80'],
  });
  const bare = {
    name: 'main',
    image: 'x',
    env: [{ name: 'A' }, { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }, 'odd'],
    args: ['--port', '80'],
  };

  it.each([
    ['a pod', (value: object) => ({ kind: 'Pod', spec: { containers: [value], initContainers: [value] } })],
    ['a deployment', (value: object) => ({ kind: 'Deployment', spec: { template: { spec: { containers: [value] } } } })],
    [
      'a cron job',
      (value: object) => ({ kind: 'CronJob', spec: { jobTemplate: { spec: { template: { spec: { ephemeralContainers: [value] } } } } } }),
    ],
    ['a kind that nobody knows', (value: object) => ({ kind: 'Odd', spec: { deep: [[{ down: value }]] }, status: { stored: value } })],
  ])('loses the values of environment variables: %s', (_, around) => {
    expect(redact(around(container()))).toEqual(around(bare));
  });

  it('loses an environment that is written as a mapping', () => {
    expect(redact({ kind: 'Odd', spec: { env: { PASSWORD: 'hunter2' }, x: 1 } })).toEqual({ kind: 'Odd', spec: { x: 1 } });
  });

  it('loses copies of itself and notes about its fields, and keeps other annotations', () => {
    const metadata = () => ({
      name: 'a',
      managedFields: [{ manager: 'kubectl' }],
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': '{"data": "hunter2"}',
        'kapp.k14s.io/original': 'hunter2',
        'cni.projectcalico.org/podIP': '10.0.0.1',
      },
    });
    const kept = { name: 'a', annotations: { 'cni.projectcalico.org/podIP': '10.0.0.1' } };
    expect(redact({ kind: 'Deployment', metadata: metadata(), spec: { template: { metadata: metadata() } } })).toEqual({
      kind: 'Deployment',
      metadata: kept,
      spec: { template: { metadata: kept } },
    });
  });

  it('loses payload', () => {
    expect(redact({ kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 'hunter2' }, binaryData: { b: 'x' }, stringData: {} })).toEqual({
      kind: 'ConfigMap',
      metadata: { name: 'a' },
    });
  });

  it('keeps its parts the same, so that their lines stay known', () => {
    const rule = { from: [{}] };
    const object = { kind: 'NetworkPolicy', metadata: { name: 'a' }, spec: { ingress: [rule] } };
    const redacted = redact(object) as typeof object;
    expect(redacted.spec.ingress[0]).toBe(rule);
    expect(redacted.spec).toBe(object.spec);
  });
});
