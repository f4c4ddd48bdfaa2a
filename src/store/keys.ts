import { invariant } from '../util/invariant';
import type { Scan } from './scan';

/*
 *   uploads/<tenant>/<uploadId>                    raw and private. At the top, because a lifecycle rule of S3 knows only fixed prefixes
 *   t/<tenant>/scans/<scanId>/scan                 the scan's record: the one object that changes
 *   t/<tenant>/scans/<scanId>/<time>/results       write-once, names the digest of the results: they are there from here on, all or none
 *   t/<tenant>/scans/<scanId>/<time>/<digest>/<artefact>   write-once: findings, model, directory
 *   t/<tenant>/newest/<position>                   empty: the tenant's scans, newest first
 *   t/<tenant>/clusters/<cluster>/<position>       empty: the cluster's scans, newest first; the first one is the latest, so that no pointer can be wrong
 *   t/<tenant>/cluster-names/<cluster>             empty: the tenant's clusters
 *
 * `<time>` is that of the scan's creation: an id may be used again after a deletion, and a worker that still runs for the deleted scan must not give its
 * results to the new one. Every part that a user chooses is either of a fixed alphabet without slash or encoded into one, hence no key leaves its tenant.
 */
const TENANT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const ID = /^[A-Za-z0-9_-]{1,64}$/;
const POSITION = /^\d{13}-[A-Za-z0-9_-]{1,64}$/;
const MAXIMUM_CLUSTER_BYTES = 200;
/** Digits of milliseconds since 1970; enough until 2286. */
const TIME_DIGITS = 13;

/** Prefix of everything that expires. */
export const UPLOADS_PREFIX = 'uploads/';
/** What a finished scan leaves. INVARIANT: packed artefacts name theirs by its index here, so that the order never changes. */
export const ARTEFACTS = ['findings', 'model', 'directory'] as const;
export type Artefact = (typeof ARTEFACTS)[number];

/** What tells one scan from all others, also from one that had its id before. */
export type ScanName = Pick<Scan, 'tenant' | 'id' | 'createdAt'>;

/** 1 to 64 letters, digits, `.`, `_` and `-`, beginning with a letter or digit. */
export function isTenant(text: string): boolean {
  return TENANT.test(text);
}

/** Id of a scan or an upload: 1 to 64 letters, digits, `_` and `-`. */
export function isId(text: string): boolean {
  return ID.test(text);
}

/** Any text of 1 to 200 bytes without control characters, such as `prod-eu` or `arn:aws:eks:eu-west-1:111122223333:cluster/prod`. */
export function isClusterName(text: string): boolean {
  return text !== '' && Buffer.byteLength(text) <= MAXIMUM_CLUSTER_BYTES && !/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u.test(text);
}

/** Does the text have the form of a position that a list of scans hands out as `next`? */
export function isPosition(text: string): boolean {
  return POSITION.test(text);
}

/** INVARIANT of this and all keys below: their parts have passed the predicates above; any other text is a bug. */
export function uploadKey(tenant: string, uploadId: string): string {
  return `${UPLOADS_PREFIX}${checked(isTenant, tenant)}/${checked(isId, uploadId)}`;
}

/** Key of the record, which changes by conditional writes alone. */
export function scanKey(tenant: string, id: string): string {
  return `${tenantPrefix(tenant)}scans/${checked(isId, id)}/scan`;
}

/** Prefix of everything that runs of this scan leave. */
export function resultsPrefix({ tenant, id, createdAt }: ScanName): string {
  return `${tenantPrefix(tenant)}scans/${checked(isId, id)}/${digits(timeOf(createdAt))}/`;
}

/** Key of what is written last, when all artefacts are there: readers begin with it. */
export function resultsKey(scan: ScanName): string {
  return `${resultsPrefix(scan)}results`;
}

/** @param digest hex SHA-256 over all artefacts of one run: what two runs leave never mixes */
export function artefactKey(scan: ScanName, digest: string, artefact: Artefact): string {
  return `${resultsPrefix(scan)}${checked(isId, digest)}/${artefact}`;
}

/** Where a scan stands in lists: newer ones first, those of one millisecond by id. */
export function positionOf({ createdAt, id }: Omit<ScanName, 'tenant'>): string {
  return `${digits(10 ** TIME_DIGITS - 1 - timeOf(createdAt))}-${checked(isId, id)}`;
}

/** Prefix of the positions of a tenant's scans, or of one cluster's. */
export function positionsPrefix(tenant: string, cluster?: string): string {
  return `${tenantPrefix(tenant)}${cluster === undefined ? 'newest' : `clusters/${encodeName(cluster)}`}/`;
}

/** Id of the scan whose position a key ends with. */
export function scanIdOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + TIME_DIGITS + 2);
}

/** Prefix of the names of a tenant's clusters: in a list each of them is there once, in bytewise order of the encoded names. */
export function clusterNamesPrefix(tenant: string): string {
  return `${tenantPrefix(tenant)}cluster-names/`;
}

/** The name may hold any character but control characters, a slash too: it is encoded, and `clusterNameOf` reads it back. */
export function clusterNameKey(tenant: string, cluster: string): string {
  return `${clusterNamesPrefix(tenant)}${encodeName(cluster)}`;
}

/** The cluster that a key of `clusterNameKey` tells of. */
export function clusterNameOf(key: string): string {
  return decodeName(key.slice(key.lastIndexOf('/') + 1));
}

function timeOf(createdAt: string): number {
  const time = Date.parse(createdAt);
  invariant(time >= 0 && time < 10 ** TIME_DIGITS, `a scan of \`${createdAt}\``);
  return time;
}

function digits(time: number): string {
  return String(time).padStart(TIME_DIGITS, '0');
}

function tenantPrefix(tenant: string): string {
  return `t/${checked(isTenant, tenant)}/`;
}

/** One segment of a key: `!xx` for each byte but letters, digits, `_`, `-` and a dot that is not the first; all of them are harmless in URLs. */
function encodeName(name: string): string {
  return Buffer.from(checked(isClusterName, name))
    .toString('latin1')
    .replace(/^\.|[^A-Za-z0-9._-]/g, (byte) => `!${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function decodeName(segment: string): string {
  const bytes = segment.replace(/!([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}

/** Callers validate what users send with the predicates above, so that a wrong text here is a bug. */
function checked(isValid: (text: string) => boolean, text: string): string {
  invariant(isValid(text), `${JSON.stringify(text)} is no part of a key`);
  return text;
}
