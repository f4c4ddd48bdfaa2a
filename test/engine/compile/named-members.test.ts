import { NamedMembers } from '../../../src/engine/compile/named-members';
import { EMPTY } from '../../../src/engine/kernel/rows';
import { block, cluster, to } from '../../support/cluster';
import { membersIn, worksOf } from './works';

/** Pods by what they declare; the names `http` and `dns` are mentioned, `admin` is not. Pod `both` has a face for each family. */
function made() {
  const snapshot = cluster()
    .pod('shop/both', {}, { addresses: ['10.0.0.1', 'fd00::1'], ports: [['http', 'TCP', 80]] })
    .pod('shop/other', {}, { addresses: ['10.0.0.2'], ports: [['http', 'TCP', 8080]] })
    .pod(
      'shop/two',
      {},
      {
        addresses: ['10.0.0.3'],
        ports: [
          ['http', 'TCP', 80],
          ['http', 'TCP', 8080],
          ['dns', 'UDP', 53],
        ],
      },
    )
    .pod('shop/udp', {}, { addresses: ['10.0.0.4'], ports: [['http', 'UDP', 80]] })
    .pod('shop/unnamed', {}, { addresses: ['10.0.0.5'], ports: [['admin', 'TCP', 80]] })
    .snapshot();
  const works = worksOf(snapshot, (vocabulary, specs) => {
    vocabulary.peer([block('10.0.0.0/30')]);
    specs.parts(to('TCP', 'http'));
    specs.parts(to('UDP', 'dns'));
  });
  const named = new NamedMembers(works.pool, works.classes);
  const name = (member: number) =>
    snapshot.endpoints.find(({ id }) => works.classes.classOf[id] === works.classes.faceClass[member])?.name ?? 'a block';
  const names = (row: number) => membersIn(works.pool, row).map(name);
  const meanings = (pair: number) => Object.fromEntries(named.meanings(pair).map(({ port, row }) => [port, names(row)]));
  return { named, names, meanings, portMaps: works.classes.portMaps };
}

const [HTTP_TCP, HTTP_UDP, HTTP_SCTP, DNS_TCP, DNS_UDP] = [0, 1, 2, 3, 4] as const;

describe('what a port name means', () => {
  it('is each of its ports, on every face of the endpoints that declare it', () => {
    expect(made().meanings(HTTP_TCP)).toEqual({ 80: ['both', 'both', 'two'], 8080: ['other', 'two'] });
  });

  it('holds for its own protocol only', () => {
    const { meanings } = made();
    expect(meanings(HTTP_UDP)).toEqual({ 80: ['udp'] });
    expect(meanings(DNS_UDP)).toEqual({ 53: ['two'] });
  });

  it('is nothing where nobody declares it', () => {
    const { named } = made();
    for (const pair of [HTTP_SCTP, DNS_TCP, 999]) expect(named.meanings(pair)).toEqual([]);
  });
});

describe('members with one of several names', () => {
  it('are those that have a port of any of them, and no address', () => {
    const { named, names } = made();
    expect(names(named.withAny(Int32Array.of(HTTP_TCP)))).toEqual(['both', 'both', 'other', 'two']);
    expect(names(named.withAny(Int32Array.of(HTTP_UDP, DNS_UDP)))).toEqual(['two', 'udp']);
  });

  it('are nobody where nobody declares them', () => {
    const { named } = made();
    expect(named.withAny(Int32Array.of(HTTP_SCTP, DNS_TCP))).toBe(EMPTY);
    expect(named.withAny(new Int32Array(0))).toBe(EMPTY);
  });
});

describe('members by all their names', () => {
  it('are together only if every mentioned name means the same, and are left out if none means anything', () => {
    const { named, names, portMaps } = made();
    expect(named.byMap.map(({ row }) => names(row))).toEqual([['both', 'both'], ['other'], ['two'], ['udp']]);
    for (const { map } of named.byMap) expect(portMaps.table.lengthOf(map)).toBeGreaterThan(0);
  });
});
