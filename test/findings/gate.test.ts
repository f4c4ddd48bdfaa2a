import { DEFAULT_FAIL_ON, gateFails } from '../../src/findings/gate';

describe('the gate of a finding', () => {
  it('fails a run from its stage on and not before', () => {
    const finding = { gate: 'beta', severity: 'medium', certainty: 'proven' } as const;
    expect(gateFails(finding, 'lab')).toBe(false);
    expect(gateFails(finding, 'poc')).toBe(false);
    expect(gateFails(finding, 'beta')).toBe(true);
    expect(gateFails(finding, 'production')).toBe(true);
  });

  it('stays open for what is unknown and for what is listed only', () => {
    expect(gateFails({ gate: 'lab', certainty: 'open' }, 'production')).toBe(false);
    expect(gateFails({ gate: 'lab', severity: 'info', certainty: 'proven' }, 'production')).toBe(false);
    expect(gateFails({ gate: 'lab', severity: 'low', certainty: 'assumed' }, 'production')).toBe(true);
  });

  it('comes with an exit level that falls on the way to production', () => {
    expect(DEFAULT_FAIL_ON).toEqual({ lab: 'critical', poc: 'high', beta: 'high', production: 'medium' });
  });
});
