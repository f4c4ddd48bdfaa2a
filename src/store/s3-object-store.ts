import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { invariant } from '../util/invariant';
import { checkKey, checkList } from './object-key';
import {
  type ListOptions,
  type ObjectStore,
  PreconditionFailed,
  type PresignedPut,
  type StoredObject,
  type WriteCondition,
} from './object-store';

/** Only the bucket has to be told. Timeouts by default: 3 seconds to connect, 2 minutes until the response begins, 1 minute idle. */
export interface S3ObjectStoreOptions {
  readonly bucket: string;
  /** By default as the environment says. */
  readonly region?: string;
  /** Base URL of a server other than AWS. */
  readonly endpoint?: string;
  /** The bucket in the path rather than in the host name, as most servers other than AWS need it. */
  readonly forcePathStyle?: boolean;
  /** By default as the environment says. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
  /** Encrypts every object with this key of KMS (its id or ARN); by default the bucket's own encryption holds. */
  readonly kmsKeyId?: string;
  /** Bounds on one attempt; a lost attempt is repeated. */
  readonly timeouts?: {
    readonly connectMilliseconds?: number;
    /** Until the response begins, sending the body included. */
    readonly responseMilliseconds?: number;
    /** Without a byte in either direction. */
    readonly idleMilliseconds?: number;
  };
}

/** Attempts of one request, and repetitions of what the SDK does not repeat itself. */
const ATTEMPTS = 4;

/**
 * Objects in one bucket. The role needs `s3:GetObject`, `s3:PutObject`, `s3:DeleteObject` on the objects and `s3:ListBucket` on the bucket: without the
 * last one S3 answers 403 for a key that does not exist.
 */
export class S3ObjectStore implements ObjectStore {
  readonly #bucket: string;
  readonly #encryption: Pick<PutObjectCommandInput, 'ServerSideEncryption' | 'SSEKMSKeyId'>;
  readonly #client: S3Client;
  /** A presigned request cannot carry the checksum of a body that is not there yet; all others do. */
  readonly #presigner: S3Client;

  constructor({ bucket, region, endpoint, forcePathStyle, credentials, kmsKeyId, timeouts = {} }: S3ObjectStoreOptions) {
    const { connectMilliseconds = 3_000, responseMilliseconds = 120_000, idleMilliseconds = 60_000 } = timeouts;
    const config: S3ClientConfig = {
      maxAttempts: ATTEMPTS,
      retryMode: 'standard',
      requestHandler: {
        connectionTimeout: connectMilliseconds,
        requestTimeout: responseMilliseconds,
        throwOnRequestTimeout: true,
        socketTimeout: idleMilliseconds,
      },
      ...(region !== undefined && { region }),
      ...(endpoint !== undefined && { endpoint }),
      ...(forcePathStyle !== undefined && { forcePathStyle }),
      ...(credentials !== undefined && { credentials }),
    };
    this.#bucket = bucket;
    this.#encryption = kmsKeyId === undefined ? {} : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId };
    this.#client = new S3Client(config);
    this.#presigner = new S3Client({ ...config, requestChecksumCalculation: 'WHEN_REQUIRED' });
  }

  async get(key: string): Promise<StoredObject | undefined> {
    checkKey(key);
    for (let attempt = 1; ; attempt++) {
      const found = await this.#find(key);
      if (found === undefined) return undefined;
      const tag = found.ETag;
      invariant(found.Body !== undefined && tag !== undefined, 'an object without body or tag');
      try {
        return { bytes: await found.Body.transformToByteArray(), tag };
      } catch (error) {
        // The connection broke while the body came, which is past the SDK's own repetitions.
        if (attempt === ATTEMPTS) throw error;
        await backOff(attempt);
      }
    }
  }

  async read(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    checkKey(key);
    // In Node.js the body is a `Readable`.
    return (await this.#find(key))?.Body as AsyncIterable<Uint8Array> | undefined;
  }

  async put(key: string, bytes: Uint8Array, condition?: WriteCondition): Promise<{ readonly tag: string }> {
    checkKey(key);
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      Body: bytes,
      ContentLength: bytes.byteLength,
      ...this.#encryption,
      ...(condition && ('ifNoneMatch' in condition ? { IfNoneMatch: '*' } : { IfMatch: condition.ifMatch })),
    });
    for (let attempt = 1; ; attempt++) {
      try {
        const { ETag: tag } = await this.#client.send(command);
        invariant(tag !== undefined, 'a written object without tag');
        return { tag };
      } catch (error) {
        if (condition === undefined || !(error instanceof S3ServiceException)) throw error;
        const { httpStatusCode: status, attempts = 1 } = error.$metadata;
        // 409: a write beside is under way and either may win; the next attempt finds out. AWS says ConditionalRequestConflict, others otherwise.
        if (status === 409 && attempt < ATTEMPTS) {
          await backOff(attempt);
          continue;
        }
        const isLost = status === 412 || status === 409 || (status === 404 && error.name !== 'NoSuchBucket');
        if (!isLost) throw error;
        // The SDK repeated a request whose answer got lost: what stands in the way may be our own write.
        const current = attempts > 1 ? await this.get(key) : undefined;
        if (current && Buffer.compare(current.bytes, bytes) === 0) return { tag: current.tag };
        throw new PreconditionFailed(key);
      }
    }
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }));
  }

  async list(prefix: string, options: ListOptions = {}): Promise<readonly string[]> {
    const { after, limit } = checkList(prefix, options);
    const keys: string[] = [];
    for (let start = after; ; start = keys.at(-1)!) {
      const page = await this.#client.send(
        new ListObjectsV2Command({
          Bucket: this.#bucket,
          Prefix: prefix,
          MaxKeys: limit - keys.length,
          ...(start !== '' && { StartAfter: start }),
        }),
      );
      keys.push(...(page.Contents ?? []).map(({ Key: key }) => key!));
      // A page may be short without being the last.
      if (!page.IsTruncated || keys.length >= limit || page.Contents === undefined) return keys;
    }
  }

  async presignPut(key: string, seconds: number): Promise<PresignedPut> {
    checkKey(key);
    invariant(Number.isInteger(seconds) && seconds >= 1, `a permission for ${seconds} seconds`);
    const signingDate = new Date();
    const url = await getSignedUrl(this.#presigner, new PutObjectCommand({ Bucket: this.#bucket, Key: key, ...this.#encryption }), {
      expiresIn: seconds,
      signingDate,
    });
    const { ServerSideEncryption: algorithm, SSEKMSKeyId: kmsKeyId } = this.#encryption;
    return {
      url,
      headers: {
        ...(algorithm !== undefined && { 'x-amz-server-side-encryption': algorithm }),
        ...(kmsKeyId !== undefined && { 'x-amz-server-side-encryption-aws-kms-key-id': kmsKeyId }),
      },
      expiresAt: new Date(Math.floor(signingDate.getTime() / 1000 + seconds) * 1000).toISOString(),
    };
  }

  async #find(key: string): Promise<GetObjectCommandOutput | undefined> {
    try {
      return await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
    } catch (error) {
      const isMissing = error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404 && error.name !== 'NoSuchBucket';
      if (isMissing) return undefined;
      throw error;
    }
  }
}

/** Waits longer after each attempt, never in step with others. */
function backOff(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2 ** attempt * (10 + Math.random() * 20)));
}
