import { SEVERITIES } from '../../src/findings/finding';
import { exposureSeverity, isAtLeast, severityRank, severityUnder, worstWorth } from '../../src/findings/severity';

describe('the severity of an exposure', () => {
  it.each([
    ['R4', 'V4', 'critical'],
    ['R3', 'V4', 'critical'],
    ['R0', 'V4', 'medium'],
    ['R4', 'V3', 'critical'],
    ['R1', 'V3', 'medium'],
    ['R4', 'V2', 'high'],
    ['R2', 'V2', 'low'],
    ['R0', 'V2', 'info'],
    ['R4', 'V1', 'info'],
  ] as const)('of reach %s to worth %s is %s', (reach, worth, severity) => {
    expect(exposureSeverity(reach, worth)).toBe(severity);
  });

  it('never falls when more can reach the workload, nor when the workload is worth more', () => {
    const rank = (reach: number, worth: number) => severityRank(exposureSeverity(`R${reach}` as 'R0', `V${worth}` as 'V1'));
    for (const worth of [1, 2, 3, 4]) {
      for (const reach of [0, 1, 2, 3, 4]) {
        if (reach > 0) expect(rank(reach, worth)).toBeLessThanOrEqual(rank(reach - 1, worth));
        if (worth > 1) expect(rank(reach, worth)).toBeLessThanOrEqual(rank(reach, worth - 1));
      }
    }
  });

  it('moves one step at most, and not beyond the ends', () => {
    expect(exposureSeverity('R3', 'V3', 1)).toBe('critical');
    expect(exposureSeverity('R3', 'V3', -1)).toBe('medium');
    expect(exposureSeverity('R4', 'V4', 1)).toBe('critical');
    expect(exposureSeverity('R0', 'V1', -1)).toBe('info');
  });
});

describe('certainty', () => {
  it('caps what rests on an assumption at high and takes the severity from what is open', () => {
    expect(severityUnder('proven', 'critical')).toBe('critical');
    expect(severityUnder('assumed', 'critical')).toBe('high');
    expect(severityUnder('assumed', 'low')).toBe('low');
    expect(severityUnder('open', 'critical')).toBeUndefined();
  });
});

describe('the order of severities', () => {
  it('goes from critical to info, with open findings last', () => {
    expect([...SEVERITIES, undefined].map(severityRank)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('decides what is at or above a threshold; an open finding never is', () => {
    expect(isAtLeast('high', 'high')).toBe(true);
    expect(isAtLeast('critical', 'high')).toBe(true);
    expect(isAtLeast('medium', 'high')).toBe(false);
    expect(isAtLeast(undefined, 'info')).toBe(false);
  });

  it('of worths takes the worst, and none as declared public', () => {
    expect(worstWorth(['V2', 'V4', 'V3'])).toBe('V4');
    expect(worstWorth([])).toBe('V1');
  });
});
