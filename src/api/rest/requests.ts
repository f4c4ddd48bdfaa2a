import * as z from 'zod';
import { STAGES } from '../../findings/finding';
import { ApiError } from '../errors';
import { FINDING_ORDERS, SEVERITIES_OR_OPEN } from '../finding-query';
import { FLOW_GROUPINGS } from '../flows';
import { MOST_QUESTIONS } from '../open-scan';

/*
 * What REST takes. Unknown parameters and members are refused rather than passed over: a mistyped filter must not give an answer to another question.
 * Rules that hold for every face (names of clusters, facts, peers, ports) are the operations' business and not repeated here.
 */

/** A query parameter that is given at most once. */
function once<T extends z.ZodType<unknown, string | undefined>>(schema: T) {
  return z
    .array(z.string())
    .max(1, 'is given more than once')
    .transform(([value]) => value)
    .pipe(schema)
    .optional();
}

/** A query parameter with several values: repeated, or separated by commas. */
function several<T extends z.ZodType<unknown, string>>(schema: T) {
  return z
    .array(z.string())
    .transform((values) => values.flatMap((value) => value.split(',')))
    .pipe(z.array(schema).max(100))
    .optional();
}

const WORD = z.string().min(1).max(512);

function pageParameters(most: number, usual: number) {
  return {
    limit: once(
      z
        .string()
        .regex(/^\d{1,9}$/, 'is no whole number')
        .transform(Number)
        .pipe(z.number().min(1).max(most)),
    ).transform((limit) => limit ?? usual),
    cursor: once(z.string().min(1).max(2_048)),
  };
}

/** `GET /v1/scans`. */
export const SCANS_QUERY = z.strictObject({ ...pageParameters(100, 20), cluster: once(WORD) });

/** `GET /v1/clusters`. */
export const CLUSTERS_QUERY = z.strictObject(pageParameters(100, 20));

const FINDINGS_FILTER = {
  severity: several(z.enum(SEVERITIES_OR_OPEN)),
  check: several(WORD),
  namespace: several(WORD),
  order: once(z.enum(FINDING_ORDERS)).transform((order) => order ?? ('severity' as const)),
};

/** `GET /v1/scans/{id}/findings` as JSON. */
export const FINDINGS_QUERY = z.strictObject({ ...pageParameters(500, 100), ...FINDINGS_FILTER });

/** SARIF and JUnit are whole documents: they have no pages. */
export const FINDINGS_DOCUMENT_QUERY = z.strictObject(FINDINGS_FILTER);

/** `GET /v1/scans/{id}/flows`. */
export const FLOWS_QUERY = z.strictObject({
  ...pageParameters(1_000, 100),
  by: once(z.enum(FLOW_GROUPINGS)).transform((by) => by ?? ('workload' as const)),
  from: once(WORD),
  to: once(WORD),
  external: once(z.enum(['true', 'false'])).transform((external) => external !== 'false'),
  icmp: once(z.enum(['true', 'false'])).transform((icmp) => icmp === 'true'),
});

/** `GET /v1/scans/{id}/exposure`. */
export const EXPOSURE_QUERY = z.strictObject({
  ...pageParameters(500, 100),
  workload: once(WORD),
  namespace: several(WORD),
  from: once(WORD),
});

const FACTS = z.record(
  z.string().max(64),
  z.union(
    [
      z.string().max(8_192),
      z
        .array(z.string().max(64))
        .max(1_000)
        .transform((values) => values.join(',')),
    ],
    'is neither a text nor a list of texts, or too long',
  ),
);

const SCAN_TARGET = {
  cluster: WORD,
  facts: FACTS.default({}),
  stage: z.enum(STAGES).default('production'),
};

/** `POST /v1/scans` for an upload. */
export const SCAN_DOCUMENT = z.strictObject({ uploadId: WORD, ...SCAN_TARGET });

/** `POST /v1/uploads`: nothing, or the scan to start with the upload's arrival. */
export const UPLOAD_DOCUMENT = z.strictObject({ scan: z.strictObject(SCAN_TARGET).optional() });

const FACT_PARAMETER = z.string().regex(/^[^=]+=/, 'is not of the form `name=value`');

/** `POST /v1/scans` with the bundle itself as body. */
export const SCAN_QUERY = z.strictObject({
  cluster: once(WORD).pipe(z.string('is missing')),
  stage: once(z.enum(STAGES)).transform((stage) => stage ?? ('production' as const)),
  fact: z
    .array(FACT_PARAMETER)
    .max(100)
    .default([])
    .transform((facts) => Object.fromEntries(facts.map((fact) => [fact.slice(0, fact.indexOf('=')), fact.slice(fact.indexOf('=') + 1)]))),
});

/** Where the path says all. */
export const NO_QUERY = z.strictObject({});

/** Null is as good as nothing: programs write it so. */
function optional<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}

const QUESTION = z.strictObject({
  from: WORD,
  to: WORD,
  // A protocol without a name is asked for by its number.
  protocol: optional(z.union([WORD, z.number().transform(String)], 'is neither the name of a protocol nor a number')),
  port: optional(z.number()),
  icmp: optional(z.strictObject({ type: z.number(), code: optional(z.number()) })),
  sourcePort: optional(z.number()),
});

/** `POST /v1/scans/{id}/checks`: the same list that the command line reads. */
export const CHECKS_DOCUMENT = z.array(QUESTION).max(MOST_QUESTIONS);

/** @throws ApiError `INVALID_REQUEST` that tells every parameter that is wrong */
export function readQuery<T extends z.ZodType>(schema: T, url: string): z.output<T> {
  const parameters = new Map<string, string[]>();
  for (const [name, value] of new URL(url).searchParams) parameters.set(name, [...(parameters.get(name) ?? []), value]);
  return parse(schema, Object.fromEntries(parameters), 'query');
}

/** @throws ApiError `INVALID_REQUEST` for what is no JSON or not of this shape */
export function readJson<T extends z.ZodType>(schema: T, body: Uint8Array): z.output<T> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new ApiError('INVALID_REQUEST', 'the body is not valid JSON', [{ path: 'body', message: 'is not valid JSON' }]);
  }
  return parse(schema, value, 'body');
}

function parse<T extends z.ZodType>(schema: T, value: unknown, where: string): z.output<T> {
  const result = schema.safeParse(value, { error: issueText });
  if (result.success) return result.data;
  // One wrong document may have a million wrong members.
  const details = result.error.issues
    .slice(0, 20)
    .map(({ path, message }) => ({ path: [where, ...path].join('.').slice(0, 200), message: message.slice(0, 200) }));
  throw new ApiError(
    'INVALID_REQUEST',
    `the ${where} is not as it should be: ${details.map(({ path, message }) => `\`${path}\` ${message}`).join('; ')}`,
    details,
  );
}

/** What is wrong, as the rest of a sentence that begins with the name of the part; schemas that say it better have texts of their own. */
function issueText(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `is no ${TYPES[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return issue.origin === 'string' ? 'is empty' : `is less than ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'string') return `is longer than ${issue.maximum} characters`;
      return issue.origin === 'array' ? `has more than ${issue.maximum} entries` : `is more than ${issue.maximum}`;
    case 'invalid_value':
      return `is none of ${issue.values.map((value) => `\`${String(value)}\``).join(', ')}`;
    case 'unrecognized_keys':
      return `has unrecognized members: ${issue.keys.map((key) => `\`${key}\``).join(', ')}`;
    default:
      return undefined;
  }
}

const TYPES: Readonly<Record<string, string>> = { string: 'text', array: 'list', record: 'object' };
