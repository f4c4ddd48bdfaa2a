import { handle } from 'hono/aws-lambda';
import { graphqlApp } from '../src/api/graphql/server';
import { tenantFromClaim } from './tenant';
import { wire } from './wiring';

const { config, log, newId, operations } = wire('graphql');

/** `POST /graphql` of the HTTP API. */
export const handler = handle(
  graphqlApp({ operations, log, newId, introspection: config.introspection, tenantOf: tenantFromClaim(config.tenantClaim) }),
);
