import { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from './api/errors';

/**
 * Structured JSON lines for the cloud's log. Callers pass ids, counts and error texts; bundles, manifests and tokens never come here.
 * @param service names the function in every line
 */
export function createLog(service: string): Log {
  const logger = new Logger({ serviceName: service });
  return {
    info: (message, fields) => logger.info(message, { ...fields }),
    error: (message, fields) => logger.error(message, { ...fields }),
  };
}
