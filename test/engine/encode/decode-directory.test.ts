import { analyze } from '../../../src/engine/analyze';
import { decodeDirectory } from '../../../src/engine/encode/decode-directory';
import { DIRECTORY_FORMAT_VERSION, directoryText } from '../../../src/engine/encode/encode-directory';
import { modelBytes, modelChecksum } from '../../../src/engine/encode/encode-model';
import { decodeAnalysis, StoredModelError } from '../../../src/engine/encode/index';
import { PLAIN_NODE_NETWORK } from '../../../src/model/host-endpoint';
import { profilesSelector } from '../../../src/model/profiles';
import type { LabelSet } from '../../../src/model/selector';
import type { Snapshot } from '../../../src/model/snapshot';
import { cluster } from '../../support/cluster';
import { generateCluster } from '../../support/generate-cluster';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';
import { homeless } from '../homeless';
import { askForNames, FULL_ENTRY, FULL_HOST, FULL_SERVICE, SMALL_SHOP } from './tamper';

const analysis = analyze(SMALL_SHOP);
const bytes = modelBytes(analysis.model);
const text = directoryText(analysis.model, analysis.directory);
const whole = JSON.parse(text);

function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
}

function errorOf(directory: Uint8Array): unknown {
  try {
    decodeAnalysis(bytes, directory);
    return undefined;
  } catch (error) {
    return error;
  }
}

function decoded(snapshot: Snapshot) {
  const { model, directory } = analyze(snapshot);
  return decodeDirectory(bytesOf(directoryText(model, directory)), model);
}

const OTHERS: readonly unknown[] = [null, true, -1, 0, 1, 0.5, 1e300, 'x', '', '__proto__', [], [0], {}, { length: 1 }];

/** The document with something else in each place, one thing after the other, and with each part of it missing or twice. */
function* withFaults(document: unknown): Generator<unknown> {
  let turn = 0;
  function* faultsIn(value: unknown): Generator<unknown> {
    for (let count = 0; count < 2; count++) yield OTHERS[turn++ % OTHERS.length];
    if (Array.isArray(value)) {
      for (const index of value.keys()) {
        for (const changed of faultsIn(value[index])) yield value.with(index, changed);
        yield value.toSpliced(index, 1);
        yield value.toSpliced(index, 0, value[index]);
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, part] of Object.entries(value)) {
        for (const changed of faultsIn(part)) yield { ...value, [key]: changed };
        yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== key));
      }
    }
  }
  yield* faultsIn(document);
}

describe('a decoded directory', () => {
  it('knows what a snapshot knows, but for labels and sources that no answer needs', () => {
    for (let seed = 0; seed < 20; seed++) {
      const generated = generateCluster(randomFrom(seedOf(SEED, seed)), seed % 2 ? 'everything' : 'networkPolicyLike');
      const snapshot = seed % 3 ? generated : homeless(generated);
      const directory = decoded(snapshot);
      const { facts, origins, mode, tiers, policies } = snapshot;
      expect(directory).toMatchObject({ facts, origins, mode, tiers, policies });
      expect(directory.namespaces.map(({ name, source }) => [name, source])).toEqual(
        snapshot.namespaces.map(({ name, source }) => [name, source]),
      );
      expect([directory.workloadCount, directory.endpointCount]).toEqual([snapshot.workloads.length, snapshot.endpoints.length]);
      for (const [index, { ref, endpoints }] of snapshot.workloads.entries()) expect(directory.workload(index)).toEqual({ ref, endpoints });
      for (const { labels: _, ports: __, source: ___, serviceAccountLabels: ____, ...endpoint } of snapshot.endpoints)
        expect(directory.endpoint(endpoint.id)).toMatchObject(endpoint);
    }
  });

  it('gives an endpoint the source of its workload, and a node none', () => {
    const directory = decodeDirectory(bytesOf(text), analysis.model);
    const sources = SMALL_SHOP.endpoints.map(({ id, kind }) => [kind, directory.endpoint(id).source.file]);
    expect(sources).toEqual([
      ['node', ''],
      ['pod', 'shop/web.yaml'],
      ['template', 'shop/db.yaml'],
      ['newPod', ''],
    ]);
  });

  it('has no service account, node or address where there is none', () => {
    const endpoint = decoded(cluster().pod('shop/web', {}, { addressRanges: [] }).snapshot()).endpoint(0);
    expect(Object.keys(endpoint)).not.toEqual(expect.arrayContaining(['node']));
    expect(Object.keys(endpoint)).not.toEqual(expect.arrayContaining(['serviceAccount']));
    expect(endpoint).toMatchObject({ addresses: [], addressRanges: [] });
  });

  it('has host endpoints, node networks, Services, entries and host ports as the snapshot has them', () => {
    const directory = decodeDirectory(bytesOf(text), analysis.model);
    const { hostEndpoints, nodeNetwork, services, entries } = SMALL_SHOP;
    expect(directory).toMatchObject({ hostEndpoints, nodeNetwork, services, entries });
    expect(SMALL_SHOP.endpoints.map(({ id }) => directory.endpoint(id).hostPorts)).toEqual(SMALL_SHOP.endpoints.map((e) => e.hostPorts));
  });

  it('knows the profiles of endpoints, host endpoints and namespaces', () => {
    const chosen = profilesSelector([['a'], [], ['b', 'a']]);
    const built = cluster()
      .pod('shop/own', {}, { profiles: ['a'] })
      .pod('shop/none', {}, { profiles: [] })
      .pod('shop/usual', {})
      .policy('p', { appliesTo: chosen, ingress: [] })
      .snapshot();
    const namespaces = built.namespaces.map((namespace) => ({ ...namespace, profiles: ['b', 'a'] }));
    const directory = decoded({ ...built, namespaces, hostEndpoints: [FULL_HOST] });

    expect(built.endpoints.map(({ id }) => directory.endpoint(id).profiles)).toEqual(built.endpoints.map(({ profiles }) => profiles));
    expect(directory.namespaces.map(({ profiles }) => profiles)).toEqual([['b', 'a']]);
    expect(directory.hostEndpoints.map(({ profiles }) => profiles)).toEqual([FULL_HOST.profiles]);
  });

  it('knows the pods of controllers, though not the labels that they are known by', () => {
    const pods = cluster().pod('edge/proxy', { app: 'traefik' }).pod('shop/web', { app: 'web' }).snapshot();
    const { directory } = analyze({ ...pods, entries: [FULL_ENTRY] });
    expect(directory.controllers).toMatchObject([{ controller: 'traefik', endpoints: [0] }]);
    expect(decoded({ ...pods, entries: [FULL_ENTRY] }).controllers).toEqual(directory.controllers);
  });

  it('has all ports of what is on the host network', () => {
    const snapshot = cluster()
      .pod(
        'shop/a',
        {},
        {
          network: 'host',
          ports: [
            ['', 'UDP', 53],
            ['http', 'TCP', 80],
          ],
        },
      )
      .pod('shop/b', {}, { ports: [['hidden', 'UDP', 53]] })
      .snapshot();
    const directory = decoded(snapshot);
    expect([directory.endpoint(0).ports, directory.endpoint(1).ports]).toEqual([snapshot.endpoints[0]!.ports, []]);
  });

  it('lets a Service choose the same pods as before', () => {
    const builder = cluster();
    for (const app of ['a', 'b', 'c']) builder.pod(`shop/${app}`, { app }).pod(`shop/${app}-beta`, { app, stage: 'beta' });
    const selectors = [{ app: 'a' }, { app: 'b', stage: 'beta' }, { stage: 'other' }];
    const snapshot = { ...builder.snapshot(), services: selectors.map((selector) => ({ ...FULL_SERVICE, selector })) };
    const directory = decoded(snapshot);
    const chosenFrom = (labelsOf: (id: number) => LabelSet) =>
      selectors.map((selector) =>
        snapshot.endpoints.map(({ id }) => Object.entries(selector).every(([key, value]) => labelsOf(id).values[key] === value)),
      );
    expect(chosenFrom((id) => directory.endpoint(id).labels)).toEqual(chosenFrom((id) => snapshot.endpoints[id]!.labels));
  });

  it('of version 1 has no host endpoints, Services and entries, and facts at their defaults', () => {
    const { endpointToHostAction: _, serviceProxy: __, ...facts } = whole.facts;
    const { looks: ___, hostPorts: ____, ownPorts: __________, ...endpoints } = whole.endpoints;
    const { hostEndpoints: _____, nodeNetwork: ______, services: _______, entries: ________, controllers: _________, ...rest } = whole;
    const directory = decodeDirectory(bytesOf({ ...rest, endpoints, facts, formatVersion: 1 }), analysis.model);
    expect(directory).toMatchObject({ hostEndpoints: [], nodeNetwork: PLAIN_NODE_NETWORK, services: [], entries: [] });
    expect(directory.facts).toEqual(SMALL_SHOP.facts);
    expect(directory.endpoint(1)).toMatchObject({ name: 'web', labels: { values: { app: 'web' } } });
  });

  it('does not need keys in their order, and does not mind others', () => {
    const entries = Object.entries({ ...whole, extra: { deep: [1] } }).toReversed();
    const other = decodeAnalysis(bytes, bytesOf(Object.fromEntries(entries)));
    expect(directoryText(other.model, other.directory)).toBe(text);
  });
});

describe('bytes that are no directory', () => {
  it.each([
    ['nothing', ''],
    ['no JSON', 'kind: Directory'],
    ['no object', '[]'],
    ['nothing in JSON', 'null'],
    ['a number', '1'],
    ['arrays in arrays', '['.repeat(20_000)],
    ['arrays in arrays that end', '['.repeat(20_000) + ']'.repeat(20_000)],
  ])('are refused: %s', (_name, candidate) => {
    expect(errorOf(bytesOf(candidate))).toBeInstanceOf(StoredModelError);
  });

  it('are refused when they are no UTF-8', () => {
    const broken = bytesOf(text);
    broken[text.indexOf('web') + 1] = 0xff;
    expect(errorOf(broken)).toEqual(new StoredModelError('the directory is malformed'));
  });

  it('are refused wherever they were cut off', () => {
    const all = bytesOf(text);
    for (let length = 0; length < all.length; length++) expect(errorOf(all.subarray(0, length))).toBeInstanceOf(StoredModelError);
  });

  it.each([DIRECTORY_FORMAT_VERSION + 1, 0, -1])('are refused if their version is %i, by the version itself', (formatVersion) => {
    expect(errorOf(bytesOf({ ...whole, formatVersion }))).toEqual(
      new StoredModelError(`the directory has format version ${formatVersion}, which this build does not read`),
    );
  });

  it('are refused without telling what they hold', () => {
    for (const secret of ['secret', { secret: 'secret' }, ['secret']])
      for (const key of Object.keys(whole)) {
        const error = errorOf(bytesOf({ ...whole, [key]: secret })) as Error;
        expect(error.message).not.toContain('secret');
      }
  });

  it('are refused when they belong to another model', () => {
    for (const model of [modelChecksum(analysis.model) + 1, `${whole.model}`, null])
      expect(errorOf(bytesOf({ ...whole, model }))).toEqual(new StoredModelError('the directory belongs to another model'));
  });

  it.each([
    ['a namespace too much', { namespaces: [...whole.namespaces, whole.namespaces[0]] }],
    ['no workloads', { workloads: [] }],
    ['no policies', { policies: [], selected: [] }],
    ['a policy of which nobody says how many it selects', { selected: [] }],
    ['a number of selected endpoints below zero', { selected: [-1] }],
    ['no classes', { classes: [] }],
    ['a name too much', { endpoints: { ...whole.endpoints, names: [...whole.endpoints.names, 'more'] } }],
    ['a node too few', { endpoints: { ...whole.endpoints, nodes: [] } }],
    ['an account that is not there', { endpoints: { ...whole.endpoints, accounts: [0, 2, 0, 0] } }],
    ['a range that is not there', { endpoints: { ...whole.endpoints, ranges: [0, 0, 1, 2] } }],
    ['a range that is none', { endpoints: { ...whole.endpoints, rangeTexts: ['everywhere'] } }],
    ['an address that is none', { endpoints: { ...whole.endpoints, addresses: ['192.168.0.1', '10.0.0.1,', '', ''] } }],
    ['a look that is not there', { endpoints: { ...whole.endpoints, looks: [0, 1, 2, 9] } }],
    ['a look too few', { endpoints: { ...whole.endpoints, looks: [0, 1, 2] } }],
    ['a host port of an endpoint that is not there', { endpoints: { ...whole.endpoints, hostPorts: [[4, []]] } }],
    ['ports of an endpoint that is not there', { endpoints: { ...whole.endpoints, ownPorts: [[4, []]] } }],
    ['host endpoints that are none', { hostEndpoints: [{}] }],
    ['no node network', { nodeNetwork: null }],
    ['a failsafe port in a net that is none', { nodeNetwork: { ...whole.nodeNetwork, failsafeInbound: [{ net: 'x' }] } }],
    ['a Service of unknown type', { services: [{ ...whole.services[0], type: 'constructor' }] }],
    ['an entry without listeners', { entries: [{ ...whole.entries[0], listeners: undefined }] }],
    ['a controller of a workload that is not there', { controllers: [{ controller: 'x', workload: 2, endpoints: [] }] }],
    ['a controller of an endpoint that is not there', { controllers: [{ controller: 'x', workload: 0, endpoints: [4] }] }],
    ['an unknown mode', { mode: 'constructor' }],
    ['a fact that is a number', { facts: { ...whole.facts, cni: 1 } }],
    ['a range of a fact that is no CIDR', { facts: { ...whole.facts, podRanges: ['pods'] } }],
    ['a fact of unknown origin', { origins: { ...whole.origins, cni: 'guessed' } }],
    ['a fact without a value', { facts: {} }],
  ])('are refused: %s', (_name, change) => {
    expect(errorOf(bytesOf({ ...whole, ...change }))).toBeInstanceOf(StoredModelError);
  });
});

describe('a directory with one fault', () => {
  it('is refused, or answers every question', () => {
    const seen = { refused: 0, sound: 0 };
    for (const candidate of withFaults(whole)) {
      const error = errorOf(bytesOf(candidate));
      if (error === undefined) askForNames(decodeAnalysis(bytes, bytesOf(candidate)));
      else if (!(error instanceof StoredModelError)) throw error;
      seen[error ? 'refused' : 'sound']++;
    }
    expect(seen.refused).toBeGreaterThan(300);
    expect(seen.sound).toBeGreaterThan(50);
  });
});

describe('keys that are names of what every object has', () => {
  const evil = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString'];

  it('are labels like others, before and after', () => {
    const values = Object.fromEntries(evil.map((key) => [key, 'web']));
    const builder = cluster().pod('shop/web', values);
    for (const [index, key] of evil.entries())
      builder.policy(`shop/p${index}`, {
        appliesTo: { kind: 'label', owner: 'endpoint', key, test: { operator: 'in', values: ['web'] } },
        ingress: [],
      });
    const { labels } = decoded(builder.snapshot()).endpoint(0);
    expect(Object.entries(labels.values)).toEqual(Object.entries(values));
    expect(Object.getPrototypeOf(labels.values)).toBe(Object.prototype);
  });

  it('change nothing where they stand in the document itself', () => {
    for (const key of evil) {
      const extra = `{${JSON.stringify(key)}:{"mode":"bundle","model":1},`;
      const loaded = decodeAnalysis(bytes, bytesOf(text.replace('{', extra)));
      expect(loaded.directory.mode).toBe('snapshot');
    }
    expect({}).not.toHaveProperty('mode');
  });

  it('do not stand for what is missing', () => {
    const { mode: _, ...rest } = whole;
    const candidate = JSON.stringify(rest).replace('{', '{"__proto__":{"mode":"snapshot"},');
    expect(errorOf(bytesOf(candidate))).toEqual(new StoredModelError('the directory has an unknown mode'));
  });
});
