import type { PeerExpression, PeerTerm } from '../../model/policy';
import type { Selector } from '../../model/selector';
import { type AddressRange, formatCidr } from '../../util/ip';
import { isAbsent, isMapping, type Reading, typeName } from '../reading';
import { readCidr } from './cidr';
import { conjunction } from './conjunction';
import { checkFields } from './known-fields';
import { readLabelSelector } from './label-selector';
import { refuseEntry } from './refuse-entry';

/** What the peers of one policy have in common. */
export interface PeerScope {
  readonly namespace: string;
  readonly netsSeePods: PeerTerm['netsSeePods'];
}

/** Pods with a network namespace of their own. */
export const POD_NETWORK: Selector = Object.freeze({ kind: 'network', network: 'pod' });

/**
 * Reads `from` or `to`. Absent or empty: any peer. The entries are alternatives; in one entry `namespaceSelector` and `podSelector` must both hold, and
 * `podSelector` alone means pods of the policy's own namespace. Selectors never choose nodes or pods on the network of their node.
 */
export function readPeers(reading: Reading, peers: unknown, scope: PeerScope, path: string, holder: unknown): PeerExpression {
  if (isAbsent(peers)) return 'any';
  if (!Array.isArray(peers)) {
    refuseEntry(reading, `\`${path}\` is ${typeName(peers)} where a list belongs`, holder);
    return [];
  }
  if (peers.length === 0) return 'any';
  return peers.map((peer, index) => readPeer(reading, peer, scope, `${path}[${index}]`, peers)).filter((term) => term !== undefined);
}

function readPeer(reading: Reading, peer: unknown, scope: PeerScope, path: string, holder: unknown): PeerTerm | undefined {
  if (!isMapping(peer)) return refuseEntry(reading, `\`${path}\` is ${typeName(peer)} where a mapping belongs`, holder);
  checkFields(reading, peer, ['podSelector', 'namespaceSelector', 'ipBlock'], path);
  const { podSelector, namespaceSelector, ipBlock } = peer;
  const hasSelector = !isAbsent(podSelector) || !isAbsent(namespaceSelector);
  if (!isAbsent(ipBlock)) {
    if (hasSelector) return refuseEntry(reading, `\`${path}\` has \`ipBlock\` beside a selector`, peer);
    return readIpBlock(reading, ipBlock, scope, `${path}.ipBlock`, peer);
  }
  if (!hasSelector)
    return refuseEntry(
      reading,
      `\`${path}\` names no peer: it has no \`podSelector\`, \`namespaceSelector\` or \`ipBlock\` with a value`,
      peer,
    );
  const namespaces: Selector = isAbsent(namespaceSelector)
    ? { kind: 'inNamespace', names: [scope.namespace] }
    : readLabelSelector(reading, namespaceSelector, 'namespace', `${path}.namespaceSelector`, peer);
  const pods: Selector = isAbsent(podSelector)
    ? { kind: 'all' }
    : readLabelSelector(reading, podSelector, 'endpoint', `${path}.podSelector`, peer);
  return { selector: conjunction([namespaces, POD_NETWORK, pods]), netsSeePods: scope.netsSeePods };
}

function readIpBlock(reading: Reading, ipBlock: unknown, scope: PeerScope, path: string, holder: unknown): PeerTerm | undefined {
  if (!isMapping(ipBlock)) return refuseEntry(reading, `\`${path}\` is ${typeName(ipBlock)} where a mapping belongs`, holder);
  checkFields(reading, ipBlock, ['cidr', 'except'], path);
  const cidr = readCidr(reading, ipBlock.cidr, `${path}.cidr`, ipBlock);
  if (typeof cidr === 'string') return refuseEntry(reading, cidr, ipBlock);
  const term: PeerTerm = { nets: [formatCidr(cidr)], netsSeePods: scope.netsSeePods };
  if (isAbsent(ipBlock.except)) return term;
  if (!Array.isArray(ipBlock.except))
    return refuseEntry(reading, `\`${path}.except\` is ${typeName(ipBlock.except)} where a list belongs`, ipBlock);
  const notNets: string[] = [];
  for (const [index, written] of ipBlock.except.entries()) {
    const except = readCidr(reading, written, `${path}.except[${index}]`, ipBlock.except);
    if (typeof except === 'string') return refuseEntry(reading, except, ipBlock.except);
    if (!isStrictlyInside(except, cidr)) {
      return refuseEntry(
        reading,
        `\`${path}.except[${index}]\` is \`${String(written)}\`, which is no smaller part of \`cidr\``,
        ipBlock.except,
      );
    }
    notNets.push(formatCidr(except));
  }
  return notNets.length > 0 ? { ...term, notNets: [...new Set(notNets)] } : term;
}

function isStrictlyInside(inner: AddressRange, outer: AddressRange): boolean {
  return (
    inner.family === outer.family && outer.low <= inner.low && inner.high <= outer.high && inner.high - inner.low < outer.high - outer.low
  );
}
