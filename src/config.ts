/** Settings of the service in a cloud. The only file that knows the names of environment variables. */
export interface Config {
  /** Bucket that holds everything. */
  readonly bucket: string;
  /** Queue of scans to run; absent where a function never enqueues. */
  readonly queueUrl: string | undefined;
  /** Another S3 than AWS's, such as a test server; switches to path-style addresses. */
  readonly s3Endpoint: string | undefined;
  /** Customer key that encrypts new objects; absent: the bucket's default encryption. */
  readonly kmsKeyId: string | undefined;
  /** Claim of the caller's token that names the tenant. */
  readonly tenantClaim: string;
  /** Whether GraphQL answers introspection queries. */
  readonly introspection: boolean;
  /** Share of a function's memory that solved models may keep between requests, in bytes. */
  readonly modelCacheBytes: number;
}

/** As `process.env` is. A variable with an empty text counts as absent. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads and checks the environment. @throws Error that names every variable that is missing or wrong */
export function readConfig(environment: Environment): Config {
  const problems: string[] = [];
  const text = (name: string) => environment[name] || undefined;
  const bucket = text('LEASTTRUST_BUCKET') ?? '';
  if (bucket === '') problems.push('`LEASTTRUST_BUCKET` is not set');
  const megabytes = Number(text('LEASTTRUST_MODEL_CACHE_MB') ?? '256');
  if (!Number.isInteger(megabytes) || megabytes < 1) problems.push('`LEASTTRUST_MODEL_CACHE_MB` is no positive whole number');
  if (problems.length > 0) throw new Error(`bad configuration: ${problems.join('; ')}`);
  return {
    bucket,
    queueUrl: text('LEASTTRUST_QUEUE_URL'),
    s3Endpoint: text('LEASTTRUST_S3_ENDPOINT'),
    kmsKeyId: text('LEASTTRUST_KMS_KEY_ID'),
    tenantClaim: text('LEASTTRUST_TENANT_CLAIM') ?? 'tenant',
    introspection: text('LEASTTRUST_INTROSPECTION') === 'on',
    modelCacheBytes: megabytes * 1024 * 1024,
  };
}
