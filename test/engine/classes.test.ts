import {
  EGRESS_SHIFT,
  FAMILY_SHIFT,
  GUARDED,
  HAS_V4,
  HAS_V6,
  INGRESS_SHIFT,
  isOfWorkload,
  KIND_MASK,
  KINDS,
  NODE,
  ON_HOST,
  PLACED,
  POD,
  TEMPLATE,
} from '../../src/engine/classes';

describe('the flags of a class', () => {
  it('lie beside each other, so that none changes another', () => {
    const parts = [KIND_MASK, ON_HOST, PLACED, HAS_V4, HAS_V6, 3 << EGRESS_SHIFT, 3 << INGRESS_SHIFT, GUARDED];
    const union = parts.reduce((all, part) => all | part, 0);
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(union);
  });

  it('say the kind as an index that fits its part', () => {
    expect([KINDS[POD], KINDS[TEMPLATE], KINDS[NODE]]).toEqual(['pod', 'template', 'node']);
    expect(new Set(KINDS).size).toBe(KINDS.length);
    expect(KINDS.length - 1).toBeLessThanOrEqual(KIND_MASK);
  });

  it('say the families as two bits, the lower one for IPv4', () => {
    expect((HAS_V4 >>> FAMILY_SHIFT) & 3).toBe(1);
    expect((HAS_V6 >>> FAMILY_SHIFT) & 3).toBe(2);
  });
});

describe('isOfWorkload', () => {
  it.each([
    ['pod', true],
    ['template', true],
    ['node', false],
    ['newPod', false],
  ] as const)('of a %s is %s, whatever else is true of it', (kind, expected) => {
    const code = KINDS.indexOf(kind);
    const everythingElse = ON_HOST | PLACED | HAS_V4 | HAS_V6 | (3 << EGRESS_SHIFT) | (3 << INGRESS_SHIFT) | GUARDED;
    expect(isOfWorkload(code)).toBe(expected);
    expect(isOfWorkload(code | everythingElse)).toBe(expected);
  });
});
