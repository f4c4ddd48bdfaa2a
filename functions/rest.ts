import { handle } from 'hono/aws-lambda';
import { restApp } from '../src/api/rest';
import { tenantFromClaim } from './tenant';
import { wire } from './wiring';

const { config, log, newId, operations } = wire('rest');

/** `/v1/*` of the HTTP API. */
export const handler = handle(restApp({ operations, log, newId, tenantOf: tenantFromClaim(config.tenantClaim) }));
