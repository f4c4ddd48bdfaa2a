import { analyze } from '../../../src/engine/analyze';
import { DIRECTORY_FORMAT_VERSION, directoryText } from '../../../src/engine/encode/encode-directory';
import { modelChecksum } from '../../../src/engine/encode/encode-model';
import type { HostEndpoint } from '../../../src/model/host-endpoint';
import type { LabelTest, Selector } from '../../../src/model/selector';
import type { Service } from '../../../src/model/service';
import type { Snapshot } from '../../../src/model/snapshot';
import { allow, chosen, cluster, to } from '../../support/cluster';
import { FULL_ENTRY, FULL_HOST, FULL_SERVICE, SMALL_SHOP } from './tamper';

function written(snapshot: Snapshot) {
  const { model, directory } = analyze(snapshot);
  return { model, directory: JSON.parse(directoryText(model, directory)) };
}

function label(key: string, test: LabelTest, owner: 'endpoint' | 'namespace' | 'serviceAccount' = 'endpoint'): Selector {
  return { kind: 'label', owner, key, test };
}

/** A pod with these labels, which one policy selects. */
function podSelectedBy(appliesTo: Selector, values: Readonly<Record<string, string>>, more: readonly string[] = []): Snapshot {
  const builder = cluster().pod('shop/web', values).policy('shop/web', { appliesTo, ingress: [] });
  for (const [index, value] of more.entries())
    builder.policy(`shop/more-${index}`, { appliesTo: label('app', { operator: 'in', values: [value] }), ingress: [] });
  return builder.snapshot();
}

/** Keys and values by turns, the keys with unknown values, and whether there are no others. */
function labelsIn(snapshot: Snapshot): readonly unknown[] {
  return written(snapshot).directory.classes[0][0];
}

describe('a written directory', () => {
  it('says its version and the model that it belongs to', () => {
    const { model, directory } = written(SMALL_SHOP);
    expect(directory.formatVersion).toBe(DIRECTORY_FORMAT_VERSION);
    expect(directory.model).toBe(modelChecksum(model));
  });

  it('has the names and addresses of endpoints as columns, each range and account once', () => {
    const { directory } = written(SMALL_SHOP);
    expect(directory.endpoints).toEqual({
      names: ['n1', 'web', 'db', 'new pod'],
      addresses: ['192.168.0.1', '10.0.0.1,fd00::1', '', ''],
      ranges: [0, 0, 1, 1],
      rangeTexts: ['0.0.0.0/0'],
      accounts: [0, 1, 0, 0],
      accountNames: ['web'],
      nodes: ['n1'],
      hostPorts: [[1, [{ protocol: 'TCP', hostPort: 8080, containerPort: 80, hostAddress: '192.168.0.1' }]]],
      looks: [0, 1, 2, 3],
      ownPorts: [],
    });
  });

  it('has host endpoints with only those labels and ports of which policies speak', () => {
    const host: HostEndpoint = {
      ...FULL_HOST,
      labels: { values: { role: 'worker', secret: 'hidden' }, unknownKeys: [], complete: true },
      ports: [...FULL_HOST.ports, { name: 'secret', protocol: 'TCP', port: 1 }],
    };
    const { directory } = written({ ...SMALL_SHOP, hostEndpoints: [host] });
    expect(directory.hostEndpoints).toEqual([{ ...FULL_HOST, labels: [['role', 'worker'], [], 1], ports: ['ssh', 'TCP', 22] }]);
  });

  it('has facts with their origins, workloads and tiers', () => {
    const { directory } = written(SMALL_SHOP);
    expect(directory).toMatchObject({ mode: 'snapshot', facts: SMALL_SHOP.facts, origins: SMALL_SHOP.origins });
    expect([directory.workloads.length, directory.tiers.length, directory.policies.length, directory.selected]).toEqual([2, 1, 2, [2, 0]]);
  });

  it('has one entry for all endpoints of a class', () => {
    const builder = cluster();
    for (let index = 0; index < 50; index++) builder.pod(`shop/p${index}`, { app: 'web', id: `${index}` });
    const snapshot = builder.policy('shop/web', { appliesTo: label('app', { operator: 'exists' }), ingress: [] }).snapshot();
    expect(written(snapshot).directory.classes).toEqual([[[['app', 'other'], [], 1], [], 0]]);
  });
});

describe('labels in a directory', () => {
  it.each([
    ['a value that the policy names', { operator: 'in', values: ['web', 'api'] }, ['app', 'web']],
    ['a value that it does not name, as any other', { operator: 'in', values: ['api'] }, ['app', 'other']],
    ['a value that is named only to be excluded', { operator: 'notIn', values: ['web'] }, ['app', 'web']],
    ['a value of which only the key matters, as any other', { operator: 'exists' }, ['app', 'other']],
    ['a value in which the policy looks for a text', { operator: 'contains', text: 'x' }, ['app', 'web']],
    ['a value of which the policy looks at the beginning', { operator: 'startsWith', text: 'x' }, ['app', 'web']],
    ['a value of which the policy looks at the end', { operator: 'endsWith', text: 'x' }, ['app', 'web']],
  ] as const)('have %s', (_name, test, expected) => {
    expect(labelsIn(podSelectedBy(label('app', test), { app: 'web', secret: 'hidden' }))).toEqual([expected, [], 1]);
  });

  it('have for other values one that no policy names', () => {
    const snapshot = podSelectedBy(label('app', { operator: 'exists' }), { app: 'web' }, ['other', 'other+']);
    expect(labelsIn(snapshot)).toEqual([['app', 'other++'], [], 1]);
  });

  it('have no key that no policy names, whatever it is called', () => {
    const values = { '__proto__.x': 'hidden', constructor: 'hidden', app: 'web' };
    expect(labelsIn(podSelectedBy(label('toString', { operator: 'exists' }), values))).toEqual([[], [], 1]);
  });

  it('have the keys whose values nobody knows, if a policy names them', () => {
    const snapshot = cluster()
      .pod('shop/web', {}, { unknownKeys: ['hash', 'app'] })
      .policy('shop/web', { appliesTo: label('app', { operator: 'exists' }), ingress: [] })
      .snapshot();
    expect(labelsIn(snapshot)).toEqual([[], ['app'], 1]);
  });

  it('are told apart by whose they are', () => {
    const snapshot = cluster()
      .namespace('shop', { app: 'of-namespace', team: 'of-namespace' })
      .pod(
        'shop/web',
        { app: 'of-pod', team: 'of-pod' },
        { serviceAccount: 'web', serviceAccountLabels: { app: 'of-account', team: 'of-account' } },
      )
      .policy('shop/web', {
        appliesTo: label('app', { operator: 'in', values: ['of-pod'] }),
        ingress: [allow([chosen(label('team', { operator: 'in', values: ['of-account'] }, 'serviceAccount'))])],
      })
      .snapshot();
    const { directory } = written(snapshot);
    expect(directory.classes[0]).toEqual([[['app', 'of-pod'], [], 1], [], [['team', 'of-account'], [], 1]]);
    expect(directory.namespaces[0][1]).toEqual([[], [], 1]);
  });

  it('of namespaces that are not in the input may be others beside those that are known', () => {
    const team = { kind: 'label', owner: 'namespace', key: 'team', test: { operator: 'exists' } } as const;
    const snapshot = cluster()
      .pod('shop/web')
      .policy('shop/web', { ingress: [allow([chosen(team)])] })
      .snapshot();
    expect(written(snapshot).directory.namespaces).toEqual([['shop', [[], [], 0], 0]]);
  });

  it('that only exclusions name are there as well', () => {
    const excluded = { notSelector: label('app', { operator: 'in', values: ['web'] }), netsSeePods: 'no' } as const;
    const snapshot = cluster()
      .pod('shop/web', { app: 'web' })
      .policy('shop/web', { egress: [allow([excluded])] })
      .snapshot();
    expect(labelsIn(snapshot)).toEqual([['app', 'web'], [], 1]);
  });
});

describe('endpoints that only Services tell apart', () => {
  const service = (selector: Readonly<Record<string, string>>, targetPort: number | string): Service => ({
    ...FULL_SERVICE,
    selector,
    ports: [{ name: '', protocol: 'TCP', port: 80, targetPort }],
  });
  const shop = cluster()
    .pod('shop/a', { app: 'a', secret: 'hidden' }, { ports: [['http', 'TCP', 80]] })
    .pod('shop/b', { app: 'b' }, { ports: [['http', 'TCP', 81]] })
    .pod('shop/c', { app: 'c' }, { ports: [['http', 'TCP', 81]] })
    .pod('shop/d', {}, { unknownKeys: ['app'] })
    .snapshot();

  it('have labels and ports of their own, as far as Services speak of them', () => {
    const { directory, model } = written({ ...shop, services: [service({ app: 'a' }, 'http'), service({ app: 'b' }, 80)] });
    expect(model.classes.flags.length).toBe(1);
    expect(directory.endpoints.looks).toEqual([0, 1, 2, 3]);
    expect(directory.classes).toEqual([
      [[['app', 'a'], [], 1], ['http', 'TCP', 80], 0],
      [[['app', 'b'], [], 1], ['http', 'TCP', 81], 0],
      [[['app', 'other'], [], 1], ['http', 'TCP', 81], 0],
      [[[], ['app'], 1], [], 0],
    ]);
    expect(JSON.stringify(directory)).not.toContain('hidden');
  });

  it('look like their class where no Service chooses them', () => {
    const { selector: _, ...unchosen } = service({}, 80);
    const { directory } = written({ ...shop, services: [unchosen] });
    expect([directory.endpoints.looks, directory.classes]).toEqual([[], [[[[], [], 1], [], 0]]]);
  });

  it('have the ports to which entries lead by name', () => {
    const { directory } = written({ ...shop, entries: [FULL_ENTRY] });
    expect(directory.classes.map(([, ports]: readonly unknown[]) => ports)).toContainEqual(['http', 'TCP', 81]);
  });

  it('have all of their ports where these are the ports of a node', () => {
    const host = cluster()
      .pod('shop/a', {}, { network: 'host', ports: [['', 'UDP', 53]] })
      .snapshot();
    const { directory } = written(host);
    expect([directory.classes[0][1], directory.endpoints.ownPorts]).toEqual([[], [[0, ['', 'UDP', 53]]]]);
  });
});

describe('ports in a directory', () => {
  const ports = [
    ['http', 'TCP', 80],
    ['http', 'UDP', 81],
    ['', 'TCP', 82],
    ['secret', 'TCP', 83],
  ] as const;

  it.each(['portNames', 'notPortNames', 'sourcePortNames', 'notSourcePortNames'] as const)('are those that a policy names: %s', (part) => {
    const snapshot = cluster()
      .pod('shop/web', {}, { ports })
      .policy('shop/web', { ingress: [allow('any', [{ protocol: 'TCP', [part]: ['http'] }])] })
      .snapshot();
    expect(written(snapshot).directory.classes[0][1]).toEqual(['http', 'TCP', 80, 'http', 'UDP', 81]);
  });

  it('are none where policies number them', () => {
    const snapshot = cluster()
      .pod('shop/web', {}, { ports })
      .policy('shop/web', { ingress: [allow('any', to('TCP', 80))] })
      .snapshot();
    expect(written(snapshot).directory.classes[0][1]).toEqual([]);
  });
});
