import type { Finding } from '../../src/findings/finding';
import { settleFacts } from '../../src/model/facts';
import type { Scan } from '../../src/store/scan';
import type { ScanArtefacts } from '../../src/store/scan-repository';

/** A scan that was just asked for. */
export function queuedScan(changes: Partial<Scan> & { readonly cluster?: string } = {}): Scan {
  const { cluster = 'prod-eu', ...fields } = changes;
  return {
    id: 'scan-1',
    tenant: 'acme',
    request: { uploadId: 'upload-1', cluster, facts: { cni: 'calico', podRanges: '10.0.0.0/8' }, stage: 'production' },
    status: 'QUEUED',
    createdAt: '2031-05-06T07:08:09.012Z',
    ...fields,
  };
}

/** The same scan with everything that a finished one has. */
export function finishedScan(scan: Scan = queuedScan()): Scan {
  const { facts, origins } = settleFacts(new Map(Object.entries(scan.request.facts)));
  return {
    ...scan,
    status: 'SUCCEEDED',
    startedAt: '2031-05-06T07:08:10.000Z',
    finishedAt: '2031-05-06T07:08:12.345Z',
    digest: 'ab'.repeat(32),
    summary: {
      mode: 'snapshot',
      namespaces: 3,
      workloads: 12,
      endpoints: 30,
      policies: 10,
      pairs: 870,
      allowedPairs: 120,
      possiblePairs: 4,
      isolatedIngress: 20,
      isolatedEgress: 8,
      findings: { critical: 1, high: 2, medium: 3, low: 0, info: 5, open: 1 },
      diagnostics: { fatal: 0, severe: 1, warning: 0, notice: 2 },
    },
    facts,
    factOrigins: origins,
    diagnostics: [
      {
        code: 'unknown-kind',
        severity: 'notice',
        message: 'kind `Gadget` is not read',
        source: { file: 'dump/gadgets.yaml', document: 2, line: 17 },
        resource: 'shop/spinner[Gadget]',
      },
      { code: 'file-unreadable', severity: 'severe', message: 'file `ключи.yaml` is no UTF-8' },
    ],
  };
}

export function sampleFinding(subject = 'shop/web[Deployment]'): Finding {
  return {
    fingerprint: '01'.repeat(32),
    state: '23'.repeat(32),
    check: 'LT-EGR-001',
    title: 'a workload may open connections to the internet',
    severity: 'high',
    certainty: 'proven',
    gate: 'poc',
    subject,
    namespace: 'shop',
    direction: 'egress',
    sentence: `pods of \`${subject}\` may open connections to any address`,
    evidence: {
      flow: { from: subject, to: '203.0.113.7', protocol: 'TCP', port: 3333 },
      trace: [{ direction: 'egress', trigger: 'not-selected', action: 'Allow', certainty: 'yes', unknowns: [] }],
      nearestCandidates: [],
      assumptions: [],
      details: [{ label: 'image', text: 'registry.example/web:1' }],
    },
    remediation: { summary: 'allow only the flows that are needed', wouldCut: [] },
    source: { file: 'shop.yaml', document: 1, line: 3 },
    references: [],
  };
}

/** Artefacts that tell by their bytes which run made them. */
export function artefactsOf(run: string): ScanArtefacts {
  return {
    model: new TextEncoder().encode(`model of ${run}`),
    directory: new TextEncoder().encode(`directory of ${run}`),
    findings: [sampleFinding(`shop/${run}[Deployment]`)],
  };
}
