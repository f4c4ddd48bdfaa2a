import type { Stage } from '../../findings/finding';
import { ApiError, type ErrorDetail } from '../errors';
import type { ScanTarget } from '../operations';
import { type GraphContext, scanIdOf } from './graph-context';
import { encodeId } from './relay';

interface ScanTargetInput {
  readonly cluster: string;
  readonly facts?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly stage?: Stage | null;
}

interface StartScanInput extends ScanTargetInput {
  readonly uploadId: string;
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

function targetOf({ cluster, facts, stage }: ScanTargetInput): ScanTarget {
  return { cluster, facts: Object.fromEntries((facts ?? []).map(({ name, value }) => [name, value])), stage: stage ?? 'production' };
}

/** Fields of `Mutation`. */
export const MUTATION_RESOLVERS = {
  createUpload: (_: unknown, { scan }: { readonly scan?: ScanTargetInput | null }, { operations, tenant }: GraphContext) =>
    payload(async () => {
      const { headers, ...upload } = await operations.createUpload(tenant, scan ? targetOf(scan) : undefined);
      return { upload: { ...upload, headers: Object.entries(headers).map(([name, value]) => ({ name, value })) } };
    }),

  startScan: (_: unknown, { input }: { readonly input: StartScanInput }, { operations, tenant, openScan }: GraphContext) =>
    payload(async () => {
      const { uploadId, idempotencyKey } = input;
      const { id } = await operations.startScan(tenant, {
        ...targetOf(input),
        bundle: { uploadId },
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
