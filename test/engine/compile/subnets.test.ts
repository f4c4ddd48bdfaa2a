import { LONE_SUBNET, Subnets, UNTOLD_SUBNET } from '../../../src/engine/compile/subnets';

const subnetsOf = (...nets: readonly (readonly string[])[]) =>
  new Subnets(nets.map((subnets, index) => ({ node: `n${index}`, subnets, tunnels: [] })));
const idsOf = (subnets: Subnets, family: 0 | 1, count: number) =>
  Array.from({ length: count }, (_, index) => subnets.idsOf(`n${index}`)[family]);

describe('subnets of nodes', () => {
  test('have one number for all nodes in them, and other numbers for others', () => {
    const [a, b, c, d] = idsOf(subnetsOf(['10.0.0.0/24'], ['10.0.0.0/24'], ['10.0.1.0/24'], ['10.0.1.0/24']), 0, 4);

    expect(a).toBe(b);
    expect(c).toBe(d);
    expect(a).not.toBe(c);
    expect([a, c]).not.toContain(LONE_SUBNET);
  });

  test('share a number where a node is alone in them, be there thousands', () => {
    expect(idsOf(subnetsOf(['10.0.0.1/32'], ['10.0.0.2/32'], ['10.0.1.0/24']), 0, 3)).toEqual([LONE_SUBNET, LONE_SUBNET, LONE_SUBNET]);
  });

  test('are told by family', () => {
    const subnets = subnetsOf(['10.0.0.0/24', 'fd00::/64'], ['fd00::/64'], []);

    expect(idsOf(subnets, 0, 3)).toEqual([LONE_SUBNET, UNTOLD_SUBNET, UNTOLD_SUBNET]);
    expect(subnets.idsOf('n0')[1]).toBe(subnets.idsOf('n1')[1]);
    expect(subnets.idsOf('n2')).toEqual([UNTOLD_SUBNET, UNTOLD_SUBNET]);
    expect(subnets.idsOf('unheard-of')).toEqual([UNTOLD_SUBNET, UNTOLD_SUBNET]);
    expect(subnets.idsOf(undefined)).toEqual([UNTOLD_SUBNET, UNTOLD_SUBNET]);
  });

  test('are near each other where one lies in the other, also with something between', () => {
    const subnets = subnetsOf(['10.0.0.0/8'], ['10.0.0.0/16'], ['10.0.1.0/24'], ['11.0.0.0/8']);
    const [wide, middle, narrow, other] = idsOf(subnets, 0, 4);

    expect(new Set([wide, middle, narrow, other]).size).toBe(4);
    expect(other).toBe(LONE_SUBNET);
    const near = (id: number | undefined) => new Set(subnets.near(0, id!));
    expect(near(wide)).toEqual(new Set([middle, narrow]));
    expect(near(middle)).toEqual(new Set([wide, narrow]));
    expect(near(narrow)).toEqual(new Set([wide, middle]));
    expect(near(other)).toEqual(new Set());
    expect(subnets.near(1, wide!)).toEqual([]);
  });
});
