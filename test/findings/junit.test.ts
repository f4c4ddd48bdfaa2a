import { CHECKS } from '../../src/findings/catalog';
import { gateFails } from '../../src/findings/gate';
import { junitReport } from '../../src/findings/junit';
import { sampleFindings } from './support/sample-findings';

const FINDINGS = sampleFindings();

function count(text: string, part: RegExp): number {
  return text.match(part)?.length ?? 0;
}

describe('a JUnit report', () => {
  it('is one passing test for each check that found nothing', () => {
    const text = junitReport([], { stage: 'production' });
    expect(count(text, /<testsuite /g)).toBe(CHECKS.length);
    expect(count(text, /<testcase [^>]*\/>/g)).toBe(CHECKS.length);
    expect(text).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="leasttrust" tests="6" failures="0" skipped="0">/);
  });

  it('fails what fails the stage, skips what is open, and passes the rest', () => {
    for (const stage of ['lab', 'poc', 'production'] as const) {
      const text = junitReport(FINDINGS, { stage });
      const failing = FINDINGS.filter((finding) => gateFails(finding, stage)).length;
      const open = FINDINGS.filter(({ certainty }) => certainty === 'open').length;
      expect({
        stage,
        failures: count(text, /<failure /g),
        skipped: count(text, /<skipped /g),
        passed: count(text, /<system-out>/g),
      }).toEqual({
        stage,
        failures: failing,
        skipped: open,
        passed: FINDINGS.length - failing - open,
      });
      expect(text).toContain(` failures="${failing}" skipped="${open}">`);
    }
  });

  it('tells where and why', () => {
    const text = junitReport(FINDINGS, { stage: 'production' });
    expect(text).toContain('<testcase classname="LT-EGR-001" name="shop/web[Pod] egress internet" file="shop/web.yaml" line="20">');
    expect(text).toContain('why: egress rule 1 of `shop/web[NetworkPolicy]` allows it (shop/web.yaml:20)');
  });

  it('is well-formed XML whatever the names are', () => {
    const [finding] = FINDINGS;
    const hostile = { ...finding!, subject: '"><x>&\u0000\u001b\uFFFF', sentence: ']]>\ud800 <failure>' };
    const text = junitReport([hostile], { stage: 'production' });
    expect(text).toContain('&quot;&gt;&lt;x&gt;&amp;\uFFFD\uFFFD\uFFFD');
    expect(text).toContain(']]&gt;\uFFFD &lt;failure&gt;');
    expect(text.replaceAll(/[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')).toBe('');
  });
});
