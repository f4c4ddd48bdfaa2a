import type { Stage } from '../../findings/finding';
import { ApiError, type ErrorDetail } from '../errors';
import { type GraphContext, scanIdOf } from './graph-context';
import { encodeId } from './relay';

interface StartScanInput {
  readonly uploadId: string;
  readonly cluster: string;
  readonly facts?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly stage?: Stage | null;
  readonly idempotencyKey?: string | null;
}

interface UserError {
  readonly code: string;
  readonly message: string;
  readonly path: string | undefined;
}

/** A payload with what the mutation gives, or with what was wrong with its input. */
async function payload<T extends object>(act: () => Promise<T>): Promise<T | { readonly userErrors: readonly UserError[] }> {
  try {
    return { ...(await act()), userErrors: [] };
  } catch (error) {
    if (error instanceof ApiError && error.status < 500) return { userErrors: userErrorsOf(error) };
    throw error;
  }
}

function userErrorsOf({ code, message, details }: ApiError): readonly UserError[] {
  const parts: readonly (ErrorDetail | { readonly path: undefined; readonly message: string })[] =
    details.length > 0 ? details : [{ path: undefined, message }];
  return parts.map((part) => ({ code, message: part.message, path: part.path }));
}

/** Fields of `Mutation`. */
export const MUTATION_RESOLVERS = {
  createUpload: (_: unknown, __: unknown, { operations, tenant }: GraphContext) =>
    payload(async () => {
      const { headers, ...upload } = await operations.createUpload(tenant);
      return { upload: { ...upload, headers: Object.entries(headers).map(([name, value]) => ({ name, value })) } };
    }),

  startScan: (_: unknown, { input }: { readonly input: StartScanInput }, { operations, tenant, openScan }: GraphContext) =>
    payload(async () => {
      const { uploadId, cluster, facts, stage, idempotencyKey } = input;
      const { id } = await operations.startScan(tenant, {
        bundle: { uploadId },
        cluster,
        facts: Object.fromEntries((facts ?? []).map(({ name, value }) => [name, value])),
        stage: stage ?? 'production',
        idempotencyKey: idempotencyKey ?? undefined,
      });
      return { scan: await openScan(id) };
    }),

  deleteScan: (_: unknown, { input }: { readonly input: { readonly id: string } }, { operations, tenant }: GraphContext) =>
    payload(async () => {
      const id = scanIdOf(input.id);
      await operations.deleteScan(tenant, id);
      return { deletedScanId: encodeId('Scan', id) };
    }),
};
