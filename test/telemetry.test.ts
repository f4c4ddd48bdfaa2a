import { createLog } from '../src/telemetry';

describe('createLog', () => {
  beforeAll(() => {
    // The logger writes past jest's console unless it is told that this is no Lambda.
    process.env.POWERTOOLS_DEV = 'true';
  });

  afterAll(() => {
    delete process.env.POWERTOOLS_DEV;
  });

  it.each(['info', 'error'] as const)('writes one JSON line with the service and the given fields at level %s', (level) => {
    const written = jest.spyOn(console, level).mockImplementation(() => {});
    createLog('scan')[level]('scan finished', { scanId: 's-1', findings: 3 });
    const [line] = written.mock.calls[0] as [string];
    expect(JSON.parse(line)).toMatchObject({
      level: level.toUpperCase(),
      service: 'scan',
      message: 'scan finished',
      scanId: 's-1',
      findings: 3,
    });
    written.mockRestore();
  });
});
