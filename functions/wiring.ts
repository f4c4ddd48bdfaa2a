import { randomUUID } from 'node:crypto';
import type { Log } from '../src/api/errors';
import { ModelCache } from '../src/api/model-cache';
import { Operations } from '../src/api/operations';
import { type Config, readConfig } from '../src/config';
import { S3ObjectStore } from '../src/store/s3-object-store';
import { ScanRepository } from '../src/store/scan-repository';
import { createLog } from '../src/telemetry';
import { SqsScanQueue } from './sqs-scan-queue';

/** What a function is made of, built once in each of its processes. */
export interface Wiring {
  readonly config: Config;
  readonly log: Log;
  readonly repository: ScanRepository;
  readonly operations: Operations;
  readonly clock: () => Date;
  readonly newId: () => string;
}

/** The one place where settings become objects. @throws Error when a setting is missing, which ends the function's start */
export function wire(service: string): Wiring {
  const config = readConfig(process.env);
  const { bucket, s3Endpoint, kmsKeyId, queueUrl } = config;
  const objects = new S3ObjectStore({
    bucket,
    ...(s3Endpoint !== undefined && { endpoint: s3Endpoint, forcePathStyle: true }),
    ...(kmsKeyId !== undefined && { kmsKeyId }),
  });
  const repository = new ScanRepository(objects);
  const shared = { repository, clock: () => new Date(), newId: randomUUID };
  const operations = new Operations({
    ...shared,
    queue: new SqsScanQueue(queueUrl),
    results: new ModelCache(repository, config.modelCacheBytes),
  });
  return { ...shared, config, log: createLog(service), operations };
}
