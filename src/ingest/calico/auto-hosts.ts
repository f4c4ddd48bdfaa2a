import { formatRef } from '../../model/source';
import { rangesHave } from '../../util/address-set';
import { type AddressRange, parseCidr } from '../../util/ip';
import { printable } from '../archive/entry';
import { diagnose } from '../codes';
import type { Report } from '../document';
import type { AutoHostsDraft, HostEndpointDraft, MentionDraft, NodeDraft, Origin } from '../draft';
import { isMapping, type Mapping, type Reading } from '../reading';
import { CALICO_GROUP, type Complaints, complaintsOf, mappingField, mappingsField, textField, textsField } from './complaints';
import { EVERY_INTERFACE } from './host-endpoints';
import type { Labels } from './metadata';
import { ALLOW_PROFILE } from './profiles';
import { matchExpression } from './selector-match';
import { describeProblem, parseSelector } from './selector-parser';

/*
 * Host endpoints that Calico makes of nodes when a KubeControllersConfiguration asks for them (kube-controllers/pkg/controllers/node/hostendpoints.go): one
 * of all interfaces for every node, and more by templates. A dump of a cluster has them; where it has none, we make them as Calico would.
 */

/** A kind of host endpoints beside those of all interfaces. */
export interface AutoHostTemplate {
  readonly name: string;
  readonly labels: Labels;
  /** Selector over labels of nodes; empty: all nodes. */
  readonly nodeSelector: string;
  /** Of the addresses that they are to have. */
  readonly nets: readonly AddressRange[];
  /** Interfaces are named by a pattern, and which interfaces a node has is in no manifest. */
  readonly hasPattern: boolean;
}

const CREATED_BY: Labels[number] = ['projectcalico.org/created-by', 'calico-kube-controllers'];
const SUFFIX = 'auto-hep';

/** Reads a KubeControllersConfiguration (api/pkg/apis/projectcalico/v3/kubecontrollersconfig.go), as far as it is about host endpoints. */
export function readKubeControllersConfiguration(reading: Reading, origin: Origin): AutoHostsDraft | MentionDraft {
  const complaints = complaintsOf(reading, origin.apiVersion, 'KubeControllersConfiguration');
  let holder: Mapping = reading.document.object;
  let path = 'KubeControllersConfiguration';
  for (const field of ['spec', 'controllers', 'node', 'hostEndpoint']) {
    holder = mappingField(complaints, holder, field, path) ?? {};
    path = field === 'spec' ? 'spec' : `${path}.${field}`;
  }
  const makes = textField(complaints, holder, 'autoCreate', path) === 'Enabled';
  const makesDefault = textField(complaints, holder, 'createDefaultHostEndpoint', path) !== 'Disabled';
  const templates = mappingsField(complaints, holder, 'templates', path).map((entry) =>
    readTemplate(complaints, entry, `${path}.templates`),
  );
  if (!makes || complaints.isLeftOut() || (!makesDefault && templates.length === 0)) return { kind: 'mention', origin };
  return { kind: 'autoHosts', origin, makesDefault, templates };
}

function readTemplate(complaints: Complaints, entry: Mapping, path: string): AutoHostTemplate {
  const nodeSelector = textField(complaints, entry, 'nodeSelector', path) ?? '';
  const parsed = parseSelector(nodeSelector);
  if (parsed.kind === 'problem') complaints.refuse(`\`${path}.nodeSelector\` is no selector: ${describeProblem(parsed.problem)}`, entry);
  const nets = textsField(complaints, entry, 'interfaceCIDRs', path).flatMap((text) => {
    return parseCidr(text) ?? complaints.refuse(`\`${path}.interfaceCIDRs\` holds \`${text}\`, which is no CIDR`, entry) ?? [];
  });
  const labels = Object.entries(isMapping(entry.labels) ? entry.labels : {}).flatMap(([key, value]): Labels => {
    if (typeof value === 'string') return [[key, value]];
    return complaints.refuse(`label \`${key}\` of \`${path}.labels\` is no text`, entry) ?? [];
  });
  const hasPattern = (textField(complaints, entry, 'interfacePattern', path) ?? '') !== '';
  return { name: textField(complaints, entry, 'generateName', path) ?? '', labels, nodeSelector, nets, hasPattern };
}

/** Those that Calico makes, in an input that has no host endpoint; what could not be made is told. */
export function autoHostEndpoints(
  configurations: readonly AutoHostsDraft[],
  nodes: readonly NodeDraft[],
  report: Report,
): readonly HostEndpointDraft[] {
  const [configuration] = configurations;
  if (!configuration) return [];
  const { origin, makesDefault, templates } = configuration;
  const tell = (code: 'partly-modelled' | 'host-endpoints-made', message: string) =>
    report(diagnose(code, message, origin.source, printable(formatRef(origin))));
  if (nodes.length === 0) {
    tell('partly-modelled', 'Calico makes host endpoints of nodes, and the input has neither: what policies do there is left out');
    return [];
  }
  if (templates.some(({ hasPattern }) => hasPattern)) {
    tell(
      'partly-modelled',
      'Calico makes host endpoints of interfaces by a pattern of names: which interfaces nodes have is unknown, and they are left out',
    );
  }
  const made = nodes.flatMap((node) => [
    ...(makesDefault ? [hostEndpointOf(node, `${node.origin.name}-${SUFFIX}`, EVERY_INTERFACE, addressesOf(node), [])] : []),
    ...templates.flatMap((template) => ofTemplate(template, node)),
  ]);
  if (made.length > 0) {
    const many = made.length === 1 ? '1 host endpoint' : `${made.length} host endpoints`;
    tell(
      'host-endpoints-made',
      `the input has no host endpoint, so ${many} of its nodes ${made.length === 1 ? 'was' : 'were'} made as Calico makes them`,
    );
  }
  return made;
}

function ofTemplate({ name, labels, nodeSelector, nets }: AutoHostTemplate, node: NodeDraft): readonly HostEndpointDraft[] {
  const parsed = parseSelector(nodeSelector);
  const own = { values: new Map(Object.entries(node.labels.values)), unknown: () => undefined };
  if (parsed.kind === 'problem' || matchExpression(parsed.expression, own).truth !== 'yes') return [];
  const addresses = addressesOf(node).filter((address) => rangesHave(nets, address));
  return addresses.length === 0 ? [] : [hostEndpointOf(node, `${node.origin.name}-${name}-${SUFFIX}`, '', addresses, labels)];
}

/** What Calico knows of its addresses, and what Kubernetes says is for the inside. */
function addressesOf({ calico, internalAddresses }: NodeDraft): readonly string[] {
  return [...new Set([...(calico?.own ?? []), ...(calico?.tunnel ?? []), ...internalAddresses])];
}

function hostEndpointOf(
  { origin, labels }: NodeDraft,
  name: string,
  interfaceName: string,
  addresses: readonly string[],
  more: Labels,
): HostEndpointDraft {
  return {
    kind: 'hostEndpoint',
    origin: { ...origin, apiVersion: `${CALICO_GROUP}/v3`, group: CALICO_GROUP, kind: 'HostEndpoint', name },
    node: origin.name,
    interfaceName,
    addresses,
    labels: [...new Map([...Object.entries(labels.values), ...more, CREATED_BY])],
    profiles: [ALLOW_PROFILE],
    ports: [],
    isLeftOut: false,
  };
}
