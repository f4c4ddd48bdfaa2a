import { PacketSpecs } from '../../../src/engine/compile/packet-specs';
import { PortMaps } from '../../../src/engine/compile/port-maps';
import type { DeclaredPort } from '../../../src/model/endpoint';
import { to } from '../../support/cluster';

const HTTP: DeclaredPort = { name: 'http', protocol: 'TCP', port: 80 };
const HTTP_ALSO: DeclaredPort = { name: 'http', protocol: 'TCP', port: 8080 };
const HTTP_UDP: DeclaredPort = { name: 'http', protocol: 'UDP', port: 80 };
const ADMIN: DeclaredPort = { name: 'admin', protocol: 'TCP', port: 9000 };

describe('port maps', () => {
  const specs = new PacketSpecs();
  specs.parts(to('TCP', 'http'));

  it('hold only ports whose names policies mention, in no order', () => {
    const maps = new PortMaps(specs);
    const empty = maps.mapOf([]);
    expect(maps.mapOf([ADMIN, { ...HTTP, name: '' }])).toBe(empty);
    const both = maps.mapOf([HTTP, HTTP_ALSO]);
    expect(maps.mapOf([HTTP_ALSO, ADMIN, HTTP, HTTP])).toBe(both);
    expect(new Set([empty, both, maps.mapOf([HTTP]), maps.mapOf([HTTP_ALSO]), maps.mapOf([HTTP_UDP])]).size).toBe(5);
  });

  it('answer the ports of a name and protocol', () => {
    const maps = new PortMaps(specs);
    const map = maps.mapOf([HTTP_ALSO, HTTP, HTTP_UDP]);
    expect([0, 1, 2, 3].map((pair) => maps.portsOf(map, pair))).toEqual([[80, 8080], [80], [], []]);
  });

  it('hold any number of ports', () => {
    const maps = new PortMaps(specs);
    const many = Array.from({ length: 100 }, (_, index): DeclaredPort => ({ ...HTTP, port: 1000 - index }));
    expect(maps.portsOf(maps.mapOf(many), 0)).toEqual(Array.from({ length: 100 }, (_, index) => 901 + index));
  });
});
