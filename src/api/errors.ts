/**
 * Everything that a caller of the api can do wrong or run into, as a closed list: HTTP status, and a title that is the same for every occurrence.
 * The code is the contract: GraphQL tells it as `extensions.code`, REST as `code` and, in kebab case, in the problem's `type`.
 */
const KINDS = {
  INVALID_REQUEST: { status: 400, title: 'the request is not valid' },
  UNAUTHENTICATED: { status: 401, title: 'the request names no tenant' },
  NOT_FOUND: { status: 404, title: 'there is no such thing' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'the method is not allowed here' },
  NOT_ACCEPTABLE: { status: 406, title: 'none of the accepted media types is offered' },
  IDEMPOTENCY_CONFLICT: { status: 409, title: 'the idempotency key belongs to another request' },
  SCAN_NOT_READY: { status: 409, title: 'the scan has no result' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'the body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'the media type is not supported' },
  ANSWER_TOO_LARGE: { status: 422, title: 'the answer is too large' },
  QUERY_TOO_EXPENSIVE: { status: 422, title: 'the query asks for too much' },
  INTERNAL: { status: 500, title: 'something went wrong on our side' },
} as const;

/** Callers may rely on it: a code keeps its meaning, whatever the message says. */
export type ApiErrorCode = keyof typeof KINDS;
/** In the order in which the contract (`schema/openapi.yaml`) has them. */
export const API_ERROR_CODES = Object.keys(KINDS) as readonly ApiErrorCode[];

/** One part of a request that is wrong: a path such as `facts.cni` or `query.limit`, and what is wrong with it. */
export interface ErrorDetail {
  readonly path: string;
  readonly message: string;
}

/** A failure that the caller may know about, thrown anywhere in `api` and turned into a response in one place a face. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly title: string;

  /** @param correlationId names the log entry of a masked error; only of `INTERNAL` */
  constructor(
    readonly code: ApiErrorCode,
    message: string,
    readonly details: readonly ErrorDetail[] = [],
    readonly correlationId?: string,
  ) {
    super(message);
    this.status = KINDS[code].status;
    this.title = KINDS[code].title;
  }
}

/** What whoever asks for something that cannot be understood is told, about one part of the request. */
export function refusal(path: string, message: string): ApiError {
  return new ApiError('INVALID_REQUEST', message, [{ path, message }]);
}

/** RFC 9457 problem details. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ApiErrorCode;
  readonly errors?: readonly ErrorDetail[];
  readonly correlationId?: string;
}

/** RFC 9457, section 3. */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** The one mapping to REST. */
export function problemOf({ code, title, status, message, details, correlationId }: ApiError): Problem {
  return {
    type: `urn:leasttrust:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    detail: message,
    code,
    ...(details.length > 0 && { errors: details }),
    ...(correlationId !== undefined && { correlationId }),
  };
}

/** The one mapping to GraphQL: what an error carries beside its message. */
export function extensionsOf({ code, details, correlationId }: ApiError): Readonly<Record<string, unknown>> {
  return { code, ...(details.length > 0 && { details }), ...(correlationId !== undefined && { correlationId }) };
}

/** Where the api tells what its callers may not see. Fields hold ids and error texts, never manifests. */
export interface Log {
  info(message: string, fields: Readonly<Record<string, unknown>>): void;
  error(message: string, fields: Readonly<Record<string, unknown>>): void;
}

/** The one mask: what is no `ApiError` is logged under a correlation id, and the caller learns nothing but that id. */
export function maskError(error: unknown, log: Log, correlationId: string): ApiError {
  if (error instanceof ApiError) return error;
  log.error('unexpected error', { correlationId, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  return new ApiError('INTERNAL', `unexpected error; quote \`${correlationId}\` when you report it`, [], correlationId);
}
