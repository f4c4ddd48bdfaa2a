import { ingestText, networkPolicy, policyOf, problemsOf } from '../../support/ingest-text';

async function packetsOf(ports: string, facts: Readonly<Record<string, string>> = {}) {
  const ingested = await ingestText(networkPolicy('ingress:', `  - {ports: ${ports}}`), facts);
  return { packets: policyOf(ingested.snapshot).ingress![0]!.packets, problems: problemsOf(ingested) };
}

const EVERY = [{ protocol: 'TCP' }, { protocol: 'UDP' }, { protocol: 'SCTP' }];

describe('what ports mean', () => {
  test.each<[string, string, unknown]>([
    ['absent: every packet', 'null', EVERY],
    ['the empty list: every packet', '[]', EVERY],
    ['a number of TCP', '[{port: 80}]', [{ protocol: 'TCP', ports: [[80, 80]] }]],
    ['a number of UDP', '[{port: 53, protocol: UDP}]', [{ protocol: 'UDP', ports: [[53, 53]] }]],
    ['a number of SCTP', '[{port: 7777, protocol: SCTP}]', [{ protocol: 'SCTP', ports: [[7777, 7777]] }]],
    ['no number: every port of the protocol', '[{protocol: UDP}]', [{ protocol: 'UDP' }]],
    ['the empty entry: every port of TCP', '[{}]', [{ protocol: 'TCP' }]],
    ['the null entry: every port of TCP', '[null]', [{ protocol: 'TCP' }]],
    ['a range', '[{port: 8000, endPort: 8010}]', [{ protocol: 'TCP', ports: [[8000, 8010]] }]],
    ['a range of one', '[{port: 8000, endPort: 8000}]', [{ protocol: 'TCP', ports: [[8000, 8000]] }]],
    [
      'both ends of the space',
      '[{port: 1}, {port: 65535}]',
      [
        {
          protocol: 'TCP',
          ports: [
            [1, 1],
            [65535, 65535],
          ],
        },
      ],
    ],
    ['a name', '[{port: http-web}]', [{ protocol: 'TCP', portNames: ['http-web'] }]],
    [
      'names and numbers of one protocol together',
      '[{port: web}, {port: 443}, {port: api}]',
      [{ protocol: 'TCP', ports: [[443, 443]], portNames: ['api', 'web'] }],
    ],
    ['neighbours merge', '[{port: 82}, {port: 80}, {port: 81}]', [{ protocol: 'TCP', ports: [[80, 82]] }]],
    ['everything of a protocol absorbs its ports', '[{port: 80}, {protocol: TCP}]', [{ protocol: 'TCP' }]],
    [
      'protocols stay apart',
      '[{port: dns, protocol: UDP}, {port: dns}]',
      [
        { protocol: 'TCP', portNames: ['dns'] },
        { protocol: 'UDP', portNames: ['dns'] },
      ],
    ],
  ])('%s', async (_case, ports, expected) => {
    expect(await packetsOf(ports)).toEqual({ packets: expected, problems: [] });
  });

  test('absent ports are every protocol for Calico', async () => {
    expect((await packetsOf('[]', { cni: 'calico' })).packets).toBe('any');
  });
});

describe('entries that the API server refuses match nothing', () => {
  test.each([
    ['port 0', '{port: 0}'],
    ['a port beyond 65535', '{port: 65536}'],
    ['a fraction', '{port: 80.5}'],
    ['a boolean', '{port: true}'],
    ['a number in quotes', '{port: "80"}'],
    ['a name in capitals', '{port: HTTP}'],
    ['a name of sixteen characters', '{port: abcdefghijklmnop}'],
    ['a name with a double hyphen', '{port: web--api}'],
    ['a name that ends in a hyphen', '{port: web-}'],
    ['the empty name', '{port: ""}'],
    ['an unknown protocol', '{port: 80, protocol: ICMP}'],
    ['a protocol in small letters', '{port: 80, protocol: tcp}'],
    ['endPort below port', '{port: 80, endPort: 79}'],
    ['endPort beyond 65535', '{port: 80, endPort: 65536}'],
    ['endPort without port', '{endPort: 80}'],
    ['endPort beside a name', '{port: web, endPort: 80}'],
    ['a number instead of an entry', '80'],
  ])('%s', async (_case, entry) => {
    expect(await packetsOf(`[${entry}]`)).toEqual({ packets: [], problems: ['invalid-policy:6'] });
    expect(await packetsOf(`[${entry}, {port: 443}]`)).toEqual({
      packets: [{ protocol: 'TCP', ports: [[443, 443]] }],
      problems: ['invalid-policy:6'],
    });
  });

  test('ports that are no list', async () => {
    expect(await packetsOf('80')).toEqual({ packets: [], problems: ['invalid-policy:6'] });
  });

  test('an unknown field is told, and the rest of the entry counts', async () => {
    expect(await packetsOf('[{port: 80, endport: 90}]')).toEqual({
      packets: [{ protocol: 'TCP', ports: [[80, 80]] }],
      problems: ['unknown-field:6'],
    });
  });
});
