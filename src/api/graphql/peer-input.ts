import { parseRange } from '../../util/address-set';
import { refusal } from '../errors';
import { ANY_POD } from '../hypothetical-peer';

interface LabelInput {
  readonly key: string;
  readonly value: string;
}

/** One peer as the schema takes it: exactly one part is there, which `@oneOf` sees to. */
export interface PeerInput {
  readonly name?: string;
  readonly address?: string;
  readonly internet?: boolean;
  readonly anyPod?: { readonly namespace?: string | null };
  readonly pod?: {
    readonly namespace?: string | null;
    readonly namespaceLabels?: readonly LabelInput[] | null;
    readonly labels: readonly LabelInput[];
    readonly serviceAccount?: string | null;
  };
  /** As `named-peers` has it. */
  readonly place?: string;
  readonly metadataOf?: string;
}

/** Longest name of a peer: two names of 253 letters, a kind and what holds them together. */
const LONGEST = 600;
/** Of a pod with labels, of which there may be many. */
const LONGEST_POD = 10_000;

/**
 * The peer's name as `peers.ts` reads it.
 * @throws ApiError `INVALID_REQUEST` for an address that is none, `internet: false`, or a part that would be read as something else
 */
export function readPeer(input: PeerInput, path: string): string {
  const { address, internet, pod } = input;
  if (address !== undefined && parseRange(address.replace(/^ip:/, '')) === undefined)
    throw refusal(`${path}.address`, `\`${address.slice(0, 100)}\` is no address, CIDR or range`);
  if (internet === false) throw refusal(`${path}.internet`, 'a peer that is not the internet is named by `name` or `address`');
  const text = textOf(input, path);
  if (text.length > (pod ? LONGEST_POD : LONGEST)) throw refusal(path, `${path} is longer than any peer's name`);
  return text;
}

function textOf({ name, address, anyPod, pod, place, metadataOf }: PeerInput, path: string): string {
  if (anyPod) return anyPod.namespace ? `${nameOf(anyPod.namespace, `${path}.anyPod.namespace`)}/${ANY_POD}` : ANY_POD;
  if (pod) return podText(pod, `${path}.pod`);
  if (metadataOf !== undefined) return `metadata:${metadataOf}`;
  return name ?? address ?? place ?? 'internet';
}

function podText({ namespace, namespaceLabels, labels, serviceAccount }: NonNullable<PeerInput['pod']>, path: string): string {
  if (namespaceLabels && !namespace) throw refusal(`${path}.namespace`, 'labels of a namespace need its name');
  const own = namespaceLabels ? `:${labelsText(namespaceLabels, `${path}.namespaceLabels`)}` : '';
  const place = namespace ? `${nameOf(namespace, `${path}.namespace`)}${own}/` : '';
  const account = serviceAccount ? `@${nameOf(serviceAccount, `${path}.serviceAccount`)}` : '';
  return `${place}pod:${labelsText(labels, `${path}.labels`)}${account}`;
}

/** What holds the parts of the text together must not be in them. */
function labelsText(labels: readonly LabelInput[], path: string): string {
  for (const { key, value } of labels)
    if (/[,=@:\s]/.test(key + value)) throw refusal(path, `\`${`${key}=${value}`.slice(0, 100)}\` is no label`);
  return labels.map(({ key, value }) => `${key}=${value}`).join(',');
}

function nameOf(text: string, path: string): string {
  if (!/^[a-z0-9.-]+$/.test(text)) throw refusal(path, `\`${text.slice(0, 100)}\` is no name`);
  return text;
}
