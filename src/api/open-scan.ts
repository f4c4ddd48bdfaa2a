import { type Analysis, catalogueOf, type PolicySummary, type WorkloadSummary } from '../engine/index';
import type { Finding } from '../findings/finding';
import { isWritten } from '../model/policy';
import type { Scan } from '../store/scan';
import { type Answer, ask, type Question } from './ask';
import { ApiError } from './errors';
import {
  type DeadEnd,
  deadEnds,
  type ExposedWorkload,
  type ExposureQuestion,
  exposedWorkloads,
  type WayOut,
  waysOut,
  workloadsOf,
} from './exposure';
import { type FindingQuery, queryFindings } from './finding-query';
import { type FlowEndpoint, type FlowPosition, type FlowRow, type FlowsQuestion, flows, flowsFrom } from './flows';
import { decodeCursor, decodeOffset, encodeCursor, type Page, type PageRequest, pageOf, unknownCursor } from './paging';

/** Where the results of a succeeded scan come from. */
export interface ScanResults {
  /** @throws ApiError `NOT_FOUND` where the scan is deleted meanwhile */
  analysis(scan: Scan): Promise<Analysis>;
  /** @throws ApiError `NOT_FOUND` likewise */
  findings(scan: Scan): Promise<readonly Finding[]>;
}

/** Most questions that one request may put to a scan. */
export const MOST_QUESTIONS = 1_000;

/** One answer among many: a question that cannot be understood does not spoil the others. */
export type QuestionResult = { readonly answer: Answer } | { readonly error: ApiError };

/** One page of the flows of a scan. */
export interface FlowPage extends Page<FlowRow> {
  /** The endpoints that the page's rows name; address blocks are not among them. */
  readonly endpoints: readonly FlowEndpoint[];
  /** How the peers of the question were taken, where that is not plain. */
  readonly notes: readonly string[];
}

/** One page of the exposure of a scan. */
export interface ExposurePage extends Page<{ readonly workload: WorkloadSummary; readonly exposed: ExposedWorkload }> {
  /** All of them, on the first page; none on the others. They belong to no workload. */
  readonly deadEnds: readonly DeadEnd[];
  readonly waysOut: readonly WayOut[];
}

/** Which workloads or policies. */
export interface NamespaceFilter {
  /** Only things in one of these namespaces; absent: all. */
  readonly namespace?: readonly string[] | undefined;
}

/**
 * A scan of the caller's tenant, open for questions. It loads its findings and its solved model when the first question needs them, once.
 * Every question throws ApiError `SCAN_NOT_READY` unless the scan has succeeded.
 */
export class OpenScan {
  readonly #results: ScanResults;
  #analysis: Promise<Analysis> | undefined;
  #findings: Promise<readonly Finding[]> | undefined;

  constructor(
    readonly scan: Scan,
    results: ScanResults,
  ) {
    this.#results = results;
  }

  /** Whether it may be asked at all. */
  get hasResults(): boolean {
    return this.scan.status === 'SUCCEEDED';
  }

  /** All findings that are asked for, in order. */
  async findings(query: FindingQuery): Promise<readonly Finding[]> {
    return queryFindings(await this.#allFindings(), query);
  }

  /** One page of them; positions are offsets in the list as it was asked for. */
  async findingsPage(query: FindingQuery, page: PageRequest): Promise<Page<Finding>> {
    return pageOf(['findings', this.scan.id, query], await this.findings(query), page);
  }

  /** The finding with this fingerprint. */
  async finding(fingerprint: string): Promise<Finding | undefined> {
    return (await this.#allFindings()).find((finding) => finding.fingerprint === fingerprint);
  }

  /** What lies before the cursor is skipped, and not made again. */
  async flowsPage(question: FlowsQuestion, { limit, cursor }: PageRequest): Promise<FlowPage> {
    const scope = ['flows', this.scan.id, question];
    const start = cursor === undefined ? undefined : readPosition(decodeCursor(scope, cursor));
    const model = await this.#model();
    const { endpoints, notes } = flows(model, question);
    const items: { value: FlowRow; cursor: string }[] = [];
    let hasMore = false;
    for (const { row, next } of flowsFrom(model, question, start)) {
      hasMore = items.length === limit;
      if (hasMore) break;
      items.push({ value: row, cursor: encodeCursor(scope, `${next.row}.${next.part}`) });
    }
    const named = new Set(items.flatMap(({ value }) => [value.from, value.to]));
    return { items, hasMore, hasPrevious: start !== undefined, endpoints: endpoints.filter(({ id }) => named.has(id)), notes };
  }

  /** In order of workload; those that clients who were asked for do not get to are left out, so that a position is that of a workload. */
  async exposurePage(question: ExposureQuestion, { limit, cursor }: PageRequest): Promise<ExposurePage> {
    const scope = ['exposure', this.scan.id, question];
    const start = decodeOffset(scope, cursor);
    const model = await this.#model();
    const workloads = workloadsOf(model, question);
    const catalogue = catalogueOf(model);
    const items: ExposurePage['items'][number][] = [];
    let hasMore = false;
    for (const { index, exposed } of exposedWorkloads(model, question, workloads.slice(start), limit + 1)) {
      hasMore = items.length === limit;
      if (hasMore) break;
      const cursor = encodeCursor(scope, String(workloads.indexOf(index, start) + 1));
      items.push({ value: { workload: catalogue.workload(index), exposed }, cursor });
    }
    const apart = start === 0 ? { deadEnds: deadEnds(model, question), waysOut: waysOut(model, question) } : { deadEnds: [], waysOut: [] };
    return { items, hasMore, hasPrevious: start > 0, ...apart };
  }

  /** Doors that lead nowhere. */
  async deadEnds(filter: NamespaceFilter, page: PageRequest): Promise<Page<DeadEnd>> {
    return pageOf(['deadEnds', this.scan.id, filter], deadEnds(await this.#model(), filter), page);
  }

  /** Doors that lead out of the cluster again. */
  async waysOut(filter: NamespaceFilter, page: PageRequest): Promise<Page<WayOut>> {
    return pageOf(['waysOut', this.scan.id, filter], waysOut(await this.#model(), filter), page);
  }

  /** @throws ApiError `INVALID_REQUEST` for a question that cannot be understood */
  async ask(question: Question): Promise<Answer> {
    return ask(await this.#model(), question);
  }

  /** Answers in the order of the questions. */
  async askAll(questions: readonly Question[]): Promise<readonly QuestionResult[]> {
    const model = await this.#model();
    return questions.map((question) => {
      try {
        return { answer: ask(model, question) };
      } catch (error) {
        if (error instanceof ApiError) return { error };
        throw error;
      }
    });
  }

  /** By namespace, name and kind. */
  async workloads(filter: NamespaceFilter, page: PageRequest): Promise<Page<WorkloadSummary>> {
    const catalogue = catalogueOf(await this.#model());
    const all = Array.from({ length: catalogue.workloadCount() }, (_, index) => catalogue.workload(index));
    return pageOf(['workloads', this.scan.id, filter], all.filter(isIn(filter)), page);
  }

  /** By index; undefined for one that there is not. */
  async workload(index: number): Promise<WorkloadSummary | undefined> {
    const catalogue = catalogueOf(await this.#model());
    return isIndex(index, catalogue.workloadCount()) ? catalogue.workload(index) : undefined;
  }

  /** Those that somebody wrote, in the order of evaluation. */
  async policies(filter: NamespaceFilter, page: PageRequest): Promise<Page<PolicySummary>> {
    const catalogue = catalogueOf(await this.#model());
    const all = Array.from({ length: catalogue.policyCount() }, (_, index) => catalogue.policy(index));
    return pageOf(['policies', this.scan.id, filter], all.filter(isWritten).filter(isIn(filter)), page);
  }

  /** By index; undefined for one that there is not. */
  async policy(index: number): Promise<PolicySummary | undefined> {
    const catalogue = catalogueOf(await this.#model());
    return isIndex(index, catalogue.policyCount()) ? catalogue.policy(index) : undefined;
  }

  async #model(): Promise<Analysis> {
    this.#requireResults();
    this.#analysis ??= this.#results.analysis(this.scan);
    return this.#analysis;
  }

  async #allFindings(): Promise<readonly Finding[]> {
    this.#requireResults();
    this.#findings ??= this.#results.findings(this.scan);
    return this.#findings;
  }

  #requireResults(): void {
    const { id, status, failure } = this.scan;
    if (this.hasResults) return;
    const why = status === 'FAILED' ? `it failed: ${failure}` : `it is ${status}; ask again later`;
    throw new ApiError('SCAN_NOT_READY', `scan \`${id}\` has no results: ${why}`);
  }
}

/** @throws ApiError `INVALID_REQUEST` for a position that no list of flows has given */
function readPosition(text: string): FlowPosition {
  const [, row, part] = /^(\d{1,15})\.(\d{1,9})$/.exec(text) ?? [];
  if (row === undefined || part === undefined) throw unknownCursor();
  return { row: Number(row), part: Number(part) };
}

function isIndex(index: number, length: number): boolean {
  return Number.isInteger(index) && index >= 0 && index < length;
}

function isIn({ namespace: wanted }: NamespaceFilter) {
  return ({ namespace }: { readonly namespace: string | undefined }) =>
    wanted === undefined || (namespace !== undefined && wanted.includes(namespace));
}
