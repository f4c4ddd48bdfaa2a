import { ApiError } from '../../src/api/errors';
import { internetFor, ownersByAddress, type Peer, rangesFor, resolvePeer } from '../../src/api/peers';
import { type Analysis, analyze, catalogueOf } from '../../src/engine/index';
import { formatRange, parseRange, rangesHave } from '../../src/util/address-set';
import { cluster } from '../support/cluster';

const analysis = analyze(
  cluster()
    .namespace('shop')
    .namespace('payments')
    .namespace('empty')
    .pod('shop/web-1', {}, { workload: 'web', addresses: ['10.0.0.1'] })
    .pod('shop/web-2', {}, { workload: 'web', addresses: ['10.0.0.2', 'fd00::2'] })
    .pod('shop/cart', {}, { workload: 'cart', addresses: ['10.0.0.3'] })
    .pod('shop/debug', {}, { addresses: ['10.0.0.4'] })
    .template('payments/ledger')
    .pod('payments/agent', {}, { network: 'host', addresses: ['192.168.7.1'], node: 'worker-1' })
    .node('worker-1', { addresses: ['192.168.7.1'] })
    .newPod('shop')
    .snapshot(),
);

function resolve(text: string, namespaces = false, from: Analysis = analysis): Peer {
  return resolvePeer(from, text, { path: 'from', namespaces });
}

function refusalOf(text: string, namespaces = false): string {
  try {
    resolve(text, namespaces);
  } catch (error) {
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).code).toBe('INVALID_REQUEST');
    expect((error as ApiError).details[0]!.path).toBe('from');
    return (error as ApiError).message;
  }
  throw new Error(`\`${text}\` was understood`);
}

describe('a name', () => {
  it.each([
    ['a pod', 'shop/web-1', 'shop/web-1', 1],
    ['a pod with its kind', 'shop/web-1[Pod]', 'shop/web-1', 1],
    ['a pod that is its own workload', 'shop/debug[Pod]', 'shop/debug', 1],
    ['a workload of any kind', 'shop/web', 'shop/web[Deployment]', 2],
    ['a workload of a kind', 'shop/web[Deployment]', 'shop/web[Deployment]', 2],
    ['a kind in another case', 'shop/web[deployment]', 'shop/web[Deployment]', 2],
    ['a template', 'payments/ledger', 'payments/ledger[Deployment]', 1],
    ['a node', 'worker-1[Node]', 'worker-1[Node]', 1],
    ['a node without its kind', 'worker-1', 'worker-1[Node]', 1],
    ['a new pod', 'shop/*', 'shop/*', 1],
  ])('means %s', (_case, text, id, endpoints) => {
    const peer = resolve(text);
    expect(peer).toMatchObject({ kind: 'endpoints', id });
    expect(peer.kind === 'endpoints' && peer.endpoints).toHaveLength(endpoints);
  });

  it('that a pod and a workload share is the pod, and that is said', () => {
    expect(resolve('shop/cart')).toMatchObject({
      id: 'shop/cart',
      notes: ['`shop/cart` is taken as the pod of that name; `shop/cart[Deployment]` has the same name'],
    });
    expect(resolve('shop/cart[Deployment]')).toMatchObject({ id: 'shop/cart[Deployment]', notes: [] });
  });

  it('of a namespace means its workloads, only where that is asked for', () => {
    const peer = resolve('shop', true);
    expect(peer).toMatchObject({
      kind: 'endpoints',
      id: 'shop',
      namespace: analysis.directory.namespaces.findIndex(({ name }) => name === 'shop'),
    });
    expect(peer.kind === 'endpoints' && peer.endpoints).toHaveLength(4);
    expect(refusalOf('shop')).toContain('names no namespace');
    expect(refusalOf('empty', true)).toBe('namespace `empty` has no workloads');
  });
});

describe('an address', () => {
  it.each([
    ['10.0.0.2', '10.0.0.2'],
    ['fd00::2', 'fd00::2'],
    ['FD00:0::2', 'fd00::2'],
    ['ip:10.0.0.2-10.0.0.2', '10.0.0.2'],
    ['10.0.0.2/32', '10.0.0.2'],
  ])('`%s` of an endpoint that has others means that endpoint by this one alone, and that is said', (text, at) => {
    const peer = resolve(text);
    expect(peer).toMatchObject({ kind: 'endpoints', id: `${at} (shop/web-2)`, at });
    expect(peer.notes).toEqual([`\`${at}\` is one of the addresses of \`shop/web-2\``]);
  });

  it('that is the only one of an endpoint means the endpoint', () => {
    const peer = resolve('10.0.0.3');
    expect(peer).toMatchObject({ kind: 'endpoints', id: 'shop/cart', notes: ['`10.0.0.3` is the address of `shop/cart`'] });
    expect(peer).not.toHaveProperty('at');
  });

  it('of a node means the node, not the pods that share it', () => {
    expect(resolve('192.168.7.1')).toMatchObject({ kind: 'endpoints', id: 'worker-1[Node]' });
  });

  it('of nobody is an address', () => {
    const peer = resolve('203.0.113.7');
    expect(peer).toMatchObject({ kind: 'addresses', id: '203.0.113.7', owners: [], notes: [] });
  });

  it('range knows the endpoints that have some of it', () => {
    const peer = resolve('10.0.0.2/31');
    expect(peer.kind === 'addresses' && peer.owners.map(({ endpoint }) => analysis.directory.endpoint(endpoint).name)).toEqual([
      'web-2',
      'cart',
    ]);
    expect(peer.kind === 'addresses' && peer.ranges.map(formatRange)).toEqual(['10.0.0.2-10.0.0.3']);
  });

  it('range with bits of a host is read as its network, and that is said', () => {
    expect(resolve('172.16.5.9/16').notes).toEqual(['`172.16.5.9/16` is the range `172.16.0.0/16`']);
  });

  it.each(['10.0.0', '10.0.0.1/33', '10.0.0.256', '10.0.0.1/', 'ip:10.0.0.9-10.0.0.1', 'fd00::zz'])('`%s` is refused', (text) => {
    expect(refusalOf(text)).toContain('is no address');
  });
});

describe('what nobody is called', () => {
  it.each([
    ['shop/wbe', 'there is no `shop/wbe`; did you mean `shop/web`?'],
    ['shop/web[StatefulSet]', 'there is no `shop/web[StatefulSet]`; did you mean `shop/web[Deployment]`?'],
    ['shops/web', 'there is no namespace `shops`; did you mean `shop/web`?'],
    ['nowhere/web', 'there is no namespace `nowhere`; did you mean `shop/web`?'],
    ['shop/zzzzzzzz', 'there is no `shop/zzzzzzzz`'],
    ['web', '`web` names no namespace; write `namespace/name`; did you mean `shop/web`?'],
    ['worker-2[Node]', 'there is no node `worker-2`; did you mean `worker-1[Node]`?'],
    ['shpo/*', 'there is no namespace `shpo`; did you mean `shop/*`?'],
    ['', 'the peer is empty; name one such as `namespace/name`'],
    ['a/b/c', '`a/b/c` is no peer; name one as `namespace/name`, `namespace/name[Kind]`, an address, a CIDR or `internet`'],
    ['constructor/__proto__', 'there is no namespace `constructor`'],
  ])('`%s` is refused with what may have been meant', (text, message) => {
    expect(refusalOf(text)).toBe(message);
  });
});

describe('internetFor', () => {
  const indexOf = (name: string) =>
    Array.from({ length: analysis.directory.endpointCount }, (_, index) => index).find(
      (index) => analysis.directory.endpoint(index).name === name,
    )!;

  it('has the families of the endpoint', () => {
    const [v4, both] = [internetFor(analysis, indexOf('web-1')), internetFor(analysis, indexOf('web-2'))];
    expect([v4, both].map((ranges) => ['8.8.8.8', '2606:4700::1'].map((address) => rangesHave(ranges, address)))).toEqual([
      [true, false],
      [true, true],
    ]);
  });

  it('is IPv4 where no address is known, unless the facts say otherwise', () => {
    const bundle = (podRanges: readonly string[]) =>
      analyze(cluster({ podRanges }).namespace('a').template('a/b', {}, { addressRanges: podRanges }).snapshot());
    expect(new Set(internetFor(bundle([]), 0).map(({ family }) => family))).toEqual(new Set([4]));
    expect(new Set(internetFor(bundle(['fd00::/64']), 0).map(({ family }) => family))).toEqual(new Set([6]));
  });
});

describe('a name of its own', () => {
  it('means what it is for', () => {
    expect(resolve('internet')).toMatchObject({ kind: 'internet' });
    expect(resolve('nodes')).toMatchObject({ kind: 'endpoints', id: 'nodes', endpoints: [expect.any(Number)] });
    expect(resolve('cluster')).toMatchObject({ kind: 'endpoints', id: 'cluster', isEverything: true });
    expect(resolve('metadata:aws')).toMatchObject({ kind: 'addresses', id: 'metadata:aws', isNamed: true, port: 80, owners: [] });
    expect(resolve('shop/any-pod')).toMatchObject({ kind: 'hypothetical', id: 'shop/any-pod' });
  });

  it('that says nothing is refused with what is missing', () => {
    expect(refusalOf('organisation')).toContain('fact `organisationRanges`');
    expect(refusalOf('shpo/any-pod')).toBe('there is no namespace `shpo`; did you mean `shop/any-pod`?');
    expect(refusalOf('any-pd')).toContain('did you mean `any-pod`?');
    expect(refusalOf('metadta')).toContain('did you mean `metadata`?');
  });

  it('goes before an object of the same name, which is told and has another way to be written', () => {
    const twins = analyze(cluster().namespace('nodes').pod('nodes/any-pod').node('n1').snapshot());
    expect(resolve('nodes', true, twins)).toMatchObject({ id: 'nodes', notes: [expect.stringContaining('`nodes[Namespace]`')] });
    expect(resolve('nodes[Namespace]', true, twins)).toMatchObject({ id: 'nodes', namespace: 0 });
    expect(resolve('nodes/any-pod', false, twins)).toMatchObject({
      kind: 'hypothetical',
      notes: [expect.any(String), expect.stringContaining('`nodes/any-pod[Pod]`')],
    });
    expect(resolve('nodes/any-pod[Pod]', false, twins)).toMatchObject({ kind: 'endpoints', id: 'nodes/any-pod' });
  });

  it('of a Service is no end of a flow', () => {
    expect(refusalOf('shop/web[Service]')).toContain('policy acts at the pods behind it');
  });
});

it('rangesFor keeps the families that the endpoint has', () => {
  const ranges = ['169.254.169.254-169.254.169.254', 'fd00:ec2::254'].map((text) => parseRange(text)!);
  const index = analysis.directory.endpointCount;
  const named = (name: string) => Array.from({ length: index }, (_, at) => at).find((at) => analysis.directory.endpoint(at).name === name)!;
  expect([rangesFor(analysis, named('web-1'), ranges), rangesFor(analysis, named('web-2'), ranges)].map(({ length }) => length)).toEqual([
    1, 2,
  ]);
  expect(rangesFor(analysis, undefined, [ranges[1]!])).toHaveLength(1);
});

it('owners of addresses are taken together by their family, and by each address where they have several of it', () => {
  const own = analyze(
    cluster()
      .namespace('shop')
      .pod('shop/one', {}, { addresses: ['10.0.0.1'] })
      .pod('shop/both', {}, { addresses: ['10.0.0.2', 'fd00::2'] })
      .node('n1', { addresses: ['10.0.0.3', '10.0.0.4'] })
      .snapshot(),
  );
  const peer = resolve('10.0.0.0/24', false, own);
  const catalogue = catalogueOf(own);
  const groups = peer.kind === 'addresses' ? ownersByAddress(catalogue, peer.owners) : [];
  expect(groups.map(([at, endpoints]) => [at, endpoints.map((index) => catalogue.endpoint(index).id)])).toEqual([
    [4, ['shop/one', 'shop/both']],
    ['10.0.0.3', ['n1[Node]']],
    ['10.0.0.4', ['n1[Node]']],
  ]);
});
