import { CHECKS } from '../../src/findings/catalog';
import type { Finding } from '../../src/findings/finding';
import { sarifLog } from '../../src/findings/sarif';
import { sampleFindings } from './support/sample-findings';

interface Run {
  readonly tool: {
    readonly driver: {
      readonly name: string;
      readonly version?: string;
      readonly rules: readonly { readonly id: string; readonly properties: Record<string, unknown> }[];
    };
  };
  readonly invocations: readonly {
    readonly executionSuccessful: boolean;
    readonly toolExecutionNotifications: readonly Record<string, unknown>[];
  }[];
  readonly results: readonly Result[];
  readonly properties: { readonly stage?: string; readonly open: readonly { readonly sentence: string }[] };
}

interface Location {
  readonly physicalLocation?: { readonly artifactLocation: { readonly uri: string }; readonly region: { readonly startLine: number } };
  readonly logicalLocations: readonly { readonly fullyQualifiedName: string }[];
  readonly message?: { readonly text: string };
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly kind: string;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly Location[];
  readonly relatedLocations?: readonly Location[];
  readonly codeFlows?: readonly { readonly threadFlows: readonly { readonly locations: readonly { readonly location: Location }[] }[] }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, unknown>>;
}

const FINDINGS = sampleFindings();

function runOf(findings: readonly Finding[] = FINDINGS, options: Partial<Parameters<typeof sarifLog>[1]> = {}): Run {
  return JSON.parse(JSON.stringify(sarifLog(findings, { diagnostics: [], ...options }))).runs[0];
}

function resultOf(run: Run, check: string): Result {
  return run.results.find(({ ruleId }) => ruleId === check)!;
}

describe('a SARIF log', () => {
  it('has a rule for each check, also for those that found nothing', () => {
    const { rules } = runOf([]).tool.driver;
    expect(rules.map(({ id }) => id)).toEqual(CHECKS.map(({ id }) => id));
    expect(rules.every(({ properties }) => properties['security-severity'] === '5.5')).toBe(true);
  });

  it('gives a rule the worst severity that it has here', () => {
    const rule = runOf().tool.driver.rules.find(({ id }) => id === 'LT-COV-001')!;
    expect(rule.properties).toMatchObject({ 'security-severity': '8.0', gate: 'poc' });
  });

  it('has a result for each finding that is not open, with its fingerprint and its place', () => {
    const run = runOf();
    const closed = FINDINGS.filter(({ certainty }) => certainty !== 'open');
    expect(closed.length).toBeGreaterThan(3);
    expect(run.results.map(({ partialFingerprints }) => partialFingerprints)).toEqual(
      closed.map(({ fingerprint }) => ({ 'exposureFlow/v1': fingerprint })),
    );
    const result = resultOf(run, 'LT-COV-001');
    expect(result).toMatchObject({ kind: 'fail', level: 'error' });
    expect(CHECKS[result.ruleIndex]!.id).toBe('LT-COV-001');
    expect(result.locations[0]).toEqual({
      physicalLocation: { artifactLocation: { uri: 'pay.yaml' }, region: { startLine: 1 } },
      logicalLocations: [{ fullyQualifiedName: 'pay[Namespace]', kind: 'resource' }],
    });
  });

  it('walks through the rules that decided', () => {
    const result = runOf().results.find(({ ruleId, message }) => ruleId === 'LT-EGR-001' && message.text.includes('shop/web'))!;
    const steps = result.codeFlows![0]!.threadFlows[0]!.locations.map(({ location }) => location);
    expect(
      steps.map(({ physicalLocation, message }) => [
        physicalLocation!.artifactLocation.uri,
        physicalLocation!.region.startLine,
        message!.text,
      ]),
    ).toEqual([['shop/web.yaml', 20, 'egress rule 1 of `shop/web[NetworkPolicy]` allows it']]);
    expect(result.relatedLocations).toHaveLength(1);
    expect(result.level).toBe('warning');
  });

  it('keeps open findings out of the results, unless they are asked for', () => {
    const open = FINDINGS.filter(({ certainty }) => certainty === 'open');
    expect(open.length).toBeGreaterThan(0);
    expect(runOf().properties.open.map(({ sentence }) => sentence)).toEqual(open.map(({ sentence }) => sentence));
    const asked = runOf(FINDINGS, { withOpenResults: true });
    expect(asked.properties.open).toEqual([]);
    expect(asked.results.filter(({ kind }) => kind === 'open').every(({ level }) => level === 'none')).toBe(true);
    expect(asked.results).toHaveLength(FINDINGS.length);
  });

  it('says what fails a stage if it is told one', () => {
    const [lab, production] = (['lab', 'production'] as const).map(
      (stage) => resultOf(runOf(FINDINGS, { stage }), 'LT-COV-001').properties.failsGate,
    );
    expect([lab, production]).toEqual([false, true]);
    expect(resultOf(runOf(), 'LT-COV-001').properties).not.toHaveProperty('failsGate');
  });

  it('tells the problems of the input as notifications', () => {
    const diagnostics = [
      { code: 'unknown-kind', severity: 'notice', message: 'kind `X` is left out' },
      { code: 'broken', severity: 'fatal', message: 'not read', source: { file: 'a b.yaml', document: 1, line: 3 }, resource: 'a/x[X]' },
    ] as const;
    const [invocation] = runOf([], { diagnostics }).invocations;
    expect(invocation!.executionSuccessful).toBe(false);
    expect(invocation!.toolExecutionNotifications.map(({ level }) => level)).toEqual(['note', 'error']);
    expect(JSON.stringify(invocation)).toContain('"uri":"a%20b.yaml"');
    expect(runOf([]).invocations[0]!.executionSuccessful).toBe(true);
  });

  it('escapes file names, so that none reads as a scheme or a fragment', () => {
    const [finding] = FINDINGS;
    const odd = { ...finding!, source: { file: 'http://x/#a?b/ü.yaml', document: 1, line: 0 } };
    expect(runOf([odd]).results[0]!.locations[0]!.physicalLocation).toEqual({
      artifactLocation: { uri: 'http%3A//x/%23a%3Fb/%C3%BC.yaml' },
      region: { startLine: 1 },
    });
  });

  it('carries the version of the tool where it is known', () => {
    expect(runOf([], { toolVersion: '1.2.3' }).tool.driver.version).toBe('1.2.3');
    expect(runOf([]).tool.driver).not.toHaveProperty('version');
  });
});
