import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { UPLOADS_PREFIX } from '../../src/store/keys';
import { projectRoot } from '../support/import-rules';

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}
interface Role {
  readonly Properties: { readonly Policies: readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[] };
}
interface FunctionConfig {
  readonly role: string;
  readonly timeout: number;
  readonly handler: string;
  readonly events: readonly Readonly<Record<string, Readonly<Record<string, unknown>>>>[];
}
interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const read = (path: string) => load(readFileSync(join(projectRoot(), path), 'utf8')) as Record<string, unknown>;
const functions = read('serverless.yml').functions as Readonly<Record<string, FunctionConfig>>;
const roles = read('infra/roles.yml').Resources as Readonly<Record<string, Role>>;
const storage = read('infra/storage.yml').Resources as Readonly<Record<string, Resource>>;

const statementsOf = (role: string) => roles[role]!.Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
const verbsOf = (role: string) => [...new Set(statementsOf(role).flatMap(({ Action }) => Action))].sort();
const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const OBJECTS = ['s3:DeleteObject', 's3:GetObject', 's3:ListBucket', 's3:PutObject'];

describe('every function', () => {
  it('has a role of its own', () => {
    const used = Object.values(functions).map(({ role }) => role);
    expect(new Set(used).size).toBe(used.length);
    expect(used.sort()).toEqual(Object.keys(roles).sort());
  });

  it.each([
    ['RestRole', [...LOGS, ...OBJECTS, 'sqs:SendMessage']],
    ['GraphqlRole', [...LOGS, ...OBJECTS, 'sqs:SendMessage']],
    ['ScanRole', [...LOGS, ...OBJECTS, 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage']],
  ])('%s has the verbs that the function calls and no others', (role, verbs) => {
    expect(verbsOf(role)).toEqual(verbs);
  });

  it('is allowed nothing on everything', () => {
    for (const role of Object.keys(roles)) {
      for (const { Effect, Resource: resource } of statementsOf(role)) {
        expect(Effect).toBe('Allow');
        expect(resource).not.toBe('*');
        expect(JSON.stringify(resource)).toMatch(/Bucket|ScanQueue|log-group/);
      }
    }
  });

  it('that reads uploads is the worker alone, and only it takes scans', () => {
    const readsUploads = (role: string) =>
      statementsOf(role).some(
        ({ Action, Resource: resource }) => [Action].flat().includes('s3:GetObject') && JSON.stringify(resource).includes('/uploads/*'),
      );
    expect(Object.keys(roles).filter(readsUploads)).toEqual(['ScanRole']);
  });
});

describe('the API', () => {
  it('asks for a token on every route but the health check', () => {
    const routes = Object.values(functions).flatMap(({ events }) => events.flatMap(({ httpApi }) => (httpApi ? [httpApi] : [])));
    const open = routes.filter(({ authorizer }) => authorizer === undefined).map(({ method, path }) => `${method} ${path}`);
    expect(routes.length).toBeGreaterThan(2);
    expect(open).toEqual(['GET /v1/health']);
  });

  it('answers before the HTTP API stops waiting', () => {
    for (const { timeout, events } of Object.values(functions)) if (events.some(({ httpApi }) => httpApi)) expect(timeout).toBeLessThan(30);
  });
});

describe('what is kept', () => {
  it('is encrypted, never public, and only sent encrypted', () => {
    const { Properties } = storage.Bucket!;
    expect(Object.values(Properties.PublicAccessBlockConfiguration as object)).toEqual([true, true, true, true]);
    expect(JSON.stringify(Properties.BucketEncryption)).toContain('AES256');
    expect(JSON.stringify(storage.BucketPolicy)).toContain('"aws:SecureTransport":"false"');
  });

  it('loses raw uploads within a day, whatever happens', () => {
    const { Rules } = storage.Bucket!.Properties.LifecycleConfiguration as { Rules: readonly Readonly<Record<string, unknown>>[] };
    expect(Rules).toContainEqual(expect.objectContaining({ Status: 'Enabled', Prefix: UPLOADS_PREFIX, ExpirationInDays: 1 }));
  });

  it('as a message is tried again, then kept apart; never delivered twice while the worker still has time', () => {
    const { RedrivePolicy, VisibilityTimeout } = storage.ScanQueue!.Properties as {
      RedrivePolicy: { maxReceiveCount: number };
      VisibilityTimeout: number;
    };
    expect(RedrivePolicy.maxReceiveCount).toBeGreaterThan(3);
    expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * functions.scan!.timeout);
    const [{ sqs }] = functions.scan!.events as [{ sqs: Record<string, unknown> }];
    expect(sqs.functionResponseType).toBe('ReportBatchItemFailures');
  });
});
