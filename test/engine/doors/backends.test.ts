import { backendFinder } from '../../../src/engine/doors/backends';
import type { Service } from '../../../src/model/service';
import type { Snapshot } from '../../../src/model/snapshot';
import { cluster } from '../../support/cluster';
import { type ServiceOptions, service } from '../../support/door-cluster';
import { doorWorldOf } from './door-world';

const SHOP = cluster()
  .node('n1', { addresses: ['192.0.2.11'] })
  .pod('shop/a', { app: 'front', tier: 'x' }, { addresses: ['10.0.0.1'], ports: [['http', 'TCP', 8080]] })
  .pod(
    'shop/b',
    { app: 'front' },
    {
      addresses: ['10.0.0.2'],
      ports: [
        ['http', 'TCP', 9090],
        ['dns', 'UDP', 53],
      ],
    },
  )
  .pod('shop/c', { app: 'front' }, { addresses: ['10.0.0.3'], ports: [['http', 'UDP', 8080]] })
  .pod('shop/host', { app: 'host' }, { network: 'host', node: 'n1', addresses: ['192.0.2.11'], ports: [['m', 'TCP', 9100]] })
  .pod('web/a', { app: 'front' }, { addresses: ['10.0.0.4'], ports: [['http', 'TCP', 8080]] })
  .template('shop/made', { app: 'front' }, { unknownKeys: ['tier'], ports: [['http', 'TCP', 8080]] })
  .newPod('shop')
  .snapshot();

function backends(options: ServiceOptions, snapshot: Snapshot = SHOP): readonly string[] {
  const own: Service = service('shop/front', options);
  return backendFinder(doorWorldOf(snapshot))
    .backendsOf(own, own.ports[0]!)
    .map(({ endpoint, address, port, certainty }) => {
      const name = endpoint === undefined ? address : snapshot.endpoints[endpoint]!.name;
      return `${name}:${port}${certainty === 'maybe' ? '?' : ''}`;
    });
}

it('are the pods of the namespace that the selector chooses, on the target port whether they declare it or not', () => {
  expect(backends({ ports: [['', 80, 8080]] })).toEqual(['a:8080', 'b:8080', 'c:8080', 'made:8080']);
});

it('are those that declare a named target port, each with its own number, by name and protocol', () => {
  expect(backends({ ports: [['', 80, 'http']] })).toEqual(['a:8080', 'b:9090', 'made:8080']);
  expect(backends({ ports: [['', 53, 'dns']], protocol: 'UDP' })).toEqual(['b:53']);
  expect(backends({ ports: [['', 53, 'dns']] })).toEqual([]);
});

it('are only possible where a label is not told', () => {
  expect(backends({ selector: { app: 'front', tier: 'x' } })).toEqual(['a:8080', 'made:8080?']);
});

it('are met on the port of the Service where it is headless', () => {
  expect(backends({ headless: true, ports: [['', 80, 8080]], selector: { tier: 'x' } })).toEqual(['a:80', 'made:80?']);
});

it('are none of an ExternalName', () => {
  expect(backends({ type: 'ExternalName' })).toEqual([]);
});

describe('without a selector', () => {
  const source = { file: 'a.yaml', document: 1, line: 1 };
  const listed = (addresses: readonly string[], port: number | undefined, name = 'p') => ({
    ports: [['p', 80, 8443]] as const,
    backendSets: [{ addresses, ports: [{ name, protocol: 'TCP' as const, ...(port !== undefined && { port }) }], source }],
  });

  it('are whoever has the listed addresses, and addresses outside', () => {
    expect(backends(listed(['10.0.0.4', '198.51.100.9'], 8080))).toEqual(['a:8080', '198.51.100.9:8080']);
  });

  it('are found by the name of the port', () => {
    expect(backends(listed(['10.0.0.4'], 8080, 'other'))).toEqual([]);
  });

  it('are met on the target port where the list has none', () => {
    expect(backends(listed(['10.0.0.4'], undefined))).toEqual(['a:8443']);
  });

  it('are the hostNetwork pod that declares the port, else the node', () => {
    expect(backends(listed(['192.0.2.11'], 9100))).toEqual(['host:9100']);
    expect(backends(listed(['192.0.2.11'], 22))).toEqual(['n1:22']);
  });

  it('are the listed addresses alone where nothing lists ports', () => {
    expect(backends({ ports: [['', 80, 8080]], backendSets: [], endpointAddresses: ['10.0.0.1'] })).toEqual(['a:8080']);
  });
});
