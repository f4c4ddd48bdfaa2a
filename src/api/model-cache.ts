import { type Analysis, decodeAnalysis } from '../engine/index';
import type { Finding } from '../findings/finding';
import { ByteCache } from '../store/byte-cache';
import type { Scan } from '../store/scan';
import type { ScanRepository } from '../store/scan-repository';
import { ApiError } from './errors';
import type { ScanResults } from './open-scan';

/** Memory of a directory's names and texts, per byte of its stored JSON. */
const BYTES_PER_DIRECTORY_BYTE = 4;
/** Memory of findings, per character of their JSON. */
const BYTES_PER_CHARACTER = 3;
/** Models are dearer to load and larger than findings. */
const SHARE_OF_MODELS = 3 / 4;

/** Results of scans, kept between requests in bounded memory. They never change once a scan has succeeded. */
export class ModelCache implements ScanResults {
  readonly #repository: ScanRepository;
  readonly #models: ByteCache<Analysis>;
  readonly #findings: ByteCache<readonly Finding[]>;

  /** @param capacity bytes of memory, about */
  constructor(repository: ScanRepository, capacity: number) {
    this.#repository = repository;
    this.#models = new ByteCache(capacity * SHARE_OF_MODELS);
    this.#findings = new ByteCache(capacity * (1 - SHARE_OF_MODELS));
  }

  async analysis(scan: Scan): Promise<Analysis> {
    const analysis = await this.#models.get(keyOf(scan), async () => {
      const stored = await this.#repository.model(scan.tenant, scan.id);
      if (!stored) return undefined;
      const { model, directory } = stored;
      return { value: decodeAnalysis(model, directory), bytes: model.byteLength + directory.byteLength * BYTES_PER_DIRECTORY_BYTE };
    });
    return analysis ?? gone(scan);
  }

  async findings(scan: Scan): Promise<readonly Finding[]> {
    const findings = await this.#findings.get(keyOf(scan), async () => {
      const value = await this.#repository.findings(scan.tenant, scan.id);
      return value && { value, bytes: JSON.stringify(value).length * BYTES_PER_CHARACTER };
    });
    return findings ?? gone(scan);
  }

  /** Frees what a deleted scan holds. */
  forget(scan: Scan): void {
    this.#models.delete(keyOf(scan));
    this.#findings.delete(keyOf(scan));
  }
}

/** With the time, because an idempotency key gives a deleted scan's id to a new scan, perhaps of another bundle. */
function keyOf({ tenant, id, createdAt }: Scan): string {
  return `${tenant}/${id}/${createdAt}`;
}

/** The results of a succeeded scan are only missing while it is being deleted. */
function gone({ id }: Scan): never {
  throw new ApiError('NOT_FOUND', `scan \`${id}\` was deleted`);
}
